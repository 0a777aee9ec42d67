"""What tests of feedback share: mails that have left, and what is told of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import select, update

from partwork.actions.feedback import Judged, judge, take_in
from partwork.assembly import Press
from partwork.delivering.bounces import MailKind, SentMail, bounce_address
from partwork.model.address import Mailbox
from partwork.model.delivery import DeliveryState
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.model.issue import AudienceRule, Issue
from partwork.store.campaigns import plan_campaign
from partwork.store.issues import save_draft
from partwork.store.ledger import load_deliveries
from partwork.store.schema import deliveries, subscribers, suppressions
from tests.conftest import NOW

DAY = timedelta(days=1)
PATTERN = "bounces+{token}@example.org"
MAILBOX_FULL, NO_SUCH_USER = "5.2.2", "5.1.1"

_numbers = count(1)


@dataclass(frozen=True)
class Sent:
    """One mail that left, and how servers tell of it."""

    press: Press
    delivery: int
    recipient: str
    message_id: str
    relay_id: str

    @property
    def came_to(self) -> str:
        """Its bounce address."""
        mail = SentMail(MailKind.DELIVERY, self.delivery)
        return bounce_address(PATTERN, mail, self.press.secrets)

    def bounce(self, status: str = NO_SUCH_USER, **told: str) -> Feedback:
        """A report by mail to its bounce address."""
        return mailed(
            FeedbackKind.BOUNCE,
            **{"recipient": self.recipient, "bounce_address": self.came_to, "status": status}
            | told,
        )

    def told(self, kind: FeedbackKind, **told: str) -> Feedback:
        """Another report by mail to it."""
        return replace(self.bounce(status="", **told), kind=kind)


def mailed(kind: FeedbackKind, **told: str) -> Feedback:
    """What a mail to us says, a new one each time."""
    return Feedback(Source.MAILBOX, kind, f"<report.{next(_numbers)}@mx.example.org>", **told)


def send(press: Press, at: datetime = NOW) -> dict[str, Sent]:
    """One more issue, which has left for all whom it reaches, by recipient."""
    number = next(_numbers)
    issue = Issue(
        instalment=f"part{number:04d}",
        number=number,
        title="A part",
        subject=f"Part {number}",
        preheader="",
        sender=Mailbox("", "editor@example.org"),
        reply_to=Mailbox("", ""),
        html=f"<p>{number} \ue000address\ue001</p>",
        text=f"{number}",
        page="",
        audience=AudienceRule("the-bench", "home"),
    )
    with press.engine.begin() as connection:
        save_draft(connection, issue, at)
        plan_campaign(connection, issue, at, at)
        connection.execute(
            update(deliveries)
            .where(deliveries.c.content_hash == issue.content_hash)
            .values(
                state=DeliveryState.ACCEPTED.value,
                attempted_at=at,
                replied_at=at,
                relay_id="4Y8cKT" + deliveries.c.recipient,
            )
        )
        rows = load_deliveries(connection, issue.content_hash)
    return {
        row.recipient: Sent(
            press,
            row.id,
            row.recipient,
            f"<{row.id}.{issue.content_hash[:24]}@example.org>",
            f"4Y8cKT{row.recipient}",
        )
        for row in rows
    }


def tell(press: Press, *events: Feedback, now: datetime = NOW) -> Judged:
    """Takes them in and judges all that waits."""
    take_in(press, events, now=now)
    return judge(press, now=now, limit=100_000)


def suppressed(press: Press) -> dict[str, str]:
    """The reason for each subscriber who is on the suppression list."""
    query = select(subscribers.c.address, suppressions.c.reason).join(
        suppressions, suppressions.c.suppression_key == subscribers.c.suppression_key
    )
    with press.engine.begin() as connection:
        return dict(connection.execute(query).tuples().all())


def bounce_often(press: Press, reader: str, days: Iterable[int], status: str = MAILBOX_FULL) -> int:
    """Sends on each of these days, and has the reader's mail come back; how many probes are due."""
    probes = 0
    for day in days:
        mail = send(press, NOW + day * DAY)[reader]
        probes += tell(press, mail.bounce(status), now=NOW + day * DAY).probes
    return probes

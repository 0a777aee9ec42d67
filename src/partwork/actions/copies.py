"""The copies of one issue, each for one reader."""

from dataclasses import dataclass
from datetime import datetime

from partwork.actions.clicks import as_mailed
from partwork.actions.preview import page_url, site_of
from partwork.assembly import Press
from partwork.delivering.addresses import wire_address
from partwork.delivering.bounces import TOKEN, MailKind, SentMail
from partwork.delivering.leaving_by_mail import leaving_address
from partwork.delivering.message import PreparedIssue, message_id, prepared
from partwork.model.address import Mailbox
from partwork.model.delivery import Delivery, Envelope, WireReady
from partwork.model.issue import Issue, MergeField
from partwork.model.newsletter import Newsletter
from partwork.subscribing.tokens import Departure, unsubscribe_token


@dataclass(frozen=True, slots=True)
class Copies:
    """What all copies share, made once. `counted` are the numbers of links that are counted."""

    press: Press
    issue: Issue
    newsletter: Newsletter
    shared: PreparedIssue
    sender: str
    content_hash: str
    public_url: str
    is_left_by_mail: bool
    counted: tuple[int, ...]

    def envelope(self, recipient: str, delivery: int = 0) -> Envelope:
        """Whom the servers are told; a sample is delivery 0. Raises UnfitAddress."""
        sender = self.press.sender_for(SentMail(MailKind.DELIVERY, delivery), self.sender)
        return Envelope(sender, wire_address(recipient))

    def of(self, row: Delivery, at: datetime) -> WireReady:
        """The message of one delivery: but for its Date the same at each attempt."""
        departure = Departure(row.subscriber, self.newsletter.slug, row.id)
        token = unsubscribe_token(departure, self.press.secrets)
        return self._made(row.recipient, token, row.id, at)

    def sample(self, address: str, at: datetime) -> WireReady:
        """A copy outside the ledger, for an editor; its unsubscribe link does nothing."""
        return self._made(address, "sample", 0, at)

    def _made(self, recipient: str, token: str, delivery: int, at: datetime) -> WireReady:
        fields = {
            MergeField.ADDRESS: recipient,
            MergeField.UNSUBSCRIBE_URL: f"{self.public_url}/u/{token}",
        }
        name = message_id(delivery, self.content_hash, self.sender)
        to, mailto = Mailbox("", recipient), self._mailto(delivery)
        return self.shared.copy(to, fields, message_id=name, date=at, mailto=mailto)

    def _mailto(self, delivery: int) -> str:
        if not (self.is_left_by_mail and delivery):
            return ""
        return leaving_address(self.press.sender_for(SentMail(MailKind.DELIVERY, delivery), ""))


def copies_of(press: Press, issue: Issue, newsletter: Newsletter) -> Copies:
    """The issue prepared for its readers; a demo where no mail server is set.

    Raises OpenField, UnfitHeader, UnfitAddress for what is wrong with every copy.
    """
    mailed = as_mailed(press, issue, newsletter)
    is_demo = issue.demo or not press.has_mail_server
    archive = site_of(press, newsletter.slug).archive_url
    shared = prepared(issue, newsletter, demo=is_demo, html=mailed.html, archive=archive)
    return Copies(
        press,
        issue,
        newsletter,
        shared.on_page(page_url(press, issue)),
        wire_address(issue.sender.address),
        issue.content_hash,
        press.pages_url,
        press.settings.mailbox is not None and TOKEN in press.settings.bounce_address,
        mailed.links,
    )

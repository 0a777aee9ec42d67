"""Mails that must bounce, or be complained about → whether that comes back.

What comes back is taken in and judged like all else; it is put down to the trial and to no reader,
so that it suppresses nobody.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from partwork.actions.collect_bounces import collect_bounces
from partwork.actions.finding import Finding
from partwork.actions.heard import way_of
from partwork.actions.loading import load_newsletter
from partwork.actions.relaying import transport_of
from partwork.actions.trying_words import (
    NO_COMPLAINT,
    came_back_words,
    in_minutes,
    refused_words,
    silent_words,
)
from partwork.assembly import Clock, Press
from partwork.delivering.addresses import wire_address
from partwork.delivering.bounces import MailKind, SentMail
from partwork.delivering.readiness import missing_for_smtp
from partwork.delivering.relay_ids import relay_id_in
from partwork.delivering.replies import verdict_of
from partwork.delivering.service import service_message_bytes, service_message_id
from partwork.delivering.simulators import simulator_of
from partwork.mailbox.folder import MailboxUnusable
from partwork.model.address import domain_of
from partwork.model.delivery import Envelope, LostInDoubt, NotSent, Verdict
from partwork.model.errors import PartworkError
from partwork.model.feedback import FeedbackKind
from partwork.model.newsletter import Newsletter
from partwork.model.relay import Relay
from partwork.store.engine import read_only
from partwork.store.trials import (
    Answer,
    Trial,
    load_answers,
    save_relay_id,
    save_trial,
)
from partwork.subscribing.suppression import suppression_key
from partwork.transport.url import smtp_address

NUMBERS = 2**39  # of trials, by chance: as long in a bounce address as those of deliveries
SUBJECT = "A trial: does it come back?"
TEXT = (
    "This mail was sent by `partwork doctor --feedback`, to see whether bounces and complaints "
    "come back to where they are read. Nobody needs to do anything."
)


class NothingToTry(PartworkError):
    """No mail can be sent of which anything would come back."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what comes back: `rest` is called between two looks."""

    wait: timedelta
    rest: Callable[[], None]


def try_feedback(
    press: Press,
    address: str,
    *,
    clock: Clock,
    patience: Patience,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Finding, ...]:
    """Sends by each relay what must bounce, and if it can be what must be complained about.

    `address` ("": one of the service's own, else one at the sender's domain that cannot exist) is
    where the first goes. Waits until all came back, or no longer. Raises NothingToTry,
    UnfitAddress, and what the relays' settings raise; StoreError, LogUnusable.
    """
    if address:
        wire_address(address)
    relays = press.relays
    if not relays:
        raise NothingToTry(
            "mails go to the outbox, and nothing comes back from a folder; set PARTWORK_SMTP_URL "
            "or write relays.toml first"
        )
    bench = _Bench(press, _newsletter(press), clock, tell)
    for relay in relays:
        bench.try_relay(relay, address)
    bench.wait_for_answers(patience)
    found = {one.subject: one for one in (*bench.findings, *bench.found(patience))}
    return tuple(found[subject] for subject in bench.subjects)


def _newsletter(press: Press) -> Newsletter:
    """One in whose name mails may leave. Raises NothingToTry."""
    why = "there is no newsletter yet"
    for slug in press.library.newsletter_slugs():
        newsletter = load_newsletter(press, slug)
        missing = missing_for_smtp(newsletter, press.pages_url, press.mail_host)
        if not missing:
            return newsletter
        why = f"{slug} cannot be sent by SMTP yet: {'; '.join(missing)}"
    raise NothingToTry(f"nothing can be sent: {why}")


@dataclass(frozen=True, slots=True)
class _Sent:
    """A trial that a relay has taken; `service` is whose the relay is, as its webhooks name it."""

    trial: Trial
    service: str


@dataclass(slots=True)
class _Bench:
    """The trials of one call, and what is known of them by now."""

    press: Press
    newsletter: Newsletter
    clock: Clock
    tell: Callable[[str], None]
    subjects: list[str] = field(default_factory=list)
    sent: list[_Sent] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    answers: Mapping[int, Answer] = field(default_factory=dict)
    mailbox_problem: str = ""

    def try_relay(self, relay: Relay, address: str) -> None:
        """Sends what can be sent by it; of what cannot, there is a finding."""
        simulator = simulator_of(relay, smtp_address(relay.url).host)
        bounces = address or simulator.bounces or self._nobody()
        for kind, recipient in (
            (FeedbackKind.BOUNCE, bounces),
            (FeedbackKind.COMPLAINT, simulator.complains),
        ):
            subject = f"{kind} by relay {relay.name}"
            self.subjects.append(subject)
            if not recipient:
                self.findings.append(Finding(subject, True, NO_COMPLAINT))
                continue
            self.tell(f"{subject}: sending to {recipient}")
            trial = self._trial(relay, kind, recipient)
            if problem := self._send(relay, trial, recipient):
                self.findings.append(Finding(subject, False, problem))
            else:
                self.sent.append(_Sent(trial, simulator.service))

    def wait_for_answers(self, patience: Patience) -> None:
        """Collects until all came back, or the wait is over; at least once."""
        began, told = self.clock(), -1
        while self.sent:
            try:
                collect_bounces(self.press, self.clock)
            except MailboxUnusable as error:  # webhooks may tell all the same
                self.mailbox_problem = str(error)
            with read_only(self.press.engine) as connection:
                known = load_answers(connection)
            ours = [one.trial.id for one in self.sent]
            self.answers = {id_: known[id_] for id_ in ours if id_ in known}
            if len(self.answers) == len(ours) or self.clock() - began >= patience.wait:
                return
            if len(self.answers) > told:
                told = len(self.answers)
                at_most = in_minutes(patience.wait)
                self.tell(f"{told} of {len(ours)} came back; waiting for {at_most} at most")
            patience.rest()

    def found(self, patience: Patience) -> tuple[Finding, ...]:
        """What became of each trial that was sent."""
        settings, wait = self.press.settings, in_minutes(patience.wait)
        findings = []
        for one in self.sent:
            trial = one.trial
            subject = f"{trial.expects} by relay {trial.relay}"
            if answer := self.answers.get(trial.id):
                findings.append(Finding(subject, True, came_back_words(trial, answer)))
                continue
            causes = silent_words(settings, one.service, trial.expects, self.mailbox_problem)
            findings.append(Finding(subject, False, f"nothing came back in {wait}: {causes}"))
        return tuple(findings)

    def _nobody(self) -> str:
        """An address at the sender's own domain that nobody can have."""
        domain = domain_of(wire_address(self.newsletter.sender.address))
        return f"partwork-bounce-test-{secrets.token_hex(8)}@{domain}"

    def _trial(self, relay: Relay, kind: FeedbackKind, recipient: str) -> Trial:
        number = secrets.randbelow(NUMBERS)
        name = service_message_id(self.newsletter, self._name(number))
        key = suppression_key(recipient, self.press.hash_key)
        way = way_of(self.press, relay)
        return Trial(number, kind, relay.name, key, name, self.clock(), way=way)

    def _name(self, number: int) -> str:
        """With a secret in it: nobody can make up a report of a trial."""
        return f"trial {number} {self.press.secrets[0]}"

    def _send(self, relay: Relay, trial: Trial, recipient: str) -> str:
        """Notes it first, and sends it by that relay alone. Why it was not taken; "": it was."""
        press = self.press
        message = service_message_bytes(
            self.newsletter,
            recipient,
            subject=SUBJECT,
            html=f"<p>{TEXT}</p>\n",
            text=f"{TEXT}\n",
            name=self._name(trial.id),
            date=trial.sent_at,
            demo=False,
        )
        own = wire_address(self.newsletter.sender.address)
        sender = press.sender_for(SentMail(MailKind.TRIAL, trial.id), own)
        with press.engine.begin() as connection:
            save_trial(connection, trial)
        try:
            with transport_of(press.settings, (relay,), press.engine) as transport:
                reply = transport.send(Envelope(sender, wire_address(recipient)), message)
        except (NotSent, LostInDoubt) as error:
            return str(error)
        if verdict_of(reply) is not Verdict.ACCEPTED:
            return refused_words(reply)
        if relay_id := relay_id_in(reply):
            with press.engine.begin() as connection:
                save_relay_id(connection, trial.id, relay_id)
        return ""

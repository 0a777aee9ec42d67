"""Trials that were sent, as events name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from partwork.assembly import Press
from partwork.delivering.bounces import MailKind, SentMail
from partwork.model.feedback import Certainty, Feedback, Source
from partwork.store.trials import Trial, load_trials
from partwork.subscribing.suppression import suppression_key

BY_ADDRESS = timedelta(days=1)  # for so long an event that tells an address alone may be a trial's


@dataclass(frozen=True, slots=True)
class Trials:
    """All that were sent, by each thing that may be told of them; of several the latest."""

    hash_key: bytes
    by_id: Mapping[int, Trial]
    by_message_id: Mapping[str, Trial]
    by_relay_id: Mapping[str, Trial]
    by_recipient: Mapping[str, Trial]

    def named_by(self, event: Feedback, mark: SentMail | None) -> tuple[Trial, Certainty] | None:
        """The trial that an event speaks of, and by what that is known.

        Names of ours decide. An address alone does where a service has signed it and names no mail,
        and the trial is young and was given no name by its relay: it may be a reader's too.
        """
        if not self.by_id or (mark and mark.kind is not MailKind.TRIAL):
            return None
        if mark:
            trial = self.by_id.get(mark.id)
            return (trial, Certainty.BOUNCE_ADDRESS) if trial else None
        if trial := self.by_message_id.get(event.message_id):
            return trial, Certainty.MESSAGE_ID
        if trial := self.by_relay_id.get(event.relay_id):
            return trial, Certainty.RELAY_ID
        return self._by_address(event)

    def _by_address(self, event: Feedback) -> tuple[Trial, Certainty] | None:
        names_more = event.bounce_address or event.message_id
        if event.source is Source.MAILBOX or names_more or not event.recipient:
            return None
        try:
            trial = self.by_recipient.get(suppression_key(event.recipient, self.hash_key))
        except ValueError:  # services tell all sorts of things there
            return None
        if trial is None or trial.relay_id or event.kind is not trial.expects or event.at is None:
            return None
        # Clocks differ by seconds.
        is_young = -timedelta(minutes=1) <= event.at - trial.sent_at <= BY_ADDRESS
        return (trial, Certainty.ADDRESS) if is_young else None


def known_trials(press: Press, connection: Connection) -> Trials:
    """Those that were sent from this home's database."""
    trials = tuple(reversed(load_trials(connection)))
    return Trials(
        press.hash_key,
        {trial.id: trial for trial in trials},
        {trial.message_id: trial for trial in trials},
        {trial.relay_id: trial for trial in trials if trial.relay_id},
        {trial.recipient_key: trial for trial in trials},
    )

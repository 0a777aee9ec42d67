"""Webhooks: is it the service that speaks, and if so, what it says goes into the inbox."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from partwork.actions.feedback import take_in
from partwork.assembly import Press
from partwork.fetching.document import Documents
from partwork.fetching.errors import NotFetched
from partwork.model.errors import PartworkError
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.returning.signatures import mailgun, postmark, sendgrid, sns
from partwork.returning.signatures.refusal import BadSignature
from partwork.returning.signatures.sns_certificate import Certificate, certificate_of
from partwork.returning.webhook_body import json_in
from partwork.returning.webhook_json import UnreadableEvent
from partwork.returning.webhooks import events_in

MOST_SIGNATURES = 50_000  # of Mailgun that are remembered, some 10 MB
MOST_FETCHES, A_WHILE = 10, timedelta(minutes=1)  # guesses; Amazon's certificates last for months

_log = logging.getLogger("partwork.webhooks")


@dataclass(frozen=True, slots=True)
class Post:
    """A request as it came; `headers` have their names in small letters."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Amazon:
    """Where SNS is, and what fetches its certificates from there."""

    documents: Documents
    host_of: sns.HostOf = sns.host_of


class Webhooks:
    """The services that are connected, and what must be remembered of their posts.

    One for a process. Each service's posts are taken in by one thread at a time.
    """

    def __init__(self, press: Press, amazon: Amazon | None = None) -> None:
        self._press = press
        self._known = press.settings.webhooks
        self._topics = tuple(map(sns.topic_of, self._known.get(Source.SES, ())))
        self._keys = tuple(map(sendgrid.key_of, self._known.get(Source.SENDGRID, ())))
        self._amazon = amazon or Amazon(Documents(allows_private=press.settings.fetch_private))
        self._certificates: dict[str, Certificate] = {}
        self._fetched_at: list[datetime] = []
        self._signatures: dict[str, str] = {}

    @property
    def services(self) -> tuple[Source, ...]:
        """Those that are connected."""
        return tuple(self._known)

    def take_in(
        self, source: Source, posts: Sequence[Post], now: datetime
    ) -> Sequence[PartworkError | None]:
        """What is wrong with each post; of None its events are in the inbox.

        BadSignature and UnreadableEvent are final, after NotFetched the service must try again. So
        it must where this raises StoreError; what was written of its events then is not doubled.
        """
        faults: list[PartworkError | None] = []
        events: list[Feedback] = []
        for post in posts:
            try:
                told = self._events_in(source, post, now)
            except (BadSignature, UnreadableEvent, NotFetched) as fault:
                faults.append(fault)
            else:
                faults.append(None)
                events += (e for e in told if e.kind is not FeedbackKind.UNRELATED)
        if events:
            take_in(self._press, events, now=now)
        return faults

    def _events_in(self, source: Source, post: Post, now: datetime) -> Sequence[Feedback]:
        match source:
            case Source.SES:
                return self._events_of_ses(json_in(source, post.body), now)
            case Source.POSTMARK:
                postmark.demand_login(post.headers, self._known[source])
                return events_in(source, json_in(source, post.body))
            case Source.MAILGUN:
                body = json_in(source, post.body)
                signature = mailgun.signature_of(body, self._known[source], now)
                events = events_in(source, body)
                self._demand_first(signature, events)
                return events
            case _:
                sendgrid.demand_signed(post.body, post.headers, self._keys, now)
                return _readable(json_in(source, post.body))

    def _events_of_ses(self, body: object, now: datetime) -> Sequence[Feedback]:
        message = sns.message_of(body, self._topics, now, self._amazon.host_of)
        sns.demand_signed(message, self._certificate(message, now), now)
        match message.kind:
            case sns.SnsKind.SUBSCRIBED:
                self._amazon.documents.fetch(message.confirm_url)
            case sns.SnsKind.UNSUBSCRIBED:
                _log.warning("%s tells us nothing any more; was that meant?", message.topic.arn)
            case sns.SnsKind.EVENT if message.text.startswith("{"):  # else a greeting in words
                return events_in(Source.SES, json_in(Source.SES, message.text))
        return ()

    def _certificate(self, message: sns.SnsMessage, now: datetime) -> Certificate:
        """The certificate that the message names, fetched once.

        Who sends nonsense could have us fetch again and again, so that is limited.
        """
        url = message.certificate_url
        if url not in self._certificates:
            self._fetched_at = [at for at in self._fetched_at if now - at < A_WHILE]
            if len(self._fetched_at) >= MOST_FETCHES:
                raise NotFetched(url, "is one of many that were asked for", "it waits a minute")
            self._fetched_at.append(now)
            document = self._amazon.documents.fetch(url)
            host = self._amazon.host_of(message.topic)
            self._certificates[url] = certificate_of(document, host)
        return self._certificates[url]

    def _demand_first(self, signature: str, events: Sequence[Feedback]) -> None:
        """Raises BadSignature where the signature has stood beside another event."""
        told = " ".join(event.event for event in events)
        if self._signatures.setdefault(signature, told) != told:
            raise BadSignature(Source.MAILGUN, "its signature is another webhook's")
        if len(self._signatures) > MOST_SIGNATURES:
            del self._signatures[next(iter(self._signatures))]


def _readable(body: object) -> Sequence[Feedback]:
    """SendGrid's events, of a list those that can be read: one must not lose a thousand others.

    Raises UnreadableEvent where none can.
    """
    if not isinstance(body, list):
        return events_in(Source.SENDGRID, body)
    events: list[Feedback] = []
    fault: UnreadableEvent | None = None
    for one in body:
        try:
            events += events_in(Source.SENDGRID, [one])
        except UnreadableEvent as error:
            fault = error
    if fault and not events:
        raise fault
    if fault:
        _log.warning("of %d events %d were taken in: %s", len(body), len(events), fault)
    return events

"""The campaign guard: holds an issue of which too much was refused, bounced or complained about."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Connection

from partwork.assembly import Press
from partwork.model.stop import Stop, StopKind
from partwork.returning.guarding import Ceilings, Counts, Scope, whys_held
from partwork.settings import Settings
from partwork.store.engine import read_only
from partwork.store.shares import (
    Group,
    SentCampaign,
    accepted_by_domain,
    accepted_by_source,
    bad_ends,
    campaigns_numbered,
    campaigns_since,
    count_accepted,
    count_came_back,
)
from partwork.store.stops import load_stop, save_hold

RECENT = timedelta(days=7)  # a relay gives a message up after five at most: RFC 5321, 4.5.4.1
OFTEN, SELDOM = 500, 30.0  # answers, and seconds, after which a running send looks again
COST = 50  # a look may take one part in so many of the time: a guess
MOST_WHYS = 3

_log = logging.getLogger("partwork.guard")


@dataclass(frozen=True, slots=True)
class Held:
    """An issue that was held just now; `why` may repeat servers' words, without addresses."""

    issue: str
    newsletter: str
    why: str


def guard(press: Press, campaigns: Collection[int], now: datetime) -> tuple[Held, ...]:
    """Looks at these campaigns, and holds the issues of those that passed a ceiling.

    Of an issue that a person resumed, only what became known since counts: the rest they have
    seen. Raises StoreError.
    """
    with read_only(press.engine) as connection:
        found = campaigns_numbered(connection, campaigns)
    return _guard(press, found, now)


def guard_issue(press: Press, content_hash: str, now: datetime) -> tuple[Held, ...]:
    """The same for all of an issue's campaigns of the last week."""
    with read_only(press.engine) as connection:
        found = campaigns_since(connection, content_hash, now - RECENT)
    return _guard(press, found, now)


def hold(press: Press, content_hash: str, held: Held, seen: Stop | None, now: datetime) -> bool:
    """Stops all lanes of the issue, until a person resumes it; False: it was stopped already.

    Nor is it stopped if a person has resumed it since `seen` was what had been said last.
    """
    with press.engine.begin() as connection:
        is_new = save_hold(connection, content_hash, Stop(StopKind.HELD, held.why, now), seen)
    if is_new:
        _log.warning("%s is held; `partwork status %s` says why", held.issue, held.issue)
    return is_new


def is_told(press: Press) -> bool:
    """Whether bounces and complaints can reach us: by a mailbox, or by a service's webhooks."""
    return bool(press.settings.mailbox or press.settings.webhooks)


def came_back_in_words(press: Press, content_hash: str) -> str:
    """What is known of bounces and complaints of an issue; what nothing tells is not told as 0."""
    if not is_told(press):
        return "bounces and complaints: feedback not connected"
    with read_only(press.engine) as connection:
        bounced, complained = count_came_back(connection, content_hash).values()
    return f"so far {bounced} bounced and {complained} were reported as spam"


class Rounds:
    """When a running send looks again: not at each message, and never for a large part of its time.

    After 500 answers, or 30 seconds with any; sooner than 50 times what the last look took only
    after those 30.
    """

    def __init__(self) -> None:
        self._answered = 0
        self._looked_at, self._pause = monotonic(), 0.0

    def is_due(self, answered: int) -> bool:
        """Whether to look now, when so many more are answered."""
        self._answered += answered
        if not self._answered:
            return False
        passed = monotonic() - self._looked_at
        return passed >= SELDOM or (self._answered >= OFTEN and passed >= self._pause)

    def note(self, seconds: float) -> None:
        """A look was taken, and took so long."""
        self._answered, self._looked_at, self._pause = 0, monotonic(), COST * seconds


def _guard(press: Press, found: Iterable[SentCampaign], now: datetime) -> tuple[Held, ...]:
    ceilings, now_held = ceilings_of(press.settings), []
    for campaign in found:
        with read_only(press.engine) as connection:
            stop = load_stop(connection, campaign.content_hash)
            if stop and stop.is_on:
                continue
            whys = _whys(connection, campaign, stop.at if stop else None, ceilings)
        held = Held(campaign.issue, campaign.newsletter, _line(whys))
        if whys and hold(press, campaign.content_hash, held, stop, now):
            now_held.append(held)
    return tuple(now_held)


def ceilings_of(settings: Settings) -> Ceilings:
    """What is borne, in the operator's shares."""
    usual = Ceilings()
    return Ceilings(
        replace(usual.refused, percent=settings.refused_share),
        replace(usual.bounced, percent=settings.bounced_share),
        replace(usual.complained, percent=settings.complained_share),
    )


def _whys(
    connection: Connection, campaign: SentCampaign, since: datetime | None, ceilings: Ceilings
) -> tuple[str, ...]:
    """Why the campaign must stop. What was accepted is counted only where it could matter.

    The more was accepted, the smaller is a share: what is borne of nothing accepted is borne.
    """
    suspects = [
        counts
        for counts in _grouped(campaign, bad_ends(connection, campaign, since))
        if whys_held([counts], ceilings)
    ]
    if not suspects:
        return ()
    of_all = count_accepted(connection, campaign)
    names = {scope: {c.name for c in suspects if c.scope is scope} for scope in Scope}
    accepted: dict[Scope, Mapping[str, int]] = {
        Scope.CAMPAIGN: dict.fromkeys(names[Scope.CAMPAIGN], of_all),
        Scope.DOMAIN: accepted_by_domain(connection, campaign, names[Scope.DOMAIN]),
        Scope.SIGN_UP: accepted_by_source(connection, campaign, names[Scope.SIGN_UP]),
    }
    counted = (replace(c, accepted=accepted[c.scope][c.name]) for c in suspects)
    return whys_held(counted, ceilings, of_all)


def _grouped(campaign: SentCampaign, found: Iterable[Group]) -> tuple[Counts, ...]:
    """Bad ends by campaign, domain and sign-up source, as if nothing had been accepted."""
    groups: defaultdict[tuple[Scope, str], Counter[str]] = defaultdict(Counter)
    of_slot = f"of {campaign.due_at:%Y-%m-%d %H:%M} UTC"
    for group in found:
        scopes = (
            (Scope.CAMPAIGN, of_slot),
            (Scope.DOMAIN, group.domain),
            (Scope.SIGN_UP, group.source),
        )
        for scope, name in scopes:
            if name:  # of who was erased nobody knows where they were
                groups[scope, name][group.fate.value] += group.deliveries
    return tuple(Counts(scope, name, 0, **fates) for (scope, name), fates in groups.items())


def _line(whys: tuple[str, ...]) -> str:
    more = f"; and {len(whys) - MOST_WHYS} more" if len(whys) > MOST_WHYS else ""
    return " ".join("; ".join(whys[:MOST_WHYS]).split()) + more

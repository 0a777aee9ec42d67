"""Notices of runs: a mail to the editors whom it concerns that one failed, died or waits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from partwork.actions.issue_named import issue_named
from partwork.actions.loading import load_series
from partwork.actions.notices import Notice, mail_editors
from partwork.assembly import Press
from partwork.model.errors import PartworkError
from partwork.model.stop import StopKind
from partwork.store.engine import read_only
from partwork.store.leases import release_lease, take_lease
from partwork.store.stops import stop_against

# What fails once fails at each tick: of the same flow and the same thing it is told that often.
AGAIN = timedelta(hours=6)
GIST_CHARACTERS = 500
_STATES = {
    "Failed": "has failed",
    "TimedOut": "has taken too long and was ended",
    "Crashed": "has died",
    "Suspended": "waits for your answer",
}
_ADDRESS = re.compile(r"\S+@\S+")


@dataclass(frozen=True, slots=True)
class RunState:
    """How a run of a flow stands.

    `id` is Prefect's, `state` the name of its state, `message` what it says; `parameters` are what
    it was started with, `url` is where the dashboard shows it ("": not known).
    """

    id: str
    flow: str
    name: str
    state: str
    message: str
    parameters: Mapping[str, object]
    url: str


def tell_of_run(press: Press, run: RunState, now: datetime) -> str:
    """Mails the editors of the newsletter that the run is about, else those of all; what was done.

    Nobody is told of a state that wants nobody, of an issue that a person has stopped, nor of
    the same again within `AGAIN`. The mail has no address in it but theirs.
    """
    if run.state not in _STATES:
        return f"{run.name} is {run.state}: nobody needs to know"
    if not press.has_mail_server:
        return "no mail server is set: nobody was mailed"
    if _is_stopped_by_a_person(press, run):
        return f"{run.name}: a person has stopped the issue, and knows"
    key = f"notice:{run.flow}:{run.state}:{_about(run) or 'all'}"
    if run.state == "Suspended":  # each asks for an answer of its own
        key = f"notice:{run.id}"
    mine = press.new_id()  # not the run's: that it failed may be told to us twice
    with press.engine.begin() as connection:
        if not take_lease(connection, key, mine, now, AGAIN):
            return f"of {run.flow} that was told less than {AGAIN.seconds // 3600} hours ago"
    mailed = [slug for slug in _newsletters(press, run) if _mail(press, slug, run, now)]
    if not mailed:
        with press.engine.begin() as connection:
            release_lease(connection, key, mine)
        return "nobody could be mailed"
    return f"mailed the editors of {', '.join(mailed)}"


def _mail(press: Press, newsletter: str, run: RunState, now: datetime) -> bool:
    what = _STATES[run.state]
    message = _ADDRESS.sub("…", " ".join(run.message.split()))[:GIST_CHARACTERS]
    lines = [f"The run {_ADDRESS.sub('…', run.name)} {what}, seen {now:%Y-%m-%d %H:%M} UTC."]
    if message and run.state != "Suspended":
        lines.append(message)
    if run.url:
        lines.append(f"It is in the dashboard:\n{run.url}")
    flow = run.flow if re.fullmatch(r"[a-z_]{1,40}", run.flow) else "a run"
    notice = Notice(f"run {run.id}", f"Partwork: {flow} {what}", tuple(lines))
    return mail_editors(press, newsletter, notice, now)


def _about(run: RunState) -> str:
    """The issue or series that it was started for; "" for none."""
    named = run.parameters.get("issue") or run.parameters.get("series")
    return str(named or "")


def _newsletters(press: Press, run: RunState) -> tuple[str, ...]:
    try:
        if issue := run.parameters.get("issue"):
            return (issue_named(press, str(issue)).audience.newsletter,)
        if series := run.parameters.get("series"):
            return (load_series(press, str(series)).newsletter,)
    except PartworkError:  # that there is none may be why it failed
        pass
    return press.library.newsletter_slugs()


def _is_stopped_by_a_person(press: Press, run: RunState) -> bool:
    issue = run.parameters.get("issue")
    if not issue:
        return False
    try:
        found = issue_named(press, str(issue))
    except PartworkError:
        return False
    with read_only(press.engine) as connection:
        stop = stop_against(connection, found.content_hash)
    return stop is not None and stop.kind in {StopKind.PAUSED, StopKind.CANCELLED}

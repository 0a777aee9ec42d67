"""Runs of the flow `send`: asked for, alone at their issue, and what a person says of them.

Prefect stops a run that is cancelled by killing its process, and one that is deleted not at all.
So the run looks itself, every few seconds and once more when it is killed; and whoever asks for
runs looks before what has become of those that were asked for.
"""

import contextvars
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from httpx import HTTPError, InvalidURL  # Prefect's client speaks by it
from prefect import runtime
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound

from partwork.actions.issue_named import issue_named
from partwork.actions.send_runs import Fate, may_be_asked_for, note_send_run, send_runs, settle
from partwork.actions.turns import Work, taking_turn
from partwork.assembly import Press
from partwork.orchestration.runs import ask_for, client_aside, this_run
from partwork.store.send_runs import SendRun

LOOKS = 3.0  # seconds between two looks of a run at what became of it: a request each
_FATES = {
    StateType.SCHEDULED: Fate.WAITS,
    StateType.PENDING: Fate.WAITS,
    StateType.PAUSED: Fate.WAITS,
    StateType.RUNNING: Fate.RUNS,
    StateType.CANCELLING: Fate.CANCELLED,
    StateType.CANCELLED: Fate.CANCELLED,
}

_LIVES = {Fate.RUNS, Fate.ENDED}
_OVER = {Fate.CANCELLED, Fate.DELETED, Fate.UNKNOWN}

_log = logging.getLogger("partwork.sending")


def start_sending(press: Press, issues: Sequence[str]) -> tuple[str, ...] | None:
    """Asks for a run of `send` for each issue that none is on its way for; for which ones.

    None where this run is no deployment's. What a person cancelled or deleted in the dashboard is
    paused first, and what is stopped is not asked for. The key gives a run that Prefect runs again
    the same sends, and the next tick new ones: the ledger sees to it that nobody gets anything
    twice.
    """
    if not runtime.deployment.id:
        return None
    heed_the_dashboard(press)
    asked = [issue for issue in issues if may_be_asked_for(press, issue, datetime.now(UTC))]
    for issue in asked:
        run, deployment = ask_for("send", f"{issue}-{runtime.flow_run.id}", {"issue": issue})
        note_send_run(press, issue, run, deployment, datetime.now(UTC))
    return tuple(asked)


def heed_the_dashboard(press: Press) -> int:
    """Pauses issues whose runs were cancelled or deleted there; how many were.

    Where Prefect does not answer, nothing is known, and the next look has it.
    """
    paused = 0
    if not (known := send_runs(press)):
        return paused
    try:
        with get_client(sync_client=True) as client:
            for asked in known:
                paused += settle(press, asked, _fate(client, asked), datetime.now(UTC))
    except (HTTPError, InvalidURL) as error:
        _log.warning("what became of earlier runs is not known (%s)", type(error).__name__)
    return paused


@contextmanager
def sending_alone(press: Press, issue: str) -> Iterator[str]:
    """The issue's name, while no other run sends it and this one heeds the dashboard.

    Raises LibraryError for an issue that is not known, TurnTaken while another run sends it.
    """
    name = issue_named(press, issue).name
    if not runtime.deployment.id:
        with taking_turn(press, Work.SENT, name, this_run()):
            yield name
        return
    # First of all: whatever befalls this run from now on, the next look finds.
    mine = note_send_run(
        press, name, str(runtime.flow_run.id), str(runtime.deployment.id), datetime.now(UTC)
    )
    with heeding(press, mine), taking_turn(press, Work.SENT, name, this_run()):
        yield name


@contextmanager
def heeding(press: Press, mine: SendRun) -> Iterator[None]:
    """Looks now and then what is said of this run; pauses the issue when it is to end.

    Once more at the end, since a person may have cancelled it in its last seconds. Where nobody
    answers then, the next look of all finds it.
    """
    over, is_settled = threading.Event(), threading.Event()

    def watch() -> None:
        with client_aside() as client:
            while not over.wait(LOOKS):
                if _look(press, mine, client) in _OVER:
                    is_settled.set()  # once: a person may resume the issue before this run's end
                    return

    # A thread begins without Prefect's settings.
    watching = threading.Thread(
        target=contextvars.copy_context().run, args=(watch,), daemon=True, name="heeds dashboard"
    )
    watching.start()
    is_killed = False
    try:
        yield
    except Exception:
        raise
    except BaseException:
        is_killed = True
        raise
    finally:
        over.set()
        watching.join()
        if not is_settled.is_set():
            with get_client(sync_client=True) as client:
                fate = _look(press, mine, client)
            if fate in _LIVES and not is_killed:
                settle(press, mine, Fate.ENDED, datetime.now(UTC))


def _look(press: Press, mine: SendRun, client: SyncPrefectClient) -> Fate | None:
    """What is said of it now, and done about it; None where the server does not answer.

    While it works it has not ended, though it was silent for so long that it is taken for dead.
    """
    try:
        fate = _fate(client, mine)
    except (HTTPError, InvalidURL):
        return None
    if fate is not Fate.ENDED and settle(press, mine, fate, datetime.now(UTC)):
        _log.warning("this run was %s in the dashboard: the issue is paused", fate)
    return fate


def _fate(client: SyncPrefectClient, asked: SendRun) -> Fate:
    try:
        state = client.read_flow_run(UUID(asked.run)).state
    except ObjectNotFound:
        try:
            client.read_deployment(UUID(asked.deployment))
        except ObjectNotFound:
            return Fate.UNKNOWN
        return Fate.DELETED
    return _FATES.get(state.type, Fate.ENDED) if state else Fate.WAITS

"""The end of a lane: what automations are told of it, and the report once all have ended."""

import logging
from dataclasses import replace
from datetime import datetime

from httpx import HTTPError  # Prefect's client speaks by it
from prefect.exceptions import PrefectException

from partwork.actions.last_sent import is_last_of_all
from partwork.actions.send import SendReport, standing_of
from partwork.actions.slowed import slowed_to_tell
from partwork.assembly import Press
from partwork.orchestration.artifacts import leave_report
from partwork.orchestration.event_names import SENT, SLOWED
from partwork.orchestration.events import tell
from partwork.orchestration.held import tell_held
from partwork.orchestration.live import ABOUT, leave_full_bar
from partwork.orchestration.send_report import page

_log = logging.getLogger("partwork.progress")


def as_of_now(press: Press, report: SendReport) -> SendReport:
    """The report with the issue's figures as they are now: other lanes may have gone on."""
    return replace(report, tally=standing_of(press, report.issue))


def tell_end(press: Press, report: SendReport, began: datetime) -> bool:
    """Emits what is to be told at the end of a lane; whether it was the last one of the issue.

    `began` is when it did, by the clock of `paces_time`. What was put off comes due later, with a
    run and an event of its own.
    """
    tell_held(press)
    for one in slowed_to_tell(press, began):
        tell(SLOWED, "domain", one.domain, relay=one.relay)
    if is_last := is_last_of_all(press, report):
        standing = report.tally
        counts = {
            "accepted": standing.accepted,
            "deferred": standing.deferred,
            "refused": standing.refused,
            "in_doubt": standing.in_doubt,
            "planned": standing.planned,
        }
        tell(SENT, "issue", report.issue, counts)
    return is_last


def leave_whole_report(report: SendReport) -> None:
    """Leaves report and bar of an issue of which nothing is left, over those of the first lane.

    All is sent by then: where the server does not answer, that is logged.
    """
    try:
        leave_report(f"send-{report.issue}", page(report), ABOUT)
        leave_full_bar(f"sending-{report.issue}")
    except (PrefectException, HTTPError, OSError) as error:
        _log.warning("the report on %s is not shown: %s", report.issue, type(error).__name__)

"""Further lanes for a send, each a run of its own that any machine's worker may take."""

import logging
from math import ceil

import httpx
from prefect.deployments import run_deployment
from prefect.exceptions import PrefectException

# Deliveries that are worth a lane: a guess. Starting a run takes a machine two seconds, in which
# one lane sends about that many.
WORTH = 2000

_log = logging.getLogger("partwork.sending")


def lanes_for(deliveries: int, most: int) -> int:
    """Over how many lanes so many deliveries are spread, of which there may be `most`; 1 or more.

    None gets less than `WORTH`, but for a lane that is alone.
    """
    return max(1, min(most, ceil(deliveries / WORTH)))


def start_lanes(issue: str, lanes: int, round_: str) -> int:
    """Asks for the lanes beside the one that asks; how many were asked for.

    `round_` names this sending: asked again under the same name they are not started twice, and
    under a new one they are, whatever became of the others. Lanes only make a send faster: where
    the server does not answer, the one that asks does it all.
    """
    for shard in range(2, lanes + 1):
        try:
            run_deployment(
                "send_lane/default",
                parameters={"issue": issue, "shard": shard},
                timeout=0,
                idempotency_key=f"{issue}-{shard}-{round_}",
                as_subflow=False,
            )
        except (PrefectException, httpx.HTTPError) as error:
            _log.warning("no further lane for %s: %s", issue, error)
            return shard - 2
    return lanes - 1

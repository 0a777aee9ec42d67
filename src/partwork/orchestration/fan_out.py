"""Further lanes for a send, each a run of its own that any machine's worker may take."""

import logging

import httpx
from prefect.deployments import run_deployment
from prefect.exceptions import PrefectException

# Deliveries that are worth a lane: a guess. Starting a run takes a machine two seconds, in which
# one lane sends about that many.
WORTH = 2000

_log = logging.getLogger("partwork.sending")


def further_lanes(deliveries: int, most: int) -> int:
    """How many lanes beside its own a send of so many deliveries asks for; `most` at most.

    Each of them, and its own, has `WORTH` deliveries or more.
    """
    return max(0, min(most, deliveries // WORTH - 1))


def start_lanes(issue: str, lanes: int, round_: str) -> int:
    """Asks for so many lanes; how many could be asked for.

    `round_` names this sending: asked again under the same name they are not started twice, and
    under a new one they are, whatever became of the others. Lanes only make a send faster: where
    the server does not answer, the one that asks does it all.
    """
    for shard in range(1, lanes + 1):
        try:
            run_deployment(
                "send_lane/send_lane",
                parameters={"issue": issue, "shard": shard},
                timeout=0,
                idempotency_key=f"{issue}-{shard}-{round_}",
                as_subflow=False,
            )
        except (PrefectException, httpx.HTTPError) as error:
            _log.warning("no further lane for %s: %s", issue, error)
            return shard - 1
    return lanes

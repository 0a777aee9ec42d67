"""A sign of life for a service that tells somebody when there is none any more."""

import logging

import requests

WAITS = (5, 10)  # seconds, for a connection and for the answer's head: guesses

_log = logging.getLogger("partwork.heartbeat")


def ping(url: str) -> bool:
    """Fetches the address, and says whether it answered that all is well.

    The log is told when it did not, and not the address: it may be all that keeps others out.
    """
    try:
        with requests.get(url, timeout=WAITS, stream=True) as answer:
            if answer.ok:
                return True
            _log.warning("the heartbeat was answered with %d", answer.status_code)
    except (requests.RequestException, ValueError) as error:
        _log.warning("the heartbeat found nobody: %s", type(error).__name__)
    return False

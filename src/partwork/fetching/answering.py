"""Whether anybody answers at an address of our own."""

from datetime import timedelta

import requests

PATIENCE = timedelta(seconds=5)


def why_silent(url: str) -> str:
    """Why nothing useful answers at `url`, in words; empty when a 2xx comes within `PATIENCE`."""
    try:
        answer = requests.get(url, timeout=PATIENCE.total_seconds(), allow_redirects=False)
    except requests.RequestException as error:
        return f"does not answer ({type(error).__name__})"
    return "" if answer.ok else f"answers {answer.status_code}"

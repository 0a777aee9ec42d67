"""What others measure us by can be called with nothing but Partwork installed."""

import json
import subprocess
import sys
from pathlib import Path

from tests.transport.rough_server import RoughServer

ROOT = Path(__file__).parents[1]
WITHOUT_THE_FIT_EXTRA = """
import sys
sys.modules.update(dict.fromkeys(("justext", "lightgbm", "readability", "sklearn", "trafilatura")))
from benchmarks.cleaning import clean_html, clean_text
print(clean_text("The heap\\n\\nA heap of one cubic metre is warm all winter.\\n\\n12 comments"))
print(clean_html("<h1>The heap</h1><p>A heap of <a href='/b'>leaves</a> rots slowly.</p>"))
"""


def test_cleaning_can_be_measured_where_its_peers_are_not_installed() -> None:
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_FIT_EXTRA],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.stdout.splitlines() == [
        "A heap of one cubic metre is warm all winter.",
        "A heap of leaves rots slowly.",
    ], result.stderr


def test_sending_is_measured_in_one_line_that_programs_read() -> None:
    with RoughServer() as server:
        result = subprocess.run(
            [
                *(sys.executable, ROOT / "benchmarks" / "sending.py", "--recipients", "30"),
                *("--smtp", server.url.removeprefix("smtp://"), "--connections", "2"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )

    assert result.returncode == 0, result.stderr
    (line,) = result.stdout.splitlines()
    told = json.loads(line)
    assert (told["accepted"], told["in_doubt"], server.got.total()) == (30, 0, 30)
    assert min(told["messages_per_s"], told["cpu_us_per_message"], told["peak_rss_mb"]) > 0
    assert server.at_once <= 2

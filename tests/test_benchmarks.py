"""What others measure us by can be called with nothing but Partwork installed."""

import subprocess
import sys
from pathlib import Path

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

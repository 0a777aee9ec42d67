"""How long one issue takes to render, beside the MJML compiler of npm, in the same run.

    python benchmarks/rendering.py [--mjml FOLDER] [--times N]

prints milliseconds of processor time, the median and what 19 in 20 stay below, warm: a whole issue
(mail, text part and page) of 250 words and of 1,500; of that, the MJML step alone, checks and
inlining included; and npm's `mjml` on the same MJML, called again and again in one process of node
as a server would, where FOLDER holds `node_modules/mjml`.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from time import process_time

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from partwork.model.issue import MergeField  # noqa: E402 found by the line above
from partwork.rendering.fields import issue_fields  # noqa: E402 see above
from partwork.rendering.foreign import Gallery  # noqa: E402 see above
from partwork.rendering.mjml import html_from  # noqa: E402 see above
from partwork.rendering.templates import Filled, filled  # noqa: E402 see above
from tests.rendering.conftest import ARTICLES  # noqa: E402 see above
from tests.rendering.test_matrix import SAMPLES, Sample  # noqa: E402 see above

NO_PICTURES = Gallery(frozenset(), "")
NAMES = {"as it is": "an issue of 250 words", "one long article": "an issue of 1,500 words"}
NODE = """
const [folder, times] = process.argv.slice(1);
const module = await import(folder + "/node_modules/mjml/lib/index.js");
const mjml = module.default.default ?? module.default;
const source = (await import("fs")).readFileSync(0, "utf8");
const took = [];
for (let turn = -10; turn < Number(times); turn++) {
  const start = process.cpuUsage();
  await mjml(source, { validationLevel: "skip" });
  const { user, system } = process.cpuUsage(start);
  if (turn >= 0) took.push((user + system) / 1000);
}
console.log(JSON.stringify(took));
"""


def main() -> None:
    """Prints a row for each thing measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mjml", type=Path, help="a folder where npm has installed mjml")
    parser.add_argument("--times", type=int, default=100)
    asked = parser.parse_args()
    print("| what | median, ms | 19 of 20 below, ms |\n| --- | --- | --- |")
    for name, shown in NAMES.items():
        sample = SAMPLES[name]
        source = filled_in(sample)
        row(shown, taken(lambda sample=sample: sample.issue(ARTICLES), asked.times))  # type: ignore[misc] # mypy takes no default of a lambda
        row("– of it MJML to HTML", taken(lambda: html_from(source, NO_PICTURES), asked.times))  # noqa: B023 called at once
        if asked.mjml:
            row("– npm's mjml on the same MJML", by_node(source.text, asked.mjml, asked.times))


def filled_in(sample: Sample) -> Filled:
    """The sample's MJML, as rendering hands it to the compiler."""
    fields = issue_fields(sample.part, sample.series, sample.newsletter, ARTICLES)
    merge = {field.value: field.mark for field in MergeField}
    return filled("email/issue.mjml", sample.templates, {**fields, "merge": merge})


def taken(call: Callable[[], object], times: int) -> list[float]:
    """Milliseconds that each call took, the first ten left out."""
    milliseconds = []
    for turn in range(-10, times):
        start = process_time()
        call()
        if turn >= 0:
            milliseconds.append((process_time() - start) * 1000)
    return milliseconds


def by_node(source: str, folder: Path, times: int) -> list[float]:
    """The same for npm's compiler."""
    node = subprocess.run(  # noqa: S603 our own program, on our own MJML
        ["node", "--input-type=module", "-e", NODE, str(folder.resolve()), str(times)],  # noqa: S607 the one on the PATH
        input=source,
        capture_output=True,
        text=True,
        check=True,
    )
    milliseconds: list[float] = json.loads(node.stdout)
    return milliseconds


def row(what: str, milliseconds: list[float]) -> None:
    """Prints one thing that was measured."""
    print(f"| {what} | {median(milliseconds):.1f} | {quantiles(milliseconds, n=20)[-1]:.1f} |")


if __name__ == "__main__":
    main()

"""Pictures of what people see: a mail, a cleaning report and the dashboard, for the documents.

    python benchmarks/pictures.py [--home FOLDER] [--to docs/pictures] [--all]

runs the demo (in a temporary home, or in FOLDER), then `partwork up` for its home, and has
Chromium (CHROMIUM names it, else the one on the PATH) take each page that a document shows; with
`--all` each page at the width of a screen and of a phone, light and dark. Needs the `dev` extra.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, StorageState, ViewportSize, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from partwork.actions.report import report_html, report_on  # noqa: E402 found by the line above
from partwork.assembly import assemble  # noqa: E402 see above
from partwork.orchestration.api import Api  # noqa: E402 see above
from partwork.orchestration.demo import SERIES  # noqa: E402 see above
from partwork.orchestration.environment import Place  # noqa: E402 see above
from partwork.orchestration.login import login_of  # noqa: E402 see above
from partwork.settings import Settings  # noqa: E402 see above
from tests.orchestration.runs import question_of  # noqa: E402 see above

WIDTHS = {"screen": 1200, "phone": 375}
SCHEMES: dict[str, Literal["light", "dark"]] = {"": "light", "-dark": "dark"}
HEIGHT = 900
ARTICLE = "two-weeks-with-a-notebook"  # of the samples; it has removals of many kinds, and a flag
# The pictures that the documents show.
TOLD = {
    "mail-phone",
    "mail-phone-dark",
    "mail-screen",
    "report-phone",
    "runs-screen",
    "deployments-screen",
    "cleaning-report-screen",
    "compose-screen",
    "question-screen",
    "question-phone",
    "read-phone",
}
QUESTION = "question"  # a run of review that waits, with its form open
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def main() -> None:
    """Takes every picture and prints where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="reuse the demo of this home")
    parser.add_argument("--to", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--all", action="store_true", help="those too that no document shows")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        home = asked.home or Path(temporary)
        with everything_of_a_demo(home) as dashboard, chromium() as browser:
            kept = logged_in(browser, dashboard, login_of(demo_of(home)))
            for name, address in pages(home, dashboard).items():
                for (width_name, width), (suffix, scheme) in product(
                    WIDTHS.items(), SCHEMES.items()
                ):
                    picture = f"{name}-{width_name}{suffix}"
                    if asked.all or picture in TOLD:
                        to = asked.to / f"{picture}.png"
                        print(take(browser, name, address, width, scheme, to=to, kept=kept))


@contextmanager
def everything_of_a_demo(home: Path) -> Iterator[str]:
    """The address of the dashboard of `partwork up` for a demo's home; it ends with the context."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    demo = {**environment, "PARTWORK_HOME": str(home)}
    command = [sys.executable, "-m", "partwork", "demo"]
    subprocess.run(command, env=demo, stdout=sys.stderr, check=True)  # noqa: S603 our own
    up = subprocess.Popen(
        [sys.executable, "-m", "partwork", "up"],
        env={**environment, "PARTWORK_HOME": str(demo_of(home))},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield _dashboard_of(up)
    finally:
        up.send_signal(signal.SIGTERM)
        up.communicate()


def _dashboard_of(up: subprocess.Popen[str]) -> str:
    assert up.stdout
    dashboard = ""
    for line in up.stdout:
        print(line, end="", file=sys.stderr)
        if found := re.match(r"dashboard +(http\S+)", line):
            dashboard = found[1]
        if line.startswith("ready"):
            return dashboard
    sys.exit("`partwork up` ended before it could be looked at")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser that talks to nobody but us."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def demo_of(home: Path) -> Path:
    """The home that the demo has of its own."""
    return home / ".partwork" / "demo"


def pages(home: Path, dashboard: str) -> dict[str, str]:
    """What to take, by the picture's name."""
    api = Api(Place(int(dashboard.rpartition(":")[2]), login_of(demo_of(home))))
    ingest = api.get("/deployments/name/ingest/ingest")["id"]
    compose = api.get("/deployments/name/compose/compose")["id"]
    runs: list[dict[str, Any]] = api.post(
        "/flow_runs/filter",
        {"flows": {"name": {"any_": ["compose"]}}, "sort": "START_TIME_DESC", "limit": 1},
    )
    question, drafts = _question(api)
    runs_page, reports = f"{dashboard}/v2/runs", f"{dashboard}/v2/artifacts/artifact"
    demo = demo_of(home)
    mail = demo / ".partwork" / "previews" / SERIES / "01" / "mail.html"
    report = home / ".partwork" / "report.html"
    with assemble(Settings(home=demo)) as press:
        report.write_text(report_html(press, report_on(press, ARTICLE)), "utf-8")
    return {
        "deployments": f"{dashboard}/v2/deployments",
        "runs": runs_page,
        "run": f"{runs_page}/flow-run/{runs[0]['id']}",
        QUESTION: f"{runs_page}/flow-run/{question}",
        "read": drafts[0],
        "waiting": drafts[-1],
        "form": f"{dashboard}/v2/deployments/deployment/{ingest}/run",
        "compose": f"{dashboard}/v2/deployments/deployment/{compose}/run",
        "cleaning-report": f"{reports}/{_longest_report(api, 'ingest')}",
        "series-plan": f"{reports}/{_longest_report(api, f'compose-{SERIES}')}",
        "publish": f"{reports}/{_longest_report(api, 'publish')}",
        "mail": mail.absolute().as_uri(),
        "report": report.absolute().as_uri(),
    }


def _question(api: Api) -> tuple[str, list[str]]:
    """The id of a run that asks about part 2, and the links in its question."""
    review = api.get("/deployments/name/review/review")["id"]
    asked = {"parameters": {"series": SERIES, "part": 2}, "state": {"type": "SCHEDULED"}}
    run = api.post(f"/deployments/{review}/create_flow_run", asked)["id"]
    _, words = question_of(api, run)
    return run, re.findall(r"\(<(http[^>]+)>\)", words)


def _longest_report(api: Api, key: str) -> str:
    """A later ingest of the same inbox has nothing to report."""
    reports = api.post("/artifacts/filter", {"artifacts": {"key": {"any_": [key]}}})
    longest: dict[str, str] = max(reports, key=lambda report: len(report["data"]))
    return longest["id"]


def logged_in(browser: Browser, dashboard: str, login: str) -> StorageState:
    """What a browser keeps that has logged in to the dashboard."""
    page = browser.new_page()
    page.goto(dashboard)
    page.locator("input[type=password]").fill(login)
    page.get_by_role("button", name="Login").click()
    page.get_by_role("link", name="Deployments").wait_for()
    kept = page.context.storage_state()
    page.close()
    return kept


def take(
    browser: Browser,
    name: str,
    address: str,
    width: int,
    scheme: Literal["light", "dark"],
    *,
    to: Path,
    kept: StorageState,
) -> Path:
    """A picture of the top of a page, once its requests have come to rest."""
    size: ViewportSize = {"width": width, "height": HEIGHT}
    page = browser.new_page(viewport=size, color_scheme=scheme, storage_state=kept)
    page.goto(address)
    # The dashboard keeps a socket open and fills its lists after the page has loaded.
    page.wait_for_load_state("networkidle")
    if name == QUESTION:
        _open_question(page)
    page.wait_for_timeout(1500)
    page.wait_for_function("!document.querySelector('.animate-pulse')")  # a place that is empty yet
    page.screenshot(path=to)
    page.close()
    return to


def _open_question(page: Page) -> None:
    page.get_by_role("button", name="Open menu").click()
    page.get_by_role("menuitem", name="Resume").click()
    page.get_by_role("dialog").get_by_text("Decision").wait_for()


if __name__ == "__main__":
    main()

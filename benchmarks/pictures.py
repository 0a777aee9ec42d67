"""Pictures of what people see: a mail, a cleaning report and the dashboard, for the documents.

    python benchmarks/pictures.py [--home FOLDER] [--to docs/pictures] [--all]

runs the demo (in a temporary home, or in FOLDER), waits for its addresses, and has Chromium
(CHROMIUM names it, else the one on the PATH) take each page that a document shows; with `--all`
each page at the width of a screen and of a phone, light and dark. Needs the `dev` extra.
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

from playwright.sync_api import Browser, sync_playwright

from partwork.actions.report import report_html, report_on
from partwork.assembly import assemble
from partwork.orchestration.api import Api
from partwork.orchestration.demo import SERIES
from partwork.orchestration.environment import Place
from partwork.orchestration.login import login_of
from partwork.settings import Settings

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
}
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
        with staying_demo(home) as dashboard, chromium() as browser:
            for name, address in pages(home, dashboard).items():
                for (width_name, width), (suffix, scheme) in product(
                    WIDTHS.items(), SCHEMES.items()
                ):
                    picture = f"{name}-{width_name}{suffix}"
                    if asked.all or picture in TOLD:
                        to = asked.to / f"{picture}.png"
                        print(
                            take(
                                browser,
                                address,
                                width,
                                scheme,
                                to=to,
                                login=login_of(demo_of(home)),
                            )
                        )


@contextmanager
def staying_demo(home: Path) -> Iterator[str]:
    """The address of a demo's dashboard; the demo ends with the context."""
    demo = subprocess.Popen(
        [sys.executable, "-m", "partwork", "demo", "--stay"],
        env={**os.environ, "PARTWORK_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield _dashboard_of(demo)
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.communicate()


def _dashboard_of(demo: subprocess.Popen[str]) -> str:
    assert demo.stdout
    for line in demo.stdout:
        print(line, end="", file=sys.stderr)
        if found := re.match(r"dashboard +(http\S+)", line):
            return found[1]
    sys.exit("the demo ended before it could be looked at")


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
    ingest = api.get("/deployments/name/ingest/default")["id"]
    runs: list[dict[str, Any]] = api.post(
        "/flow_runs/filter",
        {"flows": {"name": {"any_": ["compose"]}}, "sort": "START_TIME_DESC", "limit": 1},
    )
    reports = f"{dashboard}/artifacts/artifact"
    demo = demo_of(home)
    mail = demo / ".partwork" / "previews" / SERIES / "01" / "mail.html"
    report = home / ".partwork" / "report.html"
    with assemble(Settings(home=demo)) as press:
        report.write_text(report_html(press, report_on(press, ARTICLE)), "utf-8")
    return {
        "deployments": f"{dashboard}/deployments",
        "runs": f"{dashboard}/runs",
        "run": f"{dashboard}/runs/flow-run/{runs[0]['id']}",
        "form": f"{dashboard}/deployments/deployment/{ingest}/run",
        "cleaning-report": f"{reports}/{_longest_report(api, 'ingest')}",
        "series-plan": f"{reports}/{_longest_report(api, f'compose-{SERIES}')}",
        "mail": mail.absolute().as_uri(),
        "report": report.absolute().as_uri(),
    }


def _longest_report(api: Api, key: str) -> str:
    """A later ingest of the same inbox has nothing to report."""
    reports = api.post("/artifacts/filter", {"artifacts": {"key": {"any_": [key]}}})
    longest: dict[str, str] = max(reports, key=lambda report: len(report["data"]))
    return longest["id"]


def take(
    browser: Browser,
    address: str,
    width: int,
    scheme: Literal["light", "dark"],
    *,
    to: Path,
    login: str,
) -> Path:
    """A picture of the top of a page, once its requests have come to rest."""
    page = browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
    page.goto(address)
    # The dashboard keeps a socket open and fills its lists after the page has loaded.
    page.wait_for_load_state("networkidle")
    if "/login" in page.url:
        page.locator("input").first.fill(login)
        page.locator("input").first.press("Enter")
        page.wait_for_url(address)
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)
    page.screenshot(path=to)
    page.close()
    return to


if __name__ == "__main__":
    main()

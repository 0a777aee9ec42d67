"""A series as an editor makes it who has a browser and nothing else, from a pasted text to a mail.

All of it is real: `partwork up` as a process of its own, Chromium, a mail server on loopback. It
takes two minutes: `make endure` runs it, not each run of the tests.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from partwork.actions.ingest import ingest
from partwork.actions.init import init_home, wishes_from
from partwork.actions.subscribers import import_subscribers
from partwork.assembly import assemble
from partwork.model.article import Rights
from partwork.orchestration.launcher import RunningPrefect
from partwork.settings import Settings
from tests.conftest import NOW, wait_until
from tests.orchestration.test_up import Up, copy_server
from tests.transport.conftest import Inbox, serve_inbox
from tests.web.test_in_a_browser import CHROMIUM, browser

__all__ = ["browser", "serve_inbox"]

pytestmark = [
    pytest.mark.prefect,
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}; CHROMIUM names another"
    ),
]

WATER = """When to water a new bed

Share this story: Facebook | Twitter | Email

Young plants drink from the top ten centimetres of the soil. On a warm day that layer dries out
by noon. Water in the morning, and the leaves are dry again by evening.

A full can holds ten litres. One square metre of seedlings needs about as much twice a week.
"""
CLAY = """What to do with heavy clay

Take a handful of soil and press it. What stays a lump has clay in it. Clay holds water longer
than sand does, so it is no bad soil, but it is slow to warm in spring.

Spread three centimetres of compost on it in autumn and leave the digging to the worms.
"""
FROST = """Sowing by the weather

The packet says March, yet the soil may still be cold. Peas sprout at five degrees, beans need
twelve. A thermometer costs little, and it is worth more than a calendar.

Cover the bed with fleece for two weeks before you sow.
"""
DESK, PHONE = {"width": 1200, "height": 900}, {"width": 375, "height": 740}
READER = "ada@example.org"
CHOICES = {"rights", "division", "Decision", "Role"}
ROLES = {"editor": "Ada North", "medical": "Grace Bell"}
TRIES = 30  # where much is written, Prefect on SQLite answers 503 several times in a row
DRAWN_TWICE = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
PATIENCE_MS = 60_000  # the dashboard loads its parts one by one, and machines are shared


class Dashboard:
    """Prefect's pages as a person finds them: by what stands on buttons, fields and links."""

    def __init__(self, page: Page, up: Up) -> None:
        self.page, self.up = page, up
        self.address = f"http://127.0.0.1:{up.ports[0]}"

    def log_in(self) -> None:
        self.page.goto(self.address)
        login = (self.up.home / ".partwork" / "prefect" / "login").read_text().strip()
        self.page.locator("input[type=password]").fill(login)
        self.page.get_by_role("button", name="Login").click()
        expect(self.page.get_by_role("link", name="Deployments")).to_be_visible()

    def run(self, flow: str, **fields: str | bool) -> dict[str, Any]:
        """Runs a flow by its form, and returns the run once it has ended or waits."""
        deployment = self.up.api.get(f"/deployments/name/{flow}/{flow}")["id"]
        self.page.goto(f"{self.address}/v2/deployments/deployment/{deployment}/run")
        made = self._send(self.page.locator("body"), fields, "Submit", "/create_flow_run")
        return self.settled(made["id"])

    def settled(self, run_id: str) -> dict[str, Any]:
        """The run, once nothing happens to it until somebody does something."""
        found: dict[str, Any] = {}

        def is_settled() -> bool:
            found.update(self.up.api.get(f"/flow_runs/{run_id}"))
            over = found["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
            return over or found["state"]["name"] == "Suspended"

        wait_until(is_settled, within_seconds=90, every_seconds=0.2)
        return found

    def did(self, flow: str) -> dict[str, Any]:
        """The run of a flow that starts by itself, once it has ended.

        A sweep may have asked for another one, which found this one at work.
        """
        runs = [self.settled(run["id"]) for run in self._runs(flow)]
        (run,) = (run for run in runs if run["state"]["name"] != "Already running")
        return run

    def ask(self, run: dict[str, Any]) -> Locator:
        """The question of a run that waits, with its form."""
        self.page.goto(f"{self.address}/v2/runs/flow-run/{run['id']}")
        expect(self.page.get_by_text("Suspended").first).to_be_visible()
        self.page.get_by_role("button", name="Open menu").click()
        self.page.get_by_role("menuitem", name="Resume").click()
        dialog = self.page.get_by_role("dialog", name="Resume Flow Run")
        expect(dialog.get_by_role("textbox", name="Reviewer")).to_be_visible()
        return dialog

    def answer(self, run: dict[str, Any], question: Locator, **fields: str) -> dict[str, Any]:
        """Sends the form off, and returns the run once it asks something else or is over."""
        key = run["state"]["state_details"]["pause_key"]
        assert self._send(question, fields, "Resume", "/resume")["status"] == "ACCEPT"

        def has_moved() -> bool:
            state = self.up.api.get(f"/flow_runs/{run['id']}")["state"]
            return state["name"] != "Suspended" or state["state_details"]["pause_key"] != key

        wait_until(has_moved, every_seconds=0.2)
        return self.settled(run["id"])

    def reports(self, run: dict[str, Any]) -> dict[str, str]:
        """What the run left, by key."""
        wanted = {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}}
        return {a["key"]: str(a["data"]) for a in self.up.api.post("/artifacts/filter", wanted)}

    def _send(
        self, form: Locator, fields: Mapping[str, str | bool], button: str, path: str
    ) -> dict[str, Any]:
        """Fills in a form and sends it off; what the server answers.

        Where something else is being written just then, Prefect's server on SQLite answers 503,
        and the page says so: people press the button once more, and so does this.
        """
        address = re.compile(f"{path}$")
        for _ in range(TRIES):
            self._fill_in(form, fields)
            with self.page.expect_response(address) as answered:
                form.get_by_role("button", name=button).click()
            given = answered.value.request.post_data_json
            given = given.get("parameters") or given.get("run_input")
            assert {name: given.get(name) for name in map(str.lower, fields)} == {
                name.lower(): value for name, value in fields.items()
            }
            if answered.value.status != 503:
                assert answered.value.ok, answered.value.text()
                found: dict[str, Any] = answered.value.json()
                return found
        raise AssertionError(f"the server was busy {TRIES} times")

    def _fill_in(self, form: Locator, fields: Mapping[str, str | bool]) -> None:
        """Fills in all fields, until each holds what was put into it.

        Prefect's form writes its defaults when it has them, one field at a time, over what was
        filled in before; and once it has been sent off with a gap, it heeds no click for a while.
        """
        for _ in range(TRIES):
            for name, value in fields.items():
                if not self._holds(form, name, value):
                    self._fill(form, name, value)
            self.page.evaluate(DRAWN_TWICE)
            if all(self._holds(form, name, value) for name, value in fields.items()):
                return
        raise AssertionError(f"the form forgot what was filled in: {form.aria_snapshot()}")

    def _holds(self, form: Locator, name: str, value: str | bool) -> bool:
        if name in CHOICES:
            return form.get_by_label(f"Select {name}").inner_text().strip() == value
        field = self._field(form, name)
        return field.is_checked() if value is True else field.input_value() == value

    def _fill(self, form: Locator, name: str, value: str | bool) -> None:
        if value is True:
            self._field(form, name).check()
        elif name in CHOICES:
            self._choose(form.get_by_label(f"Select {name}"), str(value))
        else:
            self._field(form, name).fill(str(value))

    def _field(self, form: Locator, name: str) -> Locator:
        return form.get_by_label(re.compile(rf"^{name}( \(Optional\))?$"))

    def _choose(self, choice: Locator, value: str) -> None:
        """Takes one of what a select offers; while its list is open, all else is hidden."""
        option = self.page.get_by_role("option", name=value, exact=True)
        choice.click()
        option.click()
        expect(option).to_be_hidden()

    def _runs(self, flow: str) -> list[dict[str, Any]]:
        query = {"flows": {"name": {"any_": [flow]}}}
        runs: list[dict[str, Any]] = self.up.api.post("/flow_runs/filter", query)
        return [run for run in runs if not run["auto_scheduled"]]


@pytest.fixture
def inbox(serve_inbox: Callable[..., Inbox]) -> Inbox:
    return serve_inbox()


@pytest.fixture
def own_home(tmp_path: Path, inbox: Inbox) -> Path:
    """A newsletter that asks two people, with one reader and two articles, and a mail server."""
    folder = tmp_path / "a home"
    wishes = wishes_from(
        "The Bench",
        "The Bench <letters@example.org>",
        "1 Garden Row, Nowhere",
        "https://example.org/imprint",
        None,
    )
    init_home(folder, wishes)
    file = folder / "content" / "newsletters" / "the-bench.toml"
    text = file.read_text().partition("# When parts appear")[0]  # by hand only
    asked = f"demo = false\napprovals = {list(ROLES)}".replace("'", '"')
    file.write_text(text.replace("demo = false", asked))
    (folder / ".env").write_text(f"PARTWORK_SMTP_URL={inbox.url}\n")
    readers = tmp_path / "readers.csv"
    readers.write_text(f"{READER}\n")
    with assemble(Settings(home=folder)) as press:
        import_subscribers(press, readers, "the-bench", note="asked at the gate", now=NOW)
        for name, text in {"clay.txt": CLAY, "frost.txt": FROST}.items():
            (press.library.inbox / name).write_text(text)
            ingest(press, [press.library.inbox / name], rights=Rights.OWN)
    return folder


@pytest.fixture
def up(prefect: RunningPrefect, home: Path, own_home: Path) -> Iterator[Up]:
    copy_server(home, own_home)
    running = Up(own_home)
    yield running.ready()
    assert running.process
    running.process.terminate()
    running.process.communicate(timeout=30)


@pytest.fixture
def dashboard(browser: Browser, up: Up) -> Iterator[Dashboard]:
    expect.set_options(timeout=PATIENCE_MS)
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type] # as Playwright wants it
    context.set_default_timeout(PATIENCE_MS)
    yield Dashboard(context.new_page(), up)
    context.close()
    expect.set_options(timeout=5000)


def mails_to(inbox: Inbox, address: str) -> list[EmailMessage]:
    """What the mail server has for one person; editors are told there what waits for them."""
    taken = (envelope for envelope in inbox.received if envelope.rcpt_tos == [address])
    raw = (bytes(envelope.original_content or b"") for envelope in taken)
    return [message_from_bytes(one, policy=policy.default) for one in raw]


def test_three_articles_become_a_series_that_two_people_approve_and_a_reader_gets(
    dashboard: Dashboard, inbox: Inbox
):
    page = dashboard.page
    dashboard.log_in()

    # a pasted text becomes an article, without what belonged to its page
    run = dashboard.run("ingest", text=WATER, rights="own")
    assert outcome(run) == (
        "ingest pasted “When to water a new bed”",
        "Completed",
        "1 new, 0 unchanged, 0 refused",
    )
    assert "Share this story" in dashboard.reports(run)["ingest"]

    # three articles become a series of three parts
    run = dashboard.run("compose", series="beds", title="Four beds", division="article")
    said = "3 parts written, 0 kept, 0 faults to mend"
    assert outcome(run) == ("compose beds", "Completed", said)
    reports = dashboard.reports(run)
    assert set(reports) == {"compose-beds", "claims-beds"}
    assert "ten centimetres" in reports["compose-beds"]

    # two people are asked, at a desk and on a phone; each reads the mail first
    run = dashboard.run("review", series="beds")
    assert outcome(run)[:2] == ("review beds", "Suspended")
    role = {"Role": "editor"}  # while there are several
    for name, screen in zip(ROLES.values(), (DESK, PHONE), strict=True):
        page.set_viewport_size(screen)  # type: ignore[arg-type] # as Playwright wants it
        question = dashboard.ask(run)
        parts = question.get_by_role("listitem").get_by_role("link")
        expect(parts).to_have_count(3)
        assert_readable_on_a_phone(page, str(parts.first.get_attribute("href")))
        run = dashboard.answer(run, question, Decision="approve", Reviewer=name, **role)
        role = {}
    assert outcome(run)[1] == "Completed"
    assert "Grace Bell as medical" in outcome(run)[2]

    # what was approved leaves at once, and its reader has it
    page.set_viewport_size(DESK)  # type: ignore[arg-type] # as Playwright wants it
    assert mails_to(inbox, READER) == []
    run = dashboard.run("publish", series="beds", at_once=True)
    assert outcome(run)[:2] == ("publish beds at once", "Completed")
    wait_until(lambda: mails_to(inbox, READER), every_seconds=0.2)
    (mail,) = mails_to(inbox, READER)
    assert mail["From"] == "The Bench <letters@example.org>"
    assert f"http://127.0.0.1:{dashboard.up.ports[1]}/u/" in mail["List-Unsubscribe"]
    assert "1 Garden Row, Nowhere" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr] # it has one
    (issue,) = (
        key.removeprefix("preflight-") for key in dashboard.reports(run) if key != "publish"
    )
    sending = dashboard.did("send")
    said = "1 sent now, 1 of 1 accepted"
    assert outcome(sending) == (f"send {issue}", "Completed", said)
    assert f"send-{issue}" in dashboard.reports(sending)


def outcome(run: dict[str, Any]) -> tuple[str, str, str]:
    """A run's name, the name of its state, and what it says."""
    return run["name"], run["state"]["name"], run["state"]["message"] or ""


def assert_readable_on_a_phone(page: Page, address: str) -> None:
    """A draft's page shows the mail, is no wider than a phone, and gets nothing but by GET."""
    context = page.context.browser.new_context(viewport=PHONE)  # type: ignore[union-attr] # it has one
    phone = context.new_page()
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.method))
    answer = phone.goto(address)
    assert answer
    assert answer.status == 200
    assert answer.headers["x-robots-tag"].startswith("noindex")
    expect(phone.get_by_text("waits for").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert set(asked) == {"GET"}
    context.close()

"""What a Prefect server must do for us: an upgrade of it, or of what it stands on, shows here."""

import time
from collections.abc import Callable
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from partwork.actions.feedback import take_in
from partwork.assembly import assemble, keys_of
from partwork.model.audience import Applicant, Evidence
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.orchestration.api import PrefectRefused
from partwork.orchestration.environment import Place, prefect_state, temporary_in
from partwork.orchestration.holding import HomeInUse, PortTaken
from partwork.orchestration.launcher import (
    PrefectDown,
    RunFailed,
    RunningPrefect,
    running_prefect,
)
from partwork.settings import Settings
from partwork.store.importing import Entrant, import_entrants
from tests.actions.returned import send
from tests.conftest import NOW

pytestmark = pytest.mark.prefect

FLOWS = {"ingest", "compose", "check", "preview", "publish", "send", "send_lane"} | {
    "collect_bounces",
    "correct",
    "issue_report",
    "missed",
    "notice",
    "prune",
    "review",
    "sweep",
}


def wait_for(running: RunningPrefect, condition: Callable[[], bool], within_seconds: float) -> bool:
    """Whether the condition has come by then; an end of the server ends the waiting."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        if running.children[0].ended(within=0.2) is not None or time.monotonic() > deadline:
            return False
    return True


def deployments(prefect: RunningPrefect) -> dict[str, dict]:
    """Every deployment, by the name of its flow."""
    found = prefect.api.post("/deployments/filter", {})
    return {d["entrypoint"].rpartition(":")[2]: d for d in found}


def reports(prefect: RunningPrefect, run_id: str) -> list[dict]:
    """The artifacts that a run left."""
    query = {"flow_runs": {"id": {"any_": [run_id]}}}
    return prefect.api.post("/artifacts/filter", query)


def test_what_prefect_keeps_is_for_its_owner_alone(prefect: RunningPrefect, home: Path) -> None:
    assert prefect_state(home).stat().st_mode & 0o077 == 0


def test_the_workers_temporary_files_are_the_homes(prefect: RunningPrefect, home: Path) -> None:
    """In the system's folder they would keep out all other users of the machine."""
    made = temporary_in(prefect_state(home))

    assert wait_for(prefect, lambda: any(made.glob("runner_storage/*")), 60)


def test_every_flow_is_deployed_with_words_an_editor_understands(prefect: RunningPrefect):
    found = deployments(prefect)

    assert set(found) == FLOWS | {"probe"}
    for name in FLOWS:
        assert "Example:" in found[name]["description"], name
        for parameter, schema in found[name]["parameter_openapi_schema"]["properties"].items():
            assert schema["description"], f"{name}, {parameter}"
            assert "anyOf" not in schema, f"{name}, {parameter}: the form would ask for a type"


def test_a_choice_is_a_choice_in_the_form(prefect: RunningPrefect):
    schema = deployments(prefect)["ingest"]["parameter_openapi_schema"]

    assert schema["properties"]["rights"]["$ref"] == "#/definitions/Rights"
    assert schema["definitions"]["Rights"]["enum"] == ["own", "licensed", "quotation", "unknown"]


def test_publish_is_scheduled_by_itself_every_quarter_of_an_hour(prefect: RunningPrefect):
    scheduled = {"state": {"type": {"any_": ["SCHEDULED"]}}}
    query = {"flow_runs": scheduled, "flows": {"name": {"any_": ["publish"]}}, "limit": 200}

    def has_come() -> bool:
        return len(prefect.api.post("/flow_runs/filter", query)) > 1

    assert wait_for(prefect, has_come, within_seconds=90), "Prefect's scheduler does nothing"
    schedule = deployments(prefect)["publish"]["schedules"][0]
    assert schedule["active"]
    assert schedule["schedule"]["interval"] == 900


def test_an_ingest_run_makes_an_article_and_leaves_its_report(prefect: RunningPrefect, home: Path):
    heard: list[str] = []
    text = "A heap of leaves\n\nLeaves rot slowly, for they hold little nitrogen. Mix in grass.\n"

    given = {"text": text, "rights": "own", "site": "www.example.org"}
    result = prefect.trigger("ingest", given, heard.append)

    assert result.name == "ingest pasted “A heap of leaves”"
    assert result.message == "1 new, 0 unchanged, 0 refused"
    assert heard[-1] == "Completed"
    (article,) = (home / "content" / "articles").glob("*leaves*.md")
    assert "rights: own" in article.read_text()
    assert '"site": "example.org"' in article.with_suffix(".removals.json").read_text()
    (report,) = reports(prefect, result.id)
    assert report["key"] == "ingest"
    assert "A heap of leaves" in report["data"]


def test_a_refused_source_stops_no_other_and_is_named(prefect: RunningPrefect, home: Path):
    inbox = home / "content" / "inbox"
    (inbox / "empty.txt").write_text("")
    (inbox / "worms.txt").write_text("Worms\n\nWorms turn kitchen waste into fine, dark soil.\n")

    result = prefect.trigger("ingest", {"files": ["empty.txt", "worms.txt"]})

    assert result.state == "Some refused"
    assert result.message.startswith("1 new, 0 unchanged, 1 refused: ")
    assert "empty.txt" in result.message
    (report,) = reports(prefect, result.id)
    assert "Refused" in report["data"]


def test_a_run_that_fails_says_why_in_one_line(prefect: RunningPrefect):
    with pytest.raises(RunFailed) as failed:
        prefect.trigger("send", {"issue": "no-such-issue"})

    assert "no-such-issue" in failed.value.message
    assert "\n" not in str(failed.value)
    assert "Traceback" not in str(failed.value)


def test_a_parameter_that_cannot_be_is_refused_before_anything_runs(prefect: RunningPrefect):
    with pytest.raises(PrefectRefused, match="does not match"):
        prefect.trigger("compose", {"series": "../up"})


def test_a_tick_looks_at_what_is_due_and_says_what_waits(prefect: RunningPrefect):
    # before the letter below, which nobody has approved, is there to wait
    result = prefect.trigger("publish", {})

    assert result.name == "publish what is due"
    assert result.message == "0 planned, 0 waiting, 0 to send"
    assert prefect.settle("send") == []


def test_a_look_at_what_came_back_says_where_there_is_no_mailbox(prefect: RunningPrefect):
    result = prefect.trigger("collect_bounces", {})

    assert result.name == "collect what came back"
    assert result.message == "no mailbox is set (PARTWORK_BOUNCE_MAILBOX); nothing to judge"
    assert reports(prefect, result.id) == []


def test_a_look_at_issues_makes_the_reports_that_are_due_once(prefect: RunningPrefect, home: Path):
    begun = datetime.now(UTC) - timedelta(days=2)
    with assemble(Settings(home=home)) as press:
        with press.engine.begin() as connection:
            ada = Entrant(Applicant(1, "ada@example.org"), "ada@example.org", "hash of ada")
            import_entrants(connection, [ada], "the-bench", Evidence("a fair"), at=begun)
        send(press, begun)

    first, second = (prefect.trigger("issue_report", {}) for _ in range(2))

    (page,) = (home / ".partwork" / "reports").glob("*-1d.html")
    name = page.name.removesuffix("-1d.html")
    assert first.name == "report on what is due"
    assert first.message == f"reported on {name} (1d)"
    (report,) = reports(prefect, first.id)
    assert report["key"] == f"issue-report-{name}"
    assert "**1 accepted**" in report["data"]
    assert second.message == "no report is due"
    assert reports(prefect, second.id) == []
    assert prefect.trigger("issue_report", {"issue": name}).message == f"reported on {name}"


def test_a_letter_is_written_in_the_form_and_leaves_its_draft(prefect: RunningPrefect, home: Path):
    words = {"title": "Spring greetings", "subject": "Spring is here", "text": "Bring gloves.\n"}
    preheader = "What to bring on the first morning at the gate."
    given = {"series": "greetings", "kind": "letter", "preheader": preheader, **words}

    result = prefect.trigger("compose", given)

    name = "content/series/greetings/01-spring-greetings.md"
    assert result.message == f"begun: {name}, 0 faults to mend"
    assert (home / name).read_text().endswith("\n---\n\nBring gloves.\n")
    (report,) = reports(prefect, result.id)
    assert "Spring greetings" in report["data"]
    with pytest.raises(RunFailed, match="line 1: a heading begins with ##"):
        prefect.trigger("compose", {**given, "text": "# Spring"})


def test_an_issue_that_is_held_is_an_event_for_automations(prefect: RunningPrefect, home: Path):
    readers = [f"reader-{n}@example.org" for n in range(6)]
    with assemble(Settings(home=home)) as press:
        entrants = [
            Entrant(Applicant(1, one), *astuple(keys_of(one, press.hash_key))) for one in readers
        ]
        with press.engine.begin() as connection:
            import_entrants(connection, entrants, "the-bench", Evidence("a fair"), at=NOW)
        mails = send(press)
        told = [
            Feedback(Source.SES, FeedbackKind.BOUNCE, "1", reader, relay_id=mails[reader].relay_id)
            for reader in readers
        ]
        take_in(press, told, now=NOW)

    result = prefect.trigger("collect_bounces", {})

    # Whoever else reads the newsletter had it too.
    assert f"6 of {len(mails)} accepted bounced, more than 5 %" in result.message
    asked = {"filter": {"event": {"name": ["partwork.issue.held"]}}}

    def events() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = prefect.api.post("/events/filter", asked)["events"]
        return [e for e in found if e["resource"]["prefect.resource.name"] in result.message]

    assert wait_for(prefect, lambda: bool(events()), 60)
    (event,) = events()
    assert event["resource"]["partwork.newsletter"] == "the-bench"
    assert "example.org" not in str(event)


def test_no_setting_of_the_homes_files_reaches_a_run(prefect: RunningPrefect, home: Path):
    said = prefect.trigger("probe", {}).message

    assert f"'PREFECT_API_URL': 'http://127.0.0.1:{prefect.port}/api'" in said
    assert f"'PREFECT_HOME': '{prefect_state(home)}'" in said
    assert "theirs" not in said
    assert "nowhere" not in said
    assert "127.0.0.1:9/" not in said


def test_one_home_has_one_launcher(prefect: RunningPrefect, home: Path, tmp_path: Path):
    with pytest.raises(HomeInUse), running_prefect(home, log=tmp_path / "log"):
        pass


def test_a_port_in_use_is_said_at_once(prefect: RunningPrefect, tmp_path: Path):
    with (
        pytest.raises(PortTaken, match=str(prefect.port)),
        running_prefect(tmp_path, log=tmp_path / "log", place=Place(prefect.port)),
    ):
        pass


def test_what_cannot_be_deployed_is_named(prefect: RunningPrefect, home: Path):
    file = home / "prefect.yaml"
    good = file.read_text()
    file.write_text(good.replace("flows/send.py", "flows/nowhere.py"))
    try:
        with pytest.raises(PrefectDown, match=r"No such file or directory: 'flows/nowhere.py'"):
            prefect.deploy()
    finally:
        file.write_text(good)

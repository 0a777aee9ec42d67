"""What all forms of the dashboard have in common: words for editors, and no way to err far."""

import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import Flow
from prefect.utilities.callables import parameter_schema

ROOT = Path(__file__).parents[2]
DEPLOYMENTS: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text())[
    "deployments"
]
FLOWS = [one["entrypoint"].rpartition(":")[2] for one in DEPLOYMENTS]
# What belongs in settings, or to machines, and in no form for people.
KNOBS = {"home", "database_url", "smtp_url", "workers", "lanes", "limit", "timeout", "retries"}


@pytest.fixture(params=DEPLOYMENTS, ids=FLOWS)
def deployment(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    return found


@pytest.fixture
def flow(deployment: dict[str, Any], flow_file) -> Flow[..., Any]:
    path, _, name = deployment["entrypoint"].partition(":")
    found: Flow[..., Any] = getattr(flow_file(Path(path).stem), name)
    return found


def test_every_file_of_flows_is_deployed_under_the_name_of_its_flow(flow_file) -> None:
    assert sorted(FLOWS) == sorted(file.stem for file in (ROOT / "flows").glob("*.py"))
    for name in FLOWS:
        assert getattr(flow_file(name), name).name == name


def test_a_form_says_in_words_what_it_is_for_with_an_example(flow: Flow[..., Any]) -> None:
    words = inspect.getdoc(flow.fn) or ""

    assert len(words.splitlines()[0]) > 30
    assert "\nExample: " in words
    assert "Returns" not in words


def test_a_run_has_a_name_that_tells_what_it_does(flow: Flow[..., Any]) -> None:
    assert flow.flow_run_name


def test_a_deployment_is_an_editors_or_an_operators_or_runs_by_itself(
    deployment: dict[str, Any],
) -> None:
    assert deployment["tags"]
    assert set(deployment["tags"]) <= {"editor", "operator", "notice"}
    is_scheduled = bool(deployment.get("schedules"))
    assert not is_scheduled or "operator" in deployment["tags"], "nobody would hear of its failing"


def test_each_field_has_a_sentence_one_type_and_nothing_of_the_machines(
    flow: Flow[..., Any],
) -> None:
    schema = parameter_schema(flow.fn).model_dump()
    for name, field in schema["properties"].items():
        assert field["description"].endswith((".", "?")), name
        assert "anyOf" not in field, f"{name}: the form would ask for a type first"
        assert name not in KNOBS
        assert "type" in field or "$ref" in field or "allOf" in field or "enum" in field, name


def test_no_deployment_has_a_limit_that_would_end_runs(deployment: dict[str, Any]) -> None:
    # One run of a series or an issue is told by a row of ours: Prefect's limit is for all series
    # together, and has cancelled an approved run when it was resumed.
    assert "concurrency_limit" not in deployment

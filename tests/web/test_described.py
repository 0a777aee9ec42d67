"""Every route answers as it is described, whatever schemathesis thinks of sending it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from partwork.assembly import Press
from partwork.model.address import Mailbox
from partwork.model.issue import AudienceRule, Issue
from partwork.store.campaigns import plan_campaign
from partwork.store.issues import save_draft
from partwork.subscribing.tokens import Pass, PassKind, form_token, move_token, pass_token
from partwork.web.app import create_app
from tests.web.conftest import AT, Client, Reader
from tests.web.description import READ, WRITTEN, description
from tests.web.test_serve import serving

TRIES = 10  # of each route, method and kind of data
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]
SEEDED = settings(
    max_examples=TRIES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
_QUIET = ("ignore:Duplicate Operation ID:UserWarning",)  # GET and HEAD are one function

pytestmark = [pytest.mark.filterwarnings(warning) for warning in _QUIET]


@pytest.fixture
def app(press: Press) -> FastAPI:
    return create_app(press)


def known(press: Press, ada: Reader) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Values that open something, so that tries get past the door."""
    now = datetime.now(UTC)

    def passes(kind: PassKind) -> dict[str, list[str]]:
        held = (Pass(ada.id, ada.newsletter, at) for at in (now, AT))
        return {"token": [pass_token(kind, each, press.secrets) for each in held]}

    slug, shown_at = {"slug": [ada.newsletter]}, now - timedelta(seconds=30)
    form = {"form": [form_token(ada.newsletter, shown_at, press.secrets)]}
    return {
        "/parts/{instalment}": {"instalment": ["a1b2c3d4"]},
        "/newsletters/{slug}": slug | form,
        **dict.fromkeys((path for path in READ if path.startswith("/newsletters/{slug}/")), slug),
        "/series/{slug}": {"slug": ["soil"]},
        "/confirm/{token}": passes(PassKind.CONFIRM),
        "/undo/{token}": passes(PassKind.UNDO),
        "/u/{token}": {"token": [ada.token]},
        "/leave": {"newsletter": [ada.newsletter]},
        "/preferences/{token}": passes(PassKind.ACCESS) | {"newsletter": [ada.newsletter]},
        "/preferences/{token}/data.json": passes(PassKind.ACCESS),
        "/move/{token}": {
            "token": [move_token(ada.id, "new@example.org", at, press.secrets) for at in (now, AT)]
        },
    }


@pytest.fixture
def site(press: Press, ada: Reader, home: Path, tmp_path: Path) -> Iterator[str]:
    """The app on a real port, with one published part, for a network that may ask often."""
    editor = Mailbox("", "editor@example.org")
    rule = AudienceRule(ada.newsletter, "soil")
    issue = Issue("a1b2c3d4", 1, "Soil", "Soil", "A handful", editor, editor, "h", "t", "p", rule)
    with press.engine.begin() as connection:
        save_draft(connection, issue, AT)
        plan_campaign(connection, issue, AT, AT)
    (home / ".env").write_text("PARTWORK_MAILS_PER_NETWORK=100\n")
    with serving(home, tmp_path / "log") as (url, _):
        yield url


def test_no_route_is_left_undescribed(app: FastAPI) -> None:
    paths = app.openapi()["paths"]

    assert set(paths) == set(READ)
    assert {path for path, operations in paths.items() if "post" in operations} == set(WRITTEN)


def statuses_of(described: dict[str, Any], site: str) -> set[int]:
    """Sends what schemathesis makes of the description, and says what it was answered."""
    seen: set[int] = set()
    for found in schemathesis.openapi.from_dict(described).get_all_operations():
        operation = found.ok()
        # Only a form can be sent wrong: every string may stand in an address.
        for mode in GenerationMode if operation.method == "post" else (GenerationMode.POSITIVE,):

            @given(operation.as_strategy(generation_mode=mode))
            @SEEDED
            def answers_as_described(case: schemathesis.Case) -> None:
                with requests.Session() as session:
                    answer = case.call(base_url=site, session=session, allow_redirects=False)
                    case.validate_response(answer, checks=CHECKS)
                    seen.add(answer.status_code)

            answers_as_described()
    return seen


def test_a_stranger_is_answered_as_described(app: FastAPI, site: str, ada: Reader) -> None:
    assert statuses_of(description(app.openapi(), {}), site) >= {200, 302, 400, 404, 415, 422}
    assert ada.departures == ()


def test_who_holds_a_link_is_answered_as_described(
    app: FastAPI, press: Press, ada: Reader, site: str
) -> None:
    described = description(app.openapi(), known(press, ada))

    assert statuses_of(described, site) >= {200, 302, 400, 410, 415, 422}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_no_route_knows_another_method(client: Client, ada: Reader, method: str) -> None:
    answers = {path: client.request(method, path.replace("{token}", ada.token)) for path in READ}

    assert {path for path, answer in answers.items() if answer.status_code != 405} == set()
    assert ada.departures == ()


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/html", "a/b;c", "/", ""])
def test_no_form_is_taken_in_another_type(client: Client, kind: str) -> None:
    body, headers = b"do=erase&sure=yes&email=a@example.org", {"Content-Type": kind}
    paths = set(WRITTEN) - {"/u/{token}"}  # there every body is a wish to leave
    answers = {path: client.post(path, content=body, headers=headers) for path in paths}

    assert {path for path, answer in answers.items() if answer.status_code != 415} == set()

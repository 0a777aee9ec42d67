"""Every route answers as it is described, whatever schemathesis thinks of sending it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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

from partwork.actions.ingest import ingest
from partwork.actions.reviewing import Question, ask
from partwork.assembly import Press
from partwork.model.address import Mailbox
from partwork.model.article import Rights
from partwork.model.issue import AudienceRule, Issue
from partwork.store.campaigns import plan_campaign
from partwork.store.issues import save_draft
from partwork.subscribing.click_tokens import click_token
from partwork.subscribing.page_links import (
    draft_key,
    read_key,
    report_key,
    stop_key,
    waiting_key,
)
from partwork.subscribing.tokens import Pass, PassKind, form_token, move_token, pass_token
from partwork.web.app import create_app
from tests.actions.conftest import ARTICLES
from tests.actions.reviewed import SERIES, letter
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
# There are no pictures, and Ada has left since by another route, at another instant.
NOTHING_TO_SHOW = {"/drafts/{series}/{part}/mail/{view}.png", "/media/{name}", "/undo/{token}"}
_EDITOR = Mailbox("", "editor@example.org")
_LINKED = '<a href="https://worms.example.org/">The worms</a>'
PUBLISHED = Issue(
    *("a1b2c3d4", 1, "Soil", "Soil", "A handful", _EDITOR, _EDITOR, _LINKED, "t", "p"),
    AudienceRule("the-bench", "soil"),
)
_QUIET = ("ignore:Duplicate Operation ID:UserWarning",)  # GET and HEAD are one function

pytestmark = [pytest.mark.filterwarnings(warning) for warning in _QUIET]


@pytest.fixture
def app(press: Press) -> FastAPI:
    return create_app(press)


Good = Mapping[str, Mapping[str, Sequence[str]]]


def known(press: Press, ada: Reader) -> Good:
    """Values that open something, so that tries get past the door."""
    now = datetime.now(UTC)

    def passes(kind: PassKind) -> dict[str, list[str]]:
        held = (Pass(ada.id, ada.newsletter, at) for at in (now, AT))
        return {"token": [pass_token(kind, each, press.secrets) for each in held]}

    slug, shown_at = {"slug": [ada.newsletter]}, now - timedelta(seconds=30)
    form = {"form": [form_token(ada.newsletter, shown_at, press.secrets)]}
    return {
        "/parts/{instalment}": {"instalment": [PUBLISHED.instalment]},
        "/issues/{name}": {"name": [PUBLISHED.name]},
        "/l/{token}": {"token": [click_token(PUBLISHED.content_hash, 1, press.secrets)]},
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
def for_editors(press: Press) -> Good:
    """The same of pages behind links that editors get, each also with one that has run out."""
    (made,) = ingest(press, [ARTICLES / "the-warm-heap.txt"], rights=Rights.OWN).articles
    slug, now = made.cleaned.article.slug, datetime.now(UTC)
    letter(press, "Bring 12 gloves.")
    asked = ask(press, SERIES, None, run_id="run", asked_before=0, now=now)
    assert isinstance(asked, Question)
    part, hashed = asked.parts[0].issue.instalment, asked.parts[0].issue.content_hash

    def keys(key_of: Callable[..., str], *what: str) -> list[str]:
        return [key_of(*what, now + timedelta(days=days), press.secrets) for days in (1, -1)]

    draft = {"series": [SERIES], "part": [part], "key": keys(draft_key, SERIES, part)}
    return {
        "/articles/{slug}/report": {"slug": [slug], "key": keys(report_key, slug)},
        "/drafts/{series}/{part}": draft,
        "/drafts/{series}/{part}/mail": draft,
        "/drafts/{series}/{part}/mail/{view}.png": draft,
        "/read/{key}": {"key": keys(read_key, hashed)},
        "/read/{key}/mail": {"key": keys(read_key, hashed)},
        "/waiting/{key}": {"key": keys(waiting_key)},
        "/stop/{issue}": {"issue": [PUBLISHED.name], "key": keys(stop_key, PUBLISHED.name)},
    }


@pytest.fixture
def site(press: Press, ada: Reader, home: Path, tmp_path: Path) -> Iterator[str]:
    """The app on a real port, with one published part, for a network that may ask often."""
    with press.engine.begin() as connection:
        save_draft(connection, PUBLISHED, AT)
        plan_campaign(connection, PUBLISHED, AT, AT)
    (home / ".env").write_text("PARTWORK_MAILS_PER_NETWORK=100\n")
    with serving(home, tmp_path / "log") as (url, _):
        yield url


def test_no_route_is_left_undescribed(app: FastAPI) -> None:
    paths = app.openapi()["paths"]

    assert set(paths) == set(READ)
    assert {path for path, operations in paths.items() if "post" in operations} == set(WRITTEN)


def answers_of(described: dict[str, Any], site: str) -> Mapping[str, set[int]]:
    """Sends what schemathesis makes of the description; by path the statuses of what came back."""
    seen: dict[str, set[int]] = {}
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
                    seen.setdefault(case.path, set()).add(answer.status_code)

            answers_as_described()
    return seen


def test_a_stranger_is_answered_as_described(app: FastAPI, site: str, ada: Reader) -> None:
    answers = answers_of(description(app.openapi(), {}), site)

    assert set().union(*answers.values()) >= {200, 302, 400, 404, 415, 422}
    assert ada.departures == ()


def test_who_holds_a_link_is_answered_as_described(
    app: FastAPI, press: Press, ada: Reader, for_editors: Good, site: str
) -> None:
    described = description(app.openapi(), {**known(press, ada), **for_editors})

    answers = answers_of(described, site)

    assert set().union(*answers.values()) >= {200, 302, 400, 410, 415, 422}
    behind = {path for path, statuses in answers.items() if statuses & {200, 302}}
    assert set(READ) - behind == NOTHING_TO_SHOW


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

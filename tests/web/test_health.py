"""What watches over the app learns, and others do not."""

from dataclasses import replace

import pytest
from starlette.types import Receive, Scope, Send

from partwork.assembly import Press
from partwork.store.columns import metadata
from tests.web.conftest import Client
from tests.web.test_leaving import without_database


def test_healthz_says_ok(client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_readyz_asks_the_database(press: Press, client) -> None:
    assert client.get("/readyz").json() == {"status": "ok"}

    without_database(press)

    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "no database"})
    assert client.get("/healthz").status_code == 200


def test_figures_count_requests_by_route_and_subscriptions_by_state(client, ada) -> None:
    client.get(f"/u/{ada.token}")
    client.get("/u/forged")

    figures = client.get("/metrics").text

    assert 'partwork_requests_total{route="GET /u/{token}",status="200"} 1.0' in figures
    assert 'partwork_requests_total{route="GET /u/{token}",status="404"} 1.0' in figures
    assert 'partwork_subscriptions{newsletter="the-bench",state="confirmed"} 1.0' in figures
    assert "partwork_service_messages_waiting 0.0" in figures
    assert ada.token not in figures
    assert "ada@" not in figures


class FromAfar:
    """The app as it is reached from another machine."""

    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, "client": ("192.0.2.7", 4711)}, receive, send)


def test_figures_are_for_this_machine_alone(client: Client) -> None:
    afar = replace(client, app=FromAfar(client.app))
    by_proxy = {"X-Forwarded-For": "192.0.2.7"}

    assert client.get("/metrics").status_code == 200
    assert afar.get("/metrics").status_code == 404
    assert client.request("GET", "/metrics", headers=by_proxy).status_code == 404


@pytest.mark.parametrize("path", ["/metrics", "/leave", "/"])
def test_without_tables_nothing_is_leaked(press: Press, client, path: str) -> None:
    with press.engine.begin() as connection:
        metadata.drop_all(connection)

    answer = client.get(path)

    assert answer.status_code in {200, 302, 500}
    assert "sqlite" not in answer.text.lower()
    assert "Traceback" not in answer.text

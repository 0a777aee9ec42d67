"""The web app over a real home and database, with one subscriber who has a mail in hand."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from partwork.assembly import Press
from partwork.model.audience import Applicant, Consent, SubscriptionState
from partwork.store.audience import (
    import_subscriber,
    load_consents,
    load_subscriber,
    load_subscriptions,
)
from partwork.store.engine import read_only
from partwork.subscribing.suppression import suppression_key
from partwork.subscribing.tokens import Departure, unsubscribe_token
from partwork.web.app import create_app

ADDRESS = "ada@example.org"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Reader:
    """Ada, her token, and what the database says of her."""

    press: Press
    id: int
    newsletter: str
    token: str

    @property
    def state(self) -> SubscriptionState:
        with read_only(self.press.engine) as connection:
            (held,) = load_subscriptions(connection, self.id)
        return held.state

    @property
    def departures(self) -> tuple[Consent, ...]:
        with read_only(self.press.engine) as connection:
            consents = load_consents(connection, self.id)
        return tuple(c for c in consents if c.act == "ended")


@pytest.fixture
def newsletter(press: Press) -> str:
    (slug,) = press.library.newsletter_slugs()
    return slug


@pytest.fixture
def ada(press: Press, newsletter: str) -> Reader:
    with press.engine.begin() as connection:
        import_subscriber(
            connection,
            Applicant(1, ADDRESS),
            newsletter,
            suppression_key=suppression_key(ADDRESS, press.hash_key),
            source="a test",
            wording="",
            at=AT,
        )
        person = load_subscriber(connection, ADDRESS)
    assert person is not None
    token = unsubscribe_token(Departure(person.id, newsletter, 7), press.secrets)
    return Reader(press, person.id, newsletter, token)


@dataclass(frozen=True)
class Client:
    """Asks the app as a browser would, over ASGI and without a port."""

    app: ASGIApp
    base_url: str = "http://web"

    def request(self, method: str, path: str, **content: Any) -> httpx.Response:
        async def answer() -> httpx.Response:
            wire = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=wire, base_url=self.base_url) as client:
                return await client.request(method, path, **content)

        return asyncio.run(answer())

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def head(self, path: str) -> httpx.Response:
        return self.request("HEAD", path)

    def post(self, path: str, **content: Any) -> httpx.Response:
        return self.request("POST", path, **content)


@pytest.fixture
def client(press: Press) -> Client:
    return Client(create_app(press))

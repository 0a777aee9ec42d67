"""The web app over a real home and database, with one subscriber who has a mail in hand."""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.types import ASGIApp

from partwork.actions.subscribers import story_of
from partwork.assembly import Press, keys_of
from partwork.library import LibraryError
from partwork.model.audience import Applicant, Consent, Evidence, SubscriptionState
from partwork.store.audience import load_subscriber
from partwork.store.consents import load_consents
from partwork.store.engine import read_only
from partwork.store.importing import Entrant, import_entrants
from partwork.store.subscriptions import load_subscriptions
from partwork.subscribing.tokens import Departure, form_token, unsubscribe_token
from partwork.web.app import create_app

ADDRESS = "ada@example.org"
VISITOR = "grace@example.org"
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
    keys = keys_of(ADDRESS, press.hash_key)
    with press.engine.begin() as connection:
        import_entrants(
            connection,
            [Entrant(Applicant(1, ADDRESS), keys.address_key, keys.suppression_key)],
            newsletter,
            Evidence("a test"),
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


class Site:
    """A visitor before the newsletter's page, and the outbox that mails fall into."""

    def __init__(self, press: Press, newsletter: str, client: Client) -> None:
        self.press, self.newsletter, self.client = press, newsletter, client
        self.path = f"/newsletters/{newsletter}"

    def form(self, address: str = VISITOR, *, shown: float = 30, **changes: str) -> dict[str, str]:
        at = datetime.now(UTC) - timedelta(seconds=shown)
        token = form_token(self.newsletter, at, self.press.secrets)
        return {"form": token, "email": address, "website": "", **changes}

    def sign_up(self, address: str = VISITOR, **changes: Any) -> httpx.Response:
        return self.client.post(self.path, data=self.form(address, **changes))

    def mails(self, address: str = VISITOR) -> list[EmailMessage]:
        files = sorted(self.press.outbox.glob(f"{address}--*.eml"), key=lambda f: f.stat().st_mtime)
        return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]

    def link(self, kind: str, address: str = VISITOR) -> str:
        """The path of the newest mail's link of that kind."""
        for mail in reversed(self.mails(address)):
            body = mail.get_body(("plain",))
            text = body.get_content() if body else ""
            if found := re.search(rf"<(\S+/{kind}/\S+)>", text):
                return urlsplit(found[1]).path
        raise AssertionError(f"no mail has a link to {kind}")

    def join(self, address: str = VISITOR) -> int:
        """Sign up and confirm; the subscriber's number."""
        self.sign_up(address)
        self.client.post(self.link("confirm", address), data={"confirm": "yes"})
        return story_of(self.press, address).subscriber.id

    def access(self, address: str = VISITOR) -> str:
        """The path of the settings that a mail to that address has just brought."""
        self.client.post("/leave", data={"email": address})
        return self.link("preferences", address)

    def state(self, address: str = VISITOR) -> SubscriptionState | None:
        try:
            return story_of(self.press, address).subscriptions[0].state
        except LibraryError:
            return None


@pytest.fixture
def site(press: Press, newsletter: str, client: Client) -> Site:
    return Site(press, newsletter, client)

"""An IMAP server on loopback."""

from collections.abc import Iterator

import pytest

from tests.mailbox.imap_server import ImapServer
from tests.transport.conftest import Certificate, make_certificate


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """An empty folder on a server that does as it is told, without TLS."""
    with ImapServer() as running:
        yield running


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))

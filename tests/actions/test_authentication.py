"""What `doctor` says of SPF, DKIM, DMARC and the rules for who sends much."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from partwork.actions.authentication import MANY, authentication
from partwork.actions.finding import Finding
from partwork.actions.init import init_home, wishes_from
from partwork.assembly import Press, assemble
from partwork.settings import Settings
from tests.actions.sending import subscribe
from tests.conftest import NOW
from tests.transport.name_server import Records, name_server

SPF = {"TXT": ['"v=spf1 mx -all"']}
DMARC = {"TXT": ['"v=DMARC1; p=quarantine; adkim=s"']}
GOOD: Records = {
    "news.example.org": SPF,
    "_dmarc.example.org": DMARC,
    "mail.example.org": {"A": ["192.0.2.25"]},
    "25.2.0.192.in-addr.arpa": {"PTR": ["mail.example.org."]},
}
PUBLIC = "https://news.example.org"


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A home whose newsletter is no demo, sent from news.example.org by a server of its own."""
    home = tmp_path / "home"
    sender = "The Bench <hello@news.example.org>"
    imprint = "https://news.example.org/imprint"
    init_home(home, wishes_from("The Bench", sender, "1 Bench, Leaf Town", imprint, None))
    return home


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("key") / "key.pem"
    made = generate_private_key(65537, 2048)
    file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


@contextmanager
def asked(
    home: Path, records: Records, *, silent: bool = False, **settings: object
) -> Iterator[Press]:
    """The press of the home, in a world where the DNS says this."""
    (home / "relays.toml").write_text(
        '[[relay]]\nname = "own"\nurl = "smtp://mail.example.org"\n'
        f'dkim = "{"partwork" if "dkim_key" in settings else "nobody"}"\n'
    )
    with name_server(records, silent=silent) as server:
        given = {"dns_servers": server.address, "public_url": PUBLIC, **settings}
        with assemble(Settings(home=home, **given)) as press:
            yield press


def found(press: Press, subject: str) -> Finding:
    return next(f for f in authentication(press, NOW) if f.subject == f"{subject} of the-bench")


def signing(key: Path, domain: str = "news.example.org") -> dict[str, object]:
    return {"dkim_key": key, "dkim_domain": domain, "dkim_selector": "letters"}


def test_a_sender_with_all_of_it_is_well(ready: Path, key: Path) -> None:
    with asked(ready, GOOD, **signing(key)) as press:
        findings = authentication(press, NOW)

    assert [f.subject.partition(" of ")[0] for f in findings if f.well] == [
        "SPF",
        "DMARC",
        "rules for many mails",
    ]
    assert len(findings) == 3
    assert "asks for quarantine, at _dmarc.example.org" in findings[1].words
    assert findings[1].words.endswith("mails are its own by SPF and DKIM")
    assert "all is there" in findings[2].words


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ((), "has no SPF record"),
        (('"v=spf1 mx -all"', '"v=spf1 a -all"'), "has 2 SPF records, and so none that counts"),
        (('"v=spf1 +all"',), "lets anybody send for it"),
        (('"v=spf1 mx"',), "says nothing of all others"),
        (('"v=spf1 include:loop.example.org -all"',), "more than 10 times"),
        (('"v=spf10 mx -all"',), "has no SPF record"),
    ],
)
def test_what_is_wrong_with_spf_is_said(ready: Path, records: tuple[str, ...], said: str) -> None:
    loop = {"TXT": ['"v=spf1 include:loop.example.org ?all"']}
    world = GOOD | {"news.example.org": {"TXT": records}, "loop.example.org": loop}
    with asked(ready, world) as press:
        finding = found(press, "SPF")

    assert not finding.well
    assert said in finding.words


def test_spf_is_asked_of_the_domain_that_bounces_come_to(ready: Path) -> None:
    with asked(ready, GOOD, bounce_address="b+{token}@mail.example.org") as press:
        finding = found(press, "SPF")

    assert finding.words.startswith("mail.example.org has no SPF record")


def test_without_a_dmarc_record_it_is_said_what_to_write(ready: Path) -> None:
    with asked(ready, GOOD | {"_dmarc.example.org": {}}) as press:
        finding = found(press, "DMARC")

    assert not finding.well
    assert "_dmarc.news.example.org" in finding.words
    assert "v=DMARC1; p=none" in finding.words


def test_two_dmarc_records_are_none(ready: Path) -> None:
    twice = {"TXT": [*DMARC["TXT"], '"v=DMARC1; p=none"']}
    with asked(ready, GOOD | {"_dmarc.example.org": twice}) as press:
        assert not found(press, "DMARC").well


@pytest.mark.parametrize(
    ("policy", "aligned_by"),
    [
        ("v=DMARC1; p=none", "SPF and DKIM"),
        ("v=DMARC1; p=none; adkim=s", "SPF"),
        ("v=DMARC1; p=none; aspf=s; adkim=r", "DKIM"),
        ("v=DMARC1; p=none; aspf=s; adkim=s", ""),
    ],
)
def test_alignment_is_as_strict_as_the_record_asks(
    ready: Path, key: Path, policy: str, aligned_by: str
) -> None:
    world = GOOD | {
        "_dmarc.example.org": {"TXT": [f'"{policy}"']},
        "bounces.example.org": SPF,
    }
    given = {"bounce_address": "b+{token}@bounces.example.org", **signing(key, "example.org")}
    with asked(ready, world, **given) as press:
        finding = found(press, "DMARC")

    assert finding.well == bool(aligned_by)
    tail = f"its own by {aligned_by}" if aligned_by else "(PARTWORK_BOUNCE_ADDRESS)"
    assert finding.words.endswith(tail)


def test_a_sender_of_another_domain_has_no_tie_to_the_author(ready: Path) -> None:
    world = GOOD | {"bounces.example.com": SPF}
    with asked(ready, world, bounce_address="b+{token}@bounces.example.com") as press:
        finding = found(press, "DMARC")

    assert not finding.well
    assert "neither the envelope sender nor a signature is of its domain" in finding.words


def test_what_the_large_providers_miss_is_a_warning_until_there_are_many_readers(
    ready: Path,
) -> None:
    world = GOOD | {"25.2.0.192.in-addr.arpa": {"PTR": ["elsewhere.example.org."]}}
    with asked(ready, world, public_url="http://127.0.0.1:8000") as press:
        few = found(press, "rules for many mails")
        subscribe(press, [f"reader-{n}@example.org" for n in range(MANY)])
        many = found(press, "rules for many mails")

    missing = "missing DKIM, one-click by https, a PTR record of mail.example.org's address"
    assert few.well
    assert missing in few.words
    assert not many.well
    assert "(5,000 readers now)" in many.words


def test_a_dns_that_is_silent_is_no_fault(ready: Path) -> None:
    with asked(ready, GOOD, silent=True) as press:
        (finding,) = authentication(press, NOW)

    assert finding.well
    assert "the DNS does not answer" in finding.words


def test_a_demo_and_an_outbox_ask_the_dns_nothing(home: Path, ready: Path) -> None:
    with name_server(GOOD) as server:
        with assemble(Settings(home=ready, dns_servers=server.address)) as outbox:
            assert authentication(outbox, NOW) == ()
        with asked(home, GOOD, dns_servers=server.address) as demo:
            assert authentication(demo, NOW) == ()

        assert server.asked == []

"""What `doctor` says of an installation."""

import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from partwork.actions.approve import approve
from partwork.actions.doctor import doctor
from partwork.actions.finding import Finding
from partwork.actions.preview import preview
from partwork.assembly import Press, assemble
from partwork.settings import Settings
from tests.conftest import NOW


def found(press: Press, subject: str) -> Finding:
    return next(finding for finding in doctor(press) if finding.subject == subject)


def test_a_new_home_is_well(press: Press) -> None:
    assert [finding for finding in doctor(press) if not finding.well] == []


def test_what_lies_in_a_home_is_nobody_elses(press: Press) -> None:
    """Addresses, mails and passwords: a machine may have other accounts."""
    home, state = press.settings.home, press.settings.state
    assert (state.stat().st_mode & 0o777, (home / ".env").stat().st_mode & 0o777) == (0o700, 0o600)

    state.chmod(0o755)
    (home / ".env").chmod(0o644)
    with assemble(press.settings):
        assert state.stat().st_mode & 0o777 == 0o750
    finding = found(press, "home")

    assert not finding.well
    assert finding.words.endswith(f"run chmod 600 {home / '.env'}")


def test_a_broken_template_is_named_with_its_line(press: Press) -> None:
    for name in ("email/issue.mjml", "web/message.html"):
        template = press.library.home / "templates" / name
        whole = template.read_text()
        template.write_text("{# one line #}\n{{ nonsense.of.mine }}\n" + whole)

        finding = found(press, "templates")

        assert not finding.well
        assert f"{name}, line 2" in finding.words
        template.write_text(whole)
    assert found(press, "templates").well


def test_parts_are_counted_in_words(press: Press, series: str) -> None:
    for file in press.library.instalment_files(series)[1:]:
        file.unlink()

    assert found(press, f"series {series}").words == "1 part"


def test_what_was_approved_before_there_was_a_public_address_is_named(
    press: Press, home: Path, series: str
) -> None:
    preview(press, series, None, NOW)
    approve(press, series, 1, reviewer="Ada", channel="cli", now=NOW)
    assert found(press, f"series {series}").well

    with assemble(Settings(home=home, public_url="http://127.0.0.1:1")) as public:
        before = found(public, f"series {series}")
        preview(public, series, None, NOW)
        approve(public, series, 1, reviewer="Ada", channel="cli", now=NOW)
        after = found(public, f"series {series}")

    assert not before.well
    assert "part 1; its mail does not lead to the archive" in before.words
    assert after.well


def test_a_mail_server_that_does_not_answer_is_no_message_that_has_not_left(home: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and never listening: no other can take the port
        url = f"smtp://127.0.0.1:{nobody.getsockname()[1]}"
        with assemble(Settings(home=home, smtp_url=SecretStr(url))) as press:
            finding = found(press, "transport")

    assert not finding.well
    assert finding.words.startswith("no connection to 127.0.0.1")
    assert "check PARTWORK_SMTP_URL" in finding.words
    assert "message" not in finding.words


def test_pages_that_nobody_serves_on_this_machine_are_said_and_well(home: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with assemble(Settings(home=home, public_url=url)) as press:
            finding = found(press, "public address")

    assert finding == Finding(
        "public address", True, f"{url}: nobody serves it now; `partwork web` does"
    )


def test_a_sender_for_whose_domain_mails_are_not_signed_is_named(home: Path) -> None:
    with assemble(Settings(home=home, dkim_domain="example.com")) as press:
        (slug,) = press.library.newsletter_slugs()
        finding = found(press, f"newsletter {slug}")

    assert "is not of example.com, for which mails are signed" in finding.words


def test_a_service_that_is_listened_to_is_told_where_it_posts(home: Path) -> None:
    connected = {"mailgun_keys": SecretStr("a key"), "home": home}
    with assemble(Settings(public_url="https://127.0.0.1:1/news", **connected)) as press:
        reached = found(press, "webhooks of mailgun")
    with assemble(Settings(**connected)) as press:
        unreached = found(press, "webhooks of mailgun")

    posts_to = "it posts to https://127.0.0.1:1/news/hooks/mailgun"
    assert reached == Finding("webhooks of mailgun", True, posts_to)
    assert not unreached.well
    assert "set PARTWORK_PUBLIC_URL" in unreached.words


def test_a_dashboard_that_does_not_answer_is_named(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    unnamed = found(press, "dashboard")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/api"
        monkeypatch.setenv("PREFECT_API_URL", url)
        silent = found(press, "dashboard")

    assert unnamed.well
    assert "names no server" in unnamed.words
    assert not silent.well
    assert silent.words.startswith(f"{url} ")


def test_lanes_on_other_machines_need_another_database(home: Path) -> None:
    with assemble(Settings(home=home, lanes=3)) as press:
        finding = found(press, "lanes")

    assert not finding.well
    assert "PARTWORK_DATABASE_URL" in finding.words

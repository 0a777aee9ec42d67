"""A series that answers to somebody else than its newsletter does."""

from pathlib import Path

import pytest

from partwork.actions.letter import begin_letter
from partwork.actions.send import NotReadyToSend, send
from partwork.assembly import Press, assemble
from partwork.settings import Settings
from tests.actions.sending import published
from tests.conftest import Clock, free_port

TEXT = "A first letter, with words enough to be read on a phone and on a wide screen."
OWN = 'reply_to = "Tam <tam@example.org>"\nsender_name = "The Bench: greetings"\n'


@pytest.fixture
def toml(press: Press, readers: tuple[str, ...]) -> Path:
    """The settings of a letter that has its own reply_to."""
    words = {"subject": "A first letter", "preheader": "What it is about, in a line or so."}
    begin_letter(press, "greetings", title="Greetings", newsletter="", **words, text=TEXT)
    toml = press.library.series_folder("greetings") / "series.toml"
    toml.write_text(OWN + toml.read_text())
    return toml


def test_its_mails_say_so_and_are_sent_from_the_newsletter_s_address(
    press: Press, toml: Path, clock: Clock
) -> None:
    assert send(press, published(press, "greetings"), clock=clock).tally.accepted == 3

    for file in press.outbox.glob("*.eml"):
        mail = file.read_text()
        assert 'From: "The Bench: greetings" <editor@example.org>\n' in mail
        assert "\nReply-To: Tam <tam@example.org>\n" in mail


def test_a_mail_server_gets_it_unless_answers_would_go_elsewhere_by_now(
    press: Press, toml: Path, clock: Clock
) -> None:
    issue = published(press, "greetings")
    nobody = f"smtp://127.0.0.1:{free_port()}"
    with assemble(Settings(home=press.settings.home, smtp_url=nobody)) as by_smtp:
        assert "Connection refused" in send(by_smtp, issue, clock=clock).stopped

        toml.write_text(toml.read_text().replace("tam@", "somebody.else@"))
        with pytest.raises(NotReadyToSend, match=r"answers to tam@example\.org"):
            send(by_smtp, issue, clock=clock)

"""What tests of slots share: a series that is approved, and when its newsletter appears."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from partwork.actions.approve import approve
from partwork.actions.letter import begin_letter
from partwork.actions.loading import load_newsletter
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.assembly import Press
from partwork.manuscript.instalment import parse_instalment
from tests.conftest import NOW
from tests.transport.rough_server import RoughServer

# The home's newsletter appears on Tuesdays and Fridays at 07:30 in Berlin, 06:30 UTC in winter.
TUESDAY = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 6, 30, tzinfo=UTC)
TICK = timedelta(minutes=15)


def letters(press: Press) -> str:
    """A series of two letters, which is quicker than composing one."""
    words = {"subject": "A letter", "preheader": "What it is about."}
    begin_letter(press, "compost", title="Letters", newsletter="", **words, text="Words.")
    (first,) = press.library.instalment_files("compost")
    text = first.read_text()
    part = parse_instalment(text, first.name)
    other = text.replace(part.id, "part0002").replace("number: 1", "number: 2")
    first.with_name("02-letters.md").write_text(other.replace("Words.", "Other words."))
    return "compost"


def approve_all(press: Press, series: str, at: datetime = NOW) -> str:
    """Every part is previewed and approved."""
    preview(press, series, None, at)
    approve(press, series, None, reviewer="Ada", channel="cli", now=at)
    return series


def tick(press: Press, now: datetime) -> tuple[list[str], str]:
    """What a look at what is due plans, by series and number; and all that waits."""
    report = publish(press, "", at_once=False, now=now)
    return [plan.issue.rpartition("-")[0] for plan in report.planned], " ".join(report.waiting)


def change_settings(press: Press, series: str, **lines: str) -> None:
    """Sets fields of the series' file, above all tables."""
    file = press.library.series_folder(series) / "series.toml"
    kept = [line for line in file.read_text().splitlines() if line.partition(" =")[0] not in lines]
    written = [f"{name} = {value}" for name, value in lines.items()]
    file.write_text("\n".join((*written, *kept)) + "\n")


def editor_of(press: Press) -> str:
    """Who gets notices."""
    return load_newsletter(press, "the-bench").reply_to.address


def notice(press: Press, server: RoughServer) -> EmailMessage:
    """The last mail that the editor got."""
    return message_from_bytes(server.contents[editor_of(press)], policy=policy.default)


def words_of(mail: EmailMessage, kind: str = "plain") -> str:
    """The text of a mail on one line."""
    body = mail.get_body((kind,))
    return " ".join(body.get_content().split()) if body else ""

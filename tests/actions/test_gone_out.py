"""An editor hears that a part is with its readers already."""

from partwork.actions.approve import approve
from partwork.actions.gone_out import gone_out
from partwork.actions.preview import drafts_of, preview
from partwork.actions.publish import publish
from partwork.actions.send import send
from partwork.assembly import Press
from tests.conftest import NOW


def test_a_part_that_was_published_is_named_whatever_its_words_are_now(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    preview(press, series, None, NOW)
    issues = approve(press, series, None, reviewer="Ada", channel="cli", now=NOW)
    assert gone_out(press, series, issues) == ""

    (planned,) = publish(press, series, at_once=True, now=NOW).planned
    file = press.library.instalment_files(series)[0]
    file.write_text(file.read_text().replace("subject: ", "subject: More on "))
    _, edited = drafts_of(press, series, None)

    said = "part 1 was published before; who has it keeps it as it was sent"
    assert gone_out(press, series, edited) == said
    assert gone_out(press, series, edited[1:]) == ""

    send(press, planned.issue, clock=lambda: NOW)
    publish(press, series, at_once=True, now=NOW)

    assert gone_out(press, series, edited).startswith("parts 1, 2 were published before;")

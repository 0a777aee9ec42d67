import io

import pytest
from rich.console import Console

from partwork.orchestration.demo import Steps


def console() -> Console:
    return Console(file=io.StringIO(), width=100)


def test_where_there_is_no_terminal_a_step_is_one_plain_line_with_its_last_word():
    out = console()

    with Steps(out).step("compose run") as said:
        said("Scheduled")
        said("8 parts written [red]")

    assert out.file.getvalue().endswith(" s  compose run            8 parts written [red]\n")
    assert out.file.getvalue().count("\n") == 1


def test_a_step_that_fails_is_not_shown_as_done():
    out = console()

    with pytest.raises(OSError, match="full"), Steps(out).step("compose run"):
        raise OSError("disk full")

    assert "compose" not in out.file.getvalue()

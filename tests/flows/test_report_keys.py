"""The keys under which reports stand in the dashboard are those that the documents tell."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEAVE = {"leave_report", "LiveReport", "leave_full_bar"}
CODE = (*(ROOT / "flows").glob("*.py"), *(ROOT / "src/partwork/orchestration").glob("*.py"))


def keys_in(file: Path) -> Iterator[str]:
    """As the documents write them: `send-ISSUE` for f"send-{report.issue}"."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in LEAVE:
            bars = [given.value for given in node.keywords if given.arg == "bar"]
            yield from map(as_told, (node.args[0], *bars))


def as_told(key: ast.expr) -> str:
    match key:
        case ast.Constant(value):
            return str(value)
        case ast.JoinedStr(values):
            return "".join(
                str(part.value)
                if isinstance(part, ast.Constant)
                else re.findall(r"\w+", ast.unparse(part))[-1].upper()
                for part in values
            )
    raise AssertionError(ast.unparse(key))


def test_every_key_is_told_and_no_other() -> None:
    documented = (ROOT / "docs" / "operations.md").read_text()
    told = documented.partition("shows them as a row in time: ")[2].partition(". Words from")[0]

    used = {key for file in CODE for key in keys_in(file)}

    assert "issue-report-ISSUE" in used
    assert set(re.findall("`([^`]+)`", told)) == used

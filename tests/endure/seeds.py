"""What fuzzing begins with: the labelled dumps without their labels, and mail that came back."""

from pathlib import Path

MAILS = sorted((Path(__file__).parents[1] / "data" / "returning").glob("*.eml"))
DUMPS = sorted((Path(__file__).parents[1] / "cleaning" / "dumps").iterdir())


def raw_of(dump: Path) -> bytes:
    """The raw text of a dump: the first line is about it, then come label, `|`, text."""
    lines = dump.read_text(encoding="utf-8").splitlines()[1:]
    return "\n".join(line.partition("|")[2] for line in lines).encode()

"""The labelled dumps without their labels: what fuzzing begins with."""

from pathlib import Path

DUMPS = sorted((Path(__file__).parents[1] / "cleaning" / "dumps").iterdir())


def raw_of(dump: Path) -> bytes:
    """The raw text of a dump: the first line is about it, then come label, `|`, text."""
    lines = dump.read_text(encoding="utf-8").splitlines()[1:]
    return "\n".join(line.partition("|")[2] for line in lines).encode()

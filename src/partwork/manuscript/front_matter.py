"""The YAML between two lines `---` at the head of an article or instalment."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import yaml

from partwork.manuscript.errors import ManuscriptError


@dataclass(frozen=True, slots=True)
class Entry:
    """One field as it was written, and its line in the file, counted from 1."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields at the head of a file, and the Markdown under them.

    Values are the words as written: a title `1984` or `No` stays that, where YAML would make a
    number or a false of it. `body_offset` is the number of lines that stand before `body`.
    """

    file: str
    entries: Mapping[str, Entry]
    body: str
    body_offset: int

    def required(self, name: str) -> str:
        """The field's text, which may not be missing."""
        if name not in self.entries:
            raise ManuscriptError(
                self.file, 1, f"the front matter has no {name!r}; add a line “{name}: …”"
            )
        return self.entries[name].value

    def text(self, name: str, default: str = "") -> str:
        """The field's text, or `default` where it is missing."""
        return self.entries[name].value if name in self.entries else default

    def day(self, name: str) -> date | None:
        """The field as a date; None where it is missing or empty."""
        if not self.text(name):
            return None
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise self.error(name, "write the date as 2026-12-31") from None

    def number(self, name: str) -> int:
        """The field as a whole number from 1."""
        digits = self.required(name)
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= 6 and int(digits)):
            raise self.error(name, "write a whole number from 1")
        return int(digits)

    def is_true(self, name: str) -> bool:
        """Whether the field says `true`; missing means `false`."""
        word = self.text(name, "false").lower()
        if word not in {"true", "false"}:
            raise self.error(name, "write true or false")
        return word == "true"

    def error(self, name: str, remedy: str) -> ManuscriptError:
        """What to raise when the field's value is wrong."""
        entry = self.entries[name]
        return ManuscriptError(self.file, entry.line, f"{name}: {_shown(entry.value)}; {remedy}")


def front_matter_of(text: str, file: str, known: Collection[str]) -> FrontMatter:
    """`text` parted into its fields and its body, line ends made LF.

    Only the first lines of a file are front matter: a `---` further down is the body's own.
    Raises ManuscriptError where there is none, where it is not a list of `name: value` in YAML,
    and for a field that is not in `known`.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].rstrip() != "---":
        raise ManuscriptError(
            file, 1, "the front matter is missing; begin with a line ---, the fields, a line ---"
        )
    end = next((i for i, line in enumerate(lines) if i and line.rstrip() == "---"), None)
    if end is None:
        raise ManuscriptError(file, 1, "the front matter does not end; close it with a line ---")
    entries = _entries("\n".join(lines[1:end]), file)
    for name, entry in entries.items():
        if name not in known:
            raise ManuscriptError(
                file, entry.line, f"there is no field {_shown(name)}; known are {', '.join(known)}"
            )
    return FrontMatter(file, entries, "\n".join(lines[end + 1 :]), end + 1)


def print_front_matter(fields: Mapping[str, str | int | bool | date]) -> str:
    """`fields` as front matter, in their order, with both lines `---`."""
    written = yaml.safe_dump(dict(fields), allow_unicode=True, sort_keys=False, width=1_000_000)
    return f"---\n{written}---\n"


def with_field(text: str, name: str, value: str) -> str:
    """`text` with another value of a field at its head, all else as it was typed.

    A comment behind the value stays. A field that was not there comes last; a value of several
    lines is not found whole: whoever changes one had better parse the answer.
    """
    head = re.match(_HEAD, text, re.DOTALL | re.MULTILINE)
    if head is None:
        return text
    line = yaml.safe_dump({name: str(value)}, allow_unicode=True, width=1_000_000).rstrip("\n")
    field = (
        rf"(?m)^{re.escape(name)}[ \t]*:[ \t]*(?:'(?:[^'\n]|'')*'|\"[^\"\n]*\"|[^\s]*(?: [^\s#]+)*)"
    )
    changed, count = re.subn(field, lambda _: line, head[0], count=1)
    if not count:
        changed += line + ("\r\n" if head[0].endswith("\r\n") else "\n")
    return changed + text[head.end() :]


def without_field(text: str, name: str) -> str:
    """`text` without a field of one line at its head, all else as it was typed."""
    head = re.match(_HEAD, text, re.DOTALL | re.MULTILINE)
    if head is None:
        return text
    return re.sub(rf"(?m)^{re.escape(name)}[ \t]*:.*\n", "", head[0], count=1) + text[head.end() :]


_HEAD = r"\ufeff?---[ \t]*\r?\n.*?(?=^---[ \t\r]*$)"


def _entries(source: str, file: str) -> dict[str, Entry]:
    """The fields of a flat YAML mapping.

    It is read from the parser's events and not as objects: so values stay words, each has its
    line, and anchors, aliases, tags and nesting, which could blow up, have no way in.
    """
    entries: dict[str, Entry] = {}
    name: str | None = None
    for scalar in _scalars(source, file):
        if name is None:
            name = scalar.value
            if name in entries:
                raise ManuscriptError(
                    file, scalar.line, f"{_shown(name)} stands twice; keep one of them"
                )
        else:
            entries[name], name = scalar, None
    if name is not None:  # a document of one word, such as a title without its "title:"
        raise ManuscriptError(file, 2, "the front matter is not a list of lines “name: value”")
    return entries


def _scalars(source: str, file: str) -> Iterator[Entry]:
    """Names and values by turns, each with its line in the file."""
    depth = 0
    try:
        for event in yaml.parse(source, Loader=yaml.SafeLoader):
            # Marks count from 0, after the first ---.
            line = event.start_mark.line + 2 if event.start_mark else 2
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise ManuscriptError(file, line, "& and * have a meaning in YAML; use quotes")
            if getattr(event, "tag", None):
                raise ManuscriptError(file, line, "! has a meaning in YAML; use quotes")
            if isinstance(event, yaml.ScalarEvent):
                yield Entry(event.value, line)
            elif isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > 1 or isinstance(event, yaml.SequenceStartEvent):
                    raise ManuscriptError(
                        file, line, "a field has one value; put one that holds [ { or - in quotes"
                    )
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark is not None else 1
        raise ManuscriptError(
            file,
            line,
            f"the front matter is broken ({error.problem or error.context or 'not YAML'}); "
            "put a value that holds : or # in quotes",
        ) from None
    except yaml.reader.ReaderError as error:
        raise ManuscriptError(
            file,
            source.count("\n", 0, error.position) + 2,
            "a control character stands in the front matter; take it out",
        ) from None


def _shown(value: str) -> str:
    """`value` quoted for a message, cut to a length that leaves it one line."""
    return repr(value if len(value) <= 40 else f"{value[:39]}…")

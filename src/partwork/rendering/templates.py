"""Template sources filled in, each character traceable to the line that asked for it."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from functools import lru_cache
from types import TracebackType
from typing import Any

from jinja2 import (
    Environment,
    FunctionLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment

from partwork.model.errors import PartworkError
from partwork.rendering.inline import LINE_CLOSE, LINE_OPEN, RESERVED, one_line
from partwork.rendering.tables import in_columns
from partwork.rendering.wrapping import underlined, wrapped


class TemplateError(PartworkError):
    """A template that gives no mail. `line` counts from 1; 0 speaks of the whole file."""

    def __init__(self, template: str, line: int, message: str) -> None:
        self.template, self.line, self.message = template, line, message
        where = f", line {line}" if line else ""
        super().__init__(f"templates/{template}{where}: {message}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A template filled in. Text files are not traced: all of them is line 0 of its template."""

    text: str
    template: str
    _marked: str
    _names: tuple[str, ...]

    def place_of(self, offset: int) -> tuple[str, int]:
        """The template and the line in it that wrote the character at `offset`."""
        place = self.template, 0
        marks = 0  # characters that the marks so far take up
        for mark in _MARK.finditer(self._marked):
            if mark.start() - marks > offset:
                break
            place = self._names[int(mark[1])], int(mark[2])
            marks += len(mark[0])
        return place

    def error_at(self, offset: int, message: str) -> TemplateError:
        """The error that speaks of the character at `offset`."""
        return TemplateError(*self.place_of(offset), message)


def filled(name: str, sources: Mapping[str, str], context: Mapping[str, object]) -> Filled:
    """The template `name` of `sources`, filled in from `context`, as one reads it.

    What comes from `context` is escaped, except in `.txt`; it is never itself a template.
    Templates may include, import and extend others of `sources` and reach nothing else.
    Raises TemplateError: no such template, wrong syntax, a field that is not there, nothing
    but white space, or anything else that goes wrong inside.
    """
    environment = _environment(tuple(sources.items()))
    try:
        marked = environment.get_template(name).render(context)
    except TemplateSyntaxError as error:
        file, said = error.name or name, error.message or ""
        if said.startswith("Unexpected end of template") and (begun := _open_in(sources[file])):
            line, tag = begun
            said = f"{{% {tag} %}} is never closed; write {{% end{tag} %}} where it ends"
            raise TemplateError(file, line, said) from None
        raise TemplateError(file, error.lineno, said) from None
    except TemplateNotFound as error:
        place = _place_in(error.__traceback__, sources) or (name, 0)
        missing = "is not there" if error.name == name else f"there is no template {error.name}"
        raise TemplateError(*place, missing) from None
    except UndefinedError as error:
        place = _place_in(error.__traceback__, sources) or (name, 0)
        raise TemplateError(*place, _of_none(place, sources, context) or str(error)) from None
    except Exception as error:  # noqa: BLE001 a template may divide by zero; its author mends it
        place = _place_in(error.__traceback__, sources) or (name, 0)
        raise TemplateError(*place, one_line(str(error)) or type(error).__name__) from None
    text = _MARK.sub("", marked)
    if not text.strip():
        raise TemplateError(name, 0, "gives nothing at all")
    return Filled(text, name, marked, tuple(sorted(sources)))


@lru_cache(maxsize=2)  # compiling takes nine tenths of the time, and a series has one set
def _environment(items: tuple[tuple[str, str], ...]) -> "_Sandbox":
    sources = dict(items)
    environment = _Sandbox(
        loader=FunctionLoader(lambda name: _source(name, sources)),
        undefined=_NoSuchField,
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=[_LineMarks],
    )
    environment.extend(template_numbers={n: i for i, n in enumerate(sorted(sources))})
    environment.filters["wrapped"] = wrapped
    environment.filters["underlined"] = underlined
    environment.filters["in_columns"] = in_columns
    return environment


def _source(name: str, sources: Mapping[str, str]) -> tuple[str, str, None] | None:
    return (sources[name], name, None) if name in sources else None


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's own, whose answer depends on an object's type alone: it is asked once for each."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        asked = type(obj), attr
        if asked not in self._safe:
            self._safe[asked] = super().is_safe_attribute(obj, attr, value)
        return self._safe[asked]


class _NoSuchField(StrictUndefined):
    """An error that names the fields there are."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name = str(self._undefined_name)
        return f"there is no field {name}{hint(name, _fields_of(self._undefined_obj))}"


def _fields_of(value: object) -> list[str]:
    if isinstance(value, Mapping):
        return sorted(map(str, value))
    return sorted(f.name for f in fields(value)) if is_dataclass(value) else []


def hint(name: str, known: Collection[str]) -> str:
    """The end of a message about an unknown name: what was meant, or else what there is."""
    near = get_close_matches(name, known, n=1)
    there = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}"
    return f"; {there}" if known else ""


class _LineMarks(Extension):
    """Writes a mark before each run of template text and after each of its line ends.

    A mark is the template's number and the line, between brackets that nothing else may hold.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        name = stream.name or ""
        numbers: Mapping[str, int] = self.environment.template_numbers  # type: ignore[attr-defined] # set by extend()
        for token in stream:
            for count, line in enumerate(str(token.value).split("\n")):
                if RESERVED.intersection(line):
                    raise TemplateSyntaxError(
                        "here is a private-use character that Partwork needs for itself; "
                        "write merge fields as {{ merge.address }}",
                        token.lineno + count,
                        name,
                    )
            if token.type == "data" and not name.endswith(".txt"):
                lines = token.value.split("\n")
                marked = (
                    f"{LINE_OPEN}{numbers[name]}:{token.lineno + count}{LINE_CLOSE}{line}"
                    for count, line in enumerate(lines)
                )
                yield Token(token.lineno, "data", "\n".join(marked))
            else:
                yield token


def _open_in(source: str) -> tuple[int, str] | None:
    """The line and the name of the innermost tag of a template that is begun and never ended."""
    begun: list[tuple[int, str]] = []
    tag: list[tuple[int, str]] = []  # the words between {% and %}
    for line, kind, words in Environment(autoescape=True).lex(source):
        if kind == "block_begin":
            tag = []
        elif kind != "block_end":
            tag += [(line, words)] if kind != "whitespace" else []
        elif tag:
            name = tag[0][1]
            is_value = name == "set" and any(word == "=" for _, word in tag)
            if name in _ENDED and not is_value:
                begun.append((tag[0][0], name))
            elif name.startswith("end") and begun:
                begun.pop()
    return begun[-1] if begun else None


_ENDED = frozenset({"autoescape", "block", "call", "filter", "for", "if", "macro", "set", "with"})


def _of_none(
    place: tuple[str, int], sources: Mapping[str, str], context: Mapping[str, object]
) -> str:
    """What to do where that line asks for a field of something that is none here; "" if not."""
    lines = sources[place[0]].splitlines()
    line = lines[place[1] - 1] if 0 < place[1] <= len(lines) else ""
    for path in re.findall(r"\b[a-z_]+(?:\.[a-z_]+)+", line):
        value: object = context
        asked = ""
        for name in path.split("."):
            if value is None:
                return f"{asked} is none here; ask for it with {{% if {asked} %}}"
            value = value.get(name, "") if isinstance(value, Mapping) else getattr(value, name, "")
            asked = f"{asked}.{name}".lstrip(".")
    return ""


_MARK = re.compile(f"{LINE_OPEN}([0-9]+):([0-9]+){LINE_CLOSE}")


def _place_in(
    traceback: TracebackType | None, sources: Mapping[str, str]
) -> tuple[str, int] | None:
    """The innermost line of a template on the way to the error."""
    place = None
    while traceback:
        file = traceback.tb_frame.f_code.co_filename
        place = (file, traceback.tb_lineno) if file in sources else place
        traceback = traceback.tb_next
    return place

"""The relays of a home as its `relays.toml` names them, the one to be used first at the top."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar
from urllib.parse import quote

from partwork.manuscript.errors import FieldsError, ManuscriptError
from partwork.manuscript.settings_table import SLUG, mailbox_of, parsed_toml
from partwork.model.relay import Profile, Rate, Relay, Signer, WarmUp

Word = TypeVar("Word", bound=StrEnum)

FIELDS = (
    "name",
    "profile",
    "url",
    "connections",
    "messages_per_connection",
    "rate",
    "domain_rate",
    "warm_up",
    "dkim",
    "keeps_message_id",
    "envelope_sender",
    "headers",
)

_PERIODS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_RATE = re.compile(r"([1-9][0-9]{0,8})/(second|minute|hour|day)")
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PASSWORD = re.compile(r"//[^/@]*:(?!\$\{[A-Za-z0-9_]+\}@)[^/]*@")
_HEADER = re.compile(r"[Xx]-[A-Za-z0-9-]{1,70}")
_VALUE = re.compile(r"[!-~](?:[ -~]{0,900}[!-~])?")
_BEGINS = re.compile(r"\s*\[\[\s*relay\s*\]\]")
_SETS = re.compile(r"\s*\[?\s*(?:relay\s*\.\s*)?\"?([A-Za-z_]+)\"?\s*[=\]]")


@dataclass(frozen=True, slots=True)
class _Usual:
    """What a relay of that profile is like where its table does not say."""

    connections: int
    messages_per_connection: int
    keeps_message_id: bool = True
    rate: Rate | None = None
    domain_rate: Rate | None = None
    signer: Signer = Signer.NOBODY


# A guess for one receiving domain. Postfix's own limits are 100 processes and no messages a
# connection; SES starts an account at 14 a second, and writes Message-ID and Date anew:
# https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html, and .../header-fields.html.
_USUAL = {
    Profile.DIRECT: _Usual(8, 100, domain_rate=Rate(10, _PERIODS["second"])),
    Profile.POSTFIX: _Usual(4, 1000),
    Profile.SES: _Usual(
        8, 500, keeps_message_id=False, rate=Rate(14, _PERIODS["second"]), signer=Signer.RELAY
    ),
}


def parse_relays(
    text: str,
    file: str,
    *,
    environment: Mapping[str, str],
    we_sign: bool,
    url_problem: Callable[[str], str],
) -> tuple[Relay, ...]:
    """The relays in the text of `file`, in its order; there is at least one.

    A reference `${NAME}` in a URL stands for what `environment` has, percent-encoded. `we_sign`:
    a DKIM key is set. `url_problem` says what is wrong with a URL ("": nothing). Raises FieldsError
    with everything that is wrong, each with its line, and ManuscriptError where it is no TOML.
    """
    found = parsed_toml(text, file)
    written = found.get("relay")
    tables = [one for one in written if isinstance(one, dict)] if isinstance(written, list) else []
    if not tables or tables != written or set(found) != {"relay"}:
        raise ManuscriptError(file, 0, "each relay is written [[relay]] and its fields below")
    lines = _lines_of(text)
    problems: list[tuple[int, str]] = []
    relays: list[Relay] = []
    for number, table in enumerate(tables):
        known = lines[number] if number < len(lines) else {}
        fields = _Table(table, known, environment, we_sign, url_problem)
        relay = fields.relay()
        if relay.name in {each.name for each in relays}:
            fields.note("name", "is that of another relay")
        relays.append(relay)
        problems += fields.problems
    if problems:
        raise FieldsError(file, tuple(f"line {n}: {problem}" for n, problem in sorted(problems)))
    return tuple(relays)


@dataclass(slots=True)
class _Table:
    """One relay's fields; what is wrong with them goes into `problems`."""

    table: Mapping[str, object]
    lines: Mapping[str, int]
    environment: Mapping[str, str]
    we_sign: bool
    url_problem: Callable[[str], str]
    problems: list[tuple[int, str]] = field(default_factory=list)

    def relay(self) -> Relay:
        for name in self.table:
            if name not in FIELDS:
                near = get_close_matches(name, FIELDS, 1)
                known = f"did you mean {near[0]}?" if near else f"known are {', '.join(FIELDS)}"
                self.note(name, f"is no field; {known}")
        profile = self._word("profile", Profile.POSTFIX)
        usual = _USUAL[profile]
        return Relay(
            name=self._matching("name", SLUG, "is a short name of a-z, 0-9 and hyphens"),
            profile=profile,
            url=self._url(),
            connections=self._number("connections", usual.connections, 100),
            messages_per_connection=self._number(
                "messages_per_connection", usual.messages_per_connection, 100_000
            ),
            signer=self._signer(profile),
            keeps_message_id=self._flag("keeps_message_id", usual.keeps_message_id),
            envelope_sender=self._sender(),
            headers=self._headers(),
            rate=self._rate("rate", usual.rate),
            domain_rate=self._domain_rate(profile),
            warm_up=self._warm_up(),
        )

    def note(self, name: str, problem: str) -> None:
        """What is wrong with a field; the first finding of each is told."""
        line = self.lines.get(name) or self.lines.get("", 0)
        if not any(noted.startswith(f"{name[:40]} ") for _, noted in self.problems):
            self.problems.append((line, f"{name[:40]} {problem}"))

    def _url(self) -> str:
        """The URL with its references resolved; a password may stand in none of the files."""
        written = self._text("url")
        if not written:
            self.note("url", "is missing; write smtp://${USER}:${PASSWORD}@host:587")
            return ""
        if _PASSWORD.search(written):
            self.note("url", "holds a password; write ${NAME} in its place and set NAME in .env")
            return ""
        for name in _REFERENCE.findall(written):
            if not self.environment.get(name):
                self.note("url", f"asks for {name}; set it in the environment or in .env")
                return ""
        url = _REFERENCE.sub(lambda name: quote(self.environment[name[1]], safe=""), written)
        if problem := self.url_problem(url):
            self.note("url", f"cannot be used: {problem}")
        return url

    def _signer(self, profile: Profile) -> Signer:
        """Who signs. Where we could, it must be said, or there might be two."""
        if "dkim" in self.table:
            signer = self._word("dkim", Signer.NOBODY)
            if signer is Signer.PARTWORK and not self.we_sign:
                self.note("dkim", "is partwork and there is no key; set PARTWORK_DKIM_KEY")
            return signer
        if self.we_sign and profile is not Profile.DIRECT:
            self.note(
                "dkim",
                "must say who signs, since PARTWORK_DKIM_KEY is set: partwork, or relay where the "
                "relay signs by itself",
            )
        return Signer.PARTWORK if self.we_sign else _USUAL[profile].signer

    def _sender(self) -> str:
        written = self._text("envelope_sender")
        if written and not ((found := mailbox_of(written)) and found.address == written):
            self.note("envelope_sender", "is an address alone, such as bounces@example.org")
        return written

    def _headers(self) -> tuple[tuple[str, str], ...]:
        written = self.table.get("headers", {})
        if not isinstance(written, dict):
            self.note("headers", 'is a table: { X-SES-CONFIGURATION-SET = "letters" }')
            return ()
        for name, value in written.items():
            if not _HEADER.fullmatch(name) or name.lower().startswith("x-partwork-"):
                self.note("headers", f"holds {name[:40]!r}; a relay's own begin with X-")
            if not isinstance(value, str) or not _VALUE.fullmatch(value):
                self.note("headers", f"{name[:40]!r} is one line of text in ASCII")
        return tuple((name, str(value)) for name, value in written.items())

    def _rate(self, name: str, usual: Rate | None) -> Rate | None:
        written = self._text(name)
        if not written:
            return usual
        if not (found := _RATE.fullmatch(written)):
            self.note(name, 'is written "14/second", "500/minute", "10000/hour" or "50000/day"')
            return usual
        return Rate(int(found[1]), _PERIODS[found[2]])

    def _domain_rate(self, profile: Profile) -> Rate | None:
        if profile is not Profile.DIRECT and "domain_rate" in self.table:
            self.note("domain_rate", "is for the profile direct; take it out")
        return self._rate("domain_rate", _USUAL[profile].domain_rate)

    def _warm_up(self) -> WarmUp | None:
        match self.table.get("warm_up"):
            case None:
                return None
            case {"starts_on": date() as day, "messages": int(most), "days": int(days), **rest} if (
                not isinstance(day, datetime) and most > 0 and 0 < days <= 60 and not rest
            ):
                return WarmUp(day, most, days)
        self.note("warm_up", "is written { starts_on = 2026-12-01, messages = 200, days = 14 }")
        return None

    def _matching(self, name: str, form: re.Pattern[str], should: str) -> str:
        value = self._text(name)
        if not form.fullmatch(value):
            self.note(name, should)
        return value

    def _word(self, name: str, usual: Word) -> Word:
        value = self.table.get(name, usual.value)
        for word in type(usual):
            if word.value == value:
                return word
        self.note(name, f"is {' or '.join(word.value for word in type(usual))}, in quotes")
        return usual

    def _number(self, name: str, usual: int, most: int) -> int:
        value = self.table.get(name, usual)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
            return value
        self.note(name, f"is a whole number from 1 to {most}, without quotes")
        return usual

    def _flag(self, name: str, usual: bool) -> bool:
        value = self.table.get(name, usual)
        if not isinstance(value, bool):
            self.note(name, "is true or false, without quotes")
            return usual
        return value

    def _text(self, name: str) -> str:
        value = self.table.get(name, "")
        if isinstance(value, str) and value.isprintable():
            return value.strip()
        self.note(name, "is one line of text; put it in quotes")
        return ""


def _lines_of(text: str) -> list[dict[str, int]]:
    """For each relay the line of each field, and of its beginning under ""; counted from 1."""
    found: list[dict[str, int]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if _BEGINS.match(line):
            found.append({"": number})
        elif found and (name := _SETS.match(line)):
            found[-1].setdefault(name[1], number)
    return found

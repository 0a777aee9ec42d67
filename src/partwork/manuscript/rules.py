"""The rules that editors made for their sites: `content/rules.toml`."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from partwork.manuscript.errors import FieldsError, ManuscriptError
from partwork.manuscript.settings_table import SettingsTable, syntax_error
from partwork.model.memory import EditorVerdict, SiteRule, site_named, words_of

FIELDS = ("name", "site", "verdict", "words", "made_from", "applied_to")
HEAD = """\
# Rules for single blocks of a site, made by editors. An editor's `partwork keep` or
# `partwork drop` binds one article; the second of a kind for the same words on one site, or one
# with --site, becomes a rule here and holds for every article of that site that is brought in
# or cleaned again after.
#
#   site        where it holds: the host of the articles' address without "www.", or the name
#               that was given by `partwork ingest --site`
#   verdict     "keep": these words are never taken out; "drop": they always are
#   words       the whole text of the block; case and spaces do not matter, # stands for figures
#   made_on     the day it was made, and made_from the articles whose decisions made it
#   applied_to  the articles in which it changed what cleaning did; Partwork adds to it
#
# `partwork rules` lists them, `partwork rules revoke NAME` ends one and cleans again what it
# touched. Rules may also be written and changed here by hand.
"""


def parse_rules(text: str, file: str) -> tuple[SiteRule, ...]:
    """The rules in the text of `file`, in order.

    Raises FieldsError with all that is wrong with a rule's fields, and ManuscriptError where the
    file is no TOML, holds something else than rules, or has two that cannot both be.
    """
    rules: list[SiteRule] = []
    for number, table in enumerate(_tables(_document(text, file), file), 1):
        rule = _rule(table.unwrap(), f"{file}, rule {number}")
        for other in rules:
            if rule.name == other.name:
                raise ManuscriptError(file, 0, f"two rules are called {rule.name}; rename one")
            if (rule.site, rule.words) == (other.site, other.words) and (
                rule.verdict is not other.verdict
            ):
                names = f"{other.name} and {rule.name}"
                raise ManuscriptError(
                    file, 0, f"{names} keep and drop the same words of {rule.site}; take one out"
                )
        rules.append(rule)
    return tuple(rules)


def print_rules(rules: Sequence[SiteRule], text: str, file: str) -> str:
    """`rules` as the text of `file`.

    `text` is the file as it stands: comments and every rule that is the same stay as they were
    typed. Raises ManuscriptError where it cannot be read, or would not hold just `rules` then.
    """
    before = {rule.name: rule for rule in parse_rules(text, file)}
    document = _document(text if text.strip() else HEAD, file)
    if "rule" not in document:
        document["rule"] = tomlkit.aot()
    tables = _tables(document, file)
    after = {rule.name: rule for rule in rules}
    for index in reversed(range(len(tables))):
        if tables[index]["name"].strip() not in after:
            del tables[index]
    for table in tables:
        rule = after[table["name"].strip()]
        if rule != before[rule.name]:
            _fill(table, rule)
    for rule in rules:
        if rule.name not in before:
            table = tomlkit.table()
            table.trivia.indent = "\n"  # a blank line above it
            _fill(table, rule)
            tables.append(table)
    if not tables:
        del document["rule"]
    printed = tomlkit.dumps(document)
    if parse_rules(printed, file) != tuple(rules):
        raise ManuscriptError(file, 0, "cannot be changed as it is written; write it by hand")
    return printed


def _document(text: str, file: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text.removeprefix("\ufeff"))
    except TOMLKitError as error:
        raise syntax_error(file, str(error)) from None
    except RecursionError:
        raise ManuscriptError(file, 0, "lists are nested too deep; flatten them") from None


def _tables(document: tomlkit.TOMLDocument, file: str) -> AoT:
    """The tables of the rules, none where there are none.

    Tables in a list, `rule = [{…}]`, hold the same, but no rule can be added to them as typed.
    """
    tables = document.get("rule", tomlkit.aot())
    if not document.keys() <= {"rule"} or not isinstance(tables, AoT):
        raise ManuscriptError(file, 0, "holds rules alone; begin each with a line [[rule]]")
    return tables


def _rule(table: dict[str, Any], file: str) -> SiteRule:
    made_on = table.pop("made_on", None)
    if not isinstance(made_on, date) or isinstance(made_on, datetime):
        raise FieldsError(file, ("made_on is a day without quotes, such as 2026-12-01",))
    fields = SettingsTable(tomlkit.dumps(table), file)
    if "verdict" not in table:
        fields.text("verdict")  # notes that it is missing
    written = fields.text("site")
    try:
        site = site_named(written)
    except ValueError:
        site = ""
    rule = SiteRule(
        name=fields.slug("name"),
        site=site,
        verdict=fields.choice("verdict", EditorVerdict.KEEP),
        words=words_of(fields.text("words", lines=True)),
        made_on=made_on,
        made_from=fields.slugs("made_from"),
        applied_to=fields.slugs("applied_to"),
    )
    fields.finish(FIELDS)
    if not rule.site:
        raise FieldsError(file, (f"site is a host such as example.org, not {written[:60]!r}",))
    return rule


def _fill(table: Table, rule: SiteRule) -> None:
    """Writes what differs from the table."""
    values: dict[str, object] = {
        "name": rule.name,
        "site": rule.site,
        "verdict": rule.verdict.value,
        "words": rule.words,
        "made_on": rule.made_on,
        "made_from": list(rule.made_from),
        "applied_to": list(rule.applied_to),
    }
    for name, value in values.items():
        if isinstance(value, list):
            array = tomlkit.array()
            array.extend(value)
            written: object = array.multiline(len(value) > 2)
        else:
            written = value
        is_words = name == "words" and words_of(str(table.get(name, ""))) == value
        if not is_words and table.get(name) != value:
            table[name] = written

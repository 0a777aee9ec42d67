"""Series as their settings files have them: `series/<slug>/series.toml`."""

from collections.abc import Mapping, MutableMapping, Sequence
from datetime import date
from functools import partial
from typing import cast

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from partwork.manuscript.cadence import cadence_in, pauses_in, printed_every, printed_pause
from partwork.manuscript.settings_table import (
    SettingsTable,
    day_in,
    mailbox_of,
    syntax_error,
    written_mailbox,
)
from partwork.model.address import Mailbox
from partwork.model.newsletter import Brand, Cadence
from partwork.model.series import Kind, Mode, Series

FIELDS = (
    "newsletter",
    "title",
    "description",
    "language",
    "kind",
    "mode",
    "sender_name",
    "reply_to",
    "accent",
    "logo",
    "logo_dark",
    "footer",
    "notices",
    "segment",
    "articles",
    "review_by",
    "cadence",
    "skip",
)


def parse_series(text: str, slug: str, file: str) -> Series:
    """The series in the text of `file`, without instalments; newsletter and title must be there.

    Raises FieldsError with all that is wrong with its fields, unknown ones among them, and
    ManuscriptError where the file is no TOML.
    """
    table = SettingsTable(text, file)
    mode = table.choice("mode", Mode.CALENDAR)
    series = Series(
        slug=slug,
        newsletter=table.slug("newsletter"),
        title=table.text("title"),
        description=table.text("description", "", lines=True),
        language=table.language("language", "en"),
        kind=table.choice("kind", Kind.COMPOSED),
        mode=mode,
        brand=_brand(table),
        cadence=table.read("cadence", cadence_in),
        skip=table.read("skip", pauses_in),
        review_by=table.read("review_by", partial(_review_by, mode)),
        segment=table.slug("segment", ""),
        articles=table.slugs("articles"),
    )
    table.finish(FIELDS)
    return series


def print_series(series: Series, text: str = "") -> str:
    """The series as `series.toml`, without its instalments.

    `text` is the file as it stands: comments, order and every field whose value is the same
    stay as they were typed. Raises ManuscriptError where it is no TOML.
    """
    try:
        document = tomlkit.parse(text.removeprefix("\ufeff"))
    except TOMLKitError as error:
        raise syntax_error(f"series/{series.slug}/series.toml", str(error)) from None
    fields = {
        "newsletter": series.newsletter,
        "title": series.title,
        "description": series.description,
        "language": series.language,
        "kind": series.kind.value,
        "mode": series.mode.value,
        "review_by": series.review_by,
        **_brand_fields(series.brand),
        "segment": series.segment,
        "articles": list(series.articles),
    }
    if text.strip():  # the editor may have left out what goes without saying
        usual = {"language": "en", "kind": Kind.COMPOSED.value, "mode": Mode.CALENDAR.value}
        unsaid = {n for n, value in usual.items() if n not in document and fields[n] == value}
        fields = {name: value for name, value in fields.items() if name not in unsaid}
    _set_fields(document, fields)
    before = document.unwrap()
    if pauses_in(before.get("skip"))[0] != series.skip:
        _set_fields(document, {"skip": [printed_pause(pause) for pause in series.skip]})
    if series.cadence is None:
        document.pop("cadence", None)
    elif cadence_in(before.get("cadence"))[0] != series.cadence:
        if not isinstance(document.get("cadence"), Table):
            document["cadence"] = tomlkit.table()
        _set_fields(cast("Table", document["cadence"]), _cadence_fields(series.cadence))
    return tomlkit.dumps(document)


def _review_by(mode: Mode, value: object, _text: str) -> tuple[date | None, Sequence[str]]:
    day, problem = day_in(value)
    if day and mode is not Mode.COURSE:
        problem = 'is for courses: set mode = "course", or take it out'
    return day, [f"review_by {problem}"] if problem else []


def _brand(table: SettingsTable) -> Brand:
    logo, logo_dark = table.logos()
    return Brand(
        sender_name=table.text("sender_name", ""),
        reply_to=table.other_mailbox("reply_to"),
        accent=table.accent("accent", ""),
        logo=logo,
        logo_dark=logo_dark,
        footer=table.texts("footer"),
        notices=table.texts("notices"),
    )


def _brand_fields(brand: Brand) -> dict[str, object]:
    return {
        "sender_name": brand.sender_name,
        "reply_to": brand.reply_to,
        "accent": brand.accent,
        "logo": brand.logo,
        "logo_dark": brand.logo_dark,
        "footer": list(brand.footer),
        "notices": list(brand.notices),
    }


def _cadence_fields(cadence: Cadence) -> dict[str, object]:
    return {
        "days": [day.value for day in cadence.days],
        "month_days": list(cadence.month_days),
        "every": printed_every(cadence),
        "time": cadence.at.strftime("%H:%M"),
        "zone": cadence.zone,
        "starts_on": cadence.starts_on,
    }


def _set_fields(table: MutableMapping[str, object], fields: Mapping[str, object]) -> None:
    """Write what differs from the table; a field without a value leaves it."""
    for name, value in fields.items():
        if _is_same(table.get(name), value):
            continue
        if value in (None, "", []):
            table.pop(name, None)
        elif isinstance(value, list):
            array = tomlkit.array()
            array.extend(value)
            table[name] = array.multiline(len(value) > 2)
        elif isinstance(value, Mailbox):
            table[name] = written_mailbox(value)
        else:
            table[name] = value


def _is_same(written: object, value: object) -> bool:
    if isinstance(value, Mailbox):
        return isinstance(written, str) and mailbox_of(written) == value
    return written == value

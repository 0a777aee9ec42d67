"""Newsletters as their settings files have them: `newsletters/<slug>.toml`."""

from partwork.manuscript.errors import FieldsError
from partwork.manuscript.settings_table import SettingsTable
from partwork.model.colour import WHITE, readable
from partwork.model.series import Newsletter

FIELDS = (
    "name",
    "description",
    "language",
    "sender",
    "reply_to",
    "postal_address",
    "imprint_url",
    "privacy_url",
    "accent",
    "notices",
    "crisis_notice",
    "demo",
    "quotation",
    "cadence",
)


def parse_newsletter(text: str, slug: str, file: str) -> Newsletter:
    """The newsletter in the text of `file`; name, sender and reply_to must be there.

    Raises FieldsError with all that is wrong with its fields, unknown ones among them, or else
    for an accent that nobody could read on white (on dark paper it is lightened as far as it
    takes), and ManuscriptError where the file is no TOML.
    """
    table = SettingsTable(text, file)
    newsletter = Newsletter(
        slug=slug,
        name=table.text("name"),
        sender=table.mailbox("sender"),
        reply_to=table.mailbox("reply_to"),
        postal_address=table.text("postal_address", "", lines=True),
        imprint_url=table.url("imprint_url"),
        privacy_url=table.url("privacy_url"),
        description=table.text("description", "", lines=True),
        language=table.language("language", "en"),
        accent=table.colour("accent", "#1d5c63"),
        notices=table.texts("notices"),
        crisis_notice=table.text("crisis_notice", "", lines=True),
        quotation=table.quotation("quotation"),
        cadence=table.cadence("cadence"),
        demo=table.flag("demo"),
    )
    table.finish(FIELDS)
    if (legible := readable(newsletter.accent, WHITE)) != newsletter.accent.lower():
        pale = f'accent is too pale to be read on white; the nearest that is not: "{legible}"'
        raise FieldsError(file, (pale,))
    return newsletter

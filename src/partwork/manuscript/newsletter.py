"""Newsletters as their settings files have them: `newsletters/<slug>.toml`."""

from datetime import timedelta

from partwork.manuscript.segments import segments_in
from partwork.manuscript.settings_table import SettingsTable
from partwork.model.issue import EDITOR
from partwork.model.newsletter import Newsletter

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
    "logo",
    "logo_dark",
    "footer",
    "notices",
    "crisis_notice",
    "demo",
    "quotation",
    "approvals",
    "approval_days",
    "cadence",
    "segments",
)


def parse_newsletter(text: str, slug: str, file: str) -> Newsletter:
    """The newsletter in the text of `file`; name, sender and reply_to must be there.

    Raises FieldsError with all that is wrong with its fields, unknown ones among them, and
    ManuscriptError where the file is no TOML.
    """
    table = SettingsTable(text, file)
    logo, logo_dark = table.logos()
    approval_days = table.whole("approval_days", 0, 36_500)
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
        accent=table.accent("accent", "#1d5c63"),
        logo=logo,
        logo_dark=logo_dark,
        footer=table.texts("footer"),
        notices=table.texts("notices"),
        crisis_notice=table.text("crisis_notice", "", lines=True),
        quotation=table.quotation("quotation"),
        approvals=table.slugs("approvals") or (EDITOR,),
        approval_lasts=timedelta(days=approval_days) if approval_days else None,
        cadence=table.cadence("cadence"),
        segments=table.read("segments", segments_in),
        demo=table.flag("demo"),
    )
    table.finish(FIELDS)
    return newsletter

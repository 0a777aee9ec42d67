"""What is said of a picture: `content/media/<name>.toml`, beside the picture itself."""

from partwork.manuscript.settings_table import SettingsTable
from partwork.model.picture import PictureNote

FIELDS = ("alt", "credit", "permission")


def parse_picture_note(text: str, file: str) -> PictureNote:
    """The note in the text of `file`. Raises FieldsError naming all that is missing or wrong."""
    table = SettingsTable(text, file)
    note = PictureNote(table.text("alt"), table.text("credit"), table.text("permission"))
    table.finish(FIELDS)
    return note

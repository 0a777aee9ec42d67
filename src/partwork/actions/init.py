"""A new home."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from partwork.actions.renew import PACKAGED, note_packaged
from partwork.library import Library, LibraryError
from partwork.manuscript.newsletter import parse_newsletter
from partwork.manuscript.settings_table import mailbox_of, written_mailbox
from partwork.model.address import Mailbox
from partwork.model.slug import slug_of
from partwork.packaged import packaged_home

GITIGNORE = ".partwork/\n.env\n"
CRISIS_NOTICE = (
    "If you are thinking of harming yourself, please talk to somebody now: call your local "
    "emergency number or a crisis line, or go to the nearest hospital."
)
FOLDERS = ("content/inbox", "content/articles", "content/series", "content/media")


@dataclass(frozen=True, slots=True)
class NewsletterWishes:
    """What the law needs and a person must say; see `content/newsletters/*.toml` for each.

    `demo` is true while any of it is made up: such a newsletter never reaches a real server.
    """

    slug: str
    name: str
    sender: Mailbox
    postal_address: str
    imprint_url: str
    demo: bool


def wishes_from(
    name: str, sender: str, address: str, imprint: str, ask: Callable[[str], str] | None
) -> NewsletterWishes:
    """What was said, else what is answered, else demo values. Raises LibraryError.

    `sender` is an address, or a name and an address as in "The Quiet Hour <hello@example.org>".
    An answer that cannot be used is asked for again; one that was said is refused.
    """
    name = _said(name, "Name of the newsletter", ask)
    sender = _said(
        sender,
        "Address it is sent from, e.g. The Quiet Hour <hello@example.org>",
        ask,
        _why_no_sender,
    )
    address = _said(address, "Postal address, shown at the foot of each mail", ask)
    imprint = _said(imprint, "Web address of your imprint or contact page", ask, _why_no_page)
    mailbox = mailbox_of(sender) or Mailbox("", "editor@example.org")
    demo = not all((name, sender, address, imprint))
    name = name or "My letter"
    return NewsletterWishes(
        slug=slug_of(name) or "letter",
        name=name,
        sender=Mailbox(mailbox.name or name, mailbox.address),
        postal_address=address or "1 Example Street, 00000 Exampletown",
        imprint_url=imprint or "https://example.org/imprint",
        demo=demo,
    )


def _said(
    value: str,
    question: str,
    ask: Callable[[str], str] | None,
    why_not: Callable[[str], str] = lambda _value: "",
) -> str:
    """A value that can be used, or nothing."""
    if value.strip():
        if why := why_not(value.strip()):
            raise LibraryError(why)
        return value.strip()
    answer = ask(question) if ask else ""
    while ask and answer and (why := why_not(answer)):
        answer = ask(f"{why}\n{question}")
    return answer


def _why_no_sender(value: str) -> str:
    if mailbox_of(value):
        return ""
    return f"{value!r} holds no e-mail address; write Name <name@example.org>"


def _why_no_page(value: str) -> str:
    if value.startswith(("https://", "http://")):
        return ""
    return f"{value!r} is no web address; write one such as https://example.org/imprint"


def init_home(folder: Path, wishes: NewsletterWishes | None) -> tuple[str, ...]:
    """Writes a home and returns the paths it made; `wishes` None: the demo newsletter and inbox.

    What is there already stays as it is, so a second call mends what is missing.
    """
    package = packaged_home()
    library = Library(folder.absolute(), package)
    made: list[str] = []
    for part in FOLDERS:
        _make_folder(library, folder.absolute() / part)
    sources = [*PACKAGED]
    if wishes is None:
        sources += ["content/inbox", "content/newsletters"]
    for source in sources:
        made += _copied(library, package / source, folder.absolute() / source)
    note_packaged(library, made)
    made += _written(library, folder.absolute() / ".gitignore", GITIGNORE)
    example = library.read(package / ".env.example")
    made += _written(library, folder.absolute() / ".env", example, mode=0o600)  # for passwords
    if wishes is not None:
        text = newsletter_toml(wishes)
        file = library.newsletter_file(wishes.slug)
        parse_newsletter(text, wishes.slug, library.shown(file))
        made += _written(library, file, text)
    return tuple(made)


def newsletter_toml(wishes: NewsletterWishes) -> str:
    """The settings file of a newsletter, with what each field is for."""
    q = _quoted
    sender = written_mailbox(wishes.sender)
    return f"""# What people subscribe to. Every field may be changed by hand.
name = {q(wishes.name)}
language = "en"

# Who writes, and where answers go; the address must be one you may send from.
sender = {q(sender)}
reply_to = {q(wishes.sender.address)}

# Shown at the foot of every mail, as the law of most countries asks.
postal_address = {q(wishes.postal_address)}
imprint_url = {q(wishes.imprint_url)}

# true while the lines above are made up: every mail is marked, and none leaves this machine.
demo = {"true" if wishes.demo else "false"}

# One colour for rules, links and the masthead.
accent = "#1d5c63"

# A logo for the head of mails and pages: a picture in content/media, and beside it logo.toml with
# alt, credit and permission.
# logo = "logo.png"

# Lines for the foot of every mail, as written.
footer = []

# Sentences that stand in every mail as written.
notices = []

# Stands in a part that speaks of suicide, self-harm or overdose, and in every part of a series in a
# language other than de, en, es, fr, it, nl and pt, since in others it cannot be told. It names no
# number, since each country has its own: write your readers' emergency number and a crisis line.
crisis_notice = {q(CRISIS_NOTICE)}

# How much a series may take of an article whose rights are "quotation": percent of its words,
# and words on end in one part.
[quotation]
percent = 15
words = 60

# When parts appear. Remove this table to publish by hand only.
[cadence]
days = ["tue", "fri"]
time = "07:30"
zone = "Europe/Berlin"
"""


def _quoted(text: str) -> str:
    clean = " ".join(text.split())
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _make_folder(library: Library, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"{library.shown(folder)}: cannot be made ({(error.strerror or 'error').lower()}); "
            "choose a folder you may write to"
        ) from None


def _copied(library: Library, source: Path, target: Path) -> list[str]:
    """Copies what is not there yet, byte for byte."""
    if source.is_dir():
        made: list[str] = []
        for child in sorted(source.iterdir()):
            if not child.name.startswith(".") and child.name != "__pycache__":
                made += _copied(library, child, target / child.name)
        return made
    if target.exists():
        return []
    _make_folder(library, target.parent)
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise LibraryError(
            f"{library.shown(target)}: cannot be written ({(error.strerror or 'error').lower()})"
        ) from None
    return [library.shown(target)]


def _written(library: Library, file: Path, text: str, mode: int = 0o644) -> list[str]:
    if file.exists():
        return []
    library.write(file, text, mode)
    return [library.shown(file)]

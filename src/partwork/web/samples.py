"""What each page is tried with at the start, so that every branch of its template is seen."""

from datetime import UTC, datetime

from partwork.actions.archive import ShelfOfSeries
from partwork.actions.look import Look
from partwork.actions.preferences import Choice, Preferences, SeriesChoice
from partwork.actions.reading_drafts import DraftToRead, LinkedPart
from partwork.actions.sign_up import SignUpForm
from partwork.actions.unsubscribe import LeavingView
from partwork.actions.waiting import WaitingSeries
from partwork.model.address import Mailbox
from partwork.model.archive import PublishedPart
from partwork.model.article import Article, Block, BlockKind, Category
from partwork.model.fault import Severity
from partwork.model.issue import AudienceRule, Issue
from partwork.model.newsletter import Newsletter
from partwork.rendering.finding import Check, Finding
from partwork.rendering.report import BlockVerdict, Judged, Report
from partwork.screenshots.chromium import View

# One block of every verdict, so that each branch of the template is tried at the start.
_WORDS = Block(BlockKind.PARAGRAPH, "Words")
REPORT = Report(
    Article("sample", "A sample", ()),
    (
        *(Judged(_WORDS, number, BlockVerdict.KEPT) for number in range(1, 10)),
        Judged(_WORDS, 10, BlockVerdict.REMOVED, Category.SHARE, "share", "A reason", 0.5),
        Judged(_WORDS, 11, BlockVerdict.FLAGGED, Category.PROMOTION),
        Judged(_WORDS, 12, BlockVerdict.EDITED),
        Judged(_WORDS, 13, BlockVerdict.GONE),
        Judged(_WORDS, 0, BlockVerdict.WRITTEN),
    ),
    notices=("A notice.",),
)

LOOK = Look(
    Issue(
        instalment="sample01",
        number=1,
        title="A sample",
        subject="A sample",
        preheader="",
        sender=Mailbox("", "hello@example.org"),
        reply_to=Mailbox("", "hello@example.org"),
        html="",
        text="",
        page="",
        audience=AudienceRule("sample", "sample"),
    ),
    "",
    (
        Check("Size", "none", ()),
        Check("Links", "none", tuple(Finding("link", "A finding", one) for one in Severity)),
    ),
    (View(375),),
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
LINKED = (LinkedPart(1, "A sample", "waits", "key"), LinkedPart(2, "", "waits", "key"))
DRAFTS = [
    DraftToRead(LOOK.issue, "", words, "<p>None</p>", "waits", bool(words), parts)
    for words in (None, 300)
    for parts in ((), LINKED)
]
WAITING = (WaitingSeries("sample", AT, AT, LINKED),)
PARTS = tuple(
    PublishedPart("series", "part0001", 1, "A part", preheader, AT, AT)
    for preheader in ("", "And more")
)
SERIES = ShelfOfSeries("series", "A series", PARTS)
_NOBODY = Mailbox("", "hello@example.org")
FORM = SignUpForm(
    Newsletter(
        "sample",
        "A newsletter",
        _NOBODY,
        _NOBODY,
        "1 Street\nTown",
        "https://example.org/imprint",
        "https://example.org/privacy",
        "What it is",
    ),
    "Words to agree to",
    "token",
    PARTS,
)

LEAVING = [
    LeavingView(
        "A newsletter", "sample", contact, "r…@example.org", confirmed, "Series", skipped, True
    )
    for contact in ("", "hello@example.org")
    for confirmed in (False, True)
    for skipped in (False, True)
]
PREFERENCES = Preferences(
    "reader@example.org",
    (
        Choice("one", "One", True, AT, (SeriesChoice("series", "Series", True),), is_bundled=True),
        Choice("two", "Two", False, None, ()),
    ),
)

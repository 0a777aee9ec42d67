"""Newsletters: what people subscribe to, and how its series may look other than it does."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from enum import StrEnum

from partwork.model.address import Mailbox
from partwork.model.issue import EDITOR
from partwork.model.segment import Segment


class Weekday(StrEnum):
    """Days of the week as the settings files write them."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


@dataclass(frozen=True, slots=True)
class Cadence:
    """The days and time a series appears, in its own time zone (an IANA name)."""

    days: tuple[Weekday, ...]
    at: time
    zone: str
    starts_on: date | None = None


@dataclass(frozen=True, slots=True)
class QuotationLimits:
    """How much a series may take of an article whose rights are `quotation` (DESIGN 6).

    `share` of its words, 0 to 1, and `run` of them on end in one part.
    """

    share: float = 0.15
    run: int = 60


@dataclass(frozen=True, slots=True)
class Newsletter:
    """What people subscribe to; publishes one series after another.

    `accent` is `#rrggbb`; `logo` and `logo_dark`, for dark paper, are files of `content/media`.
    `notices` stand in every part as written, `footer` at the foot of every mail, line by line;
    `crisis_notice` where a part speaks of suicide, self-harm or overdose. `quotation` holds for
    articles that may only be quoted. `approvals` are the roles that must say yes to an issue, each
    by another person, and `approval_lasts` how long that is good for (None: for ever). A series may
    name one of `segments`. `demo` marks one that must never reach a real server. Empty
    `imprint_url` and such are refused before anything leaves by SMTP.
    """

    slug: str
    name: str
    sender: Mailbox
    reply_to: Mailbox
    postal_address: str = ""
    imprint_url: str = ""
    privacy_url: str = ""
    description: str = ""
    language: str = "en"
    accent: str = "#1d5c63"
    logo: str = ""
    logo_dark: str = ""
    footer: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    crisis_notice: str = ""
    quotation: QuotationLimits = QuotationLimits()
    approvals: tuple[str, ...] = (EDITOR,)
    approval_lasts: timedelta | None = None
    cadence: Cadence | None = None
    segments: tuple[Segment, ...] = ()
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Brand:
    """What a series shows in place of its newsletter's; what is empty is as the newsletter has it.

    Its `notices` come after the newsletter's, which the law may ask for. A logo comes with its own
    `logo_dark`, or with none.
    """

    sender_name: str = ""
    reply_to: Mailbox | None = None
    accent: str = ""
    logo: str = ""
    logo_dark: str = ""
    footer: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    def on(self, newsletter: Newsletter) -> Newsletter:
        """The newsletter as the series shows it; it is sent from the same address."""
        whose = self if self.logo else newsletter
        return replace(
            newsletter,
            sender=replace(newsletter.sender, name=self.sender_name or newsletter.sender.name),
            reply_to=self.reply_to or newsletter.reply_to,
            accent=self.accent or newsletter.accent,
            logo=whose.logo,
            logo_dark=whose.logo_dark,
            footer=self.footer or newsletter.footer,
            notices=tuple(dict.fromkeys((*newsletter.notices, *self.notices))),
        )

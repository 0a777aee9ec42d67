"""Lines of the page around a text: menus, dates and bylines, captions, contents."""

from partwork.cleaning.wording import AGO, PIECE, Pattern, Place
from partwork.model.article import Category

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = (
    rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}|\d{{4}}[-/]\d\d?[-/]\d\d?[t\d:.z+-]*"
    r"|\d\d?[/.]\d\d?[/.]\d{2,4})"
)
_TIME = r"(?:,? ?(?:at|-|\||·)? ?\d\d?[:.]\d\d ?(?:[ap]\.?m\.?)? ?(?:[a-z]{2,4})?)?"
_NAV = (
    r"(?:home|about(?: us| me)?|contact(?: us)?|blog|shop|store|cart|my account|account|log ?in"
    r"|log ?out|sign ?in|sign ?up(?: free)?|register|news|search|faqs?|help(?: cent(?:er|re))?"
    r"|support|careers|jobs|press|newsletters?|podcasts?|videos?|events|menu|more|all|categories"
    r"|archives?|sitemap|accessibility|privacy(?: policy| notice)?|cookies?(?: policy)?|imprint"
    r"|terms(?: of (?:use|service)| (?:and|&) conditions| & privacy)?|legal|disclaimer|advertise"
    r"|subscribe|close|open|back|next|previous|pricing|resources|company|products?|services"
    r"|solutions|features|team|our team|follow(?: us)?|loading|view all|see all|show more"
    r"|load more|read more|learn more|get started|explore|topics|sections|latest|trending|popular)"
)

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "ruled-line",
        Category.FURNITURE,
        Place.ANYWHERE,
        0.85,
        "is a ruled line",
        (r"[-=_~*•·|<>«»\s]+",),
    ),
    Pattern(
        "buttons",
        Category.FURNITURE,
        Place.ANYWHERE,
        0.9,
        "is a row of buttons",
        (r"\[ ?[^\[\]]{2,40} ?\](?:[ |·•]*\[ ?[^\[\]]{2,40} ?\])+",),
    ),
    Pattern(
        "logo",
        Category.FURNITURE,
        Place.ANYWHERE,
        0.95,
        "stands for a logo",
        (r"(?:(?:site|company|brand) )?logo",),
    ),
    Pattern(
        "skip-link",
        Category.FURNITURE,
        Place.ANYWHERE,
        0.99,
        "jumps over the page's menu",
        (
            r"(?:skip|jump) to (?:the )?(?:main )?(?:content|navigation|main|footer"
            r"|search|menu)",
        ),
    ),
    Pattern(
        "menu",
        Category.FURNITURE,
        Place.EDGES,
        0.99,
        "opens or closes the page's menu",
        (
            r"(?:(?:toggle|open|close|show|hide|main|primary|site|mobile) )*"
            r"(?:navigation|menu|sidebar)(?: toggle)?",
            r"search(?: for| this site)?:?(?: \.\.\.)?",
            r"you are here:?.*",
            r"open in (?:the )?app",
        ),
    ),
    Pattern(
        "menu-entries",
        Category.FURNITURE,
        Place.EDGES,
        0.99,
        "is made of words of a page's menu",
        (rf"{_NAV}(?:[ |·•,/>»-]+{_NAV})*",),
    ),
    Pattern(
        "breadcrumb",
        Category.FURNITURE,
        Place.ABOVE,
        0.95,
        "is the path to this page",
        (
            r"[^.|>»›/]{2,40}(?: ?[>»›/|] ?[^.>»›/|]{2,60}){2,6}",
            r"[a-z]{2}(?: ?[|/·] ?[a-z]{2})+",
        ),
    ),
    Pattern(
        "date",
        Category.DATELINE,
        Place.ABOVE,
        0.95,
        "is a date above the text",
        (
            r"(?:(?:published|posted|updated|created|last updated|last modified|date"
            rf"|on)[: ]*)*(?:on )?{_DAY}{_TIME}",
        ),
    ),
    Pattern(
        "stamp",
        Category.DATELINE,
        Place.ANYWHERE,
        0.95,
        "says when the text was published or changed",
        (
            r"(?:(?:first |last |originally )?(?:published|posted|updated|modified"
            rf"|edited|created|reviewed))(?: on| at)?:? ?(?:{_DAY}{_TIME}|{AGO})"
            r"(?: ?[|·,-]? ?(?:by|in|updated|\d).{0,60})?",
        ),
    ),
    Pattern(
        "reading-time",
        Category.DATELINE,
        Place.ANYWHERE,
        0.99,
        "says how long reading takes",
        (
            r"(?:(?:estimated )?read(?:ing)? time:? ?)?(?:about )?\d+ ?-?min"
            r"(?:ute)?s?\.?(?: read(?:ing time)?| to read)",
            r"(?:estimated )?read(?:ing)? time:? ?\d+ ?min[a-z]*",
        ),
    ),
    Pattern(
        "byline",
        Category.DATELINE,
        Place.ABOVE,
        0.95,
        "names the author above the text",
        (
            r"(?:(?:written|posted|published|story|words|text|medically reviewed"
            r"|reviewed|fact[- ]checked)(?: and \w+)? )?by:? [a-z][\w.'-]*"
            r"(?:,? [a-z][\w.'-]*){0,4}(?: ?[|,·-] ?.{1,80})?",
            r"author:? .{3,40}",
        ),
    ),
    Pattern(
        "author-and-role",
        Category.DATELINE,
        Place.ABOVE,
        0.9,
        "names the author and a role above the text",
        (
            r"[^|·]{3,40}[|·] ?(?:[\w-]+ ){0,2}(?:writer|reporter|editor"
            r"|correspondent|contributor|columnist|journalist|staff)\b[^.]{0,60}",
        ),
    ),
    Pattern(
        "date-and-more",
        Category.DATELINE,
        Place.ABOVE,
        0.95,
        "holds a date and a name or a section",
        (
            rf"[^.!?]{{0,60}}[ |·,-]{_DAY}{_TIME}(?: ?[|·,-][^.!?]{{0,60}})?",
            rf"{_DAY}{_TIME} ?[|·,-][^.!?]{{1,60}}",
            rf"{AGO}",
            r"[^.!?]{0,40}[|·] ?\d+ min[a-z]*(?: read)?",
            r"medically reviewed",
        ),
    ),
    Pattern(
        "back-to-top",
        Category.FURNITURE,
        Place.ANYWHERE,
        0.95,
        "leads back to the top of the page",
        (r"[↑^ ]*(?:back|return|go) to (?:the )?top[↑^ ]*",),
    ),
    Pattern(
        "credit",
        Category.CAPTION,
        Place.ANYWHERE,
        0.9,
        "credits an image",
        (
            r"\(?(?:(?:photo|image|picture|illustration|photograph|screenshot"
            r"|featured? image|header image)s?(?: and \w+)?)(?: credits?| courtesy"
            r"| source)?(?: ?: ?| by | courtesy (?:of )?| via | from )[^!?]{2,80}\)?",
            r"(?:image|photo|picture)? ?(?:credit|source)s?: ?[^!?]{2,80}",
            r"\(?(?:ap|afp|reuters|getty|shutterstock|istock|unsplash|pexels|alamy"
            r"|adobe stock|flickr)(?: ?(?:photos?|images?))?(?: ?[/"
            r"|,:-] ?[^!?]{2,60})?\)?",
            r"click (?:here |image )?to (?:enlarge|expand|zoom).{0,20}",
            r"(?:view|open) (?:gallery|image|in full|full size).{0,20}",
        ),
    ),
    Pattern(
        "contents",
        Category.CONTENTS,
        Place.ANYWHERE,
        0.9,
        "heads or serves a table of contents",
        (
            r"table of contents(?: ?[\[(]?(?:hide|show|toggle)[\])]?)?",
            r"contents(?: ?[\[(](?:hide|show|toggle)[\])])",
            rf"in this {PIECE}:?",
            r"on this page:?",
            r"jump to (?:recipe|section|a section|content|comments|video)",
            r"\[?(?:show|hide)(?: ?/ ?(?:show|hide))?\]?",
            r"skip ahead.{0,20}",
            r"quick links:?",
        ),
    ),
)

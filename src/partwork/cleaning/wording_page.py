"""Lines of the page around a text: menus, dates and bylines, contents."""

from partwork.cleaning.wording import AGO, PIECE, Pattern, Place
from partwork.model.article import Category

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DAY = (
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
    r"|solutions|features|team|our (?:team|story|services|locations)|follow(?: us)?|loading"
    r"|(?:view|see|show|load) (?:all|more|less)|read more|learn more|get started|explore|topics"
    r"|sections|latest|trending|popular|world|politics|business|opinion|sports?|entertainment"
    r"|lifestyle|travel|culture|community|partners|customers|insights|testimonials"
    r"|case studies|white ?papers|webinars|newsroom|press releases?|media kit|site map|advertising"
    r"|meet (?:our|the) team|who we are|what we do|how it works|work with (?:us|me)|start here"
    r"|join (?:us|our team)|get in touch|contact (?:sales|me)|feedback|gift cards?|donate"
    r"|e-?paper|(?:print|today's) (?:edition|paper)|my (?:profile|library)"
    r"|accessibility statement|footer|breadcrumbs?)"
)
_LANGUAGE = (
    r"(?:english|espa[nñ]ol|spanish|fran[cç]ais|french|deutsch|german|italiano|italian"
    r"|portugu[eê]se?|polski|nederlands|dutch|русский|українська|türkçe|中文|日本語|한국어|العربية)"
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
            r"(?:press \w+ to )?(?:skip|jump) to (?:the )?(?:(?:main|primary|page|site) )?"
            r"(?:content|navigation|main|footer|search|menu|sidebar|header|articles?)",
            r"skip (?:links?|navigation(?: links?)?)",
            r"accessibility (?:links|tools|help|menu)",
            r"press alt ?\+ ?\d for screen.{0,30}",
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
            r"(?:toggle )?search(?: for| (?:this|the) (?:web)?site)?:?(?: \.\.\.)?",
            r"(?:primary|main|left|right|blog) sidebar",
            r"you are here:?.*",
            r"open in (?:the )?app",
            r"(?:hi|welcome),? guest[.!]?",
            r"(?:show|see) (?:more|less)|load more (?:posts|stories|articles|news|results)",
            r"expand|collapse|undo|play|pause|settings|footer|select page",
            r"edition: [a-z ]{2,20}",
            rf"{_LANGUAGE}(?:[ |/·,]+{_LANGUAGE})*",
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
            r"[^.|>»›/]{2,40}+(?: ?[>»›/|] ?[^.>»›/|]{2,60}+){2,6}",
            r"[a-z]{2}(?: ?[|/·] ?[a-z]{2})+",
        ),
    ),
    Pattern(
        "page-numbers",
        Category.FURNITURE,
        Place.EDGES,
        0.85,
        "leads through the pages of a list",
        (
            r"page \d+(?: (?:of|/) \d+)?",
            r"(?:[«‹<]+ )?(?:prev(?:ious)? )?1 2 (?:\d+ ){0,9}(?:\.\.\. ?)?(?:\d+ )?"
            r"(?:next ?)?(?:page ?)?[»›>]*",
        ),
    ),
    Pattern(
        "translations",
        Category.FURNITURE,
        Place.ANYWHERE,
        0.85,
        "offers the page in other languages",
        (
            r"translate (?:this )?page",
            r"(?:select|choose|change|switch)(?: your)? (?:language|region)[▼:. ]*",
            r"powered by google translate",
            r"(?:leer|lire|leggi|ler) (?:en|in|em) \w+|auf deutsch lesen",
            rf"read (?:this (?:\w+ )?)?in {_LANGUAGE}",
            rf"(?:also |this \w+ is )?available in:? {_LANGUAGE}(?:[ |/·,]+(?:and )?{_LANGUAGE})*",
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
            rf"|on)[: ]*)*(?:on )?{DAY}{_TIME}",
            r"(?:last )?(?:published|posted|updated|modified)(?: on)?:?",
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
            rf"|edited|created|reviewed))(?: on| at)?:? ?(?:{DAY}{_TIME}|{AGO})"
            r"(?: ?[|·,-]? ?(?:by|in|updated|\d).{0,60})?",
            r"this (?:article|post) is (?:more than|over) \d+ (?:year|month|day)s? old\.?",
            rf"posted by [^.!?]{{2,40}} (?:at \d\d?:\d\d(?: ?[ap]m)?|{AGO})",
            rf"submitted {AGO}(?: by .{{2,30}})?",
            rf"posted on {_MONTH} \d\d?(?: ?[•·|] ?.{{5,80}})?",
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
            r"(?:est(?:\.|imated)? )?(?:read(?:ing)? time|time to read):? ?\d+ ?min[a-z]*",
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
            r"(?:,? [a-z][\w.'-]*){0,4}(?: ?[|,·-] ?.{1,80}[^.])?",
            r"author:? .{3,40}",
            r"evidence[- ]based|(?:editorially|clinically) reviewed",
        ),
    ),
    Pattern(
        "reviewer",
        Category.DATELINE,
        Place.ANYWHERE,
        0.85,
        "names who checked the text",
        (
            r"(?:medically|clinically|editorially|legally|expert) reviewed by:? .{3,80}[^.]",
            r"fact[- ]checked by:? .{3,60}[^.]",
        ),
    ),
    Pattern(
        "author-and-role",
        Category.DATELINE,
        Place.ABOVE,
        0.9,
        "names the author and a role above the text",
        (
            r"[^|·]{3,40}+[|·] ?(?:[\w-]+ ){0,2}(?:writer|reporter|editor"
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
            rf"(?=\D*+\d)[^.!?]{{0,60}}[ |·,-]{DAY}{_TIME}(?: ?[|·,-][^.!?]{{0,60}})?",
            rf"{DAY}{_TIME} ?[|·,-][^.!?]{{1,60}}",
            rf"{AGO}",
            r"(?=[^|·]*+[|·])[^.!?]{0,40}[|·] ?\d+ min[a-z]*(?: read)?",
            r"medically reviewed",
            r"published in [^.!?]{3,40}",
        ),
    ),
    Pattern(
        "back-to-top",
        Category.FURNITURE,
        Place.ANYWHERE,
        0.95,
        "leads back to the top of the page",
        (r"[↑^ ]*(?:back|return|go|scroll) to (?:the )?top[↑^ ]*|top of page",),
    ),
    Pattern(
        "contents",
        Category.CONTENTS,
        Place.ANYWHERE,
        0.95,
        "heads or serves a table of contents",
        (
            r"(?:(?:show|hide|toggle|open) )?(?:the )?table of contents?"
            r"(?: ?[\[(]?(?:hide|show|toggle)[\])]?)?",
            r"contents ?[\[(]?(?:hide|show|toggle)[\])]?",
            r"(?:article|page|post|quick) contents",
            rf"(?:what's )?in(?:side)? this {PIECE}:?",
            r"on this page:?",
            r"(?:jump|skip) to (?:the )?(?:recipe|section|a section|comments|video)"
            r"(?:[ ·|-]+(?:print|pin|save|rate) recipe)*",
            r"\[?(?:show|hide)(?: ?/ ?(?:show|hide))?\]?",
            r"skip ahead:?",
            r"quick links:?",
        ),
    ),
)

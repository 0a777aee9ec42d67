"""Lines that speak to readers of other readers and other texts: comments, shares, links, tags."""

from partwork.cleaning.wording import AGO, PIECE, Pattern, Place
from partwork.model.article import Category

_NETWORK = (
    r"(?:facebook|twitter|x|linkedin|whatsapp|e-?mail|pinterest|reddit|telegram|bluesky|mastodon"
    r"|threads|instagram|youtube|tiktok|flipboard|tumblr|pocket|messenger|print|copy link|link|rss)"
)

_ACTION = (
    r"(?:share|tweet|post|pin(?: it)?|e-?mail|print|save(?: for later)?|send to (?:a )?friend"
    r"|bookmark|comment|like|follow|listen|copy link|text size)"
)
_SIGN = r"[♡♥❤👍👏★⭐☆💬🗨🔖🔁↗⤴➦🖨✉📌🔗]\ufe0f?"

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "share-row",
        Category.SHARE,
        Place.EDGES,
        0.95,
        "is a row of buttons",
        (rf"(?:{_ACTION}|{_NETWORK})(?:[ |·•,/]+(?:{_ACTION}|{_NETWORK}|\d{{1,6}}[km]?))+",),
    ),
    Pattern(
        "signs",
        Category.SHARE,
        Place.ANYWHERE,
        0.95,
        "is a row of buttons",
        (rf"(?:{_SIGN} ?(?:\d[\d.,]*[km]?)? ?(?:{_ACTION})?[ |·•]*){{2,}}",),
    ),
    Pattern(
        "comment-count",
        Category.COMMENTS,
        Place.ANYWHERE,
        0.95,
        "counts comments",
        (
            r"(?:no|\d[\d,.]*) (?:comments?|responses?|replies)(?: (?:yet|on|to"
            r"|so far)\b.{0,150})?",
            r"there are (?:no|\d+) comments.{0,40}",
            r"comments? \(\d+\)",
            r"view (?:all )?(?:\d+ )?comments",
        ),
    ),
    Pattern(
        "comment-form",
        Category.COMMENTS,
        Place.ANYWHERE,
        0.99,
        "belongs to the form for comments",
        (
            r"be the first to (?:comment|respond|reply|review|like|share)\b.{0,80}",
            r"your e-?mail address will not be (?:published|shared).{0,80}",
            r"required fields are marked.{0,20}",
            r"save my name,? .{0,20}e-?mail.{0,120}",
            r"comments are (?:now )?closed.{0,40}",
            r"(?:you must be )?log(?:ged)?[ -]?in to (?:post|leave|join|comment"
            r"|reply|write|view).{0,60}",
            r"(?:leave|post|add|write) (?:a|your) (?:reply|comment|response)"
            r"(?: cancel reply)?",
            r"cancel reply",
            r"this comment (?:was|has been) (?:removed|deleted).{0,40}",
            r"(?:show|load) more comments",
        ),
    ),
    Pattern(
        "comment-frame",
        Category.COMMENTS,
        Place.BELOW,
        0.95,
        "frames a reader's comment",
        (
            r"[\w.@ -]{2,30} says:?",
            r"(?:reply|report|like|flag|share|permalink|upvote)(?: ?[|·•-]? ?"
            rf"(?:reply|report|like|flag|share|permalink|\d+|{AGO}))*",
            r"sort by:? .{2,40}",
            r"name \*?",
            r"e-?mail \*?",
            r"website",
            r"notify me of .{5,60}by email\.?",
            r"\d+ (?:up|down)?votes?",
        ),
    ),
    Pattern(
        "share",
        Category.SHARE,
        Place.ANYWHERE,
        0.99,
        "shares the page elsewhere",
        (
            rf"share(?: (?:this|on|via|to|by|the|our|with friends|{PIECE}"
            rf"|{_NETWORK}))*:?",
            r"tweet(?: this)?",
            r"pin it",
            r"copy link",
            r"link copied!?",
            rf"e-?mail this(?: {PIECE})?.{{0,20}}",
            r"click to (?:share|email|print).{0,60}",
            r"[\d.,]+[km]? shares?",
            r"share this:?",
            r"save for later",
            rf"(?:share|follow|like|find|connect with)(?: us| me)? on {_NETWORK}"
            rf"(?:[ ,/&]+(?:and )?{_NETWORK})*[.!]?",
        ),
    ),
    Pattern(
        "networks",
        Category.SHARE,
        Place.EDGES,
        0.99,
        "is made of names of social networks",
        (rf"{_NETWORK}(?:[ |·•,/&-]+{_NETWORK})*",),
    ),
    Pattern(
        "read-also",
        Category.RELATED,
        Place.ANYWHERE,
        0.55,  # annotators keep nearly half of such lines; a series cannot follow them
        "leads to another article",
        (
            r"(?:know more )?read(?: this| also| more| next| on| here| too)*(?: ?[:"
            r"|>] ?| - ).{5,150}[^.]",
            r"(?:also|must|don't miss|up next|see also|watch(?: also)?|more)(?: "
            r"(?:read|see|watch))? ?[:|>] ?.{5,150}[^.]",
            r"related(?: (?:article|post|story|stories|reading|content"
            r"|video)s?)? ?[:|>] ?.{5,150}[^.]",
            r"recommended(?: reading)? ?: ?.{5,150}[^.]",
        ),
    ),
    Pattern(
        "next-previous",
        Category.RELATED,
        Place.ANYWHERE,
        0.95,
        "leads to the next or previous article",
        (
            rf"(?:[←→<>«»]+ ?)?(?:next|previous|prev|older|newer)(?: {PIECE}s?| up)?"
            r"(?: ?[:←→<>«»]+.{0,150})?",
        ),
    ),
    Pattern(
        "tags",
        Category.TAGS,
        Place.ANYWHERE,
        0.95,
        "files the text under tags or sections",
        (
            r"(?:tag(?:s|ged)?(?: (?:with|as|in))?|filed (?:under|in)|posted (?:in"
            r"|under)|categor(?:y|ies)|topics?|more (?:on|about)|keywords)(?: ?: ?"
            r"|(?<=d (?:in|as)) |(?<=under) |(?<=with) )[^.!?]{2,150}",
            r"#[\w-]+(?:[ ,]+#[\w-]+)+",
        ),
    ),
    Pattern(
        "counter",
        Category.TAGS,
        Place.ANYWHERE,
        0.9,
        "counts or asks for reactions",
        (
            r"[\d.,]+ ?[km]? (?:views?|likes?|claps?|reads?|followers?|votes?"
            r"|ratings?|reactions?|bookmarks?|downloads?)",
            r"(?:was|did you find) this (?:\w+ )?(?:helpful|useful).{0,30}",
            r"rate this .{2,30}",
            r"\d(?:\.\d)? ?\([\d,]+ (?:ratings?|reviews?|votes?)\)",
            r"(?:average rating|no votes so far).{0,60}",
        ),
    ),
    Pattern(
        "tag-words",
        Category.TAGS,
        Place.EDGES,
        0.95,
        "stands for tags or reactions at the edge of the text",
        (
            r"tags:?",
            r"#[\w-]+",
            r"like",
            r"save",
            r"bookmark",
            r"\+?\d+",
            r"comment",
            r"upvote",
            r"report",
            r"listen",
            r"translate",
        ),
    ),
)

"""Lines that pass readers on: shares, links to other texts, tags, reactions."""

from partwork.cleaning.wording import PIECE, Pattern, Place
from partwork.model.article import Category

_NETWORK = (
    r"(?:facebook|twitter|x(?: \(formerly twitter\))?|linkedin|whatsapp|e-?mail|pinterest|reddit"
    r"|telegram|bluesky|mastodon"
    r"|threads|instagram|youtube|tiktok|flipboard|tumblr|pocket|messenger|print|copy link|link|rss)"
)
_COUNT = r"\d[\d.,]*[km]?"
_REACTION = (
    r"(?:views?|likes?|claps?|reads?|followers?|following|subscribers|votes?|ratings?"
    r"|reactions?|bookmarks?|downloads?|restacks?|notes|upvotes?)"
)

_ACTION = (
    r"(?:share|tweet|post|pin(?: it)?|save(?: for later)?|send to (?:a )?friend|bookmark|comment"
    r"|like|follow|listen|text size|reply|report|reblog|restack)"
)
_SIGN = r"[♡♥❤👍👏💬🗨🔖🔁↗⤴➦🖨✉📌🔗]\ufe0f?"  # no stars: they rate what a text is about

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
        0.9,
        "is a row of buttons",
        (rf"(?:{_SIGN}(?: ?{_COUNT})?(?: ?(?:{_ACTION}|{_NETWORK}))?[ |·•]*){{2,}}",),
    ),
    Pattern(
        "share",
        Category.SHARE,
        Place.ANYWHERE,
        0.99,
        "shares the page elsewhere",
        (
            rf"share(?: (?:this|on|via|to|by|the|our|with friends|{PIECE}|{_NETWORK}))*:?",
            r"tweet(?: this)?",
            r"pin (?:it|this)|(?:pin|save)(?: it| this)?(?: recipe)? for later!?",
            r"(?:copy (?:link|url))|(?:link |url )?copied(?: to clipboard)?!?",
            rf"e-?mail this(?: {PIECE})?.{{0,20}}",
            r"(?:gift|give|print|save|tweet|e-?mail|bookmark|report|clip|pin|restack|reblog)"
            rf"(?: this| full)? {PIECE}[.!]?",
            r"share (?:full|post via).{0,20}",
            r"print or save.{0,20}|printer[- ]friendly.{0,10}|(?:download|save) (?:as )?(?:a )?pdf",
            r"e-?mail a friend|refer a friend|send (?:any friend|this to a friend).{0,20}",
            r"(?:order|buy|request) reprints.{0,20}|reuse this content",
            r"add to (?:reading list|favou?rites|bookmarks)",
            r"(?:resize|increase|decrease|larger|smaller) text(?: size)?|text size(?: a)*",
            r"as a subscriber, you have \d+ gift.{0,100}",
            r"like (?:this:|loading\.*)|blogthis!?",
            r"e-?mail ?this ?blogthis!.{0,80}",
            r"click to (?:share|email|print).{0,60}",
            r"[\d.,]+[km]? shares?",
            r"share this:?",
            r"follow (?:us|me) on social media.?|follow (?:this|my|our) blog",
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
        "read-on",
        Category.RELATED,
        Place.ANYWHERE,
        0.95,  # of hand-labelled pages all nine; drafted labels keep half, a series none
        "leads to another article",
        (
            r"(?:also |(?:know|learn) more )?(?:read|watch|see|listen)"
            r"(?: (?:more|next|also|live|this))+ ?: ?"
            r".{5,150}[^.]",
            r"(?:must|also|don't miss|up next)(?: (?:read|see|watch))? ?: ?.{5,150}[^.]",
            r"(?:related|recommended)(?: (?:article|post|story|stories|reading|content"
            r"|coverage|roundup|video)s?)? ?: ?.{5,150}[^.]",
        ),
    ),
    Pattern(
        "read-also",
        Category.RELATED,
        Place.ANYWHERE,
        0.55,  # annotators keep nearly half of such lines; a series cannot follow them
        "leads to another article",
        (
            r"(?:\w+ more )?read(?: this| also| more| next| on| here| too)*(?: ?[:"
            r"|>] ?| - ).{5,150}[^.]",
            r"(?:also|must|don't miss|up next|see also|watch(?: also)?|more)(?: "
            r"(?:read|see|watch))? ?[:|>] ?.{5,150}[^.]",
            r"related(?: (?:article|post|story|stories|reading|content"
            r"|video)s?)? ?[|>] ?.{5,150}[^.]",
        ),
    ),
    Pattern(
        "author-links",
        Category.BIO,
        Place.ANYWHERE,
        0.9,
        "leads to an author's other articles or profile",
        (
            r"(?:view|see|read) (?:all |more |other )*(?:posts|articles|stories) (?:by"
            r"|from) .{2,40}",
            r"view (?:my |author's |full )*(?:complete )?(?:profile|bio)",
            r"view more posts",
            r"more (?:posts|articles|stories) (?:by|from) (?:this|the) (?:author|writer)",
        ),
    ),
    Pattern(
        "leads-on",
        Category.RELATED,
        Place.ANYWHERE,
        0.95,
        "leads to other articles",
        (
            rf"(?:click here to )?read (?:the )?(?:(?:full|whole|entire|original) )?{PIECE}"
            r"[ .→»>]*",
            r"(?:click here to )?read more[ .→»>]*",
            r"continue reading (?:[→»>]|\").{0,150}",
            rf"(?:see|view|browse|read|explore|show) (?:all|more) (?:news|recommendations"
            rf"|{PIECE}s|stories)(?: (?:from|by|in) .{{2,40}})?[ →»>]*",
            r"see all from .{2,40}|more stories from [^.!?]{2,60} and writers in .{3,60}",
            rf"[←<«‹ ]*(?:back|return) to (?:the |all )?(?:blog|news|home(?:page)?|overview|list"
            rf"|results|{PIECE}s?|stories)",
            r"more (?:posts|articles|stories) (?:by|from) [^.!?]{2,80}",
            r"more (?:from|in|on) (?:this|the) (?:\w+ )?(?:section|author|web|blog|series|story)",
            r"(?:what to )?read (?:this )?next|(?:next|more|other) reads",
            r"others also (?:viewed|read|liked)|you may like|recommended from .{3,30}",
            r"(?:related internet links|post navigation|explore topics)",
            r"discover more(?: from .{2,60})?",
            rf"(?:if you )?(?:liked?|enjoyed?) this(?: {PIECE})?[,?] (?:you might also|read|try"
            r"|check out).{0,80}",
            r"(?:follow the topics in this|insights from the community).{0,20}",
            r"continue (?:reading |to )(?:the )?next part",
            r"the \w+ is not responsible for the content of external (?:web)?sites\.?",
        ),
    ),
    Pattern(
        "arrows",
        Category.RELATED,
        Place.ANYWHERE,
        0.95,
        "is a link by its arrow",
        (
            r"← ?[^.]{3,100}|[«‹] ?[^.»›]{3,100}",  # what stands «thus» is a quotation
            r"(?=.*+(?<=[→»›]))[^.!?→»›«‹]{3,100}[→»›]",
        ),
    ),
    Pattern(
        "neighbours",
        Category.RELATED,
        Place.EDGES,
        0.95,
        "names other articles at the edge of the text",
        (
            rf"(?:next|previous) {PIECE} [^.!?:]{{3,120}}",
            r"(?:[«‹<←] ?)?prev(?:ious)?(?: \w+)?[ |/·]+next(?: \w+)?(?: ?[»›>→])?",
            r"(?:all|latest|recent|newer|older) (?:posts|articles|stories|news)",
            r"more (?:by|from) [^.!?]{3,60}",
            r"(?:from|around) the web|ready for more\?|in case you missed it:?|icymi:?",
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
            r"this entry was posted (?:in|on|by).{0,200}",
            r"bookmark the permalink\.?",
            r"in this (?:story|article): .{3,150}[^.]",
        ),
    ),
    Pattern(
        "counter",
        Category.TAGS,
        Place.ANYWHERE,
        0.95,
        "counts or asks for reactions",
        (
            rf"(?:over )?{_COUNT} {_REACTION}(?: ?[∙·•|,/] ?{_COUNT} (?:{_REACTION}|comments?"
            rf"|replies|shares?))*",
            rf"{_COUNT} followers [·∙•|] .{{3,60}}",
            rf"(?:post )?views: ?{_COUNT}",
            r"(?:was|did you find) this (?:\w+ )?(?:helpful|useful)(?: to you)?(?:\?.{0,30})?",
            rf"rate (?:this|recipe|this {PIECE}):?|recipe rating",
            r"\d(?:\.\d+)?(?: ?/ ?5)? ?(?:from|\() ?[\d,]+ (?:ratings?|reviews?|votes?) ?\)?",
            r"(?:average rating|no votes so far).{0,60}",
            r"click on a star to rate.{0,10}",
            r"how useful was this \w+\?|let us improve this \w+!?"
            r"|tell us how we can improve.{0,20}",
            r"we are sorry that this (?:post|article) was not useful.{0,20}",
            r"(?:reader|top) insights?|how does it work\? add.{0,20}",
            r"what did you think of (?:today's|this) (?:edition|issue|newsletter|e-?mail)\?",
            r"log ?in or subscribe to participate in polls\.?",
            r"\+ follow|upvoted",
        ),
    ),
    Pattern(
        "recipe-box",
        Category.TAGS,
        Place.ANYWHERE,
        0.85,
        "asks those who cooked a recipe to tell",
        (
            r"(?:have you )?(?:tried|made|cooked|did you (?:make|try|cook)) this(?: recipe)?\?"
            r".{0,120}",
            r"(?:tag|mention) @[\w.]+.{0,80}",
            r"(?:please )?leave (?:me |us )?a (?:star |comment and |comment & )*(?:rating|review)"
            r"\b.{0,60}",
            r"(?:cook mode )?prevent your screen from going dark",
            r"us customary ?[-/|] ?metric|(?:scale )?1x ?2x ?3x",
            r"nutrition information is (?:auto|calculated|an estimate).{0,120}",
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
            r"bookmark",
            r"\+?\d+",
            r"comment",
            r"upvote",
            r"report",
            r"listen",
            r"translate",
            r"saved?|yes ?[/|]? ?no|reblog|restack|blogthis!",
            r"(?:tagged|labels:) [\w-]+(?: [\w-]+)?(?:, [\w-]+(?: [\w-]+)?)+",
            r"[\w-]{3,30} (?:liked|reblogged) this(?: from [\w-]+)?(?: and added:)?",
            r"(?:show|see) more notes|(?:#[\w-]+(?: [\w-]+){0,3} ?){3,}",
        ),
    ),
)

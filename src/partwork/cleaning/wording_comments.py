"""Lines around what readers say: comments, the form for them, their frames."""

from partwork.cleaning.wording import AGO, Pattern, Place
from partwork.model.article import Category

_SAID = r"(?:comments?|responses?|replies)"

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "comment-count",
        Category.COMMENTS,
        Place.ANYWHERE,
        0.95,
        "counts comments",
        (
            rf"(?:no|\d[\d,.]*) (?:more )?{_SAID}:?(?: (?:yet|so far)[.!]?| (?:on"
            rf"|to) .{{2,150}}[^.])?",
            r"(?:\d+|one) thoughts? on \".{3,150}",
            r"there are (?:no|\d+) comments(?: yet| so far| (?:for|on) this \w+)?[.!]?",
            rf"(?:top |all )?{_SAID} ?[(\[]\d+[)\]]",
            r"comments off(?: on .{2,150})?",
            rf"(?:view|show|see|load|hide|read)(?: all| more| \d+)* {_SAID}",
        ),
    ),
    Pattern(
        "comment-form",
        Category.COMMENTS,
        Place.ANYWHERE,
        0.99,
        "belongs to the form for comments",
        (
            r"discussion about this post",
            r"be the first to (?:comment|respond|reply|review|rate|like this|share your \w+)\b"
            r"(?: (?:on|to|and|this|here|below|about)\b.{0,60})?[.!]?",
            r"your e-?mail address will not be (?:published|shared).{0,80}",
            r"required fields are marked.{0,20}",
            r"save my name,? .{0,20}e-?mail.{0,120}",
            r"(?:comments are|commenting (?:on this \w+ )?(?:is|has)) (?:now )?(?:closed"
            r"|ended).{0,40}",
            r"(?:please |you must be )?(?:log|sign)(?:ged|ed)?[ -]?in to (?:post|leave|join|comment"
            r"|reply|write|view).{0,60}",
            r"please log in using one of these.{0,60}|log in with:?",
            r"(?:enter|leave|post|add|write|type) (?:a|your) (?:public )?(?:reply|comment|response)"
            r"(?: (?:cancel reply|here|below))?[. ]*",
            r"cancel reply",
            r"you are commenting using.{0,60}",
            r"this comment (?:was|has been) (?:removed|deleted).{0,40}",
            r"comment (?:was )?(?:removed|deleted) by .{3,20}",
            r"this (?:site|blog) uses akismet.{0,100}",
            r"(?:please enable javascript to view the )?comments (?:are )?powered by.{0,30}",
            r"facebook comments(?: (?:box|plugin))?",
            r"(?:have something to say\? )?(?:join|start) the (?:discussion|conversation)[.! ]*",
            r"to view or add a comment.{0,20}",
            r"or sign up with (?:disqus|facebook|google|apple|e-?mail)\b.{0,30}",
            r"the comments below have (?:not )?been moderated.{0,40}",
            r"some comments may only be visible.{0,80}",
            r"are you sure you want to .{3,20}this comment\?.{0,150}",
            r"hide child comments.{0,20}",
            r"templates let you quickly answer faqs.{0,40}",
            r"for further actions, you may consider blocking.{0,60}",
            r"code of conduct[ •·|]+report abuse",
            r"archived post\..{0,80}",
            r"open comment sort options",
            r"continue this thread[ →]*",
            r"what's your reaction\?",
            r"subscribe to(?::? post)? comments(?: \(atom\))?",
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
            r"(?:reply|report|like|flag|share|permalink|upvote)(?:[ |·•-]+"
            rf"(?:reply|report|like|flag|share|permalink|\d+|{AGO}))*",
            r"sort(?: by:?)? (?:best|top|new(?:est)?|oldest|latest|most|popular|relevance"
            r"|date)\b.{0,40}",
            r"(?:(?:first|last|full) )?(?:name|e-?mail|website|comment|phone(?: number)?)"
            r" ?(?:\*|\(required\))?",
            r"(?:pingback|trackback): .{3,150}",
            r"more replies|level \d+|\[?(?:deleted|removed)\]?|be respectful",
            r"(?:we welcome your|please keep your|please keep) comments\b.{0,80}",
            r"notify me of .{5,60}by email\.?",
            r"\d+ (?:up|down)?votes?",
        ),
    ),
)

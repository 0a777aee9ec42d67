"""Lines that sell or bar the way: advertisements, shops, appointments, paywalls."""

from partwork.cleaning.wording import PIECE, Pattern, Place
from partwork.model.article import Category

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "advert",
        Category.ADVERT,
        Place.ANYWHERE,
        0.99,
        "labels or frames an advertisement",
        (
            r"(?:loading )?advertise?ments?(?: ?[.|:-]? ?(?:continue|scroll|article"
            r"|story).{0,40})?",
            r"(?:ads?|adverts?)(?: ?[·:-])?",
            r"(?:sponsored|promoted|paid)(?: (?:content|posts?|links?|stories"
            r"|partnership)(?: by .{2,30})?)",
            r"(?:sponsored|promoted)(?: by .{0,40})?",
            r"(?:story|article|content) continues (?:below|after)\b.{0,30}",
            r"(?:(?:remove|hide|skip|close|report)(?: this)? (?:ad|advert|advertisement)s? ?)+",
            r"this advertisement has not loaded.{0,60}|why am i seeing this(?: ad)?\?",
            r"advertis(?:er|ing|ement) content(?: from .{2,30})?",
            r"recommended by (?:outbrain|taboola)|ads by \w+|ad ?choices",
            r"(?:continue|scroll) (?:reading )?below.{0,20}",
        ),
    ),
    Pattern(
        "offer",
        Category.ADVERT,
        Place.EDGES,
        0.95,
        "makes an offer",
        (
            r"(?:get|take|save|enjoy) (?:up to )?(?:\d+ ?%|[$£€]\d+) off\b.{0,100}",
            r"limited[- ]time offer.{0,80}",
            r"(?:in partnership with|presented by) [^.!?]{2,30}",
            r"(?:in|out of) stock|sold out|(?:buy|shop|order|book|apply) now[.!]?",
            r"(?:patient portal|pay (?:my|your) bill|new patients"
            r"|(?:office )?hours(?: of operation)?|get directions|locations?)",
            r"contact us(?: (?:today|now))?(?: to .{3,60})?[.!]?",
        ),
    ),
    Pattern(
        "appointment",
        Category.ADVERT,
        Place.ANYWHERE,
        0.95,
        "is a button to make an appointment or to ask for an offer",
        (
            r"(?:book|schedule|request|make|get)(?: an?| your| my)?(?: (?:free|virtual|online"
            r"|complimentary|no-obligation))* (?:appointment|consultation|consult|quote|estimate"
            r"|demo|evaluation)(?: (?:now|today|online|here|with us))?[!. →]*",
            r"(?:book|schedule|request) (?:a|your) (?:free )?(?:discovery )?call(?: (?:now"
            r"|today))?[!. →]*",
            r"(?:call|contact) us (?:today|now)[!.]?",
            r"call us(?: (?:now|today|at|on|toll[- ]free))*:? ?[+(]?\d[\d ().-]{5,18}",
            r"find (?:a|an|your|our) (?:[\w-]+ )?(?:locations?|doctor|provider|clinic|store"
            r"|retailer|office|stockist)(?: near (?:you|me))?",
        ),
    ),
    Pattern(
        "shop",
        Category.ADVERT,
        Place.ANYWHERE,
        0.95,
        "belongs to a shop",
        (
            r"add to (?:cart|bag|basket|wish ?list)(?: ?- ?[$£€]? ?[\d.,]+)?(?: sold out)?[!]?",
            r"(?:view|your|shopping|update) (?:cart|basket|bag)(?: ?\(\d*\))?(?: checkout)?",
            r"your (?:shopping )?(?:cart|basket|bag) is (?:currently )?empty.{0,30}",
            r"(?:proceed to |go to )?checkout|continue shopping",
            r"(?:check|view|see|get|find|shop)(?: the| this| latest| best| current| today's)*"
            r" (?:deals?|offers?|prices?)(?: (?:at|on) [\w.' ]{3,20})?",
            r"(?:check|view at) amazon|[$£€]\d[\d.,]*(?: now)? (?:at|from) .{2,30}",
            r"buy it now|shop (?:all|the collection|the look|the sale)",
            r"free (?:uk |us |standard )?(?:shipping|delivery) (?:on|over|for) .{3,40}",
            r"regular price:? ?[$£€]?[\d.,]*|unit price ?/? ?per",
            r"quick (?:view|shop|add)|(?:select|choose) options|view products?",
            r"couldn't load pickup.{0,30}|adding product to your cart.{0,5}",
            r"choosing a selection results in .{3,40}|opens in a new window\.?",
        ),
    ),
    Pattern(
        "wall",
        Category.WALL,
        Place.ANYWHERE,
        0.95,
        "stands where a paywall or a log-in bars the way",
        (
            r"(?:subscribe|register|sign up|log ?in|become a member|join)(?: now| today| for free)*"
            r" (?:to|for) (?:(?:continue|keep|start) reading|(?:read|unlock|view|access)\b"
            r"|full access|unlimited access).{0,60}",
            r"subscribe (?:now )?to [^.!?]{2,60} to (?:continue|keep) reading.{0,120}",
            r"to (?:continue|keep) reading,? (?:please )?(?:subscribe|register|sign|log"
            r"|create)\b.{0,60}",
            r"to read the (?:full|rest of the|whole) \w+,? (?:please )?(?:subscribe|register|sign"
            r"|log|create)\b.{0,60}",
            r"keep reading with a .{0,10}free trial.{0,20}",
            r"you(?:'ve| have) .{0,20}free (?:articles?|stories).{0,60}",
            r"you(?:'ve| have) \d+ (?:articles?|stories|posts?) (?:left|remaining).{0,40}",
            r"you(?:'ve| have) (?:reached|hit|used) (?:your|all) .{0,20}(?:article limit"
            r"|limit of (?:free )?(?:articles|stories)).{0,40}",
            r"you are reading a free (?:article|story|preview|post|excerpt).{0,30}",
            r"already (?:a|an|have|registered|subscribed)\b.{0,30}\? ?(?:log|sign) ?in.{0,20}",
            r"not (?:a|yet a|yet) (?:subscrib|member|regist).{0,20}\? .{3,30}",
            r"new to [^.!?]{2,30}\? (?:join|sign up|register|create an account).{0,20}",
            r"(?:log|sign) ?in(?: or \w+)?(?: .{0,20})? to (?:read|continue|view|access).{0,60}",
            r"(?:subscriber|member)s?[- ](?:only|exclusive)(?: (?:story|post|article|content))?",
            r"this is a (?:subscriber|member)s?-only .{3,20}|premium (?:content|article|story)",
            rf"this (?:content|{PIECE}) is (?:for|only|available to) .{{0,40}}(?:members"
            rf"|subscribers)"
            r".{0,40}",
            r"upgrade to (?:paid|premium|read|a paid).{0,40}",
            r"unlock (?:unlimited access|full access|this (?:post|article|story)"
            r"|\d+ (?:exclusive )?posts?).{0,40}",
            r"(?:start|try|get) (?:your |a |my )?(?:\d+[- ]day )?free trial\b.{0,40}",
            r"try (?:one|two|three|\d+) (?:month|week)s? for (?:[$£€]|free).{0,20}"
            r"|cancel any ?time\.?",
            r"subscribe for [$£€]\d.{0,30}|(?:see|view) (?:all )?subscription options",
            r"become a (?:paid |free |paying )?(?:member|patron|subscriber)(?: (?:to|today"
            r"|now)\b.{0,40})?",
            r"join (?:now to unlock.{0,30}|for free[.!]?|now[.!]?)",
            r"(?:create|open) (?:a|an|your) (?:free )?account(?: or (?:sign|log) ?in.{0,40}"
            r"| to (?:read|continue|comment|keep)\b.{0,40})?",
            r"(?:please )?enable javascript(?: (?:to|in|and|on) .{3,80})?[.!]?|this (?:web)?site"
            r" requires javascript.{0,100}",
            r"your browser (?:(?:is not|does not|doesn't) (?:\w+ )?support|is out).{0,120}",
            r"continue reading(?: in the app| this .{0,20}| with .{0,40})?\.*",
            r"(?=.*verify ).{0,20}verify (?:that )?you are (?:a )?human.{0,40}",
            r"(?:download|get|use) our (?:free )?(?:mobile )?app\b.{0,40}|(?:download"
            r"|get) the (?:free )?(?:mobile )?app[.!]?",
            r"download on the app store|get it on google play|available on (?:the )?(?:ios|android"
            r"|app store|google play)(?: (?:and|&) (?:ios|android|google play))?",
            r"scan the qr code to (?:download|get) .{0,30}|(?:open|read) in (?:the )?(?:\w+ )?app",
        ),
    ),
)

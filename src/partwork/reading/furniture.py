"""Lines that belong to a page and never to a text: they are neither its title nor its deck."""

import re


def is_furniture(text: str) -> bool:
    """Whether a line is plainly a button, a counter, a credit or a label of the page around it."""
    if len(text) > _CHARACTERS:
        return False
    is_trail = len(_STEP.findall(text)) >= _TRAIL_STEPS
    return is_trail or _FURNITURE.fullmatch(text) is not None or _ENDING.search(text) is not None


_CHARACTERS = 200
# A trail of links, such as "Home › Kitchen › Kettles".
_STEP = re.compile(r"[^»›>|/][»›>|/](?=[^»›>|/])")
_TRAIL_STEPS = 2
_ENDING = re.compile(
    r"(?:['’]s avatar|\bterms of (?:use|service)|\.(?:jpe?g|png|gif|webp|pdf)(?: \([^()]*\))?)\W*$",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"""\W*(?:
    # Frame: what every page of a site has.
      logo | site\ logo | home\ ?(?:page)? | (?:(?:main|open|close)\ )*menu | close
    | search(?:\ for)? | log\ ?in | sign\ (?:in|up) | subscribe | toggle\ navigation
    | you\ are\ here.* | open\ in\ app | add\ us\ (?:on|as)\b.* | discover\ more\ from\ .*
    | view\ (?:this|it)\ .*\b(?:browser|online) | (?:skip|jump|scroll)\ to\ .* | top\ of\ page
    | (?:back|return|go)\ to\ (?:the\ )?(?:top|home|main|all|list|index|results|search|blog|news
        |stories|articles|posts?|overview)\b.*
    | continue\ reading.* | read\ (?:more|next|also)\b[:\s]*(?:about\ .*)?
    | (?:older|newer|next|previous|prev)\ (?:article|post)\b.*
    | (?:click|tap|press)\ (?:here|to|on|enter)\b.* | download\ (?:as\ |the\ )?(?:pdf|app)\b.*
    | (?:on|in)\ this\ (?:page|article|guide|post) | (?:table\ of\ )?contents | related | trending
    | popular | categories | tags? | comments? | advertisement | sponsored | image | by
    | (?:©|copyright\ ©|all\ rights\ reserved).*
    # Share.
    | (?:share|tweet|save|print|pin|e-?mail|copy|follow|listen)
        (?:\ (?:this|on|via|link|all|full|article|page|story)\b.*|\ to\ this\b.*)?
    | copy\ this\ link | report\ (?:this|abuse)\b.*
    # Counters and times.
    | \d[\d.,]*[km]?\+?\ *(?:likes?|shares?|comments?|views?|votes?|subscribers?|followers?|claps?
        |stars?|forks?)?
    | (?:est(?:imated|\.)?\ )?read(?:ing)?\ time\b.*
    | \d+[ -]?min(?:ute)?s?(?:\ (?:read|listen|watch)\b.*)?
    | \d+\ (?:minute|hour|day|week|month|year)s?\ ago(?:\ *[|·•(].*)?
    # Who did what.
    | by:?\ @?[\w.-]+ | @\w+ | (?:author|words|text|more\ info):\ .*
    | (?:(?:last|first)\ )?(?:posted|published|updated|reviewed|edited|modified)
        (?:\ (?:on|by|at)\b|:?\ (?:[a-z]{3,9}\.?,?\ )?\d|:$).*
    | (?:(?:medically|fact|expert)[ -])?
        (?:reviewed|checked|tested|researched|photographed|illustrated)\ by\b.*
    | (?:fact|medically)[ -](?:checked|reviewed) | contributions?\ (?:by|from)\b.*
    # Pictures.
    | (?:cover|featured|hero|header)\ image\b.* | image(?:\ (?:source|caption|credit|by)\b|:).*
    | photo(?:graph)?(?:s?\ (?:by|credit|illustration)\b|:).*
    | (?:picture|illustration)(?:\ by\b|:).*
    )\W*""",
    re.IGNORECASE | re.VERBOSE,
)

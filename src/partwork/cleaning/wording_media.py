"""Lines that stand around what a page plays and shows: players, embeds, pictures."""

from partwork.cleaning.wording import PIECE, Pattern, Place
from partwork.model.article import Category

_STAGE = (
    r"(?:youtube|spotify|vimeo|apple(?: podcasts?)?|google(?: podcasts?)?|amazon music|soundcloud"
    r"|stitcher|overcast|pocket casts|audible|instagram|threads|tiktok|facebook|x|twitter|rss)"
)
_AGENCY = (
    r"(?:ap|afp|epa|pa|reuters|getty|shutterstock|istock(?:photo)?|unsplash|pexels|alamy|bloomberg"
    r"|adobe stock|flickr|wikimedia(?: commons)?)(?: ?(?:photos?|images?|wire))?"
)
_PICTURE = (
    r"(?:photo|image|picture|illustration|photograph|screenshot|featured? image|header image)s?"
    r"(?: and \w+)?(?: credits?| courtesy| source)?"
)
_CREDIT = (
    r"(?:photo|photograph|picture|image|illustration)s?(?: credits?| courtesy)?"
    r"(?: of| by| ?:| ?©)"
)
_NAME = (
    r"[\w.'-]+(?: (?!(?:is|are|was|were|has|have|had|that|which|who|to|and the)\b)[\w.'&/-]+){0,5}"
)

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "player",
        Category.FURNITURE,
        Place.ANYWHERE,
        0.9,
        "belongs to a player or to what is embedded",
        (
            rf"listen to (?:this )?{PIECE}(?: ?[·(|:-]? ?\d[\d:]* ?(?:min[a-z]*)?\)?)?"
            r"(?: learn more)?[.!]?",
            r"listen ?[·(|:-]? ?\d[\d:]* ?min[a-z]*\)?",
            rf"(?:listen|watch|subscribe|view)(?: now| this| (?:this )?{PIECE}| more)? on {_STAGE}"
            rf"(?:[ ,/|&]+(?:and |or )?{_STAGE})*[.!]?",
            rf"subscribe on {_STAGE}.{{0,80}}",
            r"(?:watch|play|pause|load)(?: the| this)? video",
            r"play (?:episode|audio|all)|watch now|embedded content",
            r"click to play.{0,20}",
            r"(?:audio|video) player(?: is loading\.?)?",
            r"(?:un)?mute|(?:(?:enter|exit) )?full ?screen(?: mode)?|playback (?:rate|speed)",
            r"-?0?0:00(?: ?/ ?-?\d?\d:\d\d)?",
            r"(?:current|remaining) time:? -?[\d:]+|seek to live.{0,40}|stream type live",
            r"(?:(?:text track )?(?:descriptions|captions|subtitles)) (?:off|settings).{0,40}",
            r"use (?:the )?(?:up/down|left/right) arrow.{0,60}",
            r"this is a modal window.{0,80}|(?:beginning|end) of dialog window.{0,60}",
            r"your browser (?:does not|doesn't|can't) (?:support|play) (?:the |this )?"
            r"(?:html5? )?(?:audio|video).{0,80}",
            r"(?:this )?(?:video|audio|content) (?:is )?(?:currently )?(?:unavailable"
            r"|not available)(?: in your \w+)?\.?",
            r"we apologi[sz]e, but this video.{0,40}",
            r"video not loading\?.{0,30}",
            r"this audio is auto-generated.{0,80}",
            r"this (?:article|story) (?:was|is) read by an automated voice.{0,40}",
            r"view (?:this|the) (?:post|photo|profile|tweet|thread)s? on \w+",
            r"a post shared by [^.!?]{0,40}\(?@[\w.]+\)?",
            r"download this episode",
            r"text[- ]to[- ]speech",
        ),
    ),
    Pattern(
        "waiting",
        Category.FURNITURE,
        Place.ANYWHERE,
        0.95,
        "fills a place until the page has loaded",
        (r"(?:loading|please wait)(?: \w+)? ?\.\.\.", r"loading (?:comments|advertisement|video)"),
    ),
    Pattern(
        "credit",
        Category.CAPTION,
        Place.ANYWHERE,
        0.9,
        "credits an image",
        (
            rf"\(?{_PICTURE} ?: ?[^!?]{{2,80}}\)?",
            # what ends in a full stop is a sentence, unless it is a name
            rf"\(?{_PICTURE}(?: by | courtesy (?:of )?| via | from )"
            r"(?:[^!?]{2,80}[^.!?]|[\w'-]+(?: [\w.'/-]+){0,3}\.)",
            r"(?:(?:image|photo|picture) )?credits?: ?[^!?]{2,80}",
            rf"\(?{_AGENCY}(?: ?[/|,:-] ?[^!?]{{2,60}})?\)?",
            r"courtesy of [^.!?]{2,60}",
            # a caption that ends in its credit, and what stands for a picture in plain text
            r"(?=.*photo|.*picture|.*image|.*illustration)"
            rf"(?=.*{_CREDIT}).{{1,240}}[.!?)\]\"”’|] ?[(\[]?{_CREDIT} ?{_NAME} ?[)\]]?\.?",
            r"\[image: [^\]]{2,240}\]",
            r"(?:image|media|video) (?:caption|source)(?:, ?[^.!?:]{2,200})?",
            r"(?:file|stock|library) (?:photo|picture|image)(?:graph)?",
        ),
    ),
    Pattern(
        "agency",
        Category.CAPTION,
        Place.ANYWHERE,
        0.7,  # annotators keep some of these below a picture
        "names a photographer and an agency",
        (rf"[^.!?/|]{{3,60}}+[/|] ?(?:.{{2,40}}[/|] ?)?{_AGENCY}(?: via \w+)?\)?",),
    ),
    Pattern(
        "picture-buttons",
        Category.CAPTION,
        Place.ANYWHERE,
        0.9,
        "shows pictures larger or more of them",
        (
            r"(?:click|tap|press enter or click)(?: here| image| photo)? to (?:enlarge|expand|zoom"
            r"|view).{0,20}",
            r"(?:view|open|show|see|expand|enlarge)(?: this| all| \d+)? (?:gallery|image|photo"
            r"|picture|full size|in full)s?(?: in \w+)?:?",
            r"(?:hide|toggle|show|expand) caption",
            r"(?:image|photo|slide|picture) \d+ (?:of|/) \d+",
            r"\d+ of \d+",
        ),
    ),
)

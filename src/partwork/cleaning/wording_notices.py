"""Notices of a site: sign-up, cookies, copyright, advertisements, paywalls."""

from partwork.cleaning.wording import PIECE, Pattern, Place
from partwork.model.article import Category

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "subscribe",
        Category.SIGNUP,
        Place.ANYWHERE,
        0.95,
        "asks the reader to subscribe",
        (
            r"(?:please )?subscribe(?: now| today| here| free| for free"
            r"| via e-?mail)?(?: to (?:our|my|receive|get)\b.{0,80}| by e-?mail.{0,40}"
            r"| to (?:the|this) .{0,40}(?:newsletter|list|channel|podcast|feed)| - .{0,40})?[.!]?",
            r"sign up(?: now| today| here| free| to| for (?:our|my|free|the .{0,30}"
            r"(?:newsletter|list)))?(?: .{0,30}(?:newsletter|updates|inbox|e-?mail"
            r"|list).{0,60})?[.!]?",
            r"newsletters?(?: sign-?up)?",
            r"join (?:our|my|the) (?:newsletter|mailing list|community).{0,60}",
        ),
    ),
    Pattern(
        "inbox",
        Category.SIGNUP,
        Place.ANYWHERE,
        0.95,
        "offers a newsletter",
        (
            r".{0,120}(?:in|to|into) your inbox\b.{0,60}",
            r"(?:enter )?your e-?mail(?: address)?.{0,20}",
            r"e-?mail address:?",
            r"(?:no spam|we (?:won't|will never|respect)).{0,60}(?:unsubscribe|spam"
            r"|privacy).{0,40}",
            r".{0,30}unsubscribe (?:at )?any ?time\.?",
            r"thank(?:s| you) for (?:subscribing|signing up).{0,60}",
            r"join (?:over |more than )?[\d,.]+k?\+? .{0,80}(?:readers|subscribers"
            r"|members|people).{0,60}",
            r"by (?:signing up|subscribing|submitting|entering).{0,120}(?:agree"
            r"|consent|accept).{0,120}",
            r"(?:enjoyed?|liked?|loved?) (?:this|the|my|our"
            rf"|what you) .{{0,15}}{PIECE}.{{0,100}}",
            r"never miss (?:a|an|another|the next) .{0,40}",
            r"stay (?:up to date|in the loop|informed|tuned).{0,60}",
        ),
    ),
    Pattern(
        "cookies",
        Category.CONSENT,
        Place.ANYWHERE,
        0.99,
        "asks for consent to cookies or tracking",
        (
            r"(?:we|this (?:web)?site|our (?:web)?site"
            r"|[\w.]+\.com).{0,60}\b(?:uses?|sets?|stores?|places?) cookies\b.{0,250}",
            r"(?:accept|reject|allow|decline|deny|refuse)(?: all)?(?: cookies)?",
            r"(?:manage|cookie|privacy|consent|your|customi[sz]e)(?: \w+)? "
            r"(?:preferences|settings|choices|consent|options)",
            r"strictly necessary.{0,40}",
            r"do not sell (?:or share )?my.{0,40}",
            r"we and our (?:[\d,]+ )?partners.{0,250}",
            r"by (?:continuing|using|browsing|clicking).{0,120}(?:agree|consent"
            r"|accept).{0,120}",
            r"(?:always active|got it!?)",
            r"(?:(?:necessary|functional|performance|statistics|marketing|analytics"
            r"|preferences)[ ,]*){2,}",
        ),
    ),
    Pattern(
        "copyright",
        Category.LEGAL,
        Place.ANYWHERE,
        0.95,
        "is the site's copyright notice",
        (
            r"(?:copyright |©|\(c\)).{0,20}(?:\d{4}|by\b).{0,120}",
            r".{0,120}\ball rights reserved\b.{0,150}",
            r".{0,120}\bmay not be (?:published|reproduced|broadcast|copied"
            r"|redistributed).{0,150}",
            r".{0,60}reproduction.{0,40}without.{0,20}permission.{0,60}",
        ),
    ),
    Pattern(
        "site-notes",
        Category.LEGAL,
        Place.BELOW,
        0.9,
        "is a note about the site or the company",
        (
            r"powered by .{1,40}",
            r"(?:web)?site (?:design(?:ed)? )?by .{1,40}",
            r"registered in .{5,100}",
            r"advertise (?:with us|here)",
            r"the information (?:on|provided on) this (?:web)?site.{0,200}",
            r"proudly powered by.{0,40}",
            r".{0,40}registered (?:charity|company|trademark).{0,60}",
        ),
    ),
    Pattern(
        "advert",
        Category.ADVERT,
        Place.ANYWHERE,
        0.99,
        "labels or frames an advertisement",
        (
            r"advertise?ments?(?: ?[-|:]? ?(?:continue|scroll|article"
            r"|story).{0,40})?",
            r"ads?(?: ?[·:-])?",
            r"sponsored(?: (?:content|post|links?|by|stories)\b.{0,40})?",
            r"(?:story|article) continues (?:below|after).{0,30}",
            r"(?:remove|hide|skip) ads?",
            r"promoted(?: content)?",
            r"(?:continue|scroll) (?:reading )?below.{0,20}",
            r"report (?:this )?ad",
            r"paid (?:content|partnership|post)",
        ),
    ),
    Pattern(
        "offer",
        Category.ADVERT,
        Place.EDGES,
        0.9,
        "makes an offer",
        (
            r"(?:get|take|save|enjoy) (?:up to )?(?:\d+ ?%|[$£€]\d+) off\b.{0,100}",
            r"limited[- ]time offer.{0,80}",
        ),
    ),
    Pattern(
        "wall",
        Category.WALL,
        Place.ANYWHERE,
        0.9,
        "stands where a paywall or a log-in bars the way",
        (
            r"subscribe to (?:continue|keep) reading.{0,60}",
            r"you(?:'ve| have) .{0,20}free (?:articles?|stories).{0,60}",
            r"already (?:a|an|have) .{2,30}\? ?(?:log|sign) ?in.{0,20}",
            r"(?:log|sign) ?in(?: or \w+)?(?: .{0,20})? to (?:read|continue|view"
            r"|access).{0,60}",
            r"(?:please )?enable javascript.{0,100}",
            r"your browser (?:is not|does not|doesn't|is out).{0,120}",
            r"continue reading(?: in the app| this .{0,20}| with .{0,40})?\.*",
            r"this (?:content|article|post|story) is (?:for|only"
            r"|available to) .{0,40}(?:members|subscribers).{0,40}",
            r".{0,20}verify (?:that )?you are (?:a )?human.{0,40}",
            r"(?:download|get) (?:our|the) (?:free )?(?:mobile )?app.{0,40}",
            r"create (?:a|your) (?:free )?account.{0,60}",
        ),
    ),
)

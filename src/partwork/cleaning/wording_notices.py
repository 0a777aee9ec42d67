"""Notices of a site: sign-up, mailings, cookies, copyright."""

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
            r"subscribe to [^.!?]{3,40}!?|subscribed",
            r"subscribe (?:now |today )?to get .{5,60}",
            r"sign up (?:to|for) (?!an? )[^.!?]{3,40}!?|sign up for more like this.?",
            r"sign up(?: now| today| here| free| to| for (?:our|my|free|the .{0,30}"
            r"(?:newsletter|list)))?(?: .{0,30}(?:newsletter|updates|inbox|e-?mail"
            r"|list).{0,60})?[.!]?",
            r"newsletters?(?: sign-?up)?",
            r"join (?:our|my|the) (?:newsletter|mailing list|community|\w+ channel).{0,60}",
            r"(?:get )?(?:our |my |the )?free (?:daily |weekly |monthly )?(?:e-?mail )?newsletter",
            r"get (?:our|my|the|a) (?:free )?(?:daily|weekly|monthly) (?:newsletter|digest"
            r"|e-?mail).{0,40}",
            r"(?:yes,? )?sign me up!?",
            r"(?:was this e-?mail )?forwarded (?:this e-?mail|to you)\?.{0,40}",
            r"(?:skip past|after) newsletter promotion",
            r"get notified (?:of|about|when) (?:a )?(?:new|we|i) .{3,40}"
            r"|receive our .{3,60} by e-?mail",
            r"follow [^.!?]{2,40} on (?:whatsapp|google news)[.!]?",
            r"(?:get more from|add) us .{0,30}on google(?: news)?|click here to join our .{3,90}",
            r"agree (?:&|and) join \w+|pledge your support|give a gift subscription"
            r"|start your substack",
        ),
    ),
    Pattern(
        "inbox",
        Category.SIGNUP,
        Place.ANYWHERE,
        0.95,
        "offers a newsletter",
        (
            r"(?=.*your inbox)(?=.*(?:deliver|straight|direct|right|sent|get|receiv|subscri|sign"
            r"|newsletter|weekly|daily)).{0,120}(?:in|to|into) your inbox\b.{0,60}",
            r"(?:enter )?your e-?mail(?: address)?.{0,20}",
            r"enter your e-?mail address to .{5,100}",
            r"type your e-?mail[. ]*|subscribe to (?:this )?blog via e-?mail",
            r"e-?mail address:?(?: ?\*)?",
            r"thank(?:s| you) for reading\b[^.!]{0,60}[.!] (?:this post is public|subscribe|share"
            r"|if you).{5,150}",
            r"(?=.* is a reader-supported ).{2,60} is a reader-supported (?:publication|newsletter)"
            r"\b.{0,200}",
            r"(?=.* is free today\. but if you ).{2,60} is free today\. but if you .{10,250}",
            r"subscribe for free to receive .{5,200}",
            r"(?:read articles from|join) [^.!?]{2,40} (?:for free to get"
            r"|directly inside your).{5,120}",
            r"don't miss out\b.{0,80}(?:issues|posts|updates|newsletter|sign up).{0,100}",
            r"(?:great|e-?mail sent)! check your.{3,80}|thank you! your (?:submission"
            r"|message).{3,60}",
            r"success! your (?:account|billing|e-?mail).{3,60}|(?:great"
            r"|welcome back)! you've success.{3,60}",
            r"you've successfully (?:subscribed|signed|unsubscribed).{0,60}",
            r"your account is fully activated.{0,80}",
            r"(?:please enter a valid|invalid) e-?mail(?: address)?[.!]?",
            r"oops!? something went wrong.{0,80}",
            r"something went wrong(?: while .{3,30})?[.!] please .{3,40}",
            r"your (?:submission|message|request) has been (?:received|sent).{0,40}",
            r"this field is for validation.{0,80}|(?:\* )?indicates required(?: fields?)?",
            r"this site is protected by (?:re|h)captcha.{0,120}",
            r"privacy notice: newsletters may .{10,200}",
            r"i (?:would like|agree|want|consent) to (?:be e-?mailed"
            r"|receive) .{0,60}(?:newsletter|e-?mail|updates|offers|news|marketing).{0,120}",
            r"we'll (?:only|never) (?:e-?mail|send you|share your (?:e-?mail|data))\b.{3,80}",
            r"you can unsubscribe (?:at )?any ?time\b.{0,60}",
            r"(?:no spam|we (?:won't|will never|respect)).{0,60}(?:unsubscribe|spam"
            r"|privacy).{0,40}",
            r".{0,30}unsubscribe (?:at )?any ?time\.?",
            r"thank(?:s| you) for (?:subscribing|signing up).{0,60}",
            r"join (?:over |more than )?[\d,.]+k?\+? .{0,80}(?:readers|subscribers"
            r"|members|people).{0,60}",
            r"by (?:signing up|subscribing|submitting|entering).{0,120}\b(?:you"
            r"|i) (?:\w+ )?(?:agree|consent|accept).{0,120}",
            rf"(?:enjoy(?:ed|ing)?|liked?|loved?) (?:this|the|my|our|what you) .{{0,15}}{PIECE}[?!]"
            r".{0,100}",
            rf"(?:if you )?(?:enjoyed|liked|loved) this {PIECE}, .{{5,80}}",
            r"never miss (?:an?|another|the next|our) (?:post|story|issue|update|episode|article"
            r"|edition|newsletter|deal)\b.{0,30}",
            r"stay (?:up to date|in the loop|informed|tuned|updated)(?: with (?:us|our"
            r"|the latest).{0,50})?[.!]?",
        ),
    ),
    Pattern(
        "cookies",
        Category.CONSENT,
        Place.ANYWHERE,
        0.99,
        "asks for consent to cookies or tracking",
        (
            r"(?=.* cookies\b)(?=.*(?:site|experience|browser|traffic|analy|consent|advert"
            r"|privacy|policy|accept|agree))(?:we|this (?:web)?site|our (?:web)?site"
            r"|[\w.]+\.com).{0,60}\b(?:uses?|sets?|stores?|places?) cookies\b.{0,250}",
            r"(?:we use|this (?:web)?site uses) cookies[.!]?",
            r"(?:accept|reject|allow|decline|deny|refuse)(?: all| only)?(?: (?:non-)?"
            r"(?:essential|necessary))?(?: cookies)?(?: (?:and|&) (?:close|exit|accept))?",
            r"save (?:my )?(?:preferences|settings|choices)|save (?:and|&) (?:accept|close|exit)",
            r"we (?:value|respect|care about) your privacy",
            r"your privacy,? your choice|privacy overview|vendor list",
            r"(?:read|see|view) our (?:cookie|privacy) (?:policy|notice|statement)\.?",
            r"to (?:display|view|see|show|watch) this (?:content|video|map),? .{3,60}(?:cookies"
            r"|consent|accept).{0,60}",
            r"this content is (?:hosted|provided) by .{3,40}\. (?:by|to|it) .{10,200}",
            r"allow \w+ content\?",
            r"the technical storage or access .{20,300}",
            r"(?:strictly )?necessary cookies (?:are absolutely|should be enabled"
            r"|help make).{10,300}",
            r"(?:manage|cookie|privacy|consent|customi[sz]e|your (?:privacy|cookie|consent"
            r"|ad))(?: \w+)? (?:preferences|settings|choices|consent|options)",
            r"strictly necessary.{0,40}",
            r"do not sell (?:or share )?my.{0,40}",
            r"we and our (?:[\d,]+ )?partners.{0,250}",
            r"by (?:continuing|using|browsing|clicking|entering).{0,120}\b(?:you"
            r"|i) (?:\w+ )?(?:agree|consent|accept).{0,120}",
            r"(?:always (?:active|enabled)|got it!?|i (?:accept|agree))",
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
            r"privacy [∙·•|] terms [∙·•|] collection notice",
            r"this content is accurate and true to the best of .{10,250}",
            r"(?:copyright |©|\(c\)).{0,20}(?:\d{4}|by\b).{0,120}",
            r"(?=.*all rights reserved).{0,120}\ball rights reserved\b(?! (?:to|for|in|are|were"
            r"|is)\b).{0,150}",
            r"(?=.*may not be )(?=.*(?:material|content|permission|copyright|rewritten"
            r"|redistribut|©)).{0,120}\bmay not be (?:published|reproduced|broadcast|copied"
            r"|redistributed).{0,150}",
            r".{0,60}reproduction.{0,40}without.{0,20}permission.{0,60}",
        ),
    ),
    Pattern(
        "mailing",
        Category.LEGAL,
        Place.ANYWHERE,
        0.9,
        "belongs to the frame of an e-mail",
        (
            r"(?:e-?mail not displaying correctly|(?:having )?trouble (?:viewing|reading) this"
            r"(?: e-?mail)?|can't see this e-?mail)\?.{0,60}",
            r"(?:view|read|open) this (?:e-?mail|message|newsletter|campaign) (?:online"
            r"|in (?:your|a|the) (?:web )?browser)[.!]?",
            r"view (?:it )?in (?:your )?(?:web )?browser",
            r"view (?:web|mobile|online|desktop) version|(?:subscribe )?past issues(?: rss)?"
            r"(?: translate)?|read online",
            r"you(?:'re| are) receiving (?:this|these) (?:e-?mails?|newsletters?|messages?"
            r"|because)\b.{0,150}",
            r"our mailing address is:?.{0,80}",
            r"want to change how you receive these.{0,40}",
            r"(?:you can )?(?:update|manage|change) your (?:e-?mail )?(?:preferences|subscriptions?"
            r"|profile)(?: (?:or|and|\||here)? ?(?:unsubscribe.{0,40})?)?[.!]?",
            r"(?:click here to )?unsubscribe(?: here| instantly| from (?:this|our|these"
            r"|all) .{2,40})?[.!]?",
            r"(?:please )?add us to your address book.{0,20}",
            r"this (?:e-?mail|message) was sent to \S+@.{3,60}",
            r"why did i get this\?(?: unsubscribe.{0,80})?",
            r"forward (?:this (?:e-?mail )?)?to a friend",
            r"no longer (?:want|wish) to receive .{3,60}unsubscribe.{0,20}",
        ),
    ),
    Pattern(
        "to-the-editors",
        Category.FURNITURE,
        Place.ANYWHERE,
        0.9,
        "asks readers to write to the site",
        (
            r"(?:report|suggest|submit|spot(?:ted)?) (?:a|an) (?:typo|error|correction|mistake"
            r"|problem)\??(?: (?:with|in|on) (?:this|the) \w+)?",
            r"see something wrong\?.{0,40}",
            r"(?:got|have) a (?:news |story )?tip\? (?:e-?mail|send|contact|let us|tell us|get"
            r" in|call|submit)\b.{0,100}",
            r"(?:do you )?have a story (?:for|to share|idea)\b.{0,40}\?.{0,80}",
            r"(?:send|share|tell)(?: us)? your (?:feedback|story|thoughts)(?: with us)?[.!]?",
            r"we want to hear from you.{0,60}|give (?:us )?feedback",
            r"report (?:abuse|story|inappropriate content)",
        ),
    ),
    Pattern(
        "site-notes",
        Category.LEGAL,
        Place.BELOW,
        0.95,
        "is a note about the site or the company",
        (
            r"powered by .{1,40}|(?:published|built) with (?:ghost|hugo|jekyll|wix)",
            r"theme(?: images)?(?: by |: ).{2,60}|blog at wordpress\.com\.?",
            r"create a (?:free )?(?:website|blog).{0,40}wordpress.{0,10}",
            r"substack is the home for .{3,40}",
            r"our standards: .{3,60}|terms (?:and|&) conditions apply\.?",
            r"(?:web)?site (?:design(?:ed)? )?by .{1,40}",
            r"registered in .{5,100}",
            r"advertise (?:with us|here)",
            r"the information (?:on|provided on) this (?:web)?site.{0,200}",
            r"proudly powered by.{0,40}",
            r".{0,40}registered (?:charity|company|trademark).{0,60}",
        ),
    ),
)

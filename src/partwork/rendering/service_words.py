"""What service mails say, by language and kind."""

from collections.abc import Mapping

# Each has a subject, a title, what happened, the button, what else there is to know, and why.
SERVICE_WORDS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "en": {
        "confirm": {
            "subject": "Please confirm: %(newsletter)s",
            "title": "One more step",
            "text": "Somebody, probably you, asked for %(newsletter)s to be sent to %(address)s.",
            "button": "Confirm the subscription",
            "note": "If it was not you, do nothing: then nothing will be sent.",
            "why": "You get this once, because %(address)s was entered for %(newsletter)s.",
        },
        "welcome": {
            "subject": "Welcome to %(newsletter)s",
            "title": "Welcome",
            "text": "From now on %(newsletter)s comes to %(address)s.",
            "button": "Choose series, or leave",
            "note": "Each mail has such a link at its end.",
            "why": "You get this because %(address)s is subscribed to %(newsletter)s.",
        },
        "goodbye": {
            "subject": "You have left %(newsletter)s",
            "title": "Goodbye",
            "text": "%(newsletter)s is not sent to %(address)s any more.",
            "button": "Undo this",
            "note": "A mail that was on its way already may still arrive.",
            "why": "You get this once, because %(address)s was subscribed to %(newsletter)s.",
        },
        "farewell": {
            "subject": "You have left %(left)s",
            "title": "Goodbye",
            "text": "This is not sent to %(address)s any more: %(left)s.",
            "button": "Undo this",
            "note": "A mail that was on its way already may still arrive.",
            "why": "You get this once, because %(address)s was subscribed to %(left)s.",
        },
        "preferences": {
            "subject": "Your link to the settings of %(newsletter)s",
            "title": "Your subscription",
            "text": "Somebody, probably you, asked for a link to the settings of %(address)s.",
            "button": "Open the settings",
            "note": "If it was not you, do nothing: nothing changes. Do not pass this link on.",
            "why": "You get this because %(address)s is subscribed to %(newsletter)s.",
        },
        "move": {
            "subject": "Please confirm your new address: %(newsletter)s",
            "title": "Is this your new address?",
            "text": "Somebody, probably you, wants %(newsletter)s to come to %(address)s from now "
            "on, in place of another address.",
            "button": "Use this address",
            "note": "If it was not you, do nothing: then nothing changes.",
            "why": "You get this once, because %(address)s was entered for %(newsletter)s.",
        },
        "moved": {
            "subject": "%(newsletter)s goes to another address now",
            "title": "Your mails go elsewhere",
            "text": "From now on %(newsletter)s is not sent to %(address)s any more, but to "
            "another address, which was entered on the page of your settings.",
            "button": "It was not me",
            "note": "If it was you, you need not do anything. If it was not, answer this mail: a "
            "person reads the answers.",
            "why": "You get this once, because %(address)s was subscribed to %(newsletter)s.",
        },
        "probe": {
            "subject": "Does %(newsletter)s still reach you?",
            "title": "Does this reach you?",
            "text": "The last mails of %(newsletter)s to %(address)s came back to us. This one "
            "asks whether your mailbox takes mail again.",
            "button": "Choose series, or leave",
            "note": "You need not do anything: if this mail does not come back, %(newsletter)s "
            "goes on as before.",
            "why": "You get this because %(address)s is subscribed to %(newsletter)s.",
        },
        "review": {
            "subject": "Part %(number)d of %(series)s is ready for your review",
            "title": "A new part is ready for your review",
            "text": "Part %(number)d of %(series)s, “%(part)s”, was rendered and waits for a yes.",
            "button": "Read the part",
            "note": "Nothing is sent before somebody approves it.",
            "why": "You get this because %(address)s reviews %(newsletter)s.",
        },
        "joining": {
            "next": "Part %(number)d of “%(series)s” comes on %(day)s.",
            "so far": "The parts so far, to read on the web:",
            "day": "%(day)d %(month)s %(year)d",
            "months": "January February March April May June July August September October "
            "November December",
        },
        "lasts": {
            "days": "The link is good for %(days)d days.",
            "hours": "The link is good for %(hours)d hours.",
            "hour": "The link is good for an hour.",
        },
    },
    "de": {
        "confirm": {
            "subject": "Bitte bestätigen: %(newsletter)s",
            "title": "Noch ein Schritt",
            "text": "Jemand, vermutlich Sie, möchte, dass %(newsletter)s an %(address)s geht.",
            "button": "Abonnement bestätigen",
            "note": "Waren Sie es nicht, tun Sie nichts: Dann wird nichts verschickt.",
            "why": "Sie erhalten diese Mail einmal, weil %(address)s für %(newsletter)s "
            "eingetragen wurde.",
        },
        "welcome": {
            "subject": "Willkommen bei %(newsletter)s",
            "title": "Willkommen",
            "text": "Von nun an kommt %(newsletter)s an %(address)s.",
            "button": "Reihen wählen oder abbestellen",
            "note": "Jede Mail hat am Ende einen solchen Link.",
            "why": "Sie erhalten diese Mail, weil %(address)s %(newsletter)s abonniert hat.",
        },
        "goodbye": {
            "subject": "%(newsletter)s ist abbestellt",
            "title": "Auf Wiedersehen",
            "text": "%(newsletter)s geht nicht mehr an %(address)s.",
            "button": "Rückgängig machen",
            "note": "Eine Mail, die schon unterwegs war, kann noch ankommen.",
            "why": "Sie erhalten diese Mail einmal, weil %(address)s %(newsletter)s abonniert "
            "hatte.",
        },
        "farewell": {
            "subject": "Abbestellt: %(left)s",
            "title": "Auf Wiedersehen",
            "text": "Das geht nicht mehr an %(address)s: %(left)s.",
            "button": "Rückgängig machen",
            "note": "Eine Mail, die schon unterwegs war, kann noch ankommen.",
            "why": "Sie erhalten diese Mail einmal, weil %(address)s abonniert hatte: %(left)s.",
        },
        "preferences": {
            "subject": "Ihr Link zu den Einstellungen von %(newsletter)s",
            "title": "Ihr Abonnement",
            "text": "Jemand, vermutlich Sie, hat um einen Link zu den Einstellungen von "
            "%(address)s gebeten.",
            "button": "Einstellungen öffnen",
            "note": "Waren Sie es nicht, tun Sie nichts: Es ändert sich nichts. Geben Sie den "
            "Link nicht weiter.",
            "why": "Sie erhalten diese Mail, weil %(address)s %(newsletter)s abonniert hat.",
        },
        "move": {
            "subject": "Bitte bestätigen Sie Ihre neue Adresse: %(newsletter)s",
            "title": "Ist das Ihre neue Adresse?",
            "text": "Jemand, vermutlich Sie, möchte, dass %(newsletter)s von nun an an %(address)s "
            "geht statt an eine andere Adresse.",
            "button": "Diese Adresse verwenden",
            "note": "Waren Sie es nicht, tun Sie nichts: Dann ändert sich nichts.",
            "why": "Sie erhalten diese Mail einmal, weil %(address)s für %(newsletter)s "
            "eingetragen wurde.",
        },
        "moved": {
            "subject": "%(newsletter)s geht jetzt an eine andere Adresse",
            "title": "Ihre Mails gehen anderswohin",
            "text": "Von nun an geht %(newsletter)s nicht mehr an %(address)s, sondern an eine "
            "andere Adresse, die auf der Seite Ihrer Einstellungen eingetragen wurde.",
            "button": "Das war ich nicht",
            "note": "Waren Sie es, brauchen Sie nichts zu tun. Waren Sie es nicht, antworten Sie "
            "auf diese Mail: Die Antworten liest ein Mensch.",
            "why": "Sie erhalten diese Mail einmal, weil %(address)s %(newsletter)s abonniert "
            "hatte.",
        },
        "probe": {
            "subject": "Kommt %(newsletter)s noch bei Ihnen an?",
            "title": "Kommt diese Mail an?",
            "text": "Die letzten Mails von %(newsletter)s an %(address)s kamen zu uns zurück. "
            "Diese fragt, ob Ihr Postfach wieder Mails annimmt.",
            "button": "Reihen wählen oder abbestellen",
            "note": "Sie brauchen nichts zu tun: Kommt diese Mail nicht zurück, geht es mit "
            "%(newsletter)s weiter wie bisher.",
            "why": "Sie erhalten diese Mail, weil %(address)s %(newsletter)s abonniert hat.",
        },
        "review": {
            "subject": "Teil %(number)d von %(series)s wartet auf Ihre Freigabe",
            "title": "Ein neuer Teil wartet auf Ihre Freigabe",
            "text": "Teil %(number)d von %(series)s, „%(part)s“, ist fertig gesetzt und wartet "
            "auf ein Ja.",
            "button": "Den Teil lesen",
            "note": "Nichts wird verschickt, bevor ihn jemand freigibt.",
            "why": "Sie erhalten diese Mail, weil %(address)s %(newsletter)s gegenliest.",
        },
        "joining": {
            "next": "Teil %(number)d von „%(series)s“ kommt am %(day)s.",
            "so far": "Was bisher erschienen ist, im Web zu lesen:",
            "day": "%(day)d. %(month)s %(year)d",
            "months": "Januar Februar März April Mai Juni Juli August September Oktober "
            "November Dezember",
        },
        "lasts": {
            "days": "Der Link gilt %(days)d Tage.",
            "hours": "Der Link gilt %(hours)d Stunden.",
            "hour": "Der Link gilt eine Stunde.",
        },
    },
}

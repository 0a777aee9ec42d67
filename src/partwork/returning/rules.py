"""The rules of judging: what each asks for, and why in words."""

from enum import StrEnum


class Outcome(StrEnum):
    """What is to be done after an event.

    PROBE: send one message, and say so to `probed`. SUPPRESS: for the record's reason. DEPART: end
    the subscription that the mail belonged to. ASK: show it to a person.
    """

    NOTHING = "nothing"
    COUNT = "count"
    CLEAR = "clear"
    PROBE = "probe"
    SUPPRESS = "suppress"
    DEPART = "depart"
    ASK = "ask"


class Rule(StrEnum):
    """The rules by name, as docs/returning.md has them."""

    UNRELATED = "unrelated"
    AUTO_REPLY = "auto-reply"
    DELAY = "delay"
    NOT_OURS = "not ours"
    TRIAL = "trial"
    OLD = "old"
    WISH = "wish"
    SUPPRESSED = "suppressed"
    UNPROVEN = "unproven"
    NO_COMPLAINT = "no complaint"
    COMPLAINT = "complaint"
    NOTHING_HELD = "nothing held"
    ARRIVED = "arrived"
    OUR_FAULT = "our fault"
    HARD = "hard bounce"
    PROBE_BOUNCED = "probe bounced"
    NO_NEW_DAY = "no new day"
    AWAITS_PROBE = "awaits probe"
    THRESHOLD = "threshold"
    SOFT = "soft bounce"


OUTCOMES = dict.fromkeys(Rule, Outcome.NOTHING) | {
    Rule.WISH: Outcome.DEPART,
    Rule.UNPROVEN: Outcome.ASK,
    Rule.COMPLAINT: Outcome.SUPPRESS,
    Rule.ARRIVED: Outcome.CLEAR,
    Rule.HARD: Outcome.SUPPRESS,
    Rule.PROBE_BOUNCED: Outcome.SUPPRESS,
    Rule.THRESHOLD: Outcome.PROBE,
    Rule.SOFT: Outcome.COUNT,
}

WORDS = {
    Rule.UNRELATED: "says nothing about mail of ours",
    Rule.AUTO_REPLY: "a machine answered; the mail arrived, or is still on its way",
    Rule.DELAY: "still being tried; what becomes of it will be told",
    Rule.NOT_OURS: "names no mail and no reader of ours, or a bounce address that we did not make",
    Rule.TRIAL: "speaks of a mail that was sent to see whether it comes back",
    Rule.OLD: "older than the owner's last word on this address",
    Rule.WISH: "the reader asked to leave",
    Rule.SUPPRESSED: "the address is suppressed already",
    Rule.UNPROVEN: "would end it, but anybody could have written this",
    Rule.NO_COMPLAINT: "a report, but not of a reader who took the mail for spam",
    Rule.COMPLAINT: "the reader reported the mail as spam",
    Rule.NOTHING_HELD: "arrived, and nothing older is held against the address",
    Rule.ARRIVED: "arrived, so bounces of older mail no longer count",
    Rule.OUR_FAULT: "speaks of us, our message or a policy against it, not of the address",
    Rule.HARD: "the address itself is no good, for ever",
    Rule.PROBE_BOUNCED: "the probe bounced too",
    Rule.NO_NEW_DAY: "adds no day: that one is counted, or nothing of its time counts any more",
    Rule.AWAITS_PROBE: "a probe decides; nothing more counts until then",
    Rule.THRESHOLD: "mail has bounced on too many days",
    Rule.SOFT: "bounced; a few such days are borne",
}

"""Statements of risk: caveats that composing must keep, and denials that it must never repeat.

English patterns; elsewhere neither is recognised.
"""

import re

from partwork.composing.sentences import outside_quotations

_DOCTOR = r"(?:doctor|physician|pharmacist|gp|vet)"
_CAVEAT = re.compile(
    "|".join(
        (
            # harm by name
            r"\brisk(?:s|y|ier)?\b|\bside[- ]effects?\b|\badverse\b|\bcomplications?\b",
            r"\bdanger(?:s|ous|ously)?\b|\bhazard(?:s|ous)?\b|\bharm(?:s|ed|ful|ing)?\b|\bunsafe\b",
            r"\binjur(?:y|ies)\b|\boverdos\w+|\boverus\w+|\bmisus\w+|\baddict\w+",
            r"\bdependen(?:ce|cy)\b|\ballerg\w+|\btoxic\w*|\bpoison\w*|\bfatal\w*",
            r"\b(?:can|may|could|will) (?:\w+ )?(?:cause|damage|worsen|irritate"
            r"|provoke|interact)\b",
            # warnings as such
            r"\bwarn(?:s|ed|ings?)?\b|\bcaution(?:s|ed|ary)?\b|\bcautious(?:ly)?\b",
            r"\b(?:be|extra) careful\b",
            # who must keep away
            r"\bcontra-?indicat\w+|\bnot for (?:people|anyone|those)\b|\bnot everyone\b",
            r"\bnot (?:\w+ )?(?:recommended|safe|suitable|appropriate|advisable)\b",
            r"(?:\bnot|n['’]t) (?:right |meant )?for everyone\b|n['’]t suit everyone\b",
            r"\b(?:do(?:es)? not|do(?:es)?n['’]t) work for everyone\b",
            # what must not be done
            r"\b(?:do not|don['’]t|never|must not|mustn['’]t|should not|shouldn['’]t|ought not to)"
            r" (?:\w+ )?(?:take|use|stop|mix|combine|drive|eat|drink|give|exceed|abandon|skip|add"
            r"|leave|try|put)\b",
            r"\b(?:should|must|ought) (?:not|never)\b|\b(?:should|must)n['’]t\b",
            r"\badvis(?:e|es|ed) (?:\w+ )?against\b",
            # what must be done first
            r"\b(?:should|must|needs? to) (?:\w+ )?(?:avoid|consult|see a|ask a|talk to|speak to"
            r"|seek|administer|be (?:supervised|monitored|administered|checked))\b",
            rf"\b(?:talk to|talk with|speak to|speak with|consult|ask|see) (?:a|your) {_DOCTOR}\b",
            r"\b(?:supervision|oversight|monitoring) is (?:\w+ )?(?:essential|non-negotiable"
            r"|crucial|required|necessary|needed|important|vital|a must)\b",
            r"\b(?:needs?|requires?|only) (?:[\w-]+ ){0,5}(?:supervision|oversight|monitoring)\b",
            # help at once
            r"\bemergency (?:number|services)\b|\b(?:crisis|help) ?lines?\b",
            r"\bdo not wait for an appointment\b",
            # limits and doubt
            r"(?:\bnot|n['’]t|\bno|\bnever|\bby no means) (?:(?:a|an|the|any|some) )?"
            r"(?:\w+ )?(?:cure|cure-all|miracle|magic|panacea|substitute|replacement|guarantees?"
            r"|quick fix)\b",
            r"\b(?:results?|responses?|effects?) (?:can |may |will )?(?:vary|varies|differ)\b",
            r"\b(?:evidence|research|data) (?:\w+ ){0,5}(?:is|are|remains?) (?:\w+ )?(?:limited"
            r"|thin|weak|mixed|scarce|early)\b",
            r"\bnot enough evidence\b|\bmore research is needed\b",
            r"\bnot (?:yet )?(?:known|proven|well understood)\b",
        )
    ),
    re.I,
)
# A risk that is lowered, or that of the trouble which the subject helps against, warns of nothing.
_BENEFIT = re.compile(
    r"\b(?:reduc|lower|cut|decreas|lessen|prevent)\w*\s+(?:the |your |their "
    r"|its )?(?:\w+ )?risks?\b|\bat (?:high(?:er)? )?risk of\b|\brisk factors?\b",
    re.I,
)

_DENIAL = re.compile(
    r"\b(?:without|carr(?:y|ies) no|has no|have no|poses? no|there (?:is|are) no|there['’]s no"
    r"|with no|zero) (?:\w+ )?(?:risks?|dangers?|side[- ]effects?|downsides?)\b|\brisk[- ]free\b"
    r"|\bfree (?:of|from) (?:risks?|side[- ]effects?)\b"
    r"|\b(?:completely|perfectly|entirely|totally|absolutely|wholly|100\s?%|always) (?:safe"
    r"|harmless)\b|\bsafe for (?:everyone|everybody|anyone|all)\b|\b(?:is|are) harmless\b"
    r"|\bnothing to (?:fear|worry about)\b",
    re.I,
)
_DENIED = re.compile(
    r"(?:\bnot|\bnever|\bno \w+ is|\bnothing is|\bhardly|\bisn['’]t|\baren['’]t|n['’]t"
    r"|\bif)\W+(?:\w+\W+){0,2}$",
    re.I,
)

_REASSURANCE = re.compile(
    r"\bsafety (?:profile|record) is\b|\bwell[- ]tolerated\b|\bsafe and effective\b"
    r"|\b(?:is|are) (?:\w+ )?safe\b|\b(?:little|low|minimal) risk\b",
    re.I,
)

_NEAR = 60  # characters in which the word stands that turns a denial round


def is_caveat(text: str) -> bool:
    """Whether a sentence warns: of a risk, a side effect, a limit, or who must keep away."""
    rest = _BENEFIT.sub("…", text)
    return not text.rstrip("”\"’' ").endswith("?") and _CAVEAT.search(rest) is not None


def denies_risk(text: str) -> bool:
    """Whether a sentence says in the writer's own voice that there is no risk.

    "Not without risks" warns, "without risks" denies: what stands just before decides.
    """
    own = outside_quotations(text)
    return any(
        not _DENIED.search(own[max(0, m.start() - _NEAR) : m.start()])
        for m in _DENIAL.finditer(own)
    )


def plays_risk_down(text: str) -> bool:
    """Whether a sentence reassures: it may be said beside the caveats, not in their place."""
    return _REASSURANCE.search(text) is not None

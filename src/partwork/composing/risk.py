"""Statements of risk: caveats that composing must keep, and denials that it must never repeat.

English patterns; elsewhere neither is recognised.
"""

import re

from partwork.composing.sentences import outside_quotations

_DOCTOR = r"(?:doctor|physician|pharmacist|gp|vet)"
_NOT = r"(?:not|\w*n['’]t)"
# Each begins with a word, said once for all of them, and is in small letters, as is the text that
# is searched: several times quicker than saying it in each and ignoring case.
_CAVEAT = re.compile(
    r"\b(?:"
    + "|".join(
        (
            # harm by name
            r"risk(?:s|y|ier)?\b|side[- ]effects?\b|adverse\b|complications?\b",
            r"danger(?:s|ous|ously)?\b|hazard(?:s|ous)?\b|harm(?:s|ed|ful|ing)?\b|unsafe\b",
            r"injur(?:y|ies)\b|overdos\w+|overus\w+|misus\w+|addict\w+",
            r"dependen(?:ce|cy)\b|allerg\w+|toxic\w*|poison\w*|fatal\w*",
            r"(?:can|may|could|will) (?:\w+ )?(?:cause|damage|worsen|irritate|provoke|interact)\b",
            # warnings as such
            r"warn(?:s|ed|ings?)?\b|caution(?:s|ed|ary)?\b|cautious(?:ly)?\b",
            r"(?:be|extra) careful\b",
            # who must keep away
            r"contra-?indicat\w+|not for (?:people|anyone|those)\b|not everyone\b",
            r"not (?:\w+ )?(?:recommended|safe|suitable|appropriate|advisable)\b",
            rf"{_NOT} (?:right |meant )?for everyone\b|\w*n['’]t suit everyone\b",
            r"(?:do(?:es)? not|do(?:es)?n['’]t) work for everyone\b",
            # what must not be done
            r"(?:do not|don['’]t|never|must not|mustn['’]t|should not|shouldn['’]t|ought not to)"
            r" (?:\w+ )?(?:take|use|stop|mix|combine|drive|eat|drink|give|exceed|abandon|skip|add"
            r"|leave|try|put|cut|restrict)\b",
            r"(?:should|must|ought) (?:not|never)\b|(?:should|must)n['’]t\b",
            r"advis(?:e|es|ed) (?:\w+ )?against\b",
            # what must be done first
            r"(?:should|must|needs? to) (?:\w+ )?(?:avoid|consult|see a|ask a|talk to|speak to"
            r"|seek|ask first|administer|be (?:supervised|monitored|administered|checked))\b",
            rf"(?:to|talk with|speak with|consult|ask|see) (?:a|your) {_DOCTOR}\b",
            r"(?:supervision|oversight|monitoring) is (?:\w+ )?(?:essential|non-negotiable"
            r"|crucial|required|necessary|needed|important|vital|a must)\b",
            r"(?:needs?|requires?|only) (?:[\w-]+ ){0,5}(?:supervision|oversight|monitoring)\b",
            # help at once
            r"emergency (?:number|services)\b|(?:crisis|help) ?lines?\b",
            r"do not wait for an appointment\b",
            # limits and doubt
            rf"(?:{_NOT}|no|never|by no means) (?:(?:a|an|the|any|some) )?(?:\w+ )?(?:cure"
            r"|cure-all|miracle|magic|panacea|substitute|replacement|guarantees?|quick fix)\b",
            r"(?:results?|responses?|effects?) (?:can |may |will )?(?:vary|varies|differ)\b",
            r"(?:evidence|research|data) (?:\w+ ){0,5}(?:is|are|remains?) (?:\w+ )?(?:limited"
            r"|thin|weak|mixed|scarce|early)\b",
            r"not enough evidence\b|more research is needed\b",
            r"not (?:yet )?(?:known|proven|well understood)\b",
        )
    )
    + ")"
)
# A risk that is lowered, or that of the trouble which the subject helps against, warns of nothing.
_BENEFIT = re.compile(
    r"\b(?:reduc|lower|cut|decreas|lessen|prevent)\w*\s+(?:the |your |their "
    r"|its )?(?:\w+ )?risks?\b|\bat (?:high(?:er)? )?risk of\b|\brisk factors?\b"
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
    small = text.lower()
    if small.rstrip("”\"’' ").endswith("?") or not _CAVEAT.search(small):
        return False
    return _CAVEAT.search(_BENEFIT.sub("…", small)) is not None


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

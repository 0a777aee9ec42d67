"""Words that popular articles use for one another, so that a point is known in other words.

A closed English table: each line holds words that stand for one idea when two sentences are
compared. It is read in one direction only, to find what may be said twice; nothing is ever
written by it. Words with two common meanings are left out.
"""

import re

from partwork.composing.words import content_of, stem

_TABLE = """
    rapid rapidly fast faster quick quickly swift swiftly speedy speed immediate immediately
    slow slowly gradual gradually
    drug drugs medication medications medicine medicines
    doctor doctors physician physicians clinician clinicians
    supervision supervised oversight monitoring monitored
    essential crucial vital necessary required indispensable
    medical medically clinical clinically
    cure cured miracle magic panacea
    therapy therapies treatment treatments
    dependence dependency dependent addiction addicted addictive
    misuse misused abuse abused overuse overused
    anesthetic anaesthetic anesthesia anaesthesia
    everyone everybody anyone anybody
    emotion emotions emotional emotionally feeling feelings
    danger dangers dangerous hazard hazards hazardous risk risks risky unsafe
    child children kid kids
    illness illnesses disease diseases
    tired tiredness weary weariness fatigue fatigued exhausted exhaustion
    eat eats eaten eating food foods meal meals
    worsen worsens worse
    improve improves improved improvement better
    reduce reduces reduced lower lowers lowered lessen lessens lessened decrease decreases
    increase increases increased raise raises raised
    decade decades year years centuries
    begin begins beginning start starts starting
    typical typically common commonly usual frequent frequently
    study studies trial trials research researchers
    buy buys bought purchase purchases
    money cost costs price prices expensive
    repair repairs mend mends
    job jobs workplace
    house houses home homes
    quit quits stop stops stopping
    harm harms harmful damage damages
    pathway pathways connection connections
"""
_IDEA = {
    stem(word): stem(line.split()[0])
    for line in _TABLE.strip().splitlines()
    for word in line.split()
}
_DASH = re.compile(r"(?<=\w)[-–—]+(?=\w)")
# Spans of time in words, whose figures are none: "a quarter of an hour", "half a year".
_SPELT_SPAN = re.compile(
    r"\b(?:quarters?|half|thirds?)(?: of)?(?: an?| the)? (?:hour|day|week|month|year|century)s?\b",
    re.I,
)


def concepts_of(text: str) -> frozenset[str]:
    """The stems of a text's content words, each under the first of its line in the table.

    Figures are left out, with the units of those in words: they are compared for themselves
    (evidence.py).
    """
    words = content_of(_SPELT_SPAN.sub(" ", _DASH.sub(" ", text)))
    return frozenset(_IDEA.get(word, word) for word in words if not word[0].isdigit())

"""Words by which a sentence says less, more, or the opposite: rewording must leave them be.

English. A missing "may", "in mice" or "up to" turns a finding into a promise, and no check of
figures or names sees it.
"""

from collections import Counter

from partwork.composing.words import words_in

# One family a line: its words may stand for one another. Words of small meaning are here because
# no comparison of content sees them; words of content because too much hangs on them.
_FAMILIES = """
    not no none nobody nothing nor neither without lacks lack lacking
    never
    may might could can
    will would shall
    should ought
    must
    if whether
    unless
    only solely merely
    because therefore thus hence
    some several
    many
    most mostly
    few
    more
    less fewer
    least
    all every each everyone everybody everything
    any anyone anybody anything
    always
    often frequently
    usually typically generally normally
    sometimes occasionally
    rarely seldom hardly
    about around roughly approximately nearly almost
    over above
    under below
    up
    down
    off
    out
    than
    between
    before
    after
    during
    until
    within
    since
    against
    again
    perhaps maybe possibly
    likely probably
    seem seems seemed appear appears appeared
    suggest suggests suggested indicate indicates indicated
    believe believes believed think thinks thought
    claim claims claimed
    report reports reported reportedly
    according
    say says said
    find finds found
    show shows showed shown
    study studies trial trials survey surveys
    early preliminary
    small
    pilot
    mouse mice
    rat rats
    animal animals
    laboratory lab
    man men
    woman women
    child children
    teenager teenagers adolescent adolescents
    adult adults
    older elderly
    younger young
    pregnant pregnancy
    healthy
    mild
    moderate
    severe
    short
    long
    alone
"""
_FAMILY_OF = {
    word: line.split()[0] for line in _FAMILIES.strip().splitlines() for word in line.split()
}
_IRREGULAR = {"can't": ("can", "not"), "cannot": ("can", "not"), "won't": ("will", "not")}


def qualifiers_in(text: str) -> Counter[str]:
    """How often each family of qualifiers is in a text, by the family's first word."""
    words = (part for word in words_in(text) for part in _parts(word))
    return Counter(_FAMILY_OF[word] for word in words if word in _FAMILY_OF)


def _parts(word: str) -> tuple[str, ...]:
    """A folded word, or the two of a contraction with "not"."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    return (word.removesuffix("n't"), "not") if word.endswith("n't") else (word,)

"""The few words that join what two sources say: a closed list, of which none claims anything.

They are set as small headings (level 3), which cite nothing, so that every sentence of a part
still stands in the block it cites. English, as all tables of composing; other languages join by
the articles' own headings alone.
"""

from partwork.model.series import Bullets, Element, Heading, Paragraph

ANOTHER_SOURCE = "From another source"  # over prose of another article under the same heading
POINT_BY_POINT = "Point by point"  # over a list that the prose before it does not announce
TRANSITIONS = (ANOTHER_SOURCE, POINT_BY_POINT)

_LEVEL = 3
_LEAST = 20  # words; a shorter paragraph is no longer than its transition is worth


def is_transition(element: Element) -> bool:
    """Whether an element is one of the list, word for word."""
    return isinstance(element, Heading) and element.text in TRANSITIONS


def transition_to(after: Element, before: Element, *, is_other: bool) -> Heading | None:
    """What joins `after` to what stands `before` it under one heading; None where nothing helps.

    `is_other`: it is another article's, and announces nothing itself.
    """
    match after:
        case Paragraph(sentences) if is_other:
            words = sum(len(s.text.split()) for s in sentences)
            if words >= _LEAST and not sentences[-1].text.endswith(":"):
                return Heading(ANOTHER_SOURCE, _LEVEL)
        case Bullets() if isinstance(before, Paragraph):
            if not before.sentences[-1].text.endswith(":"):
                return Heading(POINT_BY_POINT, _LEVEL)
        case _:
            pass
    return None

"""What is remembered of composing a series, so that composing it again changes what it must."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from partwork.model.newsletter import QuotationLimits
from partwork.model.series import Division


@dataclass(frozen=True, slots=True)
class Ground:
    """What a part was composed from.

    `statements` are the digests (see `block_digest`) of what its theme said, sorted; `digest`
    is one over all of that with headings and citations: the same, and the part is the same.
    """

    statements: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How a series was composed last: `grounds` by the parts' ids.

    `writer` names the language model that reworded it ("" for none). `passed_over` are digests
    of what no theme has, such as a point that another article makes at greater length. `quoted`
    are the limits of articles that might only be quoted, by their names.
    """

    division: Division
    writer: str = ""
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    passed_over: tuple[str, ...] = ()
    quoted: Mapping[str, QuotationLimits] = field(default_factory=dict)

"""A language model's answer to a request for reworded sentences, taken apart."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a model proposes for one sentence: other words, and the words of the source it used."""

    text: str
    quote: str


class Unreadable(ValueError):
    """An answer that is not in the form asked for; the message says why, for the model to read."""


def proposals_in(answer: str) -> Mapping[str, Proposal]:
    """The proposals of an answer by the label of their source.

    Models put JSON into code fences, after their thoughts and between pleasantries; all that is
    passed over. Raises Unreadable for what is no JSON of the form asked for, or names a source
    twice.
    """
    found = _json_in(answer)
    rows = found.get("sentences") if isinstance(found, dict) else found
    if not isinstance(rows, list):
        raise Unreadable('is not a JSON object with a list "sentences"')
    proposals: dict[str, Proposal] = {}
    for row in rows:
        fields = [row.get(name) for name in _FIELDS] if isinstance(row, dict) else []
        if len(fields) != len(_FIELDS) or not all(isinstance(field, str) for field in fields):
            raise Unreadable(f"has a sentence without the strings {', '.join(_FIELDS)}")
        source, quote, text = map(str, fields)
        if source in proposals:
            raise Unreadable("has two sentences for one source")
        proposals[source] = Proposal(text, quote)
    return proposals


_FIELDS = ("source", "quote", "text")
_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)\n\s*```", re.S | re.I)
_AFTER_THOUGHTS = "</think>"


def _json_in(answer: str) -> object:
    said = answer.rpartition(_AFTER_THOUGHTS)[2]
    fenced = _FENCED.search(said)
    braced = said[said.find("{") : said.rfind("}") + 1]
    for candidate in (said, fenced[1] if fenced else "", braced):
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):  # a thousand brackets are no answer either
            continue
    raise Unreadable("is not JSON")

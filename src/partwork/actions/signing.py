"""What editors signed off in the parts of a series, and whether the marks are good."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from partwork.composing.findings import shown
from partwork.composing.lines import lines_of
from partwork.model.fault import Fault, Severity
from partwork.model.series import FrontSignOffs, Heading, Instalment, SignOff

RULE = "sign-off"


def marks_in(part: Instalment) -> tuple[tuple[SignOff, str, int], ...]:
    """The marks of a part, each with what it is for, in words, and the line where that stands.

    Lines count from 1; 0 is the front matter.
    """
    lines = [(one.signed_off, one.what, one.line) for one in lines_of(part)]
    sentences = [(one.signed_off, shown(one.text), one.line) for one in part.sentences]
    return tuple((mark, said, line) for marks, said, line in (*lines, *sentences) for mark in marks)


def unsigned(part: Instalment) -> Instalment:
    """The part as if nothing in it were signed off."""
    bare = part.with_runs(lambda run: tuple(replace(s, signed_off=()) for s in run))
    body = tuple(replace(e, signed_off=()) if isinstance(e, Heading) else e for e in bare.body)
    return replace(bare, body=body, signed_off=FrontSignOffs())


def signing_faults(part: Instalment, file: str, without: Collection[Fault]) -> Iterator[Fault]:
    """Who signed what, as notices; a fault for each mark that does not say who or why.

    `without` is what check finds where nothing is signed off: a mark for none of that signs
    nothing.
    """
    ours = [fault for fault in without if fault.file == file]
    for mark, said, line in marks_in(part):
        # The lines of the front matter are all on line 0: a message says which it speaks of.
        is_needed = any(
            (one.line, one.rule) == (line, mark.rule) and (line or one.message.startswith(said))
            for one in ours
        )
        if not (mark.who and mark.why):
            yield Fault(
                file,
                mark.line,
                RULE,
                f"{said} is signed off for {mark.rule} without a name or a reason; "
                f"write <!-- ok: {mark.rule}, who, why -->",
            )
        elif is_needed:
            message = f"{said} is signed off for {mark.rule} by {mark.who}: {mark.why}"
            yield Fault(file, mark.line, RULE, message, Severity.NOTICE)
        else:
            message = f"{said} has no fault of the rule {mark.rule}; take the mark out"
            yield Fault(file, mark.line, RULE, message, Severity.NOTICE)

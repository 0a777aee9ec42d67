"""The parts of a series on disk: what stands of them, and what composing again makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from partwork.actions.loading import load_parts
from partwork.assembly import Press
from partwork.composing.standing import Standing
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.instalment import parse_instalment, print_instalment
from partwork.manuscript.merging import Merged, merged
from partwork.model.series import Instalment
from partwork.model.slug import slug_of
from partwork.store.engine import read_only
from partwork.store.issues import current_drafts, published_instalments

_LONGEST = 50  # characters of a title in a file's name


@dataclass(frozen=True, slots=True)
class OnFile:
    """A part as its files have it, and as it was composed last.

    `text` is the file's ("" where it is gone), `base` what was composed ("" where a person wrote
    the part); at least one of both is there. `part` is the file's, else the base's.
    """

    part: Instalment
    file: Path | None
    text: str
    base: str
    is_published: bool

    @property
    def is_edited(self) -> bool:
        """Whether a person changed it; line ends are no change."""
        return bool(self.text) and self.text.splitlines() != self.base.splitlines()

    @property
    def standing(self) -> Standing:
        """What composing has to know of it."""
        if self.is_published or not self.base:
            return Standing(self.part, is_settled=True)
        base = parse_instalment(self.base, f".base/{self.part.id}.md")
        return Standing(
            replace(base, number=self.part.number),
            keeps_number=base.number != self.part.number,
            stays=self.is_edited,
        )


@dataclass(slots=True)
class Saved:
    """What became of the parts' files, each by its name, and with the reason where it matters.

    `parts` are all that there are now; one with a conflict is as it was composed.
    `conflicts` have places, marked in the file, where an editor and composing changed the same.
    """

    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    parts: tuple[Instalment, ...] = ()


def parts_on_file(press: Press, series: str) -> tuple[OnFile, ...]:
    """The parts of a series by number, those whose file is gone but not what was composed, too.

    Raises ManuscriptError for a file that cannot be read, so that nothing is written over it.
    """
    library = press.library
    with read_only(press.engine) as connection:
        published = published_instalments(connection, series)
    found: list[OnFile] = []
    for part, file in load_parts(press, series):
        base = library.base_file(series, part.id)
        composed = library.read(base) if base.exists() else ""
        found.append(OnFile(part, file, library.read(file), composed, part.id in published))
    there = {one.part.id for one in found}
    numbers = {one.part.number for one in found}
    for base in library.base_files(series):
        if base.stem in there:
            continue
        text = library.read(base)
        part = parse_instalment(text, library.shown(base))
        is_published = part.id in published
        if not (is_published and part.number in numbers):
            found.append(OnFile(part, None, "", text, is_published))
    return tuple(sorted(found, key=lambda one: one.part.number))


def ids_of_lost_parts(
    press: Press, series: str, parts: Sequence[Instalment], on_file: Sequence[OnFile]
) -> Mapping[str, str]:
    """The ids of parts whose files were lost altogether, by those they were given now.

    A part keeps the id that its number was last rendered under, so that nobody gets it again.
    """
    known = {one.part.id for one in on_file}
    with read_only(press.engine) as connection:
        lost = {draft.number: draft.instalment for draft in current_drafts(connection, series)}
        lost |= {n: id_ for id_, n in published_instalments(connection, series).items()}
    return {
        part.id: lost[part.number]
        for part in parts
        if part.id not in known and lost.get(part.number, part.id) not in {part.id, *known}
    }


def save_parts(
    press: Press, series: str, parts: Sequence[Instalment], on_file: Sequence[OnFile]
) -> Saved:
    """Writes the parts, merged with what editors changed, and tidies up what is no part any more.

    What was composed is kept beside each for the next merge. A part that stands and is not among
    `parts` goes, unless it is published, was written or was changed by hand.
    """
    saved = Saved()
    standing = {one.part.id: one for one in on_file}
    names = {one.file.name for one in on_file if one.file}
    for part in parts:
        _save(press, series, part, standing.pop(part.id, None), names=names, saved=saved)
    for one in standing.values():
        _leave_or_remove(press, series, one, saved)
    saved.parts = _parts_now(press, series, parts, saved)
    for messages in (saved.written, saved.kept, saved.conflicts, saved.removed):
        messages.sort()
    return saved


def file_name(part: Instalment, before: OnFile | None = None) -> str:
    """The part's number and title in small letters; what a person called `before` stays."""
    if before and before.file and before.base:
        was = parse_instalment(before.base, before.file.name)
        _, _, rest = before.file.name.partition("-")
        if rest not in {f"{_named(was)}.md", f"{_named(was)}-{part.id}.md"}:
            return f"{part.number:02d}-{rest}"
    return f"{part.number:02d}-{_named(part)}.md"


def _save(
    press: Press,
    series: str,
    part: Instalment,
    before: OnFile | None,
    *,
    names: set[str],
    saved: Saved,
) -> None:
    library = press.library
    new = print_instalment(part)
    found = merged(before.base, before.text, new) if before and before.text else Merged(new)
    name = file_name(part, before)
    if name in names and not (before and before.file and before.file.name == name):
        name = name.replace(".md", f"-{part.id}.md")  # the part that has this name moves later
    target = library.series_folder(series) / name
    is_same = before is not None and found.text == before.text
    if not is_same or (before and before.file != target):
        library.write(target, found.text)
        if before and before.file and before.file != target:
            before.file.unlink()
    if not before or new != before.base:
        library.write(library.base_file(series, part.id), new)
    if found.conflicts:
        lines = ", ".join(map(str, found.conflicts))
        saved.conflicts.append(
            f"{library.shown(target)}: your text and what is new change the same lines, from line "
            f"{lines} on; keep what holds and take the lines <<<, ===, >>> out"
        )
    elif before and before.is_edited and found.text != new:
        news = "nothing is new" if is_same else "what is new stands beside it"
        saved.kept.append(f"{name}: was edited by hand, and keeps it; {news}")
    if not is_same:
        saved.written.append(name)


def _parts_now(
    press: Press, series: str, composed: Sequence[Instalment], saved: Saved
) -> tuple[Instalment, ...]:
    if not saved.conflicts:
        return tuple(part for part, _ in load_parts(press, series))
    by_name = {f"{part.number:02d}": part for part in composed}
    parts: list[Instalment] = []
    for file in press.library.instalment_files(series):
        try:
            parts.append(parse_instalment(press.library.read(file), file.name))
        except ManuscriptError:
            parts.append(by_name[file.name.partition("-")[0]])
    return tuple(parts)


def _leave_or_remove(press: Press, series: str, one: OnFile, saved: Saved) -> None:
    library = press.library
    if one.is_published:
        if one.file is None:
            library.write(library.series_folder(series) / file_name(one.part), one.base)
        name = one.file.name if one.file else file_name(one.part)
        saved.kept.append(f"{name}: {_PUBLISHED_AND_EDITED if one.is_edited else _PUBLISHED}")
    elif one.file and not one.base:
        saved.kept.append(
            f"{one.file.name}: was not composed, or there is no record of it, and stays as it is; "
            "remove it to have it composed"
        )
    elif one.file and one.is_edited:
        saved.kept.append(
            f"{one.file.name}: was edited by hand, and its theme is gone; "
            "remove it if it is not wanted any more"
        )
    else:
        library.base_file(series, one.part.id).unlink(missing_ok=True)
        if one.file:
            one.file.unlink()
            saved.removed.append(one.file.name)


_PUBLISHED = "is published, and stays as it was sent"
_PUBLISHED_AND_EDITED = (
    "is published, and was edited by hand; readers have it as it was sent, and only the file has "
    "what changed"
)


def _named(part: Instalment) -> str:
    return slug_of(part.title, _LONGEST) or "part"

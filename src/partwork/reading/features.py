"""Names for what lines show, which the table of weights goes by."""

from partwork.reading.signs import SIZES, Detail, Lengths, Likeness, Opening, Shape


def shape_features(shape: Shape) -> list[str]:
    """The names of the features that a line's shape stands for."""
    layout, words, end, case, mark, gap, indent = shape
    length, ends, cased, marked = f"words={words}", f"end={end}", f"case={case}", f"mark={mark}"
    parted, indented = f"gap={gap:d}", f"indent={indent}"
    return [
        length,
        ends,
        cased,
        marked,
        parted,
        indented,
        f"{length} {ends}",
        f"{length} {cased}",
        f"size={SIZES[words]} {marked} {indented}",
        *(f"{layout} {name}" for name in (length, ends, marked, f"{parted} {indented}")),
    ]


def detail_features(detail: Detail) -> list[str]:
    """The names of the features that a line's details stand for."""
    size, label, sentences, first, odd, digits, announces, numbering, repeats, mark = detail
    labelled, said, repeated = f"label={label}", f"sentences={sentences}", f"repeats={repeats}"
    return [
        labelled,
        said,
        repeated,
        f"first={first}",
        f"odd={odd}",
        f"digits={digits:d}",
        f"announces={announces:d}",
        f"size={size} {labelled}",
        f"size={size} {said}",
        f"size={size} {repeated}",
        f"numbering={numbering} mark={mark}",
    ]


def opening_features(opening: Opening) -> list[str]:
    """The names of the features that a line's opening word stands for."""
    size, word, ending = opening
    names = [f"ending={ending}"] + ([f"opens={word}"] if word else [])
    return [*names, *(f"size={size} {name}" for name in names)]


def length_features(lengths: Lengths) -> list[str]:
    """The names of the features of two lines' lengths and ends."""
    layout, alike, size, size_below, end, end_below = lengths
    sizes, ends = f"sizes={size},{size_below}", f"ends={end}{end_below}"
    return [
        f"alike={alike} {sizes}",
        f"{layout} {sizes}",
        sizes,
        f"{layout} {ends}",
        ends,
        layout,
    ]


def likeness_features(likeness: Likeness) -> list[str]:
    """The names of the features of two lines' likeness but for length and end."""
    same, gap, gap_below, step, marks, labels, cases, announced = likeness
    gaps = f"gaps={gap:d}{gap_below:d}"
    return [
        f"same={same}",
        gaps,
        f"step={step}",
        f"marks={marks}",
        f"marks={marks} {gaps} step={step}",
        f"labels={labels}",
        f"cases={cases}",
        f"announced={announced:d}",
    ]

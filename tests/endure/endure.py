"""Fuzzes one target with atheris: `python tests/endure/endure.py TARGET SECONDS`.

Begins with the dumps or mails, keeps what it learns in `.endure/TARGET/` for the next time, and
writes each input that crashes, hangs for 20 s or needs 2 GB as a file `.endure/TARGET-crash-…`.
The exit status is not 0 if there was one.
"""

import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

with atheris.instrument_imports(include=["partwork"]):
    from tests.endure.seeds import DUMPS, MAILS, raw_of
    from tests.endure.targets import TARGETS

LONGEST = 16_000  # bytes of an input: what is quadratic shows, what is linear stays quick
SIGNS = [
    "<p>",
    "</p>",
    "<div hidden>",
    "<li>",
    "<td>",
    "<!--",
    "display:none",
    "&#0;",
    "\\x0a\\x0a",
]
SIGNS += [
    "## ",
    "> ",
    "* ",
    "1. ",
    "```",
    "| - |",
    "](",
    "![",
    "\\xe2\\x80\\xa2 ",
    "***",
    "title: ",
]
SIGNS += ["Comments", "Share", "Tags: ", "Photo by ", "Advertisement", "\\xc2\\xa9 ", "Read more: "]


def main(name: str, seconds: int) -> None:
    target, ending = TARGETS[name]
    home = ROOT / ".endure"
    corpus = home / name
    corpus.mkdir(parents=True, exist_ok=True)
    for mail in MAILS if name == "read_mail" else ():
        (corpus / mail.name).write_bytes(mail.read_bytes()[:LONGEST])
    for dump in DUMPS if name != "read_mail" else ():
        if dump.name.endswith(ending):
            raw = raw_of(dump)
            head = b"---\ntitle: A dump\n---\n" if name == "parse_manuscript" else b""
            (corpus / dump.name).write_bytes((head + raw)[:LONGEST])
    signs = home / "signs.dict"
    signs.write_text("".join(f'"{sign}"\n' for sign in SIGNS), encoding="utf-8")
    options = {
        "max_total_time": seconds,
        "max_len": LONGEST,
        "timeout": 20,
        "rss_limit_mb": 2048,
        "dict": signs,
        "artifact_prefix": home / f"{name}-",
        "print_final_stats": 1,
        "verbosity": 0,
    }
    arguments = [f"-{option}={value}" for option, value in options.items()]
    atheris.Setup([sys.argv[0], *arguments, str(corpus)], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

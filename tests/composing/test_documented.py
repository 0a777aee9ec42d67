"""docs/composing.md is true of the checks: each has its row there, and its examples are faults."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from partwork.composing.faults import faults
from partwork.model.article import Article, Block, BlockKind
from partwork.model.series import Citation, Instalment, Paragraph, Sentence

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "composing.md").read_text()
ACTIONS = ROOT / "src" / "partwork" / "actions"
CHECKS = (
    *(ROOT / "src" / "partwork" / "composing").glob("*.py"),
    *(ACTIONS / f"{name}.py" for name in ("check", "segments", "signing", "unreadable")),
)


def rules_in(file: Path) -> Iterator[str]:
    """The rules of all that a module finds: the first word of a Finding, the third of a Fault."""
    tree = ast.parse(file.read_text())
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = {"Finding": 0, "Fault": 2}.get(node.func.id)
            if place is not None and len(node.args) > place:
                word = node.args[place]
                word = constants.get(word.id, word) if isinstance(word, ast.Name) else word
                if isinstance(word, ast.Constant):
                    yield str(word.value)


def examples_in(page: str) -> Mapping[str, str]:
    """The last cell of each row of the tables of rules, by the rule."""
    rows = re.findall(r"^\| `([a-z-]+)` \|(.*)\|$", page, re.MULTILINE)
    return {rule: cells.split(" | ")[-1].strip() for rule, cells in rows}


EXAMPLES = examples_in(PAGE)
RULES = sorted({rule for file in CHECKS for rule in rules_in(file)})

SOURCE = re.search(r'a block that says: "(.*?)"', PAGE.replace("\n", " "))
SHOWN = [
    (rule, re.sub(r"… ?| ?…", "", example).strip())
    for rule in ("figure", "name", "negation", "hedge", "risk", "voice", "story")
    for example in re.findall(r'"([^"]+)"', EXAMPLES[rule])
] + [("quotation", example) for example in re.findall("“[^”]+”", EXAMPLES["quotation"])]


def test_every_check_has_its_row_and_an_example() -> None:
    assert len(RULES) > 20
    assert [rule for rule in RULES if not EXAMPLES.get(rule)] == []


def faults_in(text: str) -> set[str]:
    """The rules that a sentence breaks which cites the block of the page."""
    assert SOURCE is not None
    block = Block(BlockKind.PARAGRAPH, SOURCE[1])
    articles = {"heaps": Article("heaps", "Heaps", (block,), language="en")}
    body = (Paragraph((Sentence(text, (Citation("heaps", block.digest),)),)),)
    part = Instalment("part0001", 1, "Heaps", "Heaps", "", body=body)
    return {fault.rule for fault in faults(part, articles, "")}


@pytest.mark.parametrize(("rule", "example"), SHOWN)
def test_the_examples_of_the_page_are_faults(rule: str, example: str) -> None:
    is_sentence = example.endswith(".") or example[0].isupper()
    assert rule in faults_in(example if is_sentence else f"A heap of leaves: {example}.")


def test_what_the_block_of_the_page_says_is_no_fault() -> None:
    assert SOURCE is not None
    assert faults_in(SOURCE[1]) == set()

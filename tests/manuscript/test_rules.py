"""The rules of the sites, as editors read and write them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.manuscript.errors import FieldsError, ManuscriptError
from partwork.manuscript.rules import parse_rules, print_rules
from partwork.model.memory import EditorVerdict, SiteRule, words_of

FILE = "content/rules.toml"
RULE = SiteRule(
    "drop-the-fair",
    "example.org",
    EditorVerdict.DROP,
    'see you at "fair" #',
    date(2026, 3, 2),
    ("kettles", "lids"),
)
OTHER = replace(RULE, name="keep-the-fair", site="lids.example.org", verdict=EditorVerdict.KEEP)


def test_a_new_file_says_what_it_is() -> None:
    text = print_rules([RULE], "", FILE)

    for word in (
        "partwork keep",
        "partwork rules revoke",
        "site",
        "verdict",
        "words",
        "applied_to",
    ):
        assert word in text.split("[[rule]]")[0]


def test_what_an_editor_typed_stays() -> None:
    text = print_rules([RULE, OTHER], "", FILE)
    typed = text.replace("words = 'see you", "words = 'see you").replace(
        'verdict = "drop"', 'verdict = "drop"  # asked by the museum'
    )

    after = print_rules([replace(RULE, applied_to=("copper",)), OTHER], typed, FILE)

    assert "# asked by the museum" in after
    assert after.replace('applied_to = ["copper"]', "applied_to = []") == typed


def test_words_may_be_typed_as_they_stand_in_the_article() -> None:
    typed = print_rules([RULE], "", FILE).replace("see you at", "See  you AT")

    assert parse_rules(typed, FILE) == (RULE,)
    assert print_rules([replace(RULE, applied_to=("copper",))], typed, FILE).count("See  you AT")


def test_a_rule_that_ended_is_gone_and_the_others_stay() -> None:
    text = print_rules([RULE, OTHER], "", FILE)

    left = print_rules([OTHER], text, FILE)

    assert parse_rules(left, FILE) == (OTHER,)
    assert parse_rules(print_rules([], left, FILE), FILE) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = 1", "rules alone"),
        ("rule = [1]", "rules alone"),
        ("[rule]\nname = 'a'", "rules alone"),
        ("[[rule]", "not TOML"),
        ("[[rule]]\nname = 'a'", "rule 1: made_on is a day"),
        ("[[rule]]\nname = 'a'\nmade_on = 2026-03-02T10:00:00", "rule 1: made_on is a day"),
        ("[[rule]]\nname = 'A b'\nmade_on = 2026-03-02", "name is a short name"),
        ("[[rule]]\nname = 'a'\nmade_on = 2026-03-02\nverdict = 'maybe'", "verdict is"),
        ("[[rule]]\nname = 'a'\nmade_on = 2026-03-02", "verdict is missing"),
        ("[[rule]]\nname = 'a'\nmade_on = 2026-03-02\nwords = ' '", "words is empty"),
        ("[[rule]]\nname = 'a'\nmade_on = 2026-03-02\nword = 'x'", "did you mean words"),
        ("a = " + "[" * 5000, FILE),
    ],
)
def test_what_is_wrong_is_told_in_one_line(text: str, says: str) -> None:
    with pytest.raises(ManuscriptError) as raised:
        parse_rules(text, FILE)

    assert says in str(raised.value)
    assert FILE in str(raised.value)
    assert "\n" not in str(raised.value)


def test_two_rules_of_one_name_are_refused() -> None:
    text = print_rules([RULE], "", FILE)

    with pytest.raises(ManuscriptError, match="two rules are called drop-the-fair"):
        parse_rules(text + "[[rule]]" + text.split("[[rule]]")[1], FILE)


def test_all_that_is_wrong_with_a_rule_is_told_at_once() -> None:
    with pytest.raises(FieldsError) as raised:
        parse_rules("[[rule]]\nname = 'A'\nmade_on = 2026-03-02\nfoo = 1", FILE)

    assert len(raised.value.problems) >= 4


@given(st.lists(st.text(max_size=30).map(words_of).filter(bool), max_size=4, unique=True))
def test_rules_of_any_words_are_read_back(words: list[str]) -> None:
    rules = tuple(replace(RULE, name=f"r{i}", words=w) for i, w in enumerate(words))

    text = print_rules(rules[:2], "", FILE)

    assert parse_rules(print_rules(rules, text, FILE), FILE) == rules


TABLE = '{name="a", site="example.org", verdict="drop", words="Share", made_on=2026-01-01}'


@pytest.mark.parametrize("text", ["rule = []", f"rule = [{TABLE}]"])
def test_a_list_that_no_rule_can_be_added_to_is_refused_when_it_is_read(text: str) -> None:
    with pytest.raises(ManuscriptError, match=r"begin each with a line \[\[rule\]\]"):
        parse_rules(text, FILE)


def test_rules_that_could_not_be_read_back_are_not_written() -> None:
    with pytest.raises(ManuscriptError, match="write it by hand"):
        print_rules([replace(RULE, site="www.example.org")], "", FILE)


@pytest.mark.parametrize("site", ["https://www.Example.org/x", "www.Example.ORG", "example.org"])
def test_a_site_may_be_written_as_the_address_of_a_page(site: str) -> None:
    typed = print_rules([RULE], "", FILE).replace('"example.org"', f'"{site}"')

    assert parse_rules(typed, FILE) == (RULE,)


@pytest.mark.parametrize("site", ["example.org/x", "example org", "www.", "ftp://example.org"])
def test_what_is_the_site_of_no_article_is_refused(site: str) -> None:
    typed = print_rules([RULE], "", FILE).replace('"example.org"', f'"{site}"')

    with pytest.raises(FieldsError, match=r"rule 1: site is a host such as example\.org, not '"):
        parse_rules(typed, FILE)


def test_two_rules_cannot_keep_and_drop_the_same_words_of_a_site() -> None:
    text = print_rules([RULE], "", FILE)
    contrary = text.split("[[rule]]")[1].replace('"drop"', '"keep"').replace("drop-", "keep-")

    with pytest.raises(ManuscriptError, match="drop-the-fair and keep-the-fair keep and drop the"):
        parse_rules(f"{text}[[rule]]{contrary}", FILE)

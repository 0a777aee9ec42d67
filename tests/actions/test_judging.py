"""An editor's word on a block binds the article; said twice on a site, it becomes its rule."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partwork.actions.clean_again import clean_site
from partwork.actions.filing import load_record, load_rules, save_rules
from partwork.actions.ingest import ingest
from partwork.actions.judging import Judgement, NotPlaced, drop, keep
from partwork.actions.loading import load_article
from partwork.actions.ruling import revoke
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.model.article import Category, Rights, block_digest
from partwork.model.memory import EditorVerdict
from tests.conftest import Clock

SITE = "kettles.example.org"
TAXES = "Copper came up the water on flat boats and was taxed in spoons at the quay."
PLUG = "Readers get 20 % off all lids; order now and quote LID20."
KETTLES = f"""The Kettles of the Long Quay

Advertisement

The kettle was cold and rain fell on every roof of the town that winter.

A line of the fair

{TAXES}

{PLUG}

The clerk counted each spoon twice, and so did the wife of the clerk.
"""


def bring(press: Press, tmp_path: Path, name: str, text: str, site: str = SITE) -> str:
    """The name of the article that a pasted text becomes."""
    file = tmp_path / f"{name}.txt"
    file.write_text(text)
    report = ingest(press, [file], rights=Rights.OWN, site=site)
    assert not report.refused
    return report.articles[0].cleaned.article.slug


@pytest.fixture
def kettles(press: Press, tmp_path: Path) -> str:
    """An article of the site; its first block is an advertisement, its third a stray line."""
    return bring(press, tmp_path, "kettles", KETTLES)


def another(press: Press, tmp_path: Path, name: str, site: str = SITE) -> str:
    """An article of a site, with the same stray lines in another text."""
    own = KETTLES.replace("Kettles", name).replace("kettle", name).replace("spoon", "ladle")
    return bring(press, tmp_path, name.lower(), own, site)


def put(press: Press, slug: str, *numbers: int, for_site: bool = False) -> Judgement:
    return keep(press, slug, numbers, for_site=for_site, clock=Clock())


def take(press: Press, slug: str, *numbers: int, for_site: bool = False) -> Judgement:
    return drop(press, slug, numbers, for_site=for_site, clock=Clock())


def text_of(press: Press, slug: str) -> str:
    return press.library.read(press.library.article_file(slug))


def number_of(press: Press, slug: str, words: str) -> int:
    """The number of the block with these words, in the article as it was read."""
    blocks = {removal.position: removal.block for removal in load_record(press, slug).removals}
    kept = iter(load_article(press, slug).blocks)
    for position in range(len(load_record(press, slug).blocks)):
        block = blocks.get(position) or next(kept)
        if words in block.text:
            return position + 1
    raise AssertionError(words)


def cleaned_again(press: Press, slug: str) -> None:
    """Cleans an article from its raw text, as anyone would who removes its file."""
    press.library.article_file(slug).unlink()
    ingest(press, [], rights=Rights.OWN)


def test_what_cleaning_took_comes_back_in_its_place(press: Press, kettles: str) -> None:
    assert "Advertisement" not in text_of(press, kettles)

    done = put(press, kettles, 1)

    assert [(b.number, b.done, b.text) for b in done.blocks] == [(1, "put back", "Advertisement")]
    assert re.search(r"---\n\n(## )?Advertisement\n\nThe kettle", text_of(press, kettles))
    assert not load_record(press, kettles).removals


def test_what_is_dropped_leaves_with_its_reason_on_file(press: Press, kettles: str) -> None:
    number = number_of(press, kettles, "flat boats")

    take(press, kettles, number)

    assert TAXES not in text_of(press, kettles)
    removal = load_record(press, kettles).removals[-1]
    assert (removal.position, removal.category) == (number - 1, Category.EDITOR)
    assert removal.reason == "was taken out by hand"
    assert removal.block.text == TAXES


def test_a_flag_is_cleared_and_the_block_stays(press: Press, kettles: str) -> None:
    assert "<!-- flagged: promotion -->" in text_of(press, kettles)

    (done,) = put(press, kettles, number_of(press, kettles, "LID20")).blocks

    assert done.done == "no longer flagged as promotion"
    assert "flagged" not in text_of(press, kettles)
    assert PLUG in text_of(press, kettles).replace("\\", "")


def test_a_flagged_block_that_was_dropped_comes_back_flagged(press: Press, kettles: str) -> None:
    before = text_of(press, kettles)
    number = number_of(press, kettles, "LID20")

    take(press, kettles, number)
    (done,) = put(press, kettles, number).blocks

    assert done.done == "put back, flagged as promotion"
    assert text_of(press, kettles) == before
    cleaned_again(press, kettles)
    assert text_of(press, kettles) == before


def test_cleaning_again_from_the_same_text_obeys(press: Press, kettles: str) -> None:
    put(press, kettles, 1, number_of(press, kettles, "LID20"))
    take(press, kettles, number_of(press, kettles, "flat boats"))
    judged = text_of(press, kettles)

    cleaned_again(press, kettles)

    assert text_of(press, kettles) == judged


def test_the_last_word_counts(press: Press, kettles: str) -> None:
    put(press, kettles, 1)
    take(press, kettles, 1)

    cleaned_again(press, kettles)

    assert "Advertisement" not in text_of(press, kettles)
    (decision,) = load_record(press, kettles).decisions
    assert decision.verdict is EditorVerdict.DROP


def test_an_article_that_was_judged_still_counts_as_made_by_us(
    press: Press, kettles: str, tmp_path: Path
) -> None:
    put(press, kettles, 1)
    (tmp_path / "kettles.txt").write_text(KETTLES + "\nThe quay is quiet now.\n")

    (press.library.inbox / "kettles.txt").write_text(KETTLES + "\nThe quay is quiet now.\n")
    report = ingest(press, [press.library.inbox / "kettles.txt"], rights=Rights.OWN)

    assert not report.refused
    assert "Advertisement" in text_of(press, kettles)
    assert "The quay is quiet now." in text_of(press, kettles)


def test_hand_edits_survive(press: Press, kettles: str) -> None:
    file = press.library.article_file(kettles)
    edited = text_of(press, kettles).replace(
        "The clerk counted", "<!-- mine -->\n*The* clerk counted"
    )
    edited = edited.replace("\n\nThe kettle", "\n\nA first line of mine.\n\nThe kettle")
    file.write_text(edited)
    number = number_of_raw(press, kettles, 4)

    take(press, kettles, number)
    assert text_of(press, kettles) == edited.replace(f"{TAXES}\n\n", "")

    put(press, kettles, number)
    assert text_of(press, kettles) == edited
    put(press, kettles, 1)
    assert re.search(r"line of mine\.\n\n(## )?Advertisement\n\nThe k", text_of(press, kettles))


def number_of_raw(press: Press, slug: str, number: int) -> int:
    """The number itself, once it is sure that it is that of the taxes."""
    assert load_record(press, slug).blocks[number - 1] == block_digest(TAXES)
    return number


def test_a_block_that_was_changed_by_hand_is_named_and_left_alone(
    press: Press, kettles: str
) -> None:
    file = press.library.article_file(kettles)
    edited = text_of(press, kettles).replace("flat boats", "round boats")
    file.write_text(edited)

    with pytest.raises(NotPlaced, match=rf"^{kettles}, block 4: .*edit it by hand$"):
        take(press, kettles, 1, 4)

    assert text_of(press, kettles) == edited
    assert not load_record(press, kettles).decisions


@pytest.mark.parametrize("number", [0, 7, 10**6])
def test_a_number_that_no_block_has_is_told(press: Press, kettles: str, number: int) -> None:
    with pytest.raises(NotPlaced, match=f"block {number}: it has 6; `partwork report {kettles}`"):
        take(press, kettles, number)


def test_an_article_that_is_not_there_is_told(press: Press) -> None:
    with pytest.raises(LibraryError, match="there is no article 'gone'"):
        put(press, "gone", 1)


def test_an_article_without_a_record_is_the_editors_alone(press: Press) -> None:
    press.library.write(press.library.article_file("mine"), "---\ntitle: Mine\n---\n\nA line.\n")

    with pytest.raises(LibraryError, match=r"edit content/articles/mine\.md by hand"):
        take(press, "mine", 1)


def test_an_article_from_before_blocks_were_noted_can_be_judged(press: Press, kettles: str) -> None:
    file = press.library.removals_file(kettles)
    old = json.loads(file.read_text())
    kept = {key: old[key] for key in ("article_sha256", "cleaner", "removals")}
    file.write_text(json.dumps(kept))

    put(press, kettles, 1)

    assert "Advertisement" in text_of(press, kettles)
    assert len(load_record(press, kettles).blocks) == 6


def test_a_second_drop_of_the_same_words_makes_the_sites_rule(
    press: Press, kettles: str, tmp_path: Path
) -> None:
    lids = another(press, tmp_path, "Lids")
    first = take(press, kettles, number_of(press, kettles, "of the fair"))
    second = take(press, lids, number_of(press, lids, "of the fair"))

    assert not first.made
    (rule,) = second.made
    assert (rule.site, rule.verdict, rule.words) == (SITE, EditorVerdict.DROP, "a line of the fair")
    assert rule.made_from == (kettles, lids)

    pans = another(press, tmp_path, "Pans")
    assert "of the fair" not in text_of(press, pans)
    assert load_rules(press)[0].applied_to == (pans,)
    (removal,) = (r for r in load_record(press, pans).removals if "fair" in r.block.text)
    assert removal.reason == f"is taken out by {SITE}'s rule {rule.name}"


def test_words_of_another_site_make_no_rule(press: Press, kettles: str, tmp_path: Path) -> None:
    lids = another(press, tmp_path, "Lids", "lids.example.org")
    take(press, kettles, number_of(press, kettles, "of the fair"))

    assert not take(press, lids, number_of(press, lids, "of the fair")).made


def test_a_rule_can_be_made_at_once(press: Press, kettles: str, tmp_path: Path) -> None:
    (rule,) = put(press, kettles, 1, for_site=True).made

    lids = another(press, tmp_path, "Lids")

    assert rule.name == "keep-advertisement"
    assert "Advertisement" in text_of(press, lids)
    assert load_rules(press)[0].applied_to == (lids,)


def test_a_rule_reaches_earlier_articles_when_their_site_is_cleaned_again(
    press: Press, kettles: str, tmp_path: Path
) -> None:
    lids = another(press, tmp_path, "Lids")
    (rule,) = take(press, kettles, number_of(press, kettles, "of the fair"), for_site=True).made
    assert "of the fair" in text_of(press, lids)

    assert clean_site(press, SITE).changed == (lids,)

    assert "of the fair" not in text_of(press, lids)
    assert load_rules(press)[0].applied_to == (lids,)
    assert "of the fair" not in text_of(press, kettles)
    assert revoke(press, rule.name).again.changed == (lids,)


def test_a_rule_that_says_the_contrary_ends(press: Press, kettles: str) -> None:
    (old,) = put(press, kettles, 1, for_site=True).made

    judged = take(press, kettles, 1, for_site=True)

    assert judged.ended == (old,)
    assert load_rules(press) == judged.made


def test_an_article_of_no_site_makes_no_rule(press: Press, tmp_path: Path) -> None:
    slug = bring(press, tmp_path, "kettles", KETTLES, site="")

    with pytest.raises(LibraryError, match=r"of no site.*--site NAME"):
        take(press, slug, 2, for_site=True)

    assert "The kettle was cold" in text_of(press, slug)


def test_a_site_can_be_named_later(press: Press, tmp_path: Path) -> None:
    slug = bring(press, tmp_path, "kettles", KETTLES, site="")

    report = ingest(press, [tmp_path / "kettles.txt"], rights=Rights.OWN, site=f"www.{SITE}")

    assert report.updated == (slug,)
    assert take(press, slug, 2, for_site=True).made[0].site == SITE


def test_broken_rules_stop_a_decision_before_anything_is_changed(
    press: Press, kettles: str
) -> None:
    press.library.write(press.library.rules, "[[rule]\n")
    before = text_of(press, kettles)

    with pytest.raises(ManuscriptError, match=r"content/rules\.toml, line 1: not TOML"):
        put(press, kettles, 1)

    assert text_of(press, kettles) == before


def test_a_revoked_rule_gives_back_what_it_took(press: Press, kettles: str, tmp_path: Path) -> None:
    take(press, kettles, number_of(press, kettles, "of the fair"), for_site=True)
    lids, pans = another(press, tmp_path, "Lids"), another(press, tmp_path, "Pans")
    pots, jugs = another(press, tmp_path, "Pots"), another(press, tmp_path, "Jugs")
    press.library.article_file(pans).write_text(text_of(press, pans) + "\nMine.\n")
    (press.library.inbox / "pots.txt").unlink()
    put(press, jugs, 1)

    revoked = revoke(press, load_rules(press)[0].name)

    assert revoked.again.changed == (lids, jugs)
    assert revoked.again.edited == (pans,)
    assert revoked.again.lost == (pots,)
    assert load_rules(press) == ()
    assert "of the fair" in text_of(press, lids)
    assert "of the fair" not in text_of(press, kettles)  # its own editor's word
    assert "Mine." in text_of(press, pans)
    assert "Advertisement" in text_of(press, jugs)  # this editor's word too
    assert {(b.article, b.is_in, b.why) for b in revoked.blocks} == {
        (lids, True, ""),
        (jugs, True, ""),
        (pans, False, "the article was edited by hand"),
        (pots, False, "the article's raw text is not in content/inbox any more"),
        (kettles, False, "was taken out by hand"),
    }
    assert {block.text for block in revoked.blocks} == {"A line of the fair"}


def test_what_cleaning_takes_out_without_the_rule_is_told_with_its_reason(
    press: Press, kettles: str, tmp_path: Path
) -> None:
    (rule,) = put(press, kettles, 1, for_site=True).made
    lids = another(press, tmp_path, "Lids")
    assert "Advertisement" in text_of(press, lids)

    (block,) = revoke(press, rule.name).blocks

    assert (block.article, block.number, block.is_in) == (lids, 1, False)
    assert "“Advertisement”" in block.why
    assert "Advertisement" not in text_of(press, lids)


def test_after_a_rule_is_revoked_one_more_decision_does_not_bring_it_back(
    press: Press, kettles: str, tmp_path: Path
) -> None:
    brought = [another(press, tmp_path, name) for name in ("Lids", "Pans", "Pots")]
    first, second, third = (
        (slug, number_of(press, slug, "of the fair")) for slug in (kettles, *brought[:2])
    )
    fourth = (brought[2], number_of(press, brought[2], "of the fair"))
    take(press, *first)
    (rule,) = take(press, *second).made
    revoke(press, rule.name)

    assert not take(press, *third).made
    (again,) = take(press, *fourth).made
    assert again.made_from == (third[0], fourth[0])
    for slug, _ in (first, second):
        cleaned_again(press, slug)
        assert "of the fair" not in text_of(press, slug)  # its own editor's word


def test_a_rule_that_was_contradicted_does_not_come_back_by_one_decision(
    press: Press, kettles: str, tmp_path: Path
) -> None:
    lids, pans = another(press, tmp_path, "Lids"), another(press, tmp_path, "Pans")
    take(press, kettles, number_of(press, kettles, "of the fair"), for_site=True)
    put(press, lids, number_of(press, lids, "of the fair"), for_site=True)

    assert not take(press, pans, number_of(press, pans, "of the fair")).made
    assert load_rules(press)[0].verdict is EditorVerdict.KEEP


def test_revoking_what_is_no_rule_names_those_there_are(press: Press, kettles: str) -> None:
    put(press, kettles, 1, for_site=True)

    with pytest.raises(LibraryError, match=r"did you mean keep-advertisement\? `partwork rules`"):
        revoke(press, "keep-adverts")


def test_rules_that_were_taken_out_by_hand_stay_out(
    press: Press, kettles: str, tmp_path: Path
) -> None:
    put(press, kettles, 1, for_site=True)
    save_rules(press, [])

    another(press, tmp_path, "Lids")

    assert load_rules(press) == ()


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 6)), max_size=6))
@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_whatever_is_judged_kept_and_removed_are_what_was_read(
    press: Press, kettles: str, words: list[tuple[bool, int]]
) -> None:
    for keeps, number in words:
        (put if keeps else take)(press, kettles, number)

    record = load_record(press, kettles)
    removed = {removal.position: removal.block.digest for removal in record.removals}
    kept = [block.digest for block in load_article(press, kettles).blocks]
    assert len(kept) + len(removed) == len(record.blocks)
    left = iter(kept)
    assert tuple(removed.get(i) or next(left) for i in range(len(record.blocks))) == record.blocks

"""Commands for editors: what cleaning should have left, and what it should have taken."""

import re
import shlex
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter
from rich.text import Text

from partwork.cli.terminal import (
    DONE,
    WRITING,
    WrongUse,
    app,
    counted,
    out,
    press_of_home,
    say_again,
    shown,
    utc_now,
)

if TYPE_CHECKING:
    from partwork.actions.judging import Judgement

ForSite = Annotated[bool, Parameter(name="--site", negative="")]
EXCERPT = 160


@app.command(group=WRITING, sort_key=4)
def keep(article: str, *blocks: str, for_site: ForSite = False) -> int:
    """Put back what cleaning took out of an article, or take the flag off a block.

    It binds: the article keeps these blocks when it is cleaned again. The second time for the
    same words on one site, it becomes the site's rule in content/rules.toml.

    Example: partwork keep why-we-lie-awake 12

    Parameters
    ----------
    article
        Its name.
    blocks
        Numbers of blocks, as `partwork report ARTICLE` has them, or ranges of them, 5-9.
    for_site
        Make it the site's rule at once.
    """
    from partwork.actions.judging import keep as keep_blocks

    numbers = numbers_in(blocks)
    with press_of_home() as press:
        _say(keep_blocks(press, article, numbers, for_site=for_site, clock=utc_now))
    return DONE


@app.command(group=WRITING, sort_key=5)
def drop(article: str, *blocks: str, for_site: ForSite = False) -> int:
    """Take blocks out of an article that cleaning left in it.

    It binds: the article loses these blocks when it is cleaned again. The second time for the
    same words on one site, it becomes the site's rule in content/rules.toml.

    Example: partwork drop why-we-lie-awake 3 40-44

    Parameters
    ----------
    article
        Its name.
    blocks
        Numbers of blocks, as `partwork report ARTICLE` has them, or ranges of them, 5-9.
    for_site
        Make it the site's rule at once.
    """
    from partwork.actions.judging import drop as drop_blocks

    numbers = numbers_in(blocks)
    with press_of_home() as press:
        _say(drop_blocks(press, article, numbers, for_site=for_site, clock=utc_now))
    return DONE


rules = App(
    name="rules",
    help="List the rules that editors made for their sites, or end one.\n\n"
    "Example: partwork rules revoke drop-follow-us-on",
    group=WRITING,
    sort_key=6,
)
app.command(rules)


@rules.default
def list_() -> int:
    """List the rules of all sites, with what each did where.

    Example: partwork rules
    """
    from partwork.actions.filing import load_rules

    with press_of_home() as press:
        known = load_rules(press)
    if not known:
        out.print("no rules yet: the second `partwork keep` or `drop` of the same words makes one")
        return DONE
    for rule in known:
        out.print(Text.assemble((rule.name, "bold"), f"  {rule.site}"))
        out.print(f"  {rule.verdict}s “{_excerpt(rule.words)}”")
        out.print(f"  made {rule.made_on}{_listed(' from ', rule.made_from)}")
        out.print(f"  changed {_listed('', rule.applied_to) or 'nothing yet'}")
    return DONE


@rules.command
def revoke(name: str) -> int:
    """End a rule; the articles that it touched are cleaned again, unless edited by hand.

    What it took comes back, but for what an editor, another rule or cleaning itself takes out:
    each such block is named with the reason.

    Example: partwork rules revoke drop-follow-us-on

    Parameters
    ----------
    name
        The rule's name, as `partwork rules` lists it.
    """
    from partwork.actions.ruling import revoke as revoke_rule

    with press_of_home() as press:
        done = revoke_rule(press, name)
    out.print(f"{done.rule.name} is revoked; {done.rule.site} has no such rule any more")
    for block in done.blocks:
        place = f"{block.article}, block {block.number}"
        if block.is_in:
            out.print(f"{place} is back: “{_excerpt(block.text)}”")
        else:
            out.print(
                f"{place} stays out, “{_excerpt(block.text)}”: {block.why}; "
                f"`partwork keep {block.article} {block.number}` puts it back"
            )
    say_again(done.again)
    return DONE


def numbers_in(blocks: tuple[str, ...]) -> list[int]:
    """The block numbers in such arguments as `3` and `5-9`. Raises WrongUse."""
    numbers: list[int] = []
    for given in blocks:
        match = re.fullmatch(r"([0-9]{1,6})(?:-([0-9]{1,6}))?", given)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 0 < first <= last:
            raise WrongUse(
                f"{given!r} is no block number; after the article write 12, or 5-9 for several"
            )
        numbers += range(first, last + 1)
    if not numbers:
        raise WrongUse("which block? Name its number, as `partwork report ARTICLE` has it")
    return numbers


def _say(judgement: "Judgement") -> None:
    for block in judgement.blocks:
        out.print(f"block {block.number} {block.done}: “{_excerpt(block.text)}”")
    for rule in judgement.ended:
        out.print(f"rule {rule.name} ends: {rule.site} says the contrary now")
    for rule in judgement.made:
        froms, site = counted(len(rule.made_from), "article"), shlex.quote(rule.site)
        out.print(
            f"rule {rule.name}: {rule.site} will {rule.verdict} these words from now on "
            f"(made from {froms}; `partwork rules revoke {rule.name}` ends it, "
            f"`partwork clean --site {site}` applies it to the articles that are there)"
        )


def _listed(before: str, slugs: tuple[str, ...]) -> str:
    return before + ", ".join(slugs) if slugs else ""


def _excerpt(text: str) -> str:
    """The text on one line, cut short."""
    words = shown(text)
    return words if len(words) <= EXCERPT else f"{words[: EXCERPT - 1].rstrip()}…"

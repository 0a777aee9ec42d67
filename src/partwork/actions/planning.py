"""What the parts of a series were composed from, kept for the next time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from partwork.actions.revising import OnFile
from partwork.assembly import Press
from partwork.composing.rewriting import Rewriting
from partwork.composing.series import Composition
from partwork.manuscript.plan import parse_plan, print_plan
from partwork.model.article import Article, Rights
from partwork.model.newsletter import QuotationLimits
from partwork.model.plan import Plan
from partwork.model.series import Division, Series


def load_plan(
    press: Press, known: Series | None, wanted: Series, quoted: Mapping[str, QuotationLimits]
) -> Plan | None:
    """What the series was composed from the last time, as far as that still holds.

    Where another writer is set, or an article may be quoted at other length, every part is
    written anew; where an article is gone, what it told in place of another may be told by that.
    """
    file = press.library.plan_file(wanted.slug)
    if not known or not file.exists():
        return None
    plan = parse_plan(press.library.read(file), press.library.shown(file))
    is_gone = not set(known.articles) <= set(wanted.articles)
    has_other_limits = any(
        plan.quoted.get(slug) != quoted.get(slug) for slug in known.articles if not is_gone
    )
    if has_other_limits or plan.writer != writer_name(press):
        grounds = {id_: replace(ground, digest="") for id_, ground in plan.grounds.items()}
        plan = replace(plan, grounds=grounds)
    return replace(plan, passed_over=()) if is_gone or has_other_limits else plan


def save_plan(
    press: Press, series: str, plan: Plan, on_file: Sequence[OnFile], before: Plan | None
) -> None:
    """Keeps the plan, and from the one before what settled parts were composed from."""
    settled = {one.part.id for one in on_file if one.standing.is_settled}
    known = before.grounds if before else {}
    kept = {id_: ground for id_, ground in known.items() if id_ in settled}
    text = print_plan(replace(plan, grounds={**kept, **plan.grounds}))
    file = press.library.plan_file(series)
    if not file.exists() or press.library.read(file) != text:
        press.library.write(file, text)


def plan_of(
    press: Press,
    division: Division,
    composition: Composition,
    made: Rewriting | None,
    quoted: Mapping[str, QuotationLimits],
) -> Plan:
    """What the parts were composed from; of those a model did not do, to be done again."""
    grounds = {}
    undone = {one.part for one in made.fell_back} if made else set()
    for part in composition.instalments:
        is_undone = part.number in undone or bool(made and made.stopped)
        is_tried_again = is_undone and part.id not in composition.unchanged
        ground = composition.grounds[part.id]
        grounds[part.id] = replace(ground, digest="") if is_tried_again else ground
    return Plan(division, writer_name(press), grounds, composition.passed_over, quoted)


def limits_of(
    articles: Mapping[str, Article], limits: QuotationLimits
) -> Mapping[str, QuotationLimits]:
    """The limits of each article that may only be quoted, by its name."""
    return {slug: limits for slug, one in articles.items() if one.rights is Rights.QUOTATION}


def writer_name(press: Press) -> str:
    """The language model that rewords, as the settings have it; "" for none."""
    return press.settings.writer_model if press.settings.writer_url else ""

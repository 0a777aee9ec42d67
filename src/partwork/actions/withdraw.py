"""An article that may be used no more: what draws on it is held, and its pages are taken down."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Connection

from partwork.actions.compose import compose
from partwork.actions.filing import save_head
from partwork.actions.holding import holding_articles
from partwork.actions.loading import load_article
from partwork.actions.uses import Uses, hashes_drawing_on, series_naming, uses_of
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.front_matter import with_field, without_field
from partwork.manuscript.series import parse_series
from partwork.model.correction import LONGEST_REASON, Withdrawal
from partwork.model.errors import PartworkError
from partwork.model.series import Kind, Series
from partwork.model.stop import Stop, StopKind
from partwork.rendering.inline import one_line
from partwork.store.bundles import bundles_with
from partwork.store.engine import read_only
from partwork.store.issues import is_published, load_issue
from partwork.store.ledger import tally
from partwork.store.sources import (
    drop_withdrawal,
    load_withdrawal,
    save_sources,
    save_withdrawal,
    withdrawal_behind,
)
from partwork.store.stops import load_stop, save_stop


@dataclass(frozen=True, slots=True)
class Consequences:
    """What withdrawing an article would do now.

    `uses` are the parts and issues that draw on it; `pauses` names the issues that are being sent,
    and `recomposes` the series that are composed again without it. `empties` are series of which
    nothing would be left to compose: their unsent parts are held.
    """

    uses: Uses
    pauses: tuple[str, ...]
    recomposes: tuple[str, ...]
    empties: tuple[str, ...]


@dataclass(slots=True)
class Done:
    """What was done: issues paused or resumed, series composed again, what was kept, what failed.

    `kept` and `problems` are sentences.
    """

    issues: list[str] = field(default_factory=list)
    series: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def consequences_of(press: Press, article: str) -> Consequences:
    """What withdrawing it would do; nothing is changed. Raises LibraryError."""
    load_article(press, article)
    series = [_series(press, slug) for slug in series_naming(press, article)]
    composed = [one for one in series if one.kind is Kind.COMPOSED]
    return Consequences(
        uses_of(press, article),
        tuple(_being_sent(press, article).values()),
        tuple(one.slug for one in composed if set(one.articles) - {article}),
        tuple(one.slug for one in composed if not set(one.articles) - {article}),
    )


def withdraw(press: Press, article: str, *, because: str, now: datetime) -> Done:
    """Marks the article, so that no part that draws on it can be approved or published any more.

    What is being sent of it is paused, its pages are taken down with the day and `because`, and
    series are composed again without it, as drafts that an editor approves; what was edited by hand
    stays, and is held while it cites the article. Stopped at any moment and run again, it goes on.
    Raises LibraryError.
    """
    reason = one_line(because)
    if not reason or len(reason) > LONGEST_REASON:
        raise LibraryError(
            f"say why, in words for readers and up to {LONGEST_REASON} characters: --because TEXT"
        )
    done = Done()
    with holding_articles(press):
        _mark(press, article, load_article(press, article).withdrawn_on or now.date())
    with read_only(press.engine) as connection:
        before = load_withdrawal(connection, article)
    places = {
        slug: _series(press, slug).articles.index(article) for slug in _naming(press, article)
    }
    said = Withdrawal(article, reason, now, {**(before.series if before else {}), **places})
    drawing = hashes_drawing_on(press, article)
    running = _being_sent(press, article)
    with press.engine.begin() as connection:
        for content_hash in drawing:
            save_sources(connection, content_hash, [article])
        save_withdrawal(connection, said)
        for content_hash, name in running.items():
            if save_stop(connection, content_hash, Stop(StopKind.PAUSED, said.as_stop, now)):
                done.issues.append(name)
    for slug in places:
        left = tuple(name for name in _series(press, slug).articles if name != article)
        _compose(press, slug, left, done)
    return done


def bring_back(press: Press, article: str, now: datetime) -> Done:
    """Undoes a withdrawal: the article may be used, its pages are there, and what was paused by it
    goes on, unless it draws on another that was withdrawn; series are composed with it again, as
    drafts. Raises LibraryError.
    """
    with read_only(press.engine) as connection:
        said = load_withdrawal(connection, article)
    drawing = _with_bundles(press, hashes_drawing_on(press, article))
    if said is None and load_article(press, article).withdrawn_on is None:
        raise LibraryError(f"{article} is not withdrawn")
    done = Done()
    with holding_articles(press):
        _mark(press, article, None)
    with press.engine.begin() as connection:
        drop_withdrawal(connection, article)
        for content_hash in drawing:
            stop = load_stop(connection, content_hash)
            if said and stop and (stop.kind, stop.reason) == (StopKind.PAUSED, said.as_stop):
                _let_go(connection, content_hash, stop, done, now)
    for slug, place in (said.series if said else {}).items():
        if slug not in press.library.series_slugs():
            continue
        others = [name for name in _series(press, slug).articles if name != article]
        _compose(press, slug, (*others[:place], article, *others[place:]), done)
    return done


def _let_go(
    connection: Connection, content_hash: str, stop: Stop, done: Done, now: datetime
) -> None:
    """Resumes an issue; or has another withdrawal keep it, whose undoing resumes it then."""
    issue = load_issue(connection, content_hash)
    other = withdrawal_behind(connection, content_hash)
    said = replace(stop, reason=other.as_stop) if other else Stop(StopKind.RESUMED, "", now)
    if not (issue and save_stop(connection, content_hash, said)):
        return
    if other is None:
        done.issues.append(issue.name)
    else:
        done.kept.append(f"{issue.name}: paused, for {other.as_stop}")


def _mark(press: Press, article: str, day: date | None) -> None:
    """Writes or removes one line of the article's head; all else stays as it was typed."""
    file = press.library.article_file(article)
    text = press.library.read(file)
    bare = without_field(text, "withdrawn_on")
    new = with_field(bare, "withdrawn_on", day.isoformat()) if day else bare
    if new != text:
        save_head(press, article, new)
    if load_article(press, article).withdrawn_on != day:
        shown = press.library.shown(file)
        raise LibraryError(f"{shown}: write or remove its line withdrawn_on by hand")


def _being_sent(press: Press, article: str) -> Mapping[str, str]:
    """The issues that draw on it and have unsent deliveries nobody has stopped: hash and name.

    By themselves or in the mail of a week, which stops with its part.
    """
    found: dict[str, str] = {}
    for content_hash in hashes_drawing_on(press, article):
        with read_only(press.engine) as connection:
            stop = load_stop(connection, content_hash)
            issue = load_issue(connection, content_hash)
            mails = (content_hash, *bundles_with(connection, content_hash))
            stands = [tally(connection, mail) for mail in mails]
            is_out = is_published(connection, content_hash)
        is_open = any(one.pending or one.deferred or one.gathered for one in stands)
        if issue and is_out and is_open and not (stop and stop.is_on):
            found[content_hash] = issue.name
    return found


def _with_bundles(press: Press, hashes: tuple[str, ...]) -> tuple[str, ...]:
    """The issues, and the mails of a week that have one: of old, those were paused themselves."""
    with read_only(press.engine) as connection:
        joined = [bundle for one in hashes for bundle in bundles_with(connection, one)]
    return tuple(dict.fromkeys((*hashes, *joined)))


def _naming(press: Press, article: str) -> tuple[str, ...]:
    named = series_naming(press, article)
    return tuple(slug for slug in named if _series(press, slug).kind is Kind.COMPOSED)


def _series(press: Press, slug: str) -> Series:
    file = press.library.series_folder(slug) / "series.toml"
    return parse_series(press.library.read(file), slug, press.library.shown(file))


def _compose(press: Press, slug: str, articles: tuple[str, ...], done: Done) -> None:
    """Composes a series of these articles; what keeps it from that is told.

    Nothing is rendered: a draft is what somebody was shown, and may be approved.
    """
    if not articles:
        file = press.library.series_folder(slug) / "series.toml"
        done.problems.append(
            f"{slug} has no other article: its unsent parts are held; bring in others with "
            f"`partwork compose {slug} ARTICLE …`, or remove {press.library.shown(file.parent)}"
        )
        return
    try:
        made = compose(press, slug, articles, title="", newsletter="", division=None, parts=None)
        done.series.append(slug)
        done.kept += [f"{slug}: {line}" for line in (*made.kept, *made.conflicts)]
    except PartworkError as error:
        done.problems.append(f"{slug} could not be composed again: {error}")

"""Links of mails that are counted: sent as redirects, followed, and told in reports."""

from collections.abc import Mapping

from sqlalchemy import Connection

from partwork.actions.media import with_pictures_served
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.issue import Issue
from partwork.model.issue_report import LinkClicks
from partwork.model.newsletter import Newsletter
from partwork.rendering.counted_links import Redirected, is_below, redirected, web_links
from partwork.rendering.inline import safe_url
from partwork.store.clicks import Click, add_clicks, html_of, load_clicks
from partwork.store.engine import read_only
from partwork.subscribing.click_tokens import click_token


def as_mailed(press: Press, issue: Issue, newsletter: Newsletter) -> Redirected:
    """The issue's HTML as its mail has it, for all readers the same.

    Where clicks are counted the links of its content are redirects; those to our own pages and to
    what the law asks for go where they go. The issue stays as it was approved.
    """
    html = with_pictures_served(press, issue.html)
    if not press.settings.count_clicks:
        return Redirected(html)
    site, content_hash = press.pages_url, issue.content_hash
    legal = {safe_url(newsletter.imprint_url), safe_url(newsletter.privacy_url)}

    def redirect(link: int) -> str:
        return f"{site}/l/{click_token(content_hash, link, press.secrets)}"

    return redirected(html, redirect, lambda url: url in legal or is_below(url, site))


def links_behind(press: Press, issue: str) -> tuple[str, ...]:
    """Where the links of an issue go, by the first digits of its hash; the first is number 1.

    Raises LibraryError where there is no such issue, as after an old backup was restored.
    """
    with read_only(press.engine) as connection:
        html = html_of(connection, issue)
    if html is None:
        raise LibraryError(f"there is no issue whose hash begins with {issue}")
    return web_links(html)


def save_clicks(press: Press, counts: Mapping[Click, int]) -> None:
    """Writes down what was counted. Raises StoreError."""
    with press.engine.begin() as connection:
        add_clicks(connection, counts)


def clicks_on(connection: Connection, issue: Issue) -> tuple[LinkClicks, ...]:
    """How often each counted link of the issue was followed, the most followed first."""
    links = web_links(issue.html)
    counted = (
        LinkClicks(number, links[number - 1], tuple(by_day.items()))
        for number, by_day in load_clicks(connection, issue.content_hash).items()
        if number <= len(links)
    )
    return tuple(sorted(counted, key=lambda one: (-one.count, one.number)))

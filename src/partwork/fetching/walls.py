"""Pages that stand in front of the one that was asked for: logins, payment, checks for robots."""

import re
from urllib.parse import urlsplit

from partwork.fetching.errors import CHECK, LATER, PASTE


def refusal_of(status: int, retry_after: str) -> tuple[str, str]:
    """Why an answer of this status is no article, and what to do; nothing where it may be one."""
    if status in {200, 203}:
        return "", ""
    if status in _SHUT:
        return f"{_SHUT[status]} ({status})", PASTE
    if status in {404, 410}:
        return f"there is no such page ({status})", CHECK
    if status in {429, 503}:
        wait = f", in {retry_after} seconds" if re.fullmatch(r"[0-9]{1,6}", retry_after) else ""
        return f"the site asks to come back later{wait} ({status})", LATER
    if status >= 500:
        return f"the site is not well ({status})", LATER
    return f"the answer is no page ({status})", PASTE


def is_login(asked: str, url: str) -> bool:
    """Whether the way from `asked` led to a page for logging in or subscribing."""
    return _LOGIN.search(urlsplit(url).path) is not None and not _LOGIN.search(urlsplit(asked).path)


def wall_in(raw: bytes, text: str) -> str:
    """What stands before the article, in words; nothing where the page seems to be one.

    `text` is what a reader would see of the page. A long text is an article whatever words are in
    it, but for one that itself says it is not free (schema.org, isAccessibleForFree): the rest of
    it is somewhere else.
    """
    if _NOT_FREE.search(raw):
        return "the page says that it is not free to read"
    if len(text.split()) > _WALL_WORDS:
        return ""
    if _PASSWORD.search(raw):
        return "the page asks for a login"
    return next((words for pattern, words in _WALLS if pattern.search(text)), "")


_SHUT = {
    401: "the site wants a login",
    402: "the site wants to be paid",
    403: "the site does not let programs in, or wants a login",
    407: "the site wants a login",
    451: "the page is withheld for legal reasons",
}

_LOGIN = re.compile(
    r"/(?:users?/|accounts?/|auth/|wp-)?(?:log-?in|sign-?in|sign-?up|register|subscribe|auth|sso)"
    r"(?:[/.]|$)",
    re.IGNORECASE,
)
_NOT_FREE = re.compile(rb'"isAccessibleForFree"\s{0,20}:\s{0,20}"?false', re.IGNORECASE)
_PASSWORD = re.compile(rb"<input\b[^<>]{0,500}?\btype\s{0,5}=\s{0,5}[\"']?password", re.IGNORECASE)

# A guess: the walls we know have under 100 words, a menu and a footer among them.
_WALL_WORDS = 150

_WALLS = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (
            r"\b(?:verify|confirm|prove)\b.{0,40}\b(?:human|(?:not|n.t) a robot)\b"
            r"|\bare you (?:a )?(?:human|robot)\b|\bi.m not a robot\b|\bcaptcha\b"
            r"|\bchecking (?:if the site connection|your browser)\b|\bjust a moment\b"
            r"|\bunusual (?:traffic|activity)\b|\baccess denied\b",
            "the page first wants to know whether a human reads it",
        ),
        (
            r"\b(?:enable|requires?|turn on|without|need)\b.{0,30}\bjava ?script\b"
            r"|\bjava ?script (?:is )?(?:disabled|required|turned off)\b",
            "the page is empty until its scripts run in a browser",
        ),
        (
            r"\b(?:log|sign) ?in to (?:continue|read|view|see|access)\b"
            r"|\bplease (?:log|sign) ?in\b|\b(?:must|need to) (?:be logged|log|sign) ?in\b",
            "the page asks for a login",
        ),
        (
            r"\b(?:subscribe|become a (?:member|subscriber)|upgrade|pay)\b.{0,30}"
            r"\bto (?:continue|keep|read|unlock|access)\b"
            r"|\bfor (?:paid )?(?:subscribers|members) only\b|\b(?:subscribers|members).only\b"
            r"|\balready a (?:subscriber|member)\b",
            "the page is for subscribers",
        ),
    )
)

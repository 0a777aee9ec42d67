"""How Python programs usually send a newsletter: the peers that sending is measured beside.

Neither keeps a ledger: after a crash nobody would know who has the mail.
"""

import smtplib
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.utils import formatdate

from partwork.model.issue import Issue, MergeField

SENDER = "editor@example.org"


def message_for_each(
    server: str, issue: Issue, fields_of: Callable[[int], Mapping[MergeField, str]], messages: int
) -> float:
    """Messages a second by one connection, where an EmailMessage is built for each reader."""
    with _connected(server) as connection:
        began = time.perf_counter()
        for number in range(messages):
            connection.send_message(_message(issue, fields_of(number)))
        return messages / (time.perf_counter() - began)


def prepared_bodies(
    server: str, copy_of: Callable[[int], tuple[str, bytes]], connections: int, messages: int
) -> float:
    """Messages a second of so many threads with an smtplib each; `copy_of` gives whom and what."""

    def send(first: int) -> None:
        with _connected(server) as connection:
            for number in range(first, messages, connections):
                reader, message = copy_of(number)
                connection.sendmail(SENDER, [reader], message)

    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        list(threads.map(send, range(connections)))
    return messages / (time.perf_counter() - began)


def _connected(server: str) -> smtplib.SMTP:
    host, _, port = server.rpartition(":")
    return smtplib.SMTP(host, int(port))


def _message(issue: Issue, fields: Mapping[MergeField, str]) -> EmailMessage:
    text, html = issue.text, issue.html
    for field, value in fields.items():
        text, html = text.replace(field.mark, value), html.replace(field.mark, value)
    message = EmailMessage()
    message["From"] = SENDER
    message["To"] = fields[MergeField.ADDRESS]
    message["Subject"] = issue.subject
    message["Date"] = formatdate()
    message["List-Unsubscribe"] = f"<{fields[MergeField.UNSUBSCRIBE_URL]}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message

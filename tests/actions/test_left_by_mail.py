"""Whoever gets a mail may leave by a mail."""

import re
from email import message_from_bytes
from email.policy import SMTP

from partwork.actions.collect_bounces import collect_bounces
from partwork.actions.send import send
from partwork.assembly import assemble
from partwork.settings import Settings
from tests.actions.test_collect_bounces import PATTERN, is_subscribed, wish


def test_the_second_address_of_list_unsubscribe_ends_its_readers_subscription(
    press, issue, maildir, clock
):
    settings = Settings(
        home=press.settings.home, bounce_address=PATTERN, bounce_mailbox=f"maildir:{maildir}"
    )
    with assemble(settings) as listening:
        send(listening, issue, clock=clock)
        files = listening.outbox.rglob("*.eml")
        mails = [message_from_bytes(file.read_bytes(), policy=SMTP) for file in files]
        ada = next(mail for mail in mails if mail["To"] == "ada@example.org")
        _, mailto = re.findall(r"<([^<>\s]+)>", ada["List-Unsubscribe"])
        (maildir / "new" / "1").write_bytes(wish(mailto))

        collect_bounces(listening, clock)

        assert not is_subscribed(listening, "ada@example.org")
        assert is_subscribed(listening, "grace@example.org")


def test_mails_name_no_address_that_nobody_reads(press, issue, clock):
    send(press, issue, clock=clock)

    assert not any(b"<mailto:" in file.read_bytes() for file in press.outbox.rglob("*.eml"))

"""An IMAP folder is looked through whatever the server does, and nothing in it is touched."""

import tracemalloc
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.mailbox.address import ImapAddress, mailbox_address
from partwork.mailbox.folder import MailboxUnusable, Step
from partwork.mailbox.imap import AT_ONCE, ImapFolder
from partwork.mailbox.imap_answers import mails_in
from tests.mailbox.imap_server import DROP, PASSWORD, SILENCE, ImapServer, Mail

LONGEST = 1000


def folder(server: ImapServer, url: str = "", silence_s: float = 10) -> ImapFolder:
    address = mailbox_address(url or server.url())
    assert isinstance(address, ImapAddress)
    return ImapFolder(address, silence=timedelta(seconds=silence_s))


def look(server: ImapServer, after: int = 0, silence_s: float = 10) -> Step:
    """All that is told, as one step."""
    with folder(server, silence_s=silence_s) as opened:
        steps = list(opened.steps(after, LONGEST))
    return Step(
        tuple(mail for step in steps for mail in step.mails),
        steps[-1].reached if steps else after,
        tuple(line for step in steps for line in step.unreadable),
    )


def names(step: Step) -> list[int]:
    return [int(mail.name) for mail in step.mails]


def contents(count: int) -> list[bytes]:
    return [f"Subject: {number}\r\n\r\nnumber {number}\r\n".encode() for number in range(count)]


def test_looking_tells_every_mail_once_and_changes_none(server):
    server.has(*contents(2 * AT_ONCE + 3))

    told = look(server)

    assert [mail.octets for mail in told.mails] == contents(2 * AT_ONCE + 3)
    assert told.reached == 2 * AT_ONCE + 3
    assert server.flags() == {}
    assert all("BODY.PEEK" in said for said in server.said("FETCH"))


def test_only_what_was_taken_in_is_marked_as_seen(server):
    server.has(*contents(3))

    with folder(server) as opened:
        for _ in opened.steps(0, LONGEST):
            opened.mark(["1", "3"])
            opened.mark([])

    assert server.flags() == {1: {r"\Seen"}, 3: {r"\Seen"}}


@given(
    uids=st.lists(st.integers(1, 2**32 - 2), unique=True, max_size=60).map(sorted),
    after=st.integers(0, 2**32 - 2),
)
def test_what_is_told_is_what_came_after(uids, after):
    with ImapServer([Mail(uid, b"x") for uid in uids]) as server:
        assert names(look(server, after)) == [uid for uid in uids if uid > after]


def test_where_nothing_is_new_no_mail_is_asked_for(server):
    server.has(*contents(5))

    assert look(server, after=5) == Step((), 5)
    assert not server.said("FETCH")


def test_a_folder_whose_numbers_are_given_anew_has_another_key(server):
    with folder(server) as opened:
        before = opened.key
    server.uid_validity += 1

    with folder(server) as opened:
        assert opened.key != before


def test_what_others_remove_meanwhile_makes_no_mail_be_left_out(server):
    server.has(*contents(3 * AT_ONCE))
    told = []

    with folder(server) as opened:
        for step in opened.steps(0, LONGEST):
            told += names(step)
            server.expunges = [1, 4] if len(told) == AT_ONCE else []
            opened.mark([step.mails[0].name])

    assert told == list(range(1, 3 * AT_ONCE + 1))


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize(
    "octets",
    [b"", b'a "word" (UID 99) \\ {3}', b"x" * 5000, bytes(range(1, 10)) + bytes(range(14, 256))],
)
def test_a_mail_is_told_however_the_server_writes_it(server, octets, quoted):
    server.has(octets)
    server.quoted = quoted

    (mail,) = look(server).mails

    assert (mail.name, mail.octets, mail.size_bytes) == ("1", octets[:LONGEST], len(octets))


def test_a_server_that_sends_more_than_was_asked_for_does_not_fill_the_memory(server):
    server.has(b"x" * 40_000_000, b"y")
    server.whole = True
    tracemalloc.start()

    told = look(server)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [(len(mail.octets), mail.size_bytes) for mail in told.mails] == [
        (LONGEST, 40_000_000),
        (1, 1),
    ]
    assert most < 160_000_000  # the server's own two copies are among it


@pytest.mark.parametrize("answer", ["NO [SERVERBUG] broken", "BAD what?"])
def test_a_mail_that_the_server_does_not_hand_out_is_told_and_all_others_are_read(server, answer):
    server.has(*contents(2 * AT_ONCE))
    server.poison = {7: answer}

    told = look(server)

    assert names(told) == [uid for uid in range(1, 2 * AT_ONCE + 1) if uid != 7]
    assert len(told.unreadable) == 1
    assert told.unreadable[0].startswith("UID 7: the server does not hand it out (")


def test_a_server_that_hangs_up_over_a_mail_is_asked_for_all_others(server):
    server.has(*contents(2 * AT_ONCE))
    server.poison = {7: DROP, 2 * AT_ONCE: DROP}

    told = look(server)

    assert names(told) == [uid for uid in range(1, 2 * AT_ONCE) if uid != 7]
    assert [line.partition(":")[0] for line in told.unreadable] == ["UID 7", f"UID {2 * AT_ONCE}"]
    assert told.reached == 2 * AT_ONCE


def test_after_a_mail_over_which_the_server_hung_up_more_is_asked_for_at_once_again(server):
    server.has(*contents(10 * AT_ONCE))
    server.poison = {7: DROP}

    look(server)

    assert len(server.said("FETCH")) < 5 * AT_ONCE


def test_a_server_that_goes_on_hanging_up_is_left_alone(server):
    server.has(*contents(AT_ONCE))
    server.poison = dict.fromkeys(range(1, AT_ONCE + 1), DROP)

    with pytest.raises(MailboxUnusable, match="the connection was lost"):
        look(server)

    assert len(server.said("LOGIN")) == 11


def test_a_server_that_is_gone_in_the_midst_is_told(server):
    server.has(*contents(2))
    server.answers = [("FETCH 1:2", DROP), ("LOGIN", DROP)]

    with pytest.raises(MailboxUnusable, match=r"^the mailbox INBOX on 127.0.0.1:\d+: "):
        look(server)


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "FETCH"])
def test_a_silent_server_is_not_waited_for_for_ever(server, command):
    server.has(*contents(1))
    server.answers = [(command, SILENCE)] * 12

    with pytest.raises(MailboxUnusable, match=r"no answer in time|connection was lost"):
        look(server, silence_s=0.05)


def test_a_server_that_says_an_octet_now_and_then_is_not_waited_for_for_ever(server):
    server.drip_s = 0.04

    with pytest.raises(MailboxUnusable):
        look(server, silence_s=0.06)


def test_the_login_is_told_to_nobody_when_it_is_refused(server):
    with pytest.raises(MailboxUnusable) as refused, folder(server, server.url(password="s3cret")):
        pass

    assert "the login was refused" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_server_that_repeats_the_password_later_is_not_repeated(server):
    server.answers = [("SELECT", f"NO {PASSWORD} may not")]

    with pytest.raises(MailboxUnusable) as refused, folder(server):
        pass

    assert PASSWORD not in str(refused.value)
    assert "may not" in str(refused.value)


def test_a_folder_that_is_not_there_is_told_in_the_servers_words(server):
    with (
        pytest.raises(MailboxUnusable, match="the server said NO no such folder"),
        folder(server, server.url().replace("INBOX", "Nowhere")),
    ):
        pass


def test_a_folder_in_which_nothing_can_be_marked_is_refused(server):
    server.is_read_only = True

    with pytest.raises(MailboxUnusable, match="let this user set flags"), folder(server):
        pass


def test_marking_that_is_refused_ends_the_look(server):
    server.has(*contents(1))
    server.answers = [("UID STORE", "NO over quota\x1b[31m")]

    with folder(server) as opened, pytest.raises(MailboxUnusable, match=r"NO over quota \[31m$"):
        opened.mark(["1"])


def test_tls_wants_a_certificate_that_is_trusted(certificate, monkeypatch):
    with ImapServer(tls=certificate.tls) as server:
        server.has(*contents(1))
        with pytest.raises(MailboxUnusable, match="its certificate is not trusted"):
            look(server)

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
        assert names(look(server)) == [1]


@pytest.mark.parametrize("greeting", ["* BYE too busy", "HTTP/1.1 400 Bad Request", "", "* OK\x00"])
def test_what_is_no_imap_server_is_told_in_one_line(server, greeting):
    server.greeting = greeting
    server.answers = [("CAPABILITY", "NO none")]

    with pytest.raises(MailboxUnusable) as refused:
        look(server)

    assert str(refused.value).isprintable()


NOISE = st.lists(
    st.binary(max_size=30)
    | st.sampled_from(
        [
            b"* EXISTS many",
            b"* 99 EXPUNGE",
            b"* 0 EXPUNGE",
            b"* 1 EXPUNGE",
            b"* EXPUNGE",
            b"* OK [UIDNEXT 99999999999999999999]",
            b"* OK [UIDVALIDITY ]",
            b"* 1 FETCH (UID x BODY[] {3}\r\nabc)",
            b"* 1 FETCH (UID 2 BODY[] {3}\r\nabc",
            b"* 1 FETCH (UID 9999999999 BODY[] NIL)",
            b"* 1 FETCH (BODY[] {99}",
            b"* FETCH",
            b"* BYE",
            b"+ go on",
            b"* NO (((",
            b"A1 OK",
        ]
    ),
    max_size=3,
)


@given(NOISE)
def test_whatever_a_server_says_besides_it_is_read_or_left_alone(noise):
    with ImapServer([Mail(uid, b"x") for uid in (3, 5, 8)]) as server:
        server.noise = b"".join(line + b"\r\n" for line in noise)
        with suppress(MailboxUnusable):
            assert set(names(look(server, after=3, silence_s=0.05))) <= {5, 8, 9_999_999_999}


PIECES = st.lists(
    st.binary(max_size=60)
    | st.tuples(st.binary(max_size=60), st.binary(max_size=20))
    | st.sampled_from([b"1 (UID 3 BODY[] NIL)", (b"1 (UID 3 BODY[]<0> {2}", b"ab"), b")"])
    | st.none()
)


@given(PIECES)
def test_whatever_is_answered_can_be_read(answer):
    for mail in mails_in(answer):
        assert mail.uid >= 0


def test_what_nobody_has_read_is_counted_and_stays_so(server):
    server.has(*contents(5))
    server.mails[1].flags.add("\\Seen")
    server.mails[2].flags.add("\\Flagged")

    with folder(server) as opened:
        assert opened.count_unread() == 4

    assert server.flags() == {2: {"\\Seen"}, 3: {"\\Flagged"}}


def test_in_an_empty_folder_nothing_is_unread(server):
    with folder(server) as opened:
        assert opened.count_unread() == 0
    assert server.said("SEARCH") == []


def test_a_server_that_does_not_count_is_told(server):
    server.has(*contents(1))
    server.answers.append(("SEARCH", "NO not now"))

    with folder(server) as opened, pytest.raises(MailboxUnusable, match="NO not now"):
        opened.count_unread()

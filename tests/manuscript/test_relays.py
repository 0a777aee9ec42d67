"""What an operator may write into `relays.toml`, and what is said of a slip."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from partwork.manuscript.errors import FieldsError, ManuscriptError
from partwork.manuscript.relays import parse_relays
from partwork.model.relay import Profile, Rate, Relay, Signer, WarmUp

SECRETS = {"SES_USER": "AKIA", "SES_PASSWORD": "b/c+d@e"}
ONE = '[[relay]]\nname = "main"\nprofile = "postfix"\nurl = "smtp://mail.example.org"\n'


def parse(text: str, *, we_sign: bool = False) -> tuple[Relay, ...]:
    return parse_relays(
        text,
        "relays.toml",
        environment=SECRETS,
        we_sign=we_sign,
        url_problem=lambda url: "" if "example.org" in url else "it names no host",
    )


def problem(text: str, *, we_sign: bool = False) -> str:
    with pytest.raises(ManuscriptError) as fault:
        parse(text, we_sign=we_sign)
    assert "\n" not in str(fault.value)
    return str(fault.value)


def test_a_relay_is_what_its_profile_is_where_it_does_not_say() -> None:
    (postfix,) = parse(ONE)
    (ses,) = parse(ONE.replace("postfix", "ses"))
    (direct,) = parse(ONE.replace("postfix", "direct"))

    assert (postfix.rate, postfix.domain_rate, postfix.signer) == (None, None, Signer.NOBODY)
    assert (ses.rate, ses.keeps_message_id, ses.signer) == (
        Rate(14, timedelta(seconds=1)),
        False,
        Signer.RELAY,
    )
    assert direct.domain_rate == Rate(10, timedelta(seconds=1))
    assert postfix.keeps_message_id


def test_every_field_is_taken() -> None:
    text = """\
    [[relay]]
    name = "ses"
    profile = "ses"
    url = "smtp://${SES_USER}:${SES_PASSWORD}@mail.example.org:587"
    connections = 3
    messages_per_connection = 50
    rate = "500/hour"
    warm_up = { starts_on = 2026-12-01, messages = 200, days = 14 }
    dkim = "partwork"
    keeps_message_id = true
    envelope_sender = "bounces@example.org"
    [relay.headers]
    X-SES-CONFIGURATION-SET = "letters"

    [[relay]]
    name = "own"
    profile = "direct"
    url = "smtp://out.example.org"
    domain_rate = "2/second"
    """

    ses, own = parse(text, we_sign=True)

    assert ses == Relay(
        name="ses",
        profile=Profile.SES,
        url="smtp://AKIA:b%2Fc%2Bd%40e@mail.example.org:587",
        connections=3,
        messages_per_connection=50,
        signer=Signer.PARTWORK,
        keeps_message_id=True,
        envelope_sender="bounces@example.org",
        headers=(("X-SES-CONFIGURATION-SET", "letters"),),
        rate=Rate(500, timedelta(hours=1)),
        warm_up=WarmUp(date(2026, 12, 1), 200, 14),
    )
    assert (own.name, own.domain_rate) == ("own", Rate(2, timedelta(seconds=1)))
    assert own.signer is Signer.PARTWORK  # nobody else stands between us and the recipient


def test_the_example_of_the_documents_is_one() -> None:
    told = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text()
    example = told.partition("```toml\n[[relay]]")[2].partition("```")[0]

    relays = parse_relays(
        f"[[relay]]{example}",
        "relays.toml",
        environment=SECRETS,
        we_sign=False,
        url_problem=lambda _url: "",
    )

    assert [relay.name for relay in relays] == ["ses", "own"]


def test_no_password_is_shown() -> None:
    (relay,) = parse(ONE.replace("smtp://", "smtp://${SES_USER}:${SES_PASSWORD}@"))

    assert "b%2Fc" in relay.url
    assert "b%2Fc" not in repr(relay)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('rate = "14"', 'line 5: rate is written "14/second"'),
        ("rate = 14", "line 5: rate is one line of text"),
        ("connections = 0", "line 5: connections is a whole number from 1 to 100"),
        ("connections = true", "line 5: connections is a whole number"),
        ("conections = 2", "line 5: conections is no field; did you mean connections?"),
        ("keeps_message_id = 1", "line 5: keeps_message_id is true or false"),
        ('domain_rate = "2/second"', "line 5: domain_rate is for the profile direct"),
        ('dkim = "yes"', "line 5: dkim is partwork or relay or nobody"),
        ('dkim = "partwork"', "line 5: dkim is partwork and there is no key"),
        ("warm_up = { messages = 200 }", "line 5: warm_up is written {"),
        ('envelope_sender = "Ada <ada@example.org>"', "line 5: envelope_sender is an address"),
        ('headers = { Bcc = "eve@example.org" }', "line 5: headers holds 'Bcc'"),
        ('headers = { X-A = "a\\nBcc: eve@example.org" }', "line 5: headers 'X-A' is one line"),
        ('headers = { "X-A: b\\r\\nX" = "a" }', "line 5: headers holds 'X-A: b"),
        ('headers = { X-Partwork-Demo = "no" }', "line 5: headers holds 'X-Partwork-Demo'"),
    ],
)
def test_a_slip_is_told_with_its_line(line: str, said: str) -> None:
    assert said in problem(f"{ONE}{line}\n")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("smtp://ada:hunter2@mail.example.org", "line 4: url holds a password"),
        ("smtp://ada:hunter2${SES_PASSWORD}@mail.example.org", "line 4: url holds a password"),
        ("smtp://${NOBODY}:${SES_PASSWORD}@mail.example.org", "asks for NOBODY; set it"),
        ("smtp://elsewhere", "line 4: url cannot be used: it names no host"),
        ("", "line 4: url is missing"),
    ],
)
def test_a_url_without_its_own_password_is_told_and_never_repeated(url: str, said: str) -> None:
    words = problem(ONE.replace("smtp://mail.example.org", url))

    assert said in words
    assert "hunter2" not in words
    assert SECRETS["SES_PASSWORD"] not in words


def test_all_slips_are_told_at_once() -> None:
    with pytest.raises(FieldsError) as fault:
        parse(f'{ONE}rate = "fast"\n\n{ONE}connections = -1\n')

    assert [problem.partition(" is ")[0] for problem in fault.value.problems] == [
        "line 5: rate",
        "line 8: name",
        "line 11: connections",
    ]


@pytest.mark.parametrize("profile", ["postfix", "ses"])
def test_where_we_could_sign_each_relay_says_who_does(profile: str) -> None:
    text = ONE.replace("postfix", profile)

    assert "line 1: dkim must say who signs" in problem(text, we_sign=True)
    assert parse(f'{text}dkim = "relay"\n', we_sign=True)[0].signer is Signer.RELAY


@pytest.mark.parametrize("text", ["", "relay = 1", "[relay]\nname = 'x'", "a = 1\n[[relay]]\n"])
def test_a_file_of_no_relays_is_told_how_one_is_written(text: str) -> None:
    assert "each relay is written [[relay]]" in problem(text)


def test_what_is_no_toml_is_told_with_its_line() -> None:
    assert problem(f"{ONE}rate = 14/second\n").startswith("relays.toml, line 5: not TOML")


def test_a_relay_that_is_warmed_up_may_send_more_each_day() -> None:
    plan = WarmUp(date(2026, 12, 1), 200, 4)

    shares = [plan.share_of(date(2026, 11, 30) + timedelta(days=n)) for n in range(6)]

    assert shares == [0, 200, 300, 450, 675, None]

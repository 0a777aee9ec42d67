"""Settings that cannot be are refused in one line, in words of their own."""

import pytest

from partwork.settings import Settings
from partwork.settings_faults import SettingsError


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"writer_timeout": "soon"}, "PARTWORK_WRITER_TIMEOUT must be a number."),
        ({"writer_timeout": 0}, "PARTWORK_WRITER_TIMEOUT must be more than 0."),
        ({"writer_budget": -1}, "PARTWORK_WRITER_BUDGET must be 0 or more."),
        ({"forget_events": 10**9}, "PARTWORK_FORGET_EVENTS must be 36500 or less."),
        ({"forget_pending": 10**6}, "PARTWORK_FORGET_PENDING must be 36500 or less."),
        ({"forget_ledger": 10**5}, "PARTWORK_FORGET_LEDGER must be 100 or less."),
        ({"forget_runs": 0}, "PARTWORK_FORGET_RUNS must be 1 or more."),
        ({"bounced_share": 101}, "PARTWORK_BOUNCED_SHARE must be 100 or less."),
        ({"fetch_private": "maybe"}, "PARTWORK_FETCH_PRIVATE must be yes or no."),
        ({"notice_minutes": 10_000}, "PARTWORK_NOTICE_MINUTES must be 1440 or less."),
        ({"heartbeat_url": "ping"}, "PARTWORK_HEARTBEAT_URL must be a web address such as"),
        ({"public_url": "{nowhere}"}, "PARTWORK_PUBLIC_URL must be a web address such as"),
        ({"ses_topics": "bounces"}, "PARTWORK_SES_TOPICS must be ARNs of SNS topics such as"),
        ({"sendgrid_keys": "MFkw, x"}, "PARTWORK_SENDGRID_KEYS is no key of SendGrid; copy"),
        ({"smtp_url": "mail.example.org"}, "PARTWORK_SMTP_URL cannot be used: it must begin with"),
        ({"database_url": "mysql://db"}, "PARTWORK_DATABASE_URL cannot be used: mysql is not"),
        ({"database_url": "the database"}, "PARTWORK_DATABASE_URL cannot be used: not a URL"),
        ({"secret": "prefect-secret:ours"}, "PARTWORK_SECRET names a Secret block of Prefect that"),
        ({"postmark_logins": "postmark:short"}, "PARTWORK_POSTMARK_LOGINS must be name:password"),
        ({"postmark_logins": f":{'x' * 40}"}, "PARTWORK_POSTMARK_LOGINS must be name:password"),
        ({"dashboard_port": 70_000}, "PARTWORK_DASHBOARD_PORT must be 65535 or less."),
        ({"dashboard_host": "here"}, "PARTWORK_DASHBOARD_HOST must be an IP address such as"),
        ({"dashboard_url": "https://x.example.org/d"}, "PARTWORK_DASHBOARD_URL must be a web"),
        ({"dashboard_url": "https://a:b@x.example.org"}, "PARTWORK_DASHBOARD_URL must be a web"),
        ({"dashboard_login": "ada:short"}, "PARTWORK_DASHBOARD_LOGIN must be name:password"),
        ({"dashboard_login": f"ada: {'x' * 40}"}, "PARTWORK_DASHBOARD_LOGIN must be name:password"),
        ({"web_proxies": "proxy"}, "PARTWORK_WEB_PROXIES must be addresses or networks such as"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_must_be(tmp_path, wrong, said):
    with pytest.raises(SettingsError) as refused:
        Settings(home=tmp_path, **wrong)

    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    (tmp_path / ".env").write_text("PARTWORK_SMPT_URL=x\nPARTWORK_PUBLIC_ULR=x\n")
    wrong = {"lanes": -1, "hash_key": "prefect-secret:key", "public_url": "nowhere"}
    with pytest.raises(SettingsError) as refused:
        Settings(home=tmp_path, **wrong)

    for name in wrong:
        assert f"PARTWORK_{name.upper()} " in str(refused.value)
    assert "PARTWORK_SMPT_URL, which Partwork does not know; did you" in str(refused.value)
    assert "did you mean PARTWORK_PUBLIC_URL?" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "prefect-secret:key" not in str(refused.value)


def test_a_secret_that_was_not_fetched_is_no_value_for_files_of_the_home(tmp_path):
    (tmp_path / ".env").write_text("SES_USER=prefect-secret:ses\nSES_HOST=mail.example.org\n")

    named = Settings(home=tmp_path).environment()

    assert named["SES_HOST"] == "mail.example.org"
    assert "SES_USER" not in named

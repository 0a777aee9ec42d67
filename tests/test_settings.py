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
        ({"postmark_logins": "postmark:short"}, "PARTWORK_POSTMARK_LOGINS must be name:password"),
        ({"postmark_logins": f":{'x' * 40}"}, "PARTWORK_POSTMARK_LOGINS must be name:password"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_must_be(tmp_path, wrong, said):
    with pytest.raises(SettingsError) as refused:
        Settings(home=tmp_path, **wrong)

    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)

"""Which addresses a mail service keeps for trying what comes back."""

import pytest

from partwork.delivering.simulators import Simulator, simulator_of
from partwork.model.relay import Profile, Relay, Signer


@pytest.mark.parametrize(
    ("profile", "host", "service", "bounces", "complains"),
    [
        (Profile.SES, "127.0.0.1", "ses", True, True),
        (Profile.POSTFIX, "email-smtp.eu-west-1.amazonaws.com", "ses", True, True),
        (Profile.POSTFIX, "SMTP.PostmarkApp.com.", "postmark", True, False),
        (Profile.POSTFIX, "smtp.eu.mailgun.org", "mailgun", False, False),
        (Profile.POSTFIX, "smtp.sendgrid.net", "sendgrid", False, False),
        (Profile.DIRECT, "mail.example.org", "", False, False),
        (Profile.POSTFIX, "notpostmarkapp.com", "", False, False),
    ],
)
def test_a_service_is_known_by_profile_or_host(profile, host, service, bounces, complains):
    found = simulator_of(Relay("main", profile, "", 1, 1, Signer.NOBODY), host)

    assert isinstance(found, Simulator)
    assert found.service == service
    assert (bool(found.bounces), bool(found.complains)) == (bounces, complains)

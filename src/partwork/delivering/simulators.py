"""Addresses that mail services keep so that what comes back can be tried."""

from dataclasses import dataclass

from partwork.model.relay import Profile, Relay


@dataclass(frozen=True, slots=True)
class Simulator:
    """A service, and its addresses to which mail bounces or is complained about; "": there is none.

    `service` is as its webhook's page is called, "" for a server that is no service we know.
    """

    service: str = ""
    bounces: str = ""
    complains: str = ""


def simulator_of(relay: Relay, host: str) -> Simulator:
    """What the service behind a relay has, by the relay's profile and host."""
    if relay.profile is Profile.SES:
        return _SES
    name = host.lower().rstrip(".")
    for domain, simulator in _BY_DOMAIN.items():
        if name == domain or name.endswith(f".{domain}"):
            return simulator
    return Simulator()


# https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html, mailbox simulator.
_SES = Simulator("ses", "bounce@simulator.amazonses.com", "complaint@simulator.amazonses.com")
# https://postmarkapp.com/support/article/1239-how-to-test-bounces: no complaint can be had. A hard
# bounce would have the address refused from then on. Mailgun and SendGrid tell of no such address.
_BY_DOMAIN = {
    "amazonaws.com": _SES,
    "postmarkapp.com": Simulator("postmark", "softbounce@bounce-testing.postmarkapp.com"),
    "mailgun.org": Simulator("mailgun"),
    "sendgrid.net": Simulator("sendgrid"),
}

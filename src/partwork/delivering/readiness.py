"""What a newsletter still lacks before a mail server may see it."""

from urllib.parse import urlsplit

from partwork.delivering.addresses import UnfitAddress, wire_address
from partwork.model.host import is_loopback
from partwork.model.newsletter import Newsletter


def missing_for_smtp(newsletter: Newsletter, public_url: str, smtp_host: str) -> tuple[str, ...]:
    """What has to be set before anything leaves by SMTP, each an instruction; empty: ready.

    On a server on this machine a demo newsletter and links to this machine are allowed;
    readers elsewhere need links they can follow, by https (RFC 8058, 3.1). An empty `smtp_host`
    is taken for a server elsewhere.
    """
    file = f"content/newsletters/{newsletter.slug}.toml"
    stays_here = is_loopback(smtp_host)
    lacks = [
        (
            not _is_address(newsletter.sender.address),
            f"set `sender` in {file} to the address it is sent from",
        ),
        (
            not _is_address(newsletter.reply_to.address),
            f"set `reply_to` in {file} to an address that somebody reads",
        ),
        (
            not newsletter.postal_address.strip(),
            f"set `postal_address` in {file}: the law asks for one in each mail",
        ),
        (
            not _is_web(newsletter.imprint_url, stays_here),
            f"set `imprint_url` in {file} to the https page that says who publishes it",
        ),
        (
            not _is_web(public_url, stays_here),
            "set PARTWORK_PUBLIC_URL to the https address at which readers reach `partwork web`",
        ),
        (
            newsletter.demo and not stays_here,
            f"take `demo = true` out of {file} once everything in it is real: "
            "a demo goes to no mail server but one on this machine",
        ),
    ]
    return tuple(instruction for lacking, instruction in lacks if lacking)


def _is_address(address: str) -> bool:
    try:
        wire_address(address)
    except UnfitAddress:
        return False
    return True


def _is_web(url: str, stays_here: bool) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if is_loopback(host):
        return stays_here and parts.scheme in {"http", "https"}
    return parts.scheme == "https" and bool(host)

"""The certificate that signs the messages of Amazon SNS."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID

from partwork.model.feedback import Source
from partwork.returning.signatures.refusal import BadSignature

WEAKEST = 2048  # bits; Amazon's have as many


@dataclass(frozen=True, slots=True)
class Certificate:
    """What of a certificate matters; the instants are aware."""

    key: RSAPublicKey = field(repr=False)
    valid_from: datetime
    valid_until: datetime


def certificate_of(pem: bytes, host: str) -> Certificate:
    """The certificate in what was fetched from that host of SNS. Raises BadSignature.

    It comes without the chain of who vouches for it, so it is as good as the TLS it came by. It
    must be SNS's own all the same: of sns.amazonaws.com, sns-signing.af-south-1.amazonaws.com or
    what else begins like these and ends like the host.
    """
    try:
        found = x509.load_pem_x509_certificate(pem)
        names, key = _names(found), found.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise BadSignature(Source.SES, f"there is no certificate where {host} has it") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < WEAKEST:
        raise BadSignature(Source.SES, f"its certificate's key is not RSA of {WEAKEST} bits")
    domain = host.partition(":")[0].split(".", 2)[2]
    if not any(name.startswith(("sns.", "sns-")) and name.endswith(f".{domain}") for name in names):
        raise BadSignature(Source.SES, "its certificate is another service's than SNS")
    return Certificate(key, found.not_valid_before_utc, found.not_valid_after_utc)


def _names(certificate: x509.Certificate) -> list[str]:
    """The names it is for, and its subject's."""
    subject = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    try:
        others = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = others.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        names = []
    return [*names, *(str(one.value) for one in subject)]

"""A throw-away certificate authority. Its key never leaves memory."""

import base64
import contextlib
import hashlib
import re
import ssl
import warnings
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Final

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from cryptography.utils import CryptographyDeprecationWarning

from fakeayr.client import hosts

_BEFORE: Final = timedelta(days=1)
"""So far may a clock be behind."""
_AFTER: Final = timedelta(days=30)
_NAME: Final = x509.Name(
    [x509.NameAttribute(x509.NameOID.COMMON_NAME, "fakeayr, for Ayrshare's hosts on this machine")]
)
_CERTIFICATE: Final = re.compile(
    rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL
)
_EVERY_ADDRESS: Final = tuple(x509.IPAddress(ip_network(it)) for it in ("0.0.0.0/0", "::/0"))


class Authority:
    """Certificates for the vendor's host names, signed by an authority of its own.

    It can sign for these names only, and not through another authority, for 30 days: whoever
    trusts it can be deceived about nothing else, should its key ever leak.
    """

    def __init__(self) -> None:
        now = datetime.now(UTC)
        self._authority = _make_authority(now)
        self._certificate = self._authority.issue_cert(
            *hosts.ANSWERED, not_before=now - _BEFORE, not_after=now + _AFTER
        )

    def context(self) -> ssl.SSLContext:
        """What a server needs to answer as these hosts."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certificate.configure_cert(context)
        return context

    @property
    def pin(self) -> str:
        """SHA-256 of the hosts' public key in base64, as a browser takes it to trust that one."""
        certificate = x509.load_pem_x509_certificate(self._certificate.cert_chain_pems[0].bytes())
        key = certificate.public_key()
        subject = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(subject).digest()).decode()

    def write_certificate(self, path: Path) -> None:
        """Writes the authority's certificate alone."""
        self.write_bundle(path, ())

    def write_bundle(self, path: Path, trusted: Iterable[Path]) -> None:
        """Writes the authority's certificate behind others.

        Args:
            path: Where to.
            trusted: Files with those that are trusted already.
        """
        known = [it.read_bytes() for it in dict.fromkeys(trusted)]
        path.write_bytes(b"\n".join([*known, self._authority.cert_pem.bytes()]))

    def write_java_truststore(self, path: Path, bundle: Path) -> None:
        """Writes the certificates of a bundle as a trust store for Java (PKCS#12).

        What is no certificate is left out; other programs pass over it, too.
        """
        blocks = dict.fromkeys(_CERTIFICATE.findall(bundle.read_bytes()))
        entries = [
            pkcs12.PKCS12Certificate(it, str(number).encode())
            for number, it in enumerate(_load_certificates(blocks))
        ]
        path.write_bytes(pkcs12.serialize_java_truststore(entries, NoEncryption()))


def _load_certificates(blocks: Iterable[bytes]) -> Iterator[x509.Certificate]:
    for block in blocks:
        with warnings.catch_warnings():  # Some authorities of old have odd serial numbers.
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            with contextlib.suppress(ValueError):
                yield x509.load_pem_x509_certificate(block)


def _make_authority(now: datetime) -> trustme.CA:
    """An authority for the vendor's host names and nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.NameConstraints([x509.DNSName(it) for it in hosts.ANSWERED], _EVERY_ADDRESS)
    usage = dict.fromkeys(
        (
            *("digital_signature", "content_commitment", "key_encipherment", "crl_sign"),
            *("data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder(issuer_name=_NAME, subject_name=_NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + _AFTER)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(names, critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return trustme.CA.from_pem(certificate.public_bytes(Encoding.PEM), secret)

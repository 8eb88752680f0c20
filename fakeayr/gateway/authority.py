"""A throw-away certificate authority. Its key never leaves memory."""

import ssl
import warnings
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.utils import CryptographyDeprecationWarning

from fakeayr.client import hosts


class Authority:
    """Certificates for the vendor's host names, signed by an authority of its own."""

    def __init__(self) -> None:
        self._authority = trustme.CA()
        self._certificate = self._authority.issue_cert(*hosts.ANSWERED)

    def context(self) -> ssl.SSLContext:
        """What a server needs to answer as these hosts."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certificate.configure_cert(context)
        return context

    def write_certificate(self, path: Path) -> None:
        """Writes the authority's certificate alone."""
        path.write_bytes(self._authority.cert_pem.bytes())

    def write_bundle(self, path: Path, trusted: Path | None) -> None:
        """Writes the authority's certificate behind others.

        Args:
            path: Where to.
            trusted: A file with those that are trusted already.
        """
        known = b"" if trusted is None else trusted.read_bytes()
        path.write_bytes(known + b"\n" + self._authority.cert_pem.bytes())

    def write_java_truststore(self, path: Path, bundle: Path) -> None:
        """Writes the certificates of a bundle as a trust store for Java (PKCS#12)."""
        with warnings.catch_warnings():  # Some authorities of old have odd serial numbers.
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            found = x509.load_pem_x509_certificates(bundle.read_bytes())
        entries = [
            pkcs12.PKCS12Certificate(it, str(number).encode()) for number, it in enumerate(found)
        ]
        path.write_bytes(pkcs12.serialize_java_truststore(entries, NoEncryption()))

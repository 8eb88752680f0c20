"""The environment variables by which other languages are led to a gateway."""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from fakeayr.client import hosts
from fakeayr.gateway.authority import Authority
from fakeayr.gateway.tunnel import Ports

_PRELOAD: Final = Path(__file__).with_name("preload.cjs")
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")
_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)


def write_files(
    folder: Path,
    authority: Authority,
    ports: Ports,
    *,
    fake_port: int,
    known: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """Writes the certificates that clients read, and returns the variables that name them.

    Python, curl, Go, Ruby, .NET and most others look at the proxy variables, and at SSL_CERT_FILE
    or a variable of their own; Node.js gets a preload, PHP an ini file, Java options.

    Args:
        folder: A private folder that lives as long as the gateway.
        authority: The gateway's authority.
        ports: The gateway's ports.
        fake_port: The fake's plain port.
        known: The variables that the user has set.
    """
    bundle, certificate = folder / "bundle.pem", folder / "authority.pem"
    authority.write_bundle(bundle, _trusted(known))
    authority.write_certificate(certificate)
    truststore = folder / "truststore.p12"
    authority.write_java_truststore(truststore, bundle)
    php = folder / "php"
    php.mkdir()
    (php / "fakeayr.ini").write_text(
        f'openssl.cafile="{bundle}"\ncurl.cainfo="{bundle}"\n', encoding="utf-8"
    )
    proxy = f"http://127.0.0.1:{ports.proxy}"
    java = " ".join(
        [
            *(f"-D{it}.proxyHost=127.0.0.1 -D{it}.proxyPort={ports.proxy}" for it in _SCHEMES),
            f"-Djavax.net.ssl.trustStore={truststore}",
            "-Djavax.net.ssl.trustStoreType=PKCS12",
            "-Djavax.net.ssl.trustStorePassword=",
        ]
    )
    return {
        **{name: proxy for it in _SCHEMES for name in (f"{it}_proxy", f"{it}_proxy".upper())},
        **dict.fromkeys(("no_proxy", "NO_PROXY"), ",".join(_not_proxied(known))),
        "SSL_CERT_FILE": str(bundle),
        "REQUESTS_CA_BUNDLE": str(bundle),
        "CURL_CA_BUNDLE": str(bundle),
        "DENO_CERT": str(certificate),
        "NODE_EXTRA_CA_CERTS": str(certificate),
        "NODE_OPTIONS": _appended(known, "NODE_OPTIONS", f"--require {_quoted(_PRELOAD)}"),
        "FAKEAYR_HOSTS": ",".join(hosts.ANSWERED),
        "FAKEAYR_PORT": str(fake_port),
        "FAKEAYR_TLS_PORT": str(ports.tls),
        # An empty entry in front keeps PHP's own folder.
        "PHP_INI_SCAN_DIR": f"{known.get('PHP_INI_SCAN_DIR', '')}{os.pathsep}{php}",
        "JAVA_TOOL_OPTIONS": _appended(known, "JAVA_TOOL_OPTIONS", java),
    }


def read_proxies(known: Mapping[str, str] = os.environ) -> dict[str, SplitResult]:
    """The user's own proxies, by scheme; the gateway sends there what is not Ayrshare's."""
    named = {it: known.get(f"{it}_proxy") or known.get(f"{it}_proxy".upper()) for it in _SCHEMES}
    parsed = {
        scheme: urlsplit(url if "://" in url else f"http://{url}")
        for scheme, url in named.items()
        if url
    }
    return {scheme: url for scheme, url in parsed.items() if url.scheme == "http" and url.hostname}


def list_hosts_lines() -> list[str]:
    """Lines for /etc/hosts that lead the vendor's names to this machine."""
    return [f"127.0.0.1 {host}" for host in hosts.ANSWERED]


_SCHEMES: Final = ("http", "https")


def _trusted(known: Mapping[str, str]) -> Path | None:
    """The file of certificates that clients on this machine trust."""
    named = (known.get(name) for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))
    candidates = [*named, ssl.get_default_verify_paths().cafile, *_BUNDLES]
    return next((Path(it) for it in candidates if it and Path(it).is_file()), None)


def _not_proxied(known: Mapping[str, str]) -> list[str]:
    """This machine, and the hosts that the user wants no proxy for; but never Ayrshare's."""
    entries = f"{known.get('no_proxy', '')},{known.get('NO_PROXY', '')}".replace(" ", "").split(",")
    wanted = [entry for entry in entries if entry and not _covers_ayrshare(entry)]
    return list(dict.fromkeys([*wanted, *_LOCAL]))


def _covers_ayrshare(entry: str) -> bool:
    domain = entry.partition(":")[0].lstrip("*.").lower()
    below = domain != "" and any(host.endswith(f".{domain}") for host in hosts.ANSWERED)
    return entry == "*" or below or hosts.is_ayrshare(domain)


def _appended(known: Mapping[str, str], name: str, value: str) -> str:
    return f"{known[name]} {value}" if known.get(name) else value


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)

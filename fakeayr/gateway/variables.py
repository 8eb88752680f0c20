"""The environment variables by which other languages are led to a gateway."""

import os
import re
import shlex
import ssl
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from fakeayr.client import hosts
from fakeayr.gateway.authority import Authority
from fakeayr.gateway.tunnel import Ports

_PRELOAD: Final = Path(__file__).with_name("preload.cjs")
_SCHEMES: Final = ("http", "https")
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")
_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)
_TRUSTED_ALONE: Final = (
    "SSL_CERT_FILE",  # OpenSSL, Go, Ruby, .NET
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "PERL_LWP_SSL_CA_FILE",
    "HTTPLIB2_CA_CERTS",
)
"""Variables that name all who are trusted. They name ours, too, whether the user has set them."""
_TRUSTED_ALONE_ELSEWHERE: Final = (
    "AWS_CA_BUNDLE",
    "BUNDLE_SSL_CA_CERT",
    "CARGO_HTTP_CAINFO",
    "GIT_PROXY_SSL_CAINFO",
    "GIT_SSL_CAINFO",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "HEX_CACERTS_PATH",
    "NIX_SSL_CERT_FILE",
    "NPM_CONFIG_CAFILE",
    "PIP_CERT",
    "WEBSOCKET_CLIENT_CA_BUNDLE",
    "npm_config_cafile",
)
"""The like, of programs that find their way without; they are set only where the user has."""
_TRUSTED_TOO: Final = ("NODE_EXTRA_CA_CERTS", "DENO_CERT")
"""Variables that name who is trusted besides."""
_TRUSTED_FOLDERS: Final = ("SSL_CERT_DIR", "GIT_SSL_CAPATH", "PERL_LWP_SSL_CA_PATH")


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
    or a variable of their own; Node.js and Bun get a preload, PHP and Wget a file with settings,
    Java options. Whom the user trusts already stays trusted, whichever variable says so.

    Args:
        folder: A private folder that lives as long as the gateway.
        authority: The gateway's authority.
        ports: The gateway's ports.
        fake_port: The fake's plain port.
        known: The variables that the user has set.
    """
    bundle, certificate = folder / "bundle.pem", folder / "authority.pem"
    authority.write_bundle(bundle, _find_trusted(known))
    authority.write_certificate(certificate)
    truststore = folder / "truststore.p12"
    authority.write_java_truststore(truststore, bundle)
    php = folder / "php"
    php.mkdir()
    (php / "fakeayr.ini").write_text(
        f'openssl.cafile="{bundle}"\ncurl.cainfo="{bundle}"\n', encoding="utf-8"
    )
    proxy = f"http://127.0.0.1:{ports.proxy}"
    wget = folder / "wgetrc"
    settings = _write_wget(_read_wget(known), proxy, bundle)
    wget.write_text(settings, encoding="utf-8", errors="surrogateescape")
    java = " ".join(
        [
            *(f"-D{it}.proxyHost=127.0.0.1 -D{it}.proxyPort={ports.proxy}" for it in _SCHEMES),
            _quote(f"-Djavax.net.ssl.trustStore={truststore}"),
            "-Djavax.net.ssl.trustStoreType=PKCS12",
            "-Djavax.net.ssl.trustStorePassword=",
        ]
    )
    bundled = [*_TRUSTED_ALONE, *(it for it in _TRUSTED_ALONE_ELSEWHERE if known.get(it))]
    chromium = [
        "chromium",
        f"--proxy-server={proxy}",
        f"--ignore-certificate-errors-spki-list={authority.pin}",
        f"--user-data-dir={folder / 'browser'}",
    ]
    return {
        **{name: proxy for it in _SCHEMES for name in (f"{it}_proxy", f"{it}_proxy".upper())},
        **dict.fromkeys(("no_proxy", "NO_PROXY"), ",".join(_list_unproxied(known))),
        **dict.fromkeys(bundled, str(bundle)),
        **dict.fromkeys(_TRUSTED_TOO, str(_join_extra(folder, authority, certificate, known))),
        "NODE_OPTIONS": _append(known, "NODE_OPTIONS", f"--require {_quote(_PRELOAD)}"),
        "BUN_OPTIONS": _append(known, "BUN_OPTIONS", f"--preload {_quote(_PRELOAD)}"),
        "FAKEAYR_HOSTS": ",".join(hosts.ANSWERED),
        "FAKEAYR_PORT": str(fake_port),
        "FAKEAYR_TLS_PORT": str(ports.tls),
        "FAKEAYR_NODE_PROXY": "kept" if _has_proxy(known) else "",
        "FAKEAYR_BROWSER": shlex.join(chromium),
        # An empty entry in front keeps PHP's own folder.
        "PHP_INI_SCAN_DIR": f"{known.get('PHP_INI_SCAN_DIR', '')}{os.pathsep}{php}",
        "JAVA_TOOL_OPTIONS": _append(known, "JAVA_TOOL_OPTIONS", java),
        "WGETRC": str(wget),
        "PERL_LWP_ENV_PROXY": "1",
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


def _find_trusted(known: Mapping[str, str]) -> list[Path]:
    """The files of certificates that programs on this machine trust, the user's own first."""
    names = (*_TRUSTED_ALONE, *_TRUSTED_ALONE_ELSEWHERE, *_TRUSTED_TOO)
    named = [Path(known[it]) for it in names if known.get(it)]
    folders = [
        Path(it) for name in _TRUSTED_FOLDERS for it in known.get(name, "").split(os.pathsep) if it
    ]
    wget = re.findall(r"(?im)^\s*ca_?-?certificate\s*=\s*(.+?)\s*$", _read_wget(known))
    defaults = (Path(it) for it in (ssl.get_default_verify_paths().cafile, *_BUNDLES) if it)
    machine = next((it for it in defaults if it.is_file()), None)
    return [
        *_readable([*named, *folders, *map(Path, wget)]),
        *([] if machine is None else [machine]),
    ]


def _readable(paths: Iterable[Path]) -> Iterator[Path]:
    """The files among these paths, and in the folders among them, that can be read."""
    for path in paths:
        files = sorted(path.iterdir()) if path.is_dir() and os.access(path, os.R_OK) else [path]
        yield from (it.resolve() for it in files if it.is_file() and os.access(it, os.R_OK))


def _join_extra(
    folder: Path, authority: Authority, certificate: Path, known: Mapping[str, str]
) -> Path:
    """A file with the authority, and whom the user trusts besides."""
    own = list(_readable(Path(known[it]) for it in _TRUSTED_TOO if known.get(it)))
    if not own:
        return certificate
    extra = folder / "extra.pem"
    authority.write_bundle(extra, own)
    return extra


def _read_wget(known: Mapping[str, str]) -> str:
    """The user's own settings for Wget."""
    own = known.get("WGETRC") or str(Path(known.get("HOME") or "/nonexistent", ".wgetrc"))
    path = next(_readable([Path(own)]), None)
    return "" if path is None else path.read_text("utf-8", errors="surrogateescape")


def _write_wget(own: str, proxy: str, bundle: Path) -> str:
    """Settings for Wget: the user's own, and the way to the gateway, as the last one counts."""
    lines = [*own.splitlines(), f"ca_certificate = {bundle}", "use_proxy = on"]
    lines += [f"{scheme}_proxy = {proxy}" for scheme in _SCHEMES]
    return "\n".join(lines) + "\n"


def _has_proxy(known: Mapping[str, str]) -> bool:
    """Whether the user has a proxy of his own."""
    names = [f"{it}_proxy" for it in (*_SCHEMES, "all")]
    return any(known.get(it) or known.get(it.upper()) for it in names)


def _list_unproxied(known: Mapping[str, str]) -> list[str]:
    """This machine, and the hosts that the user wants no proxy for; but never Ayrshare's."""
    entries = f"{known.get('no_proxy', '')},{known.get('NO_PROXY', '')}".replace(" ", "").split(",")
    wanted = [entry for entry in entries if entry and not _covers_ayrshare(entry)]
    return list(dict.fromkeys([*wanted, *_LOCAL]))


def _covers_ayrshare(entry: str) -> bool:
    domain = entry.partition(":")[0].lstrip("*.").lower()
    below = domain != "" and any(host.endswith(f".{domain}") for host in hosts.ANSWERED)
    return entry == "*" or below or hosts.is_ayrshare(domain)


def _append(known: Mapping[str, str], name: str, value: str) -> str:
    return f"{known[name]} {value}" if known.get(name) else value


def _quote(text: Path | str) -> str:
    return f'"{text}"' if " " in str(text) else str(text)

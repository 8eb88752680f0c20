"""The environment variables by which other languages are led to a gateway."""

import os
from pathlib import Path

from fakeayr.gateway.authority import HOSTS, Authority
from fakeayr.gateway.tunnel import Ports

_PRELOAD = Path(__file__).with_name("preload.cjs")


def write(folder: Path, authority: Authority, ports: Ports) -> dict[str, str]:
    """Writes the certificates that clients read, and answers the variables that name them.

    Python, curl, Go, Ruby and most others look at HTTPS_PROXY and SSL_CERT_FILE or a variable of
    their own; Node.js gets a preload, PHP an ini file, Java options.

    Args:
        folder: A private folder that lives as long as the gateway.
        authority: The gateway's authority.
        ports: The gateway's ports.
    """
    bundle, certificate = folder / "bundle.pem", folder / "authority.pem"
    authority.write_bundle(bundle)
    authority.write_certificate(certificate)
    truststore = folder / "truststore.p12"
    authority.write_java_truststore(truststore, bundle)
    php = folder / "php"
    php.mkdir()
    (php / "fakeayr.ini").write_text(
        f'openssl.cafile="{bundle}"\ncurl.cainfo="{bundle}"\n', encoding="utf-8"
    )
    proxy = f"http://127.0.0.1:{ports.proxy}"
    node = f"--require {_quoted(_PRELOAD)}"
    java = (
        f"-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort={ports.proxy} "
        f"-Djavax.net.ssl.trustStore={truststore} -Djavax.net.ssl.trustStoreType=PKCS12 "
        "-Djavax.net.ssl.trustStorePassword="
    )
    return {
        "HTTPS_PROXY": proxy,
        "https_proxy": proxy,
        "NO_PROXY": _appended("NO_PROXY", "localhost,127.0.0.1,::1", ","),
        "no_proxy": _appended("no_proxy", "localhost,127.0.0.1,::1", ","),
        "SSL_CERT_FILE": str(bundle),
        "REQUESTS_CA_BUNDLE": str(bundle),
        "CURL_CA_BUNDLE": str(bundle),
        "NODE_EXTRA_CA_CERTS": str(certificate),
        "NODE_OPTIONS": _appended("NODE_OPTIONS", node, " "),
        "FAKEAYR_HOSTS": ",".join(HOSTS),
        "FAKEAYR_TLS_PORT": str(ports.tls),
        # An empty entry in front keeps PHP's own folder.
        "PHP_INI_SCAN_DIR": f"{os.environ.get('PHP_INI_SCAN_DIR', '')}{os.pathsep}{php}",
        "JAVA_TOOL_OPTIONS": _appended("JAVA_TOOL_OPTIONS", java, " "),
    }


def hosts_lines() -> list[str]:
    """Lines for /etc/hosts that lead the vendor's names to this machine."""
    return [f"127.0.0.1 {host}" for host in HOSTS]


def _appended(name: str, value: str, separator: str) -> str:
    known = os.environ.get(name)
    return f"{known}{separator}{value}" if known else value


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)

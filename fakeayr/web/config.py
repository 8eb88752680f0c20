"""How a server is set up."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import msgspec

from fakeayr.ayrshare.plans import PLANS, Feature, Plan
from fakeayr.delivery.smtp import MailServer
from fakeayr.domain.accounts import LinkingApi, Settings
from fakeayr.domain.media.uploads import (
    FOLDER,
    MEGABYTE,
    UPLOAD_MAX_BYTES,
    UPLOAD_URL_MAX_BYTES,
)
from fakeayr.domain.urls import is_loopback

BODY_LIMIT_BYTES: Final = 1024 * 1024
_FILE_LIMIT_BYTES: Final = UPLOAD_MAX_BYTES * 4 // 3 + MEGABYTE
"""A file in base64, with the other fields."""
_FILE_PATHS: Final = frozenset({"/api/media/upload", "/api/upload"})


@dataclass(frozen=True, kw_only=True)
class Config:
    """Options of a server; the defaults serve a newcomer.

    Attributes:
        public_url: Where browsers reach the server; the request's own host unless given.
        listens_to_network: Whether other machines reach the address that the server listens on.
        control_token: What a control call must send as `X-Fakeayr-Control-Token`, if anything.
        plan: The development account's plan.
        max_pack: Whether the development account has the Max Pack.
        domain: The development account's domain; `acme` unless given.
        linking_api: The linking API of the development account; that of an earlier run unless
            given, else `jwt`.
        settings: Settings of accounts that are opened without any; see `account_settings`.
        body_limit_bytes: Larger request bodies are refused with 413, unless they carry files; see
            `body_limit`.
        mail_server: Where Connect Accounts e-mails are handed over; they stay in the outbox unless
            given.
        compress: Whether responses over 1,024 bytes are compressed on request, as Ayrshare does.
        webhook_hosts: Hosts beside this machine to which webhooks may go over plain http, in
            lower case.
        cors_origins: Origins whose pages may call the API in a browser; `*` stands for all.
    """

    public_url: str | None = None
    listens_to_network: bool = False
    control_token: str | None = field(default=None, repr=False)
    plan: Plan = Plan.BUSINESS
    max_pack: bool = True
    domain: str | None = None
    linking_api: LinkingApi | None = None
    settings: Settings = field(default_factory=Settings)
    body_limit_bytes: int = BODY_LIMIT_BYTES
    compress: bool = False
    mail_server: MailServer | None = None
    webhook_hosts: frozenset[str] = frozenset()
    cors_origins: frozenset[str] = frozenset()

    def body_limit(self, path: str) -> int:
        """How large the body of a request for a path may be, in bytes."""
        plain = f"/{path.strip('/')}"
        if plain in _FILE_PATHS:
            return _FILE_LIMIT_BYTES
        if plain.startswith(f"{FOLDER}/"):
            return UPLOAD_URL_MAX_BYTES
        return self.body_limit_bytes

    @property
    def has_development_page(self) -> bool:
        """Whether a browser can open the development profile's linking page.

        No browser can send a control token, and not every plan has linking URLs.
        """
        return self.control_token is None and Feature.LINKING_URLS in PLANS[self.plan].features

    @property
    def public_host(self) -> str | None:
        """The host name of the public URL."""
        return urlsplit(self.public_url or "").hostname

    @property
    def is_exposed(self) -> bool:
        """Whether strangers may reach the server: by its address, or by its public URL."""
        public = self.public_host
        return self.listens_to_network or (public is not None and not is_loopback(public))

    @property
    def account_settings(self) -> Settings:
        """`settings`; on an exposed server without webhooks over plain http to this machine."""
        if not self.is_exposed:
            return self.settings
        return msgspec.structs.replace(self.settings, webhook_loopback_http=False)

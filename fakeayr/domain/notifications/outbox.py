"""The outbox: what leaves the fake, how often it is tried, and how it went."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare import webhooks as vendor
from fakeayr.ayrshare.webhooks import RetryRule
from fakeayr.domain.accounts import Account, LinkingApi
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant

KEPT: Final = 1000
"""Finished items of a channel that an account's outbox keeps."""
LEASE_SECONDS: Final = 60.0
"""Longer than any attempt takes: after that the process that made it is believed dead."""


class Channel(StrEnum):
    """What leaves the fake."""

    WEBHOOK = "webhook"
    EMAIL = "email"


class State(StrEnum):
    """How far something that leaves has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    KEPT = "kept"
    """It stays here: an e-mail without a mail server, or what strangers may have caused."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One try to deliver something.

    Attributes:
        time: When, UNIX seconds of the account's time.
        status: The response's status; 503 if it did not come in time, absent if there was
            no connection.
        error: What went wrong.
    """

    time: float
    status: int | None = None
    error: str | None = None


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook delivery or an e-mail in the outbox.

    Attributes:
        id: Its id; webhooks carry it as `X-Ayrshare-Delivery-Id`.
        account: API key of the account it belongs to.
        channel: Webhook or e-mail.
        ref_id: The profile it is about.
        created: UNIX seconds of the account's time.
        content: The e-mail's fields, or what the webhook needs: `action`, `hookId`, `url`, `body`.
        secrets: What signs a webhook, the newest first; never shown.
        attempts: What was tried.
        state: How far it has come.
    """

    id: str
    account: str
    channel: Channel
    ref_id: str
    created: float
    content: dict[str, Any]
    secrets: list[str] = []
    attempts: list[Attempt] = []
    state: State = State.PENDING

    @property
    def lane(self) -> str:
        """A receiver gets the items of a lane one after the other; other lanes do not wait.

        It begins with the account's API key and a space.
        """
        receiver = self.content["url"] if self.channel is Channel.WEBHOOK else ""
        return f"{self.account} {self.channel} {receiver}"

    def __repr__(self) -> str:
        """Names the delivery without its content."""
        return f"<Outgoing {self.channel} {self.id} {self.state} after {len(self.attempts)}>"


def make(
    tenant: Tenant,
    profile: Profile,
    channel: Channel,
    content: dict[str, Any],
    *,
    secrets: Sequence[str] = (),
) -> Outgoing:
    """Makes something for the outbox, to be sent at once if the channel can be used.

    What an account that strangers can use would send stays there.
    """
    trusted = tenant.api_key not in tenant.world.strangers
    carried = trusted and tenant.world.courier.carries(channel)
    return Outgoing(
        id=tenant.world.ids.entity(),
        account=tenant.api_key,
        channel=channel,
        ref_id=profile.ref_id,
        created=tenant.now(),
        content=content,
        secrets=[*secrets],
        state=State.PENDING if carried else State.KEPT,
    )


def add(tenant: Tenant, outgoing: Sequence[Outgoing]) -> None:
    """Puts what `make` made into the outbox."""
    now = tenant.world.clock.now()
    rows = [(one, now if one.state is State.PENDING else None) for one in outgoing]
    if not rows:
        return
    tenant.store.add_outgoing(rows, KEPT)
    if any(due is not None for _, due in rows):
        tenant.world.courier.wake()


def resend(tenant: Tenant, channel: Channel, item_id: str) -> Outgoing:
    """Sends an item once more, now, and returns it as it is afterwards.

    What is still being tried goes on as planned after this attempt; what was finished is tried
    once.

    Raises:
        Refused: There is none with this id (404), it is being sent without end, or e-mails cannot
            be sent (400).
    """
    courier = tenant.world.courier
    if not courier.carries(channel):
        raise Refused(errors.INVALID_PARAMETERS, "This server has no mail server (--smtp).")
    if not courier.resend(get(tenant, channel, item_id)):
        raise Refused(errors.INVALID_PARAMETERS, "It is being sent just now.")
    return get(tenant, channel, item_id)


def get(tenant: Tenant, channel: Channel, item_id: str) -> Outgoing:
    """The item of the account's outbox with this id.

    Raises:
        Refused: There is none (404).
    """
    outgoing = tenant.store.outgoing_item(tenant.api_key, channel, item_id)
    if outgoing is None:
        raise Refused(errors.NOT_FOUND, f"The outbox holds no {channel.value} with this id.")
    return outgoing


def advance(tenant: Tenant, seconds: float) -> None:
    """Moves the account's clock; what falls due on the way is sent at its time, before the end.

    Args:
        tenant: Whose clock.
        seconds: By how much, forward.
    """
    while True:
        tenant.world.courier.send_due(tenant.api_key)
        if seconds <= 0:
            return
        now = tenant.world.clock.now()
        due = tenant.store.next_due(tenant.api_key, after=now)
        step = seconds if due is None else min(seconds, due - now)
        with tenant.transaction():
            account = tenant.account
            offset = account.clock_offset + step
            tenant.save(msgspec.structs.replace(account, clock_offset=offset))
            tenant.store.hasten(tenant.api_key, step)
        seconds -= step


def rule(account: Account) -> RetryRule:
    """How the account's webhook deliveries are tried again."""
    return vendor.FIRST_AGE if account.linking_api is LinkingApi.JWT else vendor.SECOND_AGE


def answer_within(account: Account) -> float:
    """How many seconds the receiver of a webhook may take."""
    return account.settings.webhook_timeout or rule(account).answer_within


def after_attempt(
    account: Account, outgoing: Outgoing, attempt: Attempt
) -> tuple[Outgoing, float | None]:
    """An item after another attempt, and in how many seconds the next one is due, if at all.

    E-mails are tried once; webhooks as the account's age says. What was finished before, and is
    only sent again, stays finished.
    """
    attempts = [*outgoing.attempts, attempt]
    tried = msgspec.structs.replace(outgoing, attempts=attempts)
    if attempt.error is None and attempt.status is not None and attempt.status // 100 == 2:
        return msgspec.structs.replace(tried, state=State.DELIVERED), None
    retry = rule(account)
    again = (
        outgoing.channel is Channel.WEBHOOK
        and outgoing.state is State.PENDING
        and len(attempts) <= len(retry.pauses)
        and (attempt.error is not None or retry.is_retried_after_refusal(attempt.status or 0))
    )
    if again:
        return tried, retry.pauses[len(attempts) - 1]
    return msgspec.structs.replace(tried, state=State.FAILED), None

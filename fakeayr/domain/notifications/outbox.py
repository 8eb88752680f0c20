"""The outbox: what leaves the fake, how often it is tried, and how it went."""

import time
from typing import Any, Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare import webhooks as vendor
from fakeayr.ayrshare.webhooks import RetryRule
from fakeayr.domain.model import Account, Age, Attempt, Channel, Outgoing, Profile, State
from fakeayr.domain.refusals import Refused
from fakeayr.domain.world import World

KEPT: Final = 1000
"""Finished items of a channel that an account's outbox keeps."""
LEASE_SECONDS: Final = 60.0
"""Longer than any attempt takes: after that the process that made it is believed dead."""
_AT_ONCE: Final = 32
_LOOK_SECONDS: Final = 0.005


def put(
    world: World,
    account: Account,
    profile: Profile,
    channel: Channel,
    content: dict[str, Any],
    *,
    secrets: list[str] | None = None,
) -> Outgoing:
    """Puts something into the outbox, to be sent at once if the channel can be used."""
    carried = world.courier.carries(channel)
    outgoing = Outgoing(
        id=world.ids.entity(),
        account=account.api_key,
        channel=channel,
        ref_id=profile.ref_id,
        created=world.now(account),
        content=content,
        secrets=secrets or [],
        state=State.PENDING if carried else State.KEPT,
    )
    world.store.add_outgoing(outgoing, world.clock.now() if carried else None, KEPT)
    if carried:
        world.courier.wake()
    return outgoing


def resend(world: World, account: Account, channel: Channel, item_id: str) -> Outgoing:
    """Sends an item once more, now, and answers it as it is afterwards.

    What is still being tried goes on as planned after this attempt; what was finished is tried
    once.

    Raises:
        Refused: There is none with this id (404), or e-mails cannot be sent (400).
    """
    if not world.courier.carries(channel):
        raise Refused(errors.INVALID_PARAMETERS, "This server has no mail server (--smtp).")
    deadline = time.monotonic() + LEASE_SECONDS
    while True:
        _find(world, account, channel, item_id)
        leased = world.store.lease(item_id, world.clock.now(), LEASE_SECONDS)
        if leased is not None:
            world.courier.deliver([leased])
            return _find(world, account, channel, item_id)
        if time.monotonic() >= deadline:
            raise Refused(errors.INVALID_PARAMETERS, "It is being sent just now.")
        time.sleep(_LOOK_SECONDS)


def _find(world: World, account: Account, channel: Channel, item_id: str) -> Outgoing:
    outgoing = world.store.outgoing_item(account.api_key, channel, item_id)
    if outgoing is None:
        raise Refused(errors.NOT_FOUND, f"The outbox holds no {channel.value} with this id.")
    return outgoing


def settle(world: World, account: Account, seconds: float) -> None:
    """Waits until nothing of the account is due or being sent, at most `seconds` of real time."""
    deadline = time.monotonic() + seconds
    world.courier.wake()  # Another process may have left something behind.
    while (due := world.store.next_due(account.api_key)) is not None and due <= world.clock.now():
        if time.monotonic() >= deadline:
            return
        time.sleep(_LOOK_SECONDS)


def advance(world: World, account: Account, seconds: float) -> None:
    """Moves the account's clock; what falls due on the way is sent at its time, before the end.

    Args:
        world: The world.
        account: Whose clock.
        seconds: By how much, forward.
    """
    key = account.api_key
    while True:
        _send_due(world, key)
        if seconds <= 0:
            return
        now = world.clock.now()
        due = world.store.next_due(key, after=now)
        step = seconds if due is None else min(seconds, due - now)
        _move(world, key, step)
        seconds -= step


def _move(world: World, key: str, seconds: float) -> None:
    with world.store.transaction(key):
        account = world.store.account(key)
        if account is None:
            raise Refused(errors.API_KEY_NOT_VALID)
        offset = account.clock_offset + seconds
        world.store.save_account(msgspec.structs.replace(account, clock_offset=offset))
        world.store.hasten(key, seconds)


def _send_due(world: World, key: str) -> None:
    """Sends what is due, and waits for what others are sending."""
    deadline = time.monotonic() + LEASE_SECONDS
    while (due := world.store.next_due(key)) is not None and due <= (now := world.clock.now()):
        leased = world.store.lease_due(now, LEASE_SECONDS, _AT_ONCE, account=key)
        if leased:
            world.courier.deliver(leased)
        elif time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
        else:
            return


def rule(account: Account) -> RetryRule:
    """How the account's webhook deliveries are tried again."""
    return vendor.FIRST_AGE if account.age is Age.JWT else vendor.SECOND_AGE


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

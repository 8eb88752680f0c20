"""Webhook deliveries over HTTP."""

from typing import Final
from urllib.parse import urlsplit

import urllib3

from fakeayr.domain import outbox, webhooks
from fakeayr.domain.model import Account, Attempt, Outgoing
from fakeayr.domain.urls import is_loopback
from fakeayr.vendor.webhooks import TIMEOUT_STATUS

_CONNECTIONS: Final = 16


class WebhookSender:
    """Posts deliveries. Redirects are not followed; the body of the answer is not read.

    Certificates are checked, except those of receivers on this machine.
    """

    def __init__(self) -> None:
        self._remote = urllib3.PoolManager(maxsize=_CONNECTIONS)
        self._local = urllib3.PoolManager(
            maxsize=_CONNECTIONS, cert_reqs="CERT_NONE", assert_hostname=False
        )

    def __call__(self, account: Account, outgoing: Outgoing, now: float) -> Attempt:
        """Makes one attempt; see `courier.Sender`."""
        url = outgoing.content["url"]
        pool = self._local if is_loopback(urlsplit(url).hostname) else self._remote
        within = outbox.rule(account).answer_within
        try:
            answer = pool.request(
                "POST",
                url,
                body=outgoing.content["body"].encode(),
                headers=webhooks.headers(account, outgoing, now),
                redirect=False,
                retries=False,
                timeout=urllib3.Timeout(total=within),
                preload_content=False,
            )
        except urllib3.exceptions.TimeoutError:
            error = f"The receiver did not answer within {within:g} seconds."
            return Attempt(time=now, status=TIMEOUT_STATUS, error=error)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as failure:
            return Attempt(time=now, error=f"The receiver could not be reached: {failure}")
        status = answer.status
        answer.close()
        return Attempt(time=now, status=status)

"""What can be wrong with webhooks and those who receive them."""

from typing import Final

from fakeayr.domain.advice.rows import Basis, Row, Sureness

ROWS: Final = (
    Row(
        name="webhook-stays-in-outbox",
        headline="The webhook will not be sent",
        seen="Others can reach this server, and everybody knows the keys of its development "
        "account: its webhooks stay in the outbox.",
        so="Ayrshare would send it; only this fake does not.",
        do="Open an account of your own (POST /_fakeayr/accounts).",
        basis=Basis.OURS,
        fact="what strangers may have ordered is not sent",
        wrong="fakeayr serve --host 0.0.0.0, and the development account's keys",
        right="an account of POST /_fakeayr/accounts",
        allow="Where webhooks are only read from the outbox.",
    ),
    Row(
        name="webhook-redirects",
        headline="A webhook's receiver redirects",
        seen="{url} returned {status}.",
        so="Ayrshare follows no redirect: the delivery counts as refused.",
        do="Register the address at which the receiver really is, slash and https included.",
        fact="only a 2xx answer counts as received",
        wrong="http://acme.example/hook, which leads to https",
        right="https://acme.example/hook",
    ),
    Row(
        name="webhook-slow",
        headline="A webhook's receiver is too slow",
        seen="{url} did not answer in time.",
        so="The delivery is made again, and the receiver gets it twice.",
        do="Answer 200 at once, and do the work afterwards.",
        fact="a receiver has 10 seconds, or 15 with link sessions",
        wrong="work(); return 200",
        right="queue(work); return 200",
    ),
    Row(
        name="webhook-fails",
        headline="A webhook's receiver refuses deliveries",
        seen="{url} returned {status}.",
        so="After a 4xx Ayrshare gives up in the newer age; after 5xx it tries again.",
        do="Look at the receiver's own log; `fakeayr doctor webhook` tries it piece by piece.",
        fact="only a 2xx answer counts as received",
        wrong="return 500",
        right="return 200",
    ),
    Row(
        name="webhook-unreachable",
        headline="A webhook's receiver cannot be reached",
        seen="There was no response from {url}.",
        so="The delivery is made again a few times, and is lost then.",
        do="Start the receiver, and register the address at which this server can reach it.",
        fact="only a 2xx answer counts as received",
        wrong="http://localhost:3000 where nothing listens",
        right="the port on which the receiver listens",
    ),
    Row(
        name="webhook-without-secret",
        sureness=Sureness.HINT,
        headline="A webhook has no secret",
        seen="Deliveries go to {url} without a signature.",
        so="Whoever knows the address can send it what he likes.",
        do="Register it with a secret, and check X-Authorization-Content-SHA256.",
        fact="a secret signs deliveries",
        wrong='{"action": "social", "url": "…"}',
        right='{"action": "social", "url": "…", "secret": "…"}',
    ),
    Row(
        name="webhook-http",
        headline="A webhook's URL is not https",
        seen="The URL does not begin with https://.",
        so="The registration is refused.",
        do="Register an https address; on this machine the fake takes http, too.",
        fact="webhooks go over https only",
        wrong="http://acme.example/hook",
        right="https://acme.example/hook",
    ),
)

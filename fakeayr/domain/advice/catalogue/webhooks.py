"""What can be wrong with webhooks and those who receive them."""

from typing import Final

from fakeayr.domain.advice.rows import Basis, Row, Sureness

ROWS: Final = (
    Row(
        name="webhook-stays-in-outbox",
        sureness=Sureness.CERTAIN,
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
)

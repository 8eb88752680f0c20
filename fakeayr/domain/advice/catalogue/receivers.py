"""What the webhook probe can find out about a receiver; see `notifications/probes.py`."""

from functools import partial
from typing import Final

from fakeayr.domain.advice.rows import Basis, Row, Sureness

_SIGNED: Final = "X-Authorization-Content-SHA256 is the HMAC-SHA256 of the raw body"
_RETRIED: Final = "Ayrshare takes it for a failure and sends the event again, or gives it up."
_FORGED: Final = "Whoever knows the URL can report links and posts that do not exist."
_COMPARE: Final = (
    "Compute HMAC-SHA256 of the bytes that arrived with your secret, and compare it with "
    "X-Authorization-Content-SHA256 in constant time; respond 401 to anything else."
)

_row: Final = partial(Row, seen="{said} to {about}.")
_refuses: Final = partial(_row, so=_RETRIED)
_takes: Final = partial(_row, so=_FORGED, do=_COMPARE)

ROWS: Final = (
    _refuses(
        name="webhook-right-refused",
        headline="The webhook receiver refuses a right delivery",
        do="Give the receiver the secret that the webhook is registered with, compare the "
        "signature of the bytes that arrived, and respond 200.",
        fact=_SIGNED,
        wrong="hmac(JSON.stringify(request.body), secret)",
        right="hmac(rawBody, secret)",
    ),
    _takes(
        name="webhook-unsigned-accepted",
        headline="The webhook receiver takes a delivery without a signature",
        fact="with a secret, every delivery has a signature",
        wrong="if (signature && signature !== expected) return res.sendStatus(401)",
        right="if (!signature || signature !== expected) return res.sendStatus(401)",
        allow="Where something in front of the receiver checks the signature.",
    ),
    _takes(
        name="webhook-wrong-signature-accepted",
        headline="The webhook receiver takes a delivery that another secret signed",
        fact=_SIGNED,
        wrong='if (req.headers["x-authorization-content-sha256"]) accept()',
        right="if (timingSafeEqual(sent, expected)) accept()",
    ),
    _takes(
        name="webhook-changed-body-accepted",
        headline="The webhook receiver takes a body that was changed after it was signed",
        fact=_SIGNED,
        wrong="hmac(payload.hookId, secret)",
        right="hmac(rawBody, secret)",
    ),
    _row(
        name="webhook-signature-of-own-spelling",
        headline="The webhook receiver signs a body of its own instead of the one that arrived",
        so="Right deliveries are refused as soon as one space or letter is written differently.",
        do="Keep the raw bytes before anything decodes them, and compute the signature of those: "
        "express.raw(), request.get_data(), $request->getContent().",
        fact=_SIGNED,
        wrong="hmac(JSON.stringify(request.body), secret)",
        right="hmac(rawBody, secret)",
    ),
    _row(
        name="webhook-old-timestamp-accepted",
        sureness=Sureness.HINT,
        headline="The webhook receiver takes a delivery with an old timestamp",
        so="Whoever recorded a delivery can send it again later. The timestamp is not signed, so "
        "only the hookId is sure.",
        do="Remember each hookId, and act on it once; refuse what is older than a few minutes.",
        fact="X-Authorization-Timestamp is the time of the attempt in UNIX seconds",
        wrong="(no look at X-Authorization-Timestamp)",
        right="if (Math.abs(Date.now() / 1000 - timestamp) > 300) return res.sendStatus(401)",
        allow="Where each hookId is acted on only once.",
    ),
    _refuses(
        name="webhook-repeat-refused",
        headline="The webhook receiver refuses an event that it knows already",
        do="Respond 200 to a hookId that was seen before, and do nothing else.",
        fact="the hookId is the same in every attempt",
        wrong="if (seen.has(hookId)) return res.sendStatus(409)",
        right="if (seen.has(hookId)) return res.sendStatus(200)",
    ),
    _refuses(
        name="webhook-unknown-action-refused",
        sureness=Sureness.LIKELY,
        headline="The webhook receiver refuses an action that it does not know",
        do="Respond 200 to actions that you do not use, and ignore them.",
        basis=Basis.REPORTED,
        fact="new actions are added",
        wrong="default: throw new Error(action)",
        right="default: return res.sendStatus(200)",
    ),
    _refuses(
        name="webhook-late-event-refused",
        sureness=Sureness.LIKELY,
        headline="The webhook receiver refuses an event that comes late",
        do="Take it, and compare its created with that of the state you know: what is older "
        "changes nothing.",
        fact="events are tried again, so that a later one can arrive first",
        wrong="if (created < now - 300) return res.sendStatus(400)",
        right="if (created > known.created) update(); return res.sendStatus(200)",
    ),
    _row(
        name="webhook-rotation-refused",
        headline="The webhook receiver refuses deliveries while the secret is rotated",
        so="For 24 hours every event is lost, until the receiver has the new secret.",
        do="Look at every signature in X-Authorization-Content-SHA256-V2 (v1=HEX, with commas "
        "between them), and take the delivery if one is right.",
        basis=Basis.REPORTED,
        fact="after a rotation both secrets sign for 24 hours, the new one in the first header",
        wrong='expected === headers["x-authorization-content-sha256"]',
        right='headers["x-authorization-content-sha256-v2"].split(",").includes("v1=" + expected)',
        allow="Where both secrets are changed at the same moment.",
    ),
)

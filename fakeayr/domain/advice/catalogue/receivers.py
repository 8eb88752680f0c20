"""What the webhook probe can find out about a receiver; see `notifications/probes.py`."""

from typing import Final

from fakeayr.domain.advice.rows import Basis, Row, Sureness

_SIGNED: Final = "X-Authorization-Content-SHA256 is the HMAC-SHA256 of the raw body"
_RETRIED: Final = "Ayrshare takes it for a failure and sends the event again, or gives it up."
_FORGED: Final = "Whoever knows the URL can report links and posts that do not exist."
_COMPARE: Final = (
    "Compute HMAC-SHA256 of the bytes that arrived with your secret, and compare it with "
    "X-Authorization-Content-SHA256 in constant time; respond 401 to anything else."
)

ROWS: Final = (
    Row(
        name="webhook-right-refused",
        sureness=Sureness.CERTAIN,
        headline="The webhook receiver refuses a right delivery",
        seen="{said} to {about}.",
        so=_RETRIED,
        do="Give the receiver the secret that the webhook is registered with, compare the "
        "signature of the bytes that arrived, and respond 200.",
        basis=Basis.DOCUMENTED,
        fact=_SIGNED,
        wrong="hmac(JSON.stringify(request.body), secret)",
        right="hmac(rawBody, secret)",
    ),
    Row(
        name="webhook-unsigned-accepted",
        sureness=Sureness.CERTAIN,
        headline="The webhook receiver takes a delivery without a signature",
        seen="{said} to {about}.",
        so=_FORGED,
        do=_COMPARE,
        basis=Basis.DOCUMENTED,
        fact="with a secret, every delivery has a signature",
        wrong="if (signature && signature !== expected) return res.sendStatus(401)",
        right="if (!signature || signature !== expected) return res.sendStatus(401)",
        allow="Where something in front of the receiver checks the signature.",
    ),
    Row(
        name="webhook-wrong-signature-accepted",
        sureness=Sureness.CERTAIN,
        headline="The webhook receiver takes a delivery that another secret signed",
        seen="{said} to {about}.",
        so=_FORGED,
        do=_COMPARE,
        basis=Basis.DOCUMENTED,
        fact=_SIGNED,
        wrong='if (req.headers["x-authorization-content-sha256"]) accept()',
        right="if (timingSafeEqual(sent, expected)) accept()",
    ),
    Row(
        name="webhook-changed-body-accepted",
        sureness=Sureness.CERTAIN,
        headline="The webhook receiver takes a body that was changed after it was signed",
        seen="{said} to {about}.",
        so=_FORGED,
        do=_COMPARE,
        basis=Basis.DOCUMENTED,
        fact=_SIGNED,
        wrong="hmac(payload.hookId, secret)",
        right="hmac(rawBody, secret)",
    ),
    Row(
        name="webhook-signature-of-own-spelling",
        sureness=Sureness.CERTAIN,
        headline="The webhook receiver signs a body of its own instead of the one that arrived",
        seen="{said} to {about}.",
        so="Right deliveries are refused as soon as one space or letter is written differently.",
        do="Keep the raw bytes before anything decodes them, and compute the signature of those: "
        "express.raw(), request.get_data(), $request->getContent().",
        basis=Basis.DOCUMENTED,
        fact=_SIGNED,
        wrong="hmac(JSON.stringify(request.body), secret)",
        right="hmac(rawBody, secret)",
    ),
    Row(
        name="webhook-old-timestamp-accepted",
        sureness=Sureness.HINT,
        headline="The webhook receiver takes a delivery with an old timestamp",
        seen="{said} to {about}.",
        so="Whoever recorded a delivery can send it again later. The timestamp is not signed, so "
        "only the hookId tells for sure.",
        do="Remember each hookId, and act on it once; refuse what is older than a few minutes.",
        basis=Basis.DOCUMENTED,
        fact="X-Authorization-Timestamp is the time of the attempt in UNIX seconds",
        wrong="(no look at X-Authorization-Timestamp)",
        right="if (Math.abs(Date.now() / 1000 - timestamp) > 300) return res.sendStatus(401)",
        allow="Where each hookId is acted on only once.",
    ),
    Row(
        name="webhook-repeat-refused",
        sureness=Sureness.CERTAIN,
        headline="The webhook receiver refuses an event that it knows already",
        seen="{said} to {about}.",
        so=_RETRIED,
        do="Respond 200 to a hookId that was seen before, and do nothing else.",
        basis=Basis.DOCUMENTED,
        fact="the hookId is the same in every attempt",
        wrong="if (seen.has(hookId)) return res.sendStatus(409)",
        right="if (seen.has(hookId)) return res.sendStatus(200)",
    ),
    Row(
        name="webhook-unknown-action-refused",
        sureness=Sureness.LIKELY,
        headline="The webhook receiver refuses an action that it does not know",
        seen="{said} to {about}.",
        so=_RETRIED,
        do="Respond 200 to actions that you do not use, and ignore them.",
        basis=Basis.REPORTED,
        fact="new actions are added",
        wrong="default: throw new Error(action)",
        right="default: return res.sendStatus(200)",
    ),
    Row(
        name="webhook-late-event-refused",
        sureness=Sureness.LIKELY,
        headline="The webhook receiver refuses an event that comes late",
        seen="{said} to {about}.",
        so=_RETRIED,
        do="Take it, and compare its created with that of the state you know: what is older "
        "changes nothing.",
        basis=Basis.DOCUMENTED,
        fact="events are tried again, so that a later one can arrive first",
        wrong="if (created < now - 300) return res.sendStatus(400)",
        right="if (created > known.created) update(); return res.sendStatus(200)",
    ),
    Row(
        name="webhook-rotation-refused",
        sureness=Sureness.CERTAIN,
        headline="The webhook receiver refuses deliveries while the secret is rotated",
        seen="{said} to {about}.",
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

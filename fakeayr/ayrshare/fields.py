"""Names of fields that public code takes for others (public-code), and fields of one endpoint."""

from typing import Final

MISTAKEN: Final = {
    "generateJWT": {
        "redirectUrl": "redirect",
        "redirectUri": "redirect",
        "redirectURL": "redirect",
        "returnUrl": "redirect",
        "callbackUrl": "redirect",
        "platforms": "allowedSocial",
        "networks": "allowedSocial",
        "privateKeyBase64": "privateKey with base64: true",
        "key": "privateKey",
        "expires": "expiresIn",
        "expiration": "expiresIn",
        "ttl": "expiresIn",
    },
    "link-sessions": {
        "redirectUrl": "redirect",
        "redirectUri": "redirect",
        "platforms": "allowedSocial",
        "platform": "network",
    },
    "post": {
        "text": "post",
        "content": "post",
        "message": "post",
        "media": "mediaUrls",
        "images": "mediaUrls",
        "networks": "platforms",
        "scheduledDate": "scheduleDate",
        "scheduleAt": "scheduleDate",
        "scheduled_at": "scheduleDate",
    },
    "webhook": {"event": "action", "type": "action", "webhookUrl": "url"},
    "profiles": {"name": "title", "profileTitle": "title"},
}
"""What is meant by a field that an endpoint does not have, by the last part of its path."""

ENDPOINTS: Final = {
    "POST /profiles/generateJWT": (
        *("privateKey", "domain", "verify", "base64", "logout", "expiresIn", "allowedSocial"),
        *("redirect", "instagramLinkMethod"),
    ),
    "POST /profiles/link-sessions": ("mode", "network", "origin"),
    "POST /profiles": (
        *("disableSocial", "hideTopHeader", "topHeader", "subHeader", "messagingActive"),
        *("displayTitle", "hideTitle", "team"),
    ),
    "GET /profiles": ("hasActiveSocialAccounts", "includesActiveSocialAccounts", "actionLog"),
    "POST /post": (
        *("post", "platforms", "mediaUrls", "scheduleDate", "isVideo", "shortenLinks"),
        *("autoHashtag", "autoRepost", "requiresApproval", "idempotencyKey"),
    ),
    "POST /hook/webhook": ("action", "secret"),
}
"""Fields that only one endpoint has, by the endpoint (documented)."""

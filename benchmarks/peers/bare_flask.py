"""A minimal Flask app: parses the body, signs with a loaded key, and responds.

    granian --interface wsgi --workers 2 benchmarks.peers.bare_flask:app

It does not authorize, look up, check, count or store anything. What it costs is the cost of Flask
and its server; what an app costs beyond this is its own.
"""

import warnings
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import Flask, request
from jwt.warnings import InsecureKeyLengthWarning

warnings.simplefilter("ignore", InsecureKeyLengthWarning)  # Ayrshare's own keys have 1024 bits.
app = Flask(__name__)


@cache
def signing_key(pem: str) -> RSAPrivateKey:
    """Returns the key in a PEM text, which is loaded once."""
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return key


@app.post("/api/profiles/generateJWT")
def generate_jwt() -> dict[str, Any]:
    """Signs a token, without authorization."""
    body = request.get_json()
    claims = {"profileKey": body["profileKey"], "iss": body["domain"]}
    token = jwt.encode(claims, signing_key(body["privateKey"]), algorithm="RS256")
    return {"status": "success", "token": token, "url": f"{request.host_url}?jwt={token}"}

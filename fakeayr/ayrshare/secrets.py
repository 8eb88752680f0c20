"""What secrets look like, as regular expressions. Whoever hides them knows them from here.

No part of one can match halfway and fail, so that the time it takes grows with the text alone.
"""

from fakeayr.ayrshare.ids import KEY
from fakeayr.ayrshare.tokens import SESSION_PREFIX

TOKEN = r"eyJ[\w.-]{20,}"
"""A JSON Web Token, or the beginning of one (reference)."""
SESSION_SECRET = rf"{SESSION_PREFIX}\w+"
"""What the URL of a link session carries (public-code)."""
KEY_FILE = r"-----BEGIN.*?(?:-----END [A-Z ]+-----|\Z)"
"""A PEM file, to its end; it takes `re.DOTALL` (reference)."""
ENCODED_KEY_FILE = r"LS0tLS1CRUdJTi[\w+/=\s]*"
"""A PEM file in base64 (reference)."""

SHORT = f"{TOKEN}|{SESSION_SECRET}|{KEY}"
"""The secrets that stand in one line (reference)."""

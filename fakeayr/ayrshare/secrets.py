"""Regular expressions for secrets, for all code that hides them.

None of them backtracks, so matching takes time in proportion to the text.
"""

from fakeayr.ayrshare.ids import KEY
from fakeayr.ayrshare.tokens import SESSION_PREFIX

TOKEN = r"eyJ[\w.-]{20,}"
"""A JSON Web Token, or the beginning of one (reference)."""
SESSION_SECRET = rf"{SESSION_PREFIX}\w+"
"""The token in the URL of a link session (public-code)."""
KEY_FILE = r"-----BEGIN.*?(?:-----END [A-Z ]+-----|\Z)"
"""A PEM file, to its end; needs `re.DOTALL` (reference)."""
ENCODED_KEY_FILE = r"LS0tLS1CRUdJTi[\w+/=\s]*"
"""A PEM file in base64 (reference)."""

SHORT = f"{TOKEN}|{SESSION_SECRET}|{KEY}"
"""All secrets that fit on one line (reference)."""

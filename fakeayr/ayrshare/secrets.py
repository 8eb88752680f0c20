"""What secrets look like, as regular expressions. Whoever hides them knows them from here.

No part of one can match halfway and fail, so that the time it takes grows with the text alone.
"""

KEY = r"[A-Z0-9]{7}(?:-[A-Z0-9]{7}){3}"
"""An API key or a profile key (seeds)."""
TOKEN = r"eyJ[\w.-]{20,}"
"""A JSON Web Token, or the beginning of one."""
SESSION_SECRET = r"ayr_ls_\w+"
"""What the URL of a link session carries (public research)."""
KEY_FILE = r"-----BEGIN.*?(?:-----END [A-Z ]+-----|\Z)"
"""A PEM file, to its end; it takes `re.DOTALL`."""
ENCODED_KEY_FILE = r"LS0tLS1CRUdJTi[\w+/=\s]*"
"""A PEM file in base64."""

SHORT = f"{TOKEN}|{SESSION_SECRET}|{KEY}"
"""The secrets that stand in one line."""

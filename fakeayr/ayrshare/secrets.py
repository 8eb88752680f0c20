r"""Regular expressions for secrets, for all code that hides them.

None of them backtracks, so matching takes time in proportion to the text. Letters are listed, since
`\w` takes twice to four times as long.
"""

from fakeayr.ayrshare.tokens import SESSION_PREFIX

TOKEN = r"eyJ[A-Za-z0-9_.-]{20,}"
"""A JSON Web Token, or the beginning of one (reference)."""
SESSION_SECRET = rf"{SESSION_PREFIX}[A-Za-z0-9_]+"
"""The token in the URL of a link session (public-code)."""
ANY_KEY = r"[A-Z0-9]{7,8}(?:-[A-Z0-9]{7,8}){3}"
"""An API key or profile key: four groups of seven (documented) or eight (public-code)."""
KEY_FILE = (
    r"-----BEGIN [A-Z0-9 ]{0,40}-----(?:\\+[nrt]|%[0-9A-Fa-f]{2}|[\s\"'+])*"
    r"[\w+/=]{8}.*?(?:-----END [A-Z ]+-----|\Z)"
)
"""A PEM file, to its end, but not a sentence about one; it takes `re.DOTALL` (reference)."""
ENCODED_KEY_FILE = r"LS0tLS1CRUdJTi[\w+/=\s]*"
"""A PEM file in base64 (reference)."""

"""What a text is that stands in a secret's place: a word, a variable, a key of another form."""

import re
from typing import Final

QUOTES: Final = "\"'`"

WORD: Final = re.compile(
    r"undefined|null|none|nan|nil|true|false|\[object \w+\]|<Buffer.*", re.IGNORECASE
)
"""What programs write where a value is missing."""
VARIABLE: Final = re.compile(
    r"\$\{[^}]{1,80}\}|\$\(?[A-Za-z_]\w{0,80}\)?|%[A-Za-z_]\w{0,80}%|\{\{.{1,80}\}\}"
    r"|(?:process\.env|os\.environ|import\.meta\.env)\b.{0,80}"
)
"""A variable that was not replaced by its value."""
EIGHTS: Final = re.compile(r"[A-Z0-9]{8}(?:-[A-Z0-9]{8}){3}")
"""A key in the form that only the real Ayrshare uses (public-code)."""

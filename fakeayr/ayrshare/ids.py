"""The shapes of Ayrshare's identifiers, as regular expressions without anchors."""

KEY_GROUPS = 4
KEY_GROUP_LENGTH = 7
KEY = rf"[A-Z0-9]{{{KEY_GROUP_LENGTH}}}(?:-[A-Z0-9]{{{KEY_GROUP_LENGTH}}}){{{KEY_GROUPS - 1}}}"
"""An API key or a profile key: `AJ3PGW1-8HZM8R4-GCWTVJW-YE153PE` (documented)."""
REF_ID_LENGTH = 40
REF_ID = rf"[0-9a-f]{{{REF_ID_LENGTH}}}"
"""A profile's `refId` (documented)."""

PRIMARY_TITLE = "Primary Profile"
"""The title of an account's primary profile (live)."""

"""What can be wrong with profile keys, and with the headers that carry them."""

from typing import Final

from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.domain.advice.rows import Basis, Row, Sureness

_REFUSED: Final = "The call is refused with code 144."
_FIND: Final = "Send the profileKey that POST /profiles returned when the profile was created."

ROWS: Final = (
    Row(
        name="profile-key-is-api-key",
        sureness=Sureness.CERTAIN,
        headline="The profile key is the API key",
        seen="The API key of this account stands where a profile key belongs.",
        so=_REFUSED,
        do=_FIND + " To act for the primary profile, leave the profile key out.",
        basis=Basis.DOCUMENTED,
        fact="a profile key is made with each User Profile; the API key is the account's",
        wrong=f"{PROFILE_KEY}: (the API key)",
        right=f"{PROFILE_KEY}: (a profileKey of POST /profiles)",
    ),
    Row(
        name="profile-key-is-private-key",
        sureness=Sureness.CERTAIN,
        headline="The profile key is the private key",
        seen="Where a profile key belongs there is a text that begins with -----BEGIN.",
        so=_REFUSED,
        do="Send the private key as privateKey, and a profile key as profileKey.",
        basis=Basis.DOCUMENTED,
        fact="a profile key is four groups of capitals and digits",
        wrong='{"profileKey": "-----BEGIN RSA PRIVATE KEY-----…"}',
        right='{"profileKey": "A1B2C3D-…", "privateKey": "-----BEGIN RSA PRIVATE KEY-----…"}',
    ),
    Row(
        name="profile-api-key-is-profile-key",
        sureness=Sureness.CERTAIN,
        headline="The API key is a profile key",
        seen="The Authorization header holds the key of a User Profile.",
        so="The call is refused with code 102.",
        do=f"Send the API key as Authorization: Bearer, and the profile key as {PROFILE_KEY}.",
        basis=Basis.DOCUMENTED,
        fact=f"the API key authorizes every call; {PROFILE_KEY} says for whom",
        wrong="Authorization: Bearer (a profile key)",
        right=f"Authorization: Bearer (the API key)\n{PROFILE_KEY}: (the profile key)",
    ),
    Row(
        name="profile-header-underscore",
        sureness=Sureness.CERTAIN,
        headline="A header is written with an underscore",
        seen="{name} is another header than {meant}, and means nothing.",
        so=f"Ayrshare ignores it; without {PROFILE_KEY} a call acts for the primary profile.",
        do="Send {meant}, with a hyphen.",
        basis=Basis.REPORTED,
        fact="Node's servers keep headers with _ and - apart",
        wrong="Profile_Key: A1B2C3D-…",
        right=f"{PROFILE_KEY}: A1B2C3D-…",
    ),
)

"""What everybody knows of the development account that every fake has: its public keys."""

from typing import Final

API_KEY: Final = "FAKEAYR-DEVAPIK-0000000-0000001"
PROFILE_KEY: Final = "FAKEAYR-DEVPROF-0000000-0000001"
DOMAIN: Final = "acme"

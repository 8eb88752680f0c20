"""Encodes and decodes the JSON documents that stores keep."""

import msgspec

from fakeayr.domain.accounts import Account
from fakeayr.domain.notifications.outbox import Outgoing
from fakeayr.domain.posting.posts import Post
from fakeayr.domain.profiles import Profile

encode = msgspec.json.Encoder().encode
decode_account = msgspec.json.Decoder(Account).decode
decode_profile = msgspec.json.Decoder(Profile).decode
decode_outgoing = msgspec.json.Decoder(Outgoing).decode
decode_post = msgspec.json.Decoder(Post).decode

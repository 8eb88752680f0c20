"""Encodes and decodes the JSON documents that stores keep."""

import msgspec

from fakeayr.domain.accounts import Account
from fakeayr.domain.media.facts import MediaFacts
from fakeayr.domain.media.uploads import Upload
from fakeayr.domain.notifications.outbox import Outgoing
from fakeayr.domain.posting.posts import Post
from fakeayr.domain.profiles import Profile

encode = msgspec.json.Encoder().encode
decode_account = msgspec.json.Decoder(Account).decode
decode_profile = msgspec.json.Decoder(Profile).decode
decode_outgoing = msgspec.json.Decoder(Outgoing).decode
decode_post = msgspec.json.Decoder(Post).decode
decode_upload = msgspec.json.Decoder(Upload).decode
decode_media = msgspec.json.Decoder(MediaFacts).decode

"""Data URIs, as JSON carries files."""

import base64
import binascii
import re
from typing import Final
from urllib.parse import unquote_to_bytes

from fakeayr.domain.media.measuring import BadMedia

_HEAD: Final = re.compile(
    r"\s{0,20}data:(?P<type>[\w.+-]{1,100}/[\w.+-]{1,100})?(?:;[\w.+-]{1,100}=[^;,]{0,200}){0,10}"
    r"(?P<base64>;\s{0,5}base64)?,",
    re.ASCII | re.IGNORECASE,
)
_BLANKS: Final = str.maketrans("", "", " \t\r\n")


def read_data_uri(text: str) -> tuple[bytes, str | None]:
    """The content of a data URI, and its content type if it names one.

    Raises:
        BadMedia: It is no data URI.
    """
    head = _HEAD.match(text)
    if head is None:
        raise BadMedia("file must be a data URI, such as data:image/png;base64,iVBORw0KGgo…")
    content = text[head.end() :]
    try:
        if head["base64"] is None:
            return unquote_to_bytes(content), head["type"]
        return base64.b64decode(content.translate(_BLANKS), validate=True), head["type"]
    except (binascii.Error, ValueError) as error:
        raise BadMedia("The data URI's base64 is not valid.") from error

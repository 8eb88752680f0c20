"""Reading request bodies and queries: JSON, forms, and the spellings of lists that clients send."""

import io
import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from typing import IO, Any, Final, TypeVar

import msgspec
import qs_codec
from flask import Request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from fakeayr.ayrshare import errors
from fakeayr.domain.advice.values import on_wrong_type
from fakeayr.domain.redaction.redactions import quoted, redacted_text
from fakeayr.domain.refusals import Refused
from fakeayr.domain.spelling import near

T = TypeVar("T", bound=msgspec.Struct)

_FORM: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
_MOST_PARTS: Final = 100
_DEEPEST: Final = 64
_MOST_ADVICE: Final = 10
_MOST_SWALLOWED_BYTES: Final = 64 * 1024 * 1024
_CHUNK_BYTES: Final = 64 * 1024
# The parser's time grows with the square of the parameters; 1,000 are the usual limit in Node, too.
_QS = qs_codec.DecodeOptions(
    list_limit=1000, parameter_limit=1000, depth=2, raise_on_limit_exceeded=True
)
_decode_json = msgspec.json.Decoder().decode
_PLACE = re.compile(r" - at `\$\.?([^`]*)`$")
_TYPE = re.compile(r"Expected `([\w |]+)`, got `(\w+)`")
_TYPES: Final = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
_UNKNOWN = re.compile(r"unknown field `([^`]{1,100})`")
_REQUIRED = re.compile(r"Object missing required field `([^`]+)`")


class Fields(msgspec.Struct, frozen=True):
    """The fields of a body or a query as they came.

    Attributes:
        values: Names and values.
        typed: Whether values carry their types (JSON), or are texts (forms and queries).
        in_body: Whether they came in a body.
        files: The files of a form, by the names of their fields. `values` has their descriptions.
    """

    values: dict[str, Any]
    typed: bool
    in_body: bool = True
    files: dict[str, FileStorage] = {}

    def into(self, model: type[T]) -> T:
        """The fields as a model; unknown ones are ignored, and null counts as absent.

        In forms and queries a list is repeated, spelled `name[0]=…`, or comma-separated.

        Raises:
            Refused: A required field is missing or one has the wrong type (101).
        """
        present = {name: value for name, value in self.values.items() if value is not None}
        if not self.typed:
            present |= {
                name: _as_list(present[name])
                for name in _fields_of(model, msgspec.inspect.ListType) & present.keys()
            }
            _refuse_written_null(present, model)
        try:
            return msgspec.convert(present, model, strict=self.typed)
        except msgspec.ValidationError as error:
            raise _refuse_value(str(error), model, typed=self.typed) from error

    def unknown(self, model: type[msgspec.Struct]) -> list[str]:
        """The first fields that the model does not have; `source` is the official SDKs' own."""
        known = model.__struct_encode_fields__
        strangers = (name for name in self.values if name not in known and name != "source")
        return list(islice(strangers, _MOST_ADVICE))


def read_body(request: Request, *, files: bool = False) -> Fields:
    """Reads a request's body.

    Args:
        request: The request.
        files: Whether it may be a form with files.

    Raises:
        Refused: It is not an object in JSON or a form, or cannot be read (101).
        RequestEntityTooLarge: It is over the limit.
    """
    data = read_data(request)
    kind = request.mimetype
    if not data:
        return Fields({}, typed=True)
    if kind == _FORM:
        return _form(data)
    if files and kind == _MULTIPART:
        return _form_with_files(request, data)
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise _unreadable("The Content-Type must be application/json.")
    try:
        values = _decode_json(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable("The body is not valid JSON.") from error
    except RecursionError as error:
        raise _unreadable("The body is nested too deeply.") from error
    if not isinstance(values, dict):
        raise _unreadable("The body must be a JSON object.")
    if _depth_exceeds(values, _DEEPEST):
        raise _unreadable("The body is nested too deeply.")
    return Fields(values, typed=True)


def read_data(request: Request) -> bytes:
    """Reads a request's body without decoding it.

    Raises:
        Refused: It is compressed (101).
        BadRequest: It is shorter than its Content-Length.
        RequestEntityTooLarge: It is over the limit.
    """
    data = request.get_data()
    if request.content_length is None and len(data) == request.max_content_length:
        raise RequestEntityTooLarge  # A chunked body is cut there, not refused.
    if data and request.headers.get("Content-Encoding", "identity") != "identity":
        raise _unreadable("A compressed body is not accepted.")
    return data


def swallow_body(request: Request) -> None:
    """Reads what is left of a body that is refused; its sender may read no response before.

    No server here does so by itself: Node's `fetch` would see a broken pipe instead of the 413.
    """
    length = request.content_length
    left = _MOST_SWALLOWED_BYTES if length is None else length
    if left > _MOST_SWALLOWED_BYTES:
        return
    try:
        while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, _CHUNK_BYTES))):
            left -= len(chunk)
    except (OSError, ValueError):
        return  # The sender is gone, or its chunks are malformed.


def read_query(request: Request) -> Fields:
    """Reads a request's query.

    Raises:
        Refused: It cannot be read (101).
    """
    values = _decode_form(request.query_string.decode("ascii", "replace"))
    return Fields(values, typed=False, in_body=False)


def _form(data: bytes) -> Fields:
    text = data.decode("utf-8", "replace")
    if text.lstrip().startswith("{"):
        raise _unreadable(
            "The body looks like JSON, but its Content-Type says it is a form: "
            "send Content-Type: application/json."
        )
    return Fields(_decode_form(text), typed=False)


def _form_with_files(request: Request, data: bytes) -> Fields:
    parser = FormDataParser(
        _keep_in_memory,
        max_content_length=len(data),
        max_form_memory_size=len(data),
        max_form_parts=_MOST_PARTS,
        silent=False,
    )
    try:
        _, form, files = parser.parse(
            io.BytesIO(data), request.mimetype, len(data), request.mimetype_params
        )
    except (ValueError, RequestEntityTooLarge) as error:
        raise _unreadable("The form with files cannot be read.") from error
    described = {name: _describe_file(file) for name, file in files.items()}
    return Fields(form.to_dict() | described, typed=False, files=files.to_dict())


def _keep_in_memory(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> IO[bytes]:
    """Where a file of a form goes, as Werkzeug asks for it."""
    return io.BytesIO()


def _describe_file(file: FileStorage) -> str:
    """What the journal shows in place of a file."""
    size = len(file.stream.getbuffer()) if isinstance(file.stream, io.BytesIO) else 0
    return f"{file.filename} ({file.mimetype or 'no content type'}, {size} bytes)"


def _decode_form(text: str) -> dict[str, Any]:
    try:
        return qs_codec.decode(text, _QS)
    except (ValueError, IndexError, RecursionError) as error:
        raise _unreadable("The form or query cannot be read.") from error


@cache
def _fields_of(model: type[msgspec.Struct], wanted: type[msgspec.inspect.Type]) -> frozenset[str]:
    """The names of a model's fields that may hold values of a kind, such as lists or texts."""
    names = set()
    for field in msgspec.structs.fields(model):
        kind = msgspec.inspect.type_info(field.type)
        kinds = kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,)
        if any(isinstance(one, wanted) for one in kinds):
            names.add(field.encode_name)
    return frozenset(names)


def _refuse_written_null(present: Mapping[str, Any], model: type[msgspec.Struct]) -> None:
    """Refuses the word null in fields of a form or query where no text belongs."""
    for name in present.keys() & model.__struct_encode_fields__:
        is_null = isinstance(present[name], str) and present[name].lower() == "null"
        if is_null and name not in _fields_of(model, msgspec.inspect.StrType):
            raise Refused(errors.INVALID_PARAMETERS, f"{quoted(name)}: null is no value.")


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [part for part in value.split(",") if part]
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list) else [value]


def _depth_exceeds(value: Any, most: int) -> bool:
    if isinstance(value, dict):
        inner: Iterable[Any] = value.values()
    elif isinstance(value, list):
        inner = value
    else:
        return False
    return most == 0 or any(_depth_exceeds(item, most - 1) for item in inner)


def _unreadable(details: str) -> Refused:
    return Refused(errors.INVALID_PARAMETERS, details)


def _refuse_value(message: str, model: type[msgspec.Struct], *, typed: bool) -> Refused:
    """The refusal of a value that does not fit a model."""
    place, wrong = _PLACE.search(message), _TYPE.match(message)
    if not typed or place is None or wrong is None or not place[1]:
        return Refused(errors.INVALID_PARAMETERS, _explain(message, model))
    expected, got = (_words(types) for types in wrong.groups())
    advice = on_wrong_type(quoted(place[1]), expected=expected, got=got)
    return Refused(errors.INVALID_PARAMETERS, advice=[advice])


def _words(types: str) -> str:
    """The types of a validation message in words, without null, which counts as absent."""
    named = [name for name in types.split(" | ") if name != "null"] or ["null"]
    return " or ".join(_TYPES.get(name, name) for name in named)


def _explain(message: str, model: type[msgspec.Struct]) -> str:
    """A validation message with the field's name in front, and no secret that it may quote.

    It says what there is to choose from, or which field was probably meant.
    """
    message = redacted_text(message)
    place = _PLACE.search(message)
    path = place[1].split(".") if place is not None and place[1] else []
    if "Invalid enum value" in message:
        hint = _choices(_type_at(model, path))
    else:
        unknown = _UNKNOWN.search(message)
        hint = _meant(unknown[1], _type_at(model, path)) if unknown is not None else ""
    if place is not None:
        return f"{place[1] or 'The body'}: {message[: place.start()]}.{hint}"
    if hint:
        return f"{message}.{hint}"
    missing = _REQUIRED.match(message)
    return f"{missing[1]} is required." if missing else f"{message}."


def _type_at(model: type[msgspec.Struct], path: list[str]) -> msgspec.inspect.Type | None:
    """The type of a field of a model, or of one below it; `None` if it is not that plain."""
    kind: msgspec.inspect.Type | None = msgspec.inspect.type_info(model)
    for name in path:
        fields = kind.fields if isinstance(kind, msgspec.inspect.StructType) else ()
        found = next((field.type for field in fields if field.encode_name == name), None)
        several = found.types if isinstance(found, msgspec.inspect.UnionType) else (found,)
        kind = next((one for one in several if not isinstance(one, msgspec.inspect.NoneType)), None)
    return kind


def _choices(kind: msgspec.inspect.Type | None) -> str:
    if isinstance(kind, msgspec.inspect.EnumType):
        return f" Choose one of {', '.join(str(one.value) for one in kind.cls)}."
    if isinstance(kind, msgspec.inspect.LiteralType):
        return f" Choose one of {', '.join(map(str, kind.values))}."
    return ""


def _meant(name: str, kind: msgspec.inspect.Type | None) -> str:
    fields = kind.fields if isinstance(kind, msgspec.inspect.StructType) else ()
    return near(name, [field.encode_name for field in fields])

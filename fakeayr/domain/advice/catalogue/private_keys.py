"""What can be wrong with the `privateKey` of generateJWT."""

from functools import partial
from typing import Final

from fakeayr.domain.advice.rows import Basis, Row, Sureness

_EXACT: Final = "the key must be sent exactly as it stands in its file, line ends included"
_PAGE: Final = (
    "generateJWT returns 200 all the same, and the linking page then refuses the URL with 401."
)
_NO_START: Final = "400, code 189: the text has no line at which a key begins."
_SEND: Final = "Send the content of private.key"
_VERIFY: Final = "While searching, verify: true reports it at once."
_GOOD: Final = '"-----BEGIN RSA PRIVATE KEY-----\\nMIICX…\\n-----END RSA PRIVATE KEY-----\\n"'


_row: Final = partial(Row, so=_PAGE, right=_GOOD, fact=_EXACT)

ROWS: Final = (
    _row(
        "key-backslash-n",
        "The private key holds \\n in two characters",
        "privateKey holds a backslash and an n, {count} times, where line ends belong.",
        "Turn them into line ends where the key is loaded: key.replace(/\\\\n/g, '\\n').",
        wrong='"-----BEGIN RSA PRIVATE KEY-----\\\\nMIICX…"',
    ),
    _row(
        "key-newlines-became-spaces",
        "The private key lost its line ends to spaces",
        "privateKey is one line; where {count} line ends belong there are spaces.",
        'Quote the variable ("$KEY"), or read the key from its file. ' + _VERIFY,
        wrong='"-----BEGIN RSA PRIVATE KEY----- MIICX… -----END RSA PRIVATE KEY-----"',
    ),
    _row(
        "key-newlines-lost",
        "The private key lost its line ends",
        "privateKey is one line of {length} characters, without any of its {count} line ends.",
        "Read the key from its file, and keep every line end.",
        wrong='"-----BEGIN RSA PRIVATE KEY-----MIICX…-----END RSA PRIVATE KEY-----"',
    ),
    _row(
        "key-first-line-only",
        "The private key is only its first line",
        "privateKey is {length} characters long and ends after its first line.",
        "In a .env file write the key in one line with \\n, in quotes, or as base64.",
        wrong='"-----BEGIN RSA PRIVATE KEY-----"',
    ),
    _row(
        "key-quoted",
        "The private key still has its quotes",
        "privateKey begins or ends with the character {quote}.",
        "Remove the quotes around the key: the reader of the .env file left them there.",
        wrong='"\\"-----BEGIN RSA PRIVATE KEY-----\\nMIICX…\\""',
    ),
    _row(
        "key-byte-order-mark",
        "The private key begins with a byte order mark",
        "privateKey begins with the invisible character U+FEFF, as some editors write it.",
        "Read the file as utf-8-sig, or save it without the mark.",
        wrong='"\\uFEFF-----BEGIN RSA PRIVATE KEY-----\\n…"',
    ),
    _row(
        "key-crlf",
        "The private key has the line ends of Windows",
        "privateKey has \\r\\n at {count} line ends; it was accepted.",
        "Send the file as it was handed out, with \\n.",
        so="The fake accepts it; whether Ayrshare does is not documented.",
        wrong='"-----BEGIN RSA PRIVATE KEY-----\\r\\nMIICX…"',
        sureness=Sureness.HINT,
        basis=Basis.OURS,
        fact="parsers take \\r\\n as a line end",
    ),
    _row(
        "key-indented",
        "The private key has spaces at its lines",
        "{count} lines of privateKey begin or end with spaces or tabs.",
        "Remove them: YAML's | and a dedent of the text do so.",
        wrong='"    -----BEGIN RSA PRIVATE KEY-----\\n    MIICX…"',
    ),
    _row(
        "key-empty-lines",
        "The private key has empty lines",
        "privateKey has {count} empty lines between its first line and its last.",
        "Remove them: each \\n was written twice.",
        wrong='"-----BEGIN RSA PRIVATE KEY-----\\n\\nMIICX…"',
    ),
    _row(
        "key-text-around",
        "The private key has other text around it",
        "{before} characters stand before the first line of the key, {after} after the last.",
        _SEND + " from -----BEGIN to -----END, and nothing else.",
        wrong='"Bag Attributes: …\\n-----BEGIN RSA PRIVATE KEY-----\\n…"',
    ),
    _row(
        "key-plus-became-space",
        "The private key lost its plus signs to spaces",
        "{count} spaces stand inside the lines of privateKey, where + signs belong, "
        "as a form writes them.",
        "Send JSON, or URL-encode the field: a + in a form is a space.",
        wrong="privateKey=-----BEGIN RSA PRIVATE KEY-----%0AMIIC+AB…",
    ),
    _row(
        "key-cut",
        "The private key was cut",
        "The body of privateKey has {length} bytes; its own first bytes announce {announced}.",
        "Read the whole file: something limits the length of the value.",
        wrong='"…\\nAkEAx9\\n-----END RSA PRIVATE KEY-----\\n"',
    ),
    _row(
        "key-end-missing",
        "The private key has no last line",
        "privateKey ends after {length} characters, without an -----END …----- line.",
        "Read the whole file: something limits the length of the value.",
        wrong='"-----BEGIN RSA PRIVATE KEY-----\\nMIICX…"',
    ),
    _row(
        "key-pkcs-confused",
        "The private key's first line names another format than its body has",
        "The first line says {armour}; the body is {body}.",
        _SEND + " as it is: do not write the first and the last line by hand.",
        wrong='"-----BEGIN PRIVATE KEY-----\\nMIICX… (PKCS#1)"',
    ),
    _row(
        "key-wrong-armour",
        "The private key's first line is that of something else",
        "The first line says {armour}; the body is an RSA private key.",
        _SEND + " as it is, with -----BEGIN RSA PRIVATE KEY-----.",
        wrong='"-----BEGIN CERTIFICATE-----\\nMIICX…"',
    ),
    _row(
        "key-public",
        "The private key is a public key",
        "The first line of privateKey says {armour}.",
        "Send private.key; public.key stays with Ayrshare.",
        wrong='"-----BEGIN PUBLIC KEY-----\\n…"',
        fact="the token is signed with the private key",
    ),
    _row(
        "key-encrypted",
        "The private key is encrypted",
        "privateKey says ENCRYPTED: it takes a password to read it.",
        "Send the private.key that was handed out, which has no password.",
        wrong='"-----BEGIN ENCRYPTED PRIVATE KEY-----\\n…"',
        basis=Basis.REPORTED,
        fact="a key with a password cannot sign",
    ),
    _row(
        "key-not-rsa",
        "The private key is no RSA key",
        "privateKey is a key of another kind: {kind}.",
        "Send the private.key of the integration package.",
        wrong='"-----BEGIN EC PRIVATE KEY-----\\n…"',
        fact="the token is signed with RS256, which takes an RSA key",
    ),
    _row(
        "key-base64-without-flag",
        "The private key is base64, and base64 is not true",
        "privateKey is base64 of a key file, {length} characters long; base64 is not true.",
        "Send base64: true with it, or decode it before.",
        so=_NO_START,
        wrong='{"privateKey": "LS0tLS1CRUdJTi…"}',
        right='{"privateKey": "LS0tLS1CRUdJTi…", "base64": true}',
        fact="base64: true says that the key is encoded",
    ),
    _row(
        "key-base64-flag-without-base64",
        "base64 is true, and the private key is not base64",
        "base64 is true; privateKey has the key's own first line.",
        "Leave base64 out.",
        so=_NO_START,
        wrong='{"privateKey": "-----BEGIN …", "base64": true}',
        right='{"privateKey": "-----BEGIN …"}',
        fact="base64: true says that the key is encoded",
    ),
    _row(
        "key-not-base64",
        "base64 is true, and the private key is no key in base64",
        "base64 is true; decoded as base64, privateKey ({length} characters) is no key file.",
        "Encode the whole content of private.key, or leave base64 out and send it as it is.",
        so=_NO_START,
        wrong='{"privateKey": "MIICX…", "base64": true}',
        right='{"privateKey": "LS0tLS1CRUdJTi…", "base64": true}',
        fact="base64: true says that the key is encoded",
    ),
    _row(
        "key-of-other-domain",
        "The private key is another domain's",
        "privateKey is a good RSA key of {bits} bits, but not the one of this account's domain.",
        "Send the private.key that came with this domain's integration package.",
        wrong='{"domain": "acme.example", "privateKey": "(the key of another account)"}',
        right='{"domain": "acme.example", "privateKey": "(the key of acme.example)"}',
        fact="each domain has a key of its own",
    ),
    _row(
        "key-is-file-name",
        "The private key is the name of a file",
        "privateKey is a path of {length} characters, not what the file holds.",
        "Read the file: readFileSync(path, 'utf8').",
        so=_NO_START,
        wrong='"./private.key"',
    ),
    _row(
        "key-unexpanded-variable",
        "The private key is the name of a variable",
        "privateKey is the text {word}, which was not replaced by its value.",
        "Expand the variable: ${{NAME}} in single quotes stays as it is.",
        so=_NO_START,
        wrong='"${AYRSHARE_PRIVATE_KEY}"',
    ),
    _row(
        "key-undefined",
        "The private key is the word {word}",
        "privateKey holds {word} ({length} characters), as a program writes a missing value.",
        "Find out why the key is not loaded: print the names of the variables that are set.",
        so=_NO_START,
        wrong='"undefined"',
    ),
    _row(
        "key-empty",
        "The private key is empty",
        "privateKey has no characters but white space.",
        "Find out why the key is not loaded: print the names of the variables that are set.",
        so=_NO_START,
        wrong='""',
    ),
    _row(
        "key-is-api-or-profile-key",
        "The private key is an API key or a profile key",
        "privateKey has the form of those keys: four groups of capitals and digits.",
        _SEND + "; the API key belongs in the Authorization header, the profile key in profileKey.",
        so=_NO_START,
        wrong='"A1B2C3D-E4F5G6H-…"',
    ),
    _row(
        "key-no-first-line",
        "The private key has no first line",
        "privateKey has {length} characters and no -----BEGIN RSA PRIVATE KEY----- line.",
        "Send the whole private.key, its first and last line included.",
        so=_NO_START,
        wrong='"MIICX…"',
    ),
    _row(
        "key-damaged",
        "The private key is damaged",
        "privateKey looks right, but a character is missing, changed or too many.",
        "Compare it with the file byte for byte.",
        wrong='"-----BEGIN RSA PRIVATE KEY-----\\nMIICx… (one letter in lower case)"',
    ),
    _row(
        "key-not-exact",
        "The private key is not exactly its file",
        "privateKey has its first line, but not the form of a key file: {length} characters, "
        "{lines} lines.",
        "Compare it with the file byte for byte.",
        wrong='"-----BEGIN RSA PRIVATE KEY-----\\nMII CX…"',
    ),
    _row(
        "key-too-long",
        "The private key is too long",
        "privateKey has {length} characters; a key of 4,096 bits has 3,300.",
        "Send one key, and nothing else.",
        wrong='"(a whole certificate chain)"',
        basis=Basis.OURS,
        fact="the fake reads no more than 8,192 characters",
    ),
)

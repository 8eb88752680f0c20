"""Media: uploaded files, and what the tester declares of URLs."""

import hashlib

from fakeayr.domain.media.facts import MediaFacts
from fakeayr.domain.media.uploads import Upload
from fakeayr.store.documents import decode_media, decode_upload, encode
from fakeayr.store.sql.statements import Statements


class MediaStatements(Statements):
    """Uploads and declared media."""

    def save_upload(self, upload: Upload) -> None:
        """See `Store.save_upload`."""
        self._run(
            "INSERT INTO uploads (id, account, document) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET document = excluded.document",
            upload.id,
            upload.account,
            encode(upload),
        )

    def upload(self, upload_id: str) -> Upload | None:
        """See `Store.upload`."""
        return self._read_one(decode_upload, "SELECT document FROM uploads WHERE id = ?", upload_id)

    def uploads(self, account: str) -> list[Upload]:
        """See `Store.uploads`."""
        return self._read_all(
            decode_upload, "SELECT document FROM uploads WHERE account = ? ORDER BY number", account
        )

    def delete_upload(self, upload_id: str) -> None:
        """See `Store.delete_upload`."""
        with self._atomic():
            self._run("DELETE FROM uploads WHERE id = ?", upload_id)
            self._run("DELETE FROM upload_pieces WHERE upload = ?", upload_id)

    def add_upload_piece(self, upload: Upload, number: int, content: bytes) -> None:
        """See `Store.add_upload_piece`."""
        self._run(
            "INSERT INTO upload_pieces VALUES (?, ?, ?, ?)",
            upload.id,
            number,
            upload.account,
            content,
        )

    def upload_piece(self, upload_id: str, number: int) -> bytes | None:
        """See `Store.upload_piece`."""
        rows = self._read(
            "SELECT content FROM upload_pieces WHERE upload = ? AND number = ?", upload_id, number
        )
        return rows[0][0] if rows else None

    def save_declared(self, account: str, facts: MediaFacts) -> None:
        """See `Store.save_declared`."""
        self._run(
            "INSERT INTO declared_media (account, url, document) VALUES (?, ?, ?)"
            " ON CONFLICT (account, url) DO UPDATE SET document = excluded.document",
            account,
            _digest(facts.url),
            encode(facts),
        )

    def declared(self, account: str, url: str) -> MediaFacts | None:
        """See `Store.declared`."""
        return self._read_one(
            decode_media,
            "SELECT document FROM declared_media WHERE account = ? AND url = ?",
            account,
            _digest(url),
        )

    def all_declared(self, account: str) -> list[MediaFacts]:
        """See `Store.all_declared`."""
        return self._read_all(
            decode_media,
            "SELECT document FROM declared_media WHERE account = ? ORDER BY number",
            account,
        )

    def count_declared(self, account: str) -> int:
        """See `Store.count_declared`."""
        rows = self._read("SELECT count(*) FROM declared_media WHERE account = ?", account)
        return int(rows[0][0])

    def clear_declared(self, account: str) -> None:
        """See `Store.clear_declared`."""
        self._run("DELETE FROM declared_media WHERE account = ?", account)


def _digest(url: str) -> bytes:
    """What stands for a URL, which can be longer than an index takes."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()

"""Guards check every response in the tests against the contract."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import requests

from fakeayr.client.environ import OUTSIDE_CONTRACT
from tests.support.contract import Contract, ContractViolation, Exchange


class Guard:
    """Checks responses and keeps the violations.

    A violation is raised where it happens. If that is outside of the test, such as in a server's
    thread, the test finds it in `violations`.

    Args:
        contract: The contract that responses must follow.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.violations: list[ContractViolation] = []

    def check(self, exchange: Exchange) -> None:
        """Checks a response.

        Raises:
            ContractViolation: The contract does not allow it.
        """
        try:
            self.contract.check(exchange)
        except ContractViolation as violation:
            self.violations.append(violation)
            raise

    def answer(
        self,
        application: WSGIApplication,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """Calls a WSGI application and checks its response."""
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace") or "/"
        if not self.contract.covers(path):
            return application(environ, start_response)
        started: list[Any] = []

        def capture(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            started[:] = [int(status[:3]), headers]
            return start_response(status, headers, *exc_info)

        chunks = application(environ, capture)
        if OUTSIDE_CONTRACT in environ:  # A fault of the test made it wrong.
            return chunks
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, headers = started
        self.check(
            Exchange(
                method=environ["REQUEST_METHOD"],
                path=path,
                status=status,
                headers={name.lower(): value for name, value in headers},
                body=body,
            )
        )
        return [body]

    def session(self, base_url: str) -> requests.Session:
        """Returns a session that checks all responses from `base_url`, for servers elsewhere."""

        def check(response: requests.Response, *_: Any, **__: Any) -> None:
            if not (response.url == base_url or response.url.startswith(f"{base_url}/")):
                return
            self.check(
                Exchange(
                    method=str(response.request.method),
                    path=unquote(urlsplit(response.url).path) or "/",
                    status=response.status_code,
                    headers={
                        name.lower(): value
                        for name, value in response.headers.items()
                        if name.lower() != "content-encoding"  # requests has decoded the body.
                    },
                    body=response.content,
                )
            )

        session = requests.Session()
        session.hooks["response"].append(check)
        return session

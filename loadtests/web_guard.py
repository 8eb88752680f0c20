"""Who may use Locust's web interface: the person at this machine, and no page of a stranger.

Locust checks neither Host nor Origin, and lets every origin read. Whoever can make a browser on
this machine send a form could start a run, and choose where it goes.
"""

from flask import Flask, Response, request

from fakeayr.domain.urls import host_name, is_loopback

_PAGE = "/"
"""A link of another site may lead to the page itself, where nothing happens yet."""


def guard_web(app: Flask, web_host: str | None) -> None:
    """Lets Locust's web interface refuse what no page of its own has sent.

    Args:
        app: Its app.
        web_host: The address that it listens on. Only this machine's are called by known names.
    """
    local = is_loopback(web_host)

    def check() -> Response | None:
        host = request.headers.get("Host", "")
        if local and not is_loopback(host_name(host)):
            return _refuse("The Host header does not name this machine.")
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.scheme}://{host}":
            return _refuse("A page of another origin cannot make it.")
        site = request.headers.get("Sec-Fetch-Site", "none")
        if site not in {"none", "same-origin"} and request.path != _PAGE:
            return _refuse("A page of another site cannot make it.")
        return None

    app.before_request(check)


def _refuse(why: str) -> Response:
    return Response(f"This call is not allowed. {why}\n", 403, mimetype="text/plain")

"""Rendered pages, and the ways from one to the next."""

from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec
from flask import Response, render_template, url_for

from fakeayr.ayrshare import popup_events
from fakeayr.page import state
from fakeayr.page.messages import Notice, PopupEvent
from fakeayr.page.state import Tab, Visit

_HTML: Final = "text/html; charset=utf-8"


def render(
    template: str, status: int = 200, *, tab: Tab | None = None, token: str = "", **words: Any
) -> Response:
    """A page.

    Args:
        template: Its template.
        status: HTTP status.
        tab: The tab; its opener, if it has one that listens, is told its events.
        token: What the page's forms carry.
        words: Further words of the template.
    """
    events = None
    if tab is not None and tab.terms.origin is not None:
        events = msgspec.json.encode(tab.events).decode()
    text = render_template(template, tab=tab, token=token, events=events, **words)
    return Response(text, status, content_type=_HTML)


def render_visit(visit: Visit, template: str, status: int = 200, **words: Any) -> Response:
    """A page of a visit that goes on."""
    token = state.token(visit.tab.clear())
    return render(template, status, tab=visit.tab, token=token, visit=visit, **words)


def go_to(endpoint: str, tab: Tab, **values: Any) -> Response:
    """Leads to another of our pages in the same tab."""
    return redirect(url_for(endpoint, page_token=state.token(tab), **values))


def redirect(target: str) -> Response:
    """Leads on, with GET."""
    return Response(status=303, headers={"Location": target})


def go_back(tab: Tab, notice: Notice, event: PopupEvent | None = None) -> Response:
    """Leads back to the page, which reports what happened to the person and the opener."""
    return go_to("linking.linking_page", _add_message(tab, notice, event))


def close(tab: Tab, notice: Notice, event: PopupEvent) -> Response:
    """Leads to the last page, which reports what happened and closes the popup."""
    return go_to("linking.closed", announce_close(_add_message(tab, notice, event)))


def announce_close(tab: Tab) -> Tab:
    """The tab whose next page reports to the opener that it closes."""
    return tab.add_event(PopupEvent(popup_events.CLOSED, tab.network))


def render_last(visit: Visit) -> Response:
    """The page that sends the last events, and closes the tab or leads on."""
    tab = visit.tab
    return render_visit(visit, "closed.html", target=tab.target, leads=_window_to_lead(tab))


def redirects_at_once(tab: Tab) -> bool:
    """Whether All Done is a plain redirect, which needs no script."""
    needs_script = tab.network is not None or tab.terms.origin is not None
    return not needs_script and tab.target is not None and not _is_for_opener(tab.target)


def _window_to_lead(tab: Tab) -> str:
    """Which window a tab's redirect is for, in the words of `page.js`."""
    if tab.target is not None and _is_for_opener(tab.target):
        return "opener"
    return "tab" if tab.network is None else "tab-without-opener"


def _add_message(tab: Tab, notice: Notice, event: PopupEvent | None) -> Tab:
    noted = msgspec.structs.replace(tab, notice=notice, state=None)
    return noted if event is None else noted.add_event(event)


def _is_for_opener(target: str) -> bool:
    return parse_qs(urlsplit(target).query).get("origin") == ["true"]

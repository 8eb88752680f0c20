"""`create_app` builds the Flask app: Ayrshare's API, the linking page and `/_fakeayr/`."""

import random
from contextlib import ExitStack, closing
from functools import partial

from flask import Flask, Response

from fakeayr.api import (
    analytics,
    auto_schedule,
    generate_jwt,
    history,
    link_sessions,
    media,
    media_files,
    profiles,
    user,
    validate,
    webhooks,
)
from fakeayr.api import posts as api_posts
from fakeayr.ayrshare.limits import COMPRESSED_FROM_BYTES
from fakeayr.control import (
    accounts,
    advice,
    consents,
    events,
    faults,
    health,
    inspection,
    linking_page,
    links,
    outbox,
    posts,
    requests,
    session,
    webhook_probes,
)
from fakeayr.control import analytics as control_analytics
from fakeayr.control import (
    clock as control_clock,
)
from fakeayr.control import (
    media as control_media,
)
from fakeayr.control import profiles as control_profiles
from fakeayr.dashboard import routes as dashboard
from fakeayr.delivery.courier import Courier, Sender
from fakeayr.delivery.http import WebhookSender
from fakeayr.delivery.smtp import MailSender
from fakeayr.domain.clock import Clock
from fakeayr.domain.ids import Ids
from fakeayr.domain.linking.private_keys import KeyCache
from fakeayr.domain.notifications.outbox import Channel
from fakeayr.domain.ports import Store
from fakeayr.domain.posting.publishing import publish_due
from fakeayr.domain.redaction.redactions import Redactions
from fakeayr.domain.tenants import KeySource, World
from fakeayr.page import routes
from fakeayr.serving.key_pool import KeyPool
from fakeayr.serving.video_reader import read_video
from fakeayr.store.sqlite import SqliteStore
from fakeayr.web import context, cors, development, documentation, errors, hosts
from fakeayr.web.app import App, present_request
from fakeayr.web.calls import is_toolkit_call
from fakeayr.web.config import Config
from fakeayr.web.context import Context
from fakeayr.web.journal import journal
from fakeayr.web.recorder import Recorder
from fakeayr.web.system_clock import SystemClock

_API = (
    analytics.blueprint,
    auto_schedule.blueprint,
    generate_jwt.blueprint,
    history.blueprint,
    link_sessions.blueprint,
    media.blueprint,
    api_posts.blueprint,
    profiles.blueprint,
    user.blueprint,
    validate.blueprint,
    webhooks.blueprint,
)
_CONTROL = (
    accounts.blueprint,
    advice.blueprint,
    control_analytics.blueprint,
    control_clock.blueprint,
    consents.blueprint,
    events.blueprint,
    faults.blueprint,
    health.blueprint,
    inspection.blueprint,
    linking_page.blueprint,
    control_media.blueprint,
    links.blueprint,
    outbox.blueprint,
    posts.blueprint,
    control_profiles.blueprint,
    requests.blueprint,
    session.blueprint,
    webhook_probes.blueprint,
)
_NOT_JOURNALED = ("/_fakeayr/", "/_page/static/", "/docs", "/openapi.yaml", "/favicon.ico")


def create_app(
    config: Config | None = None,
    *,
    store: Store | None = None,
    clock: Clock | None = None,
    randomness: random.Random | None = None,
    keys: KeySource | None = None,
) -> App:
    """Builds the app: the API, the linking page and the control surface.

    Call the app's `close` when you are done with it.

    Args:
        config: The server's configuration.
        store: Where accounts are kept; in memory by default. It is closed with the app.
        clock: The source of time; the machine's clock by default.
        randomness: The source of ids; the operating system's by default.
        keys: The source of RSA keys; a `KeyPool` by default.

    Returns:
        The app, a WSGI application.

    Raises:
        StoreUnreachable: The store's database does not respond.

    >>> with closing(create_app()) as app:
    ...     app.test_client().get("/_fakeayr/health").json["status"]
    'ok'
    """
    config = config or Config()
    clock = clock or SystemClock()
    senders: dict[Channel, Sender] = {Channel.WEBHOOK: WebhookSender(config.webhook_hosts)}
    if config.mail_server is not None:
        senders[Channel.EMAIL] = MailSender(config.mail_server)
    with ExitStack() as resources:
        store = resources.enter_context(closing(store or SqliteStore()))
        courier = resources.enter_context(
            closing(Courier(store, clock, senders, patrolling=store.remote))
        )
        world = World(
            store=store,
            clock=clock,
            ids=Ids(randomness or random.SystemRandom()),
            keys=keys or KeyPool(),
            private_keys=KeyCache(),
            redactions=Redactions(),
            courier=courier,
            read_video=read_video,
            webhook_hosts=config.webhook_hosts,
            strangers=frozenset({development.API_KEY} if config.is_exposed else ()),
        )
        courier.publish_with(partial(publish_due, world))
        if store.remote or store.next_wake() is not None:  # An earlier process left work undone.
            courier.wake()
        development.ensure(world, config)
        recorder = resources.enter_context(closing(Recorder(store)))
        app = _build_app(Context(world=world, recorder=recorder, config=config))
        app.resources = resources.pop_all()
    return app


def _build_app(parts: Context) -> App:
    app = App("fakeayr", static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.config.update(PROVIDE_AUTOMATIC_OPTIONS=False)
    context.install(app, parts)
    for blueprint in _API:
        app.register_blueprint(blueprint, url_prefix="/api")
    for blueprint in _CONTROL:
        app.register_blueprint(blueprint, url_prefix="/_fakeayr")
    app.register_blueprint(media_files.blueprint)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(dashboard.blueprint)
    app.register_blueprint(documentation.blueprint)
    errors.install(app)
    cors.install(app, parts.config.cors_origins)
    hosts.install(app, parts.config)
    if parts.config.compress:
        _compress(app)
    app.after_request(_journal_calls)  # Runs first: functions run in reverse order.
    return app


def _journal_calls(response: Response) -> Response:
    present = present_request()
    skipped = (
        present.path.startswith(_NOT_JOURNALED)
        or present.endpoint == "media_files.send_file"
        or (present.path == "/" and response.location == dashboard.PATH)
        or is_toolkit_call()
    )
    return response if skipped else journal(response)


def _compress(app: Flask) -> None:
    from flask_compress import Compress  # noqa: PLC0415 - an optional dependency

    app.config.update(
        COMPRESS_ALGORITHM=["br", "gzip", "deflate"],
        COMPRESS_MIN_SIZE=COMPRESSED_FROM_BYTES,
        COMPRESS_MIMETYPES=["application/json"],
    )
    Compress(app)

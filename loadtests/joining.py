"""Connects link flows to Locust: options, checks before a run, and the choice of scenarios."""

import logging
import sys
from typing import Any, Final

from locust import LoadTestShape, events
from locust.env import Environment
from locust.runners import WorkerRunner

from fakeayr.errors import FakeayrError
from fakeayr.loadtests.errors import CannotLoad
from fakeayr.loadtests.hosts import HostGuard
from fakeayr.loadtests.options import LoadOptions, declare_options
from fakeayr.loadtests.run import LoadRun, find_adapter, join
from fakeayr.loadtests.shapes import SHAPES, count_users
from fakeayr.loadtests.web_guard import guard_web

_DEFAULT_RUN_SECONDS: Final = 600.0

events.init_command_line_parser.add_listener(declare_options)


class UserShape(LoadTestShape):
    """Lets Locust follow a shape up to `--users` during `--run-time`.

    Args:
        name: One of `SHAPES`.
        seconds: The length of the run.
    """

    use_common_options = True

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__()
        self._points = SHAPES[name]
        self._seconds = seconds

    def tick(self) -> tuple[int, float] | None:
        """Returns the number of users for now, and the spawn rate; `None` ends the run."""
        options = self.runner.environment.parsed_options if self.runner else None
        part = self.get_run_time() / self._seconds
        if part >= 1:
            return None
        most = getattr(options, "num_users", None) or 1
        users = count_users(self._points, part, most)
        return users, max(getattr(options, "spawn_rate", None) or 1, most / 10)


@events.init.add_listener
def _set_up(environment: Environment, **_: Any) -> None:
    parsed: Any = environment.parsed_options
    try:
        options = LoadOptions.read(vars(parsed))
        find_adapter(options)
        if environment.host:
            HostGuard(owned=options.i_own_this_host).check(environment.host)
        elif parsed.headless and not parsed.worker:
            raise CannotLoad("--host is missing: set it to the URL that the load goes to.")
        if parsed.num_users is not None and parsed.num_users < 1:
            raise CannotLoad("--users must be a whole number from 1.")
    except FakeayrError as error:
        if not isinstance(environment.runner, WorkerRunner):
            print(f"Error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    if parsed.only_summary:  # The summary contains what these log.
        for name in ("locust.stats_logger", "locust.user.task"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    if environment.web_ui is not None and environment.web_ui.app is not None:
        guard_web(environment.web_ui.app, parsed.web_host or None)
    _choose_scenarios(environment, options, named=bool(parsed.user_classes))
    seconds: float | None = parsed.run_time
    if options.shape in SHAPES:
        environment.shape_class = UserShape(options.shape, seconds or _DEFAULT_RUN_SECONDS)
        environment.shape_class.runner = environment.runner
    if parsed.headless and not parsed.worker and seconds is not None:
        parsed.run_time = None  # Locust would count from before the users are ready.
    else:
        seconds = None
    join(environment, LoadRun(environment, options, seconds))


def _choose_scenarios(environment: Environment, options: LoadOptions, *, named: bool) -> None:
    """Removes scenarios that were not chosen; keeps classes named on Locust's command line."""
    chosen = []
    for user in environment.user_classes:
        scenario = getattr(user, "scenario", "")
        if not scenario or scenario in options.scenario or named:
            user.weight = options.scenario.get(scenario, user.weight)
            chosen.append(user)
    environment.user_classes[:] = chosen

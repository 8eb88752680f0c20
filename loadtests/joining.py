"""How link flows join Locust: their options, the checks before a run, the choice of scenarios."""

import logging
import os
import sys
from typing import Any, Final

from locust import LoadTestShape, events
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.runners import WorkerRunner

from fakeayr.loadtests.adapter import AdapterUnusable
from fakeayr.loadtests.hosts import HostGuard, HostRefused
from fakeayr.loadtests.run import COULD_NOT_RUN, QUIET_VARIABLE, Run, checked_adapter, join
from fakeayr.loadtests.settings import BadSetting, Settings, options
from fakeayr.loadtests.shapes import SHAPES, users_at

_DEFAULT_RUN_SECONDS: Final = 600.0


class Shape(LoadTestShape):
    """A shape for Locust: its highest point has `--users`, its length is `--run-time`.

    Args:
        name: One of `SHAPES`.
        seconds: How long it is.
    """

    use_common_options = True

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__()
        self._points = SHAPES[name]
        self._seconds = seconds

    def tick(self) -> tuple[int, float] | None:
        """How many users there should be now, and how fast they may come; `None` ends the run."""
        options = self.runner.environment.parsed_options if self.runner else None
        part = self.get_run_time() / self._seconds
        if part >= 1:
            return None
        most = getattr(options, "num_users", None) or 1
        users = users_at(self._points, part, most)
        return users, max(getattr(options, "spawn_rate", None) or 1, most / 10)


@events.init_command_line_parser.add_listener
def _add_options(parser: LocustArgumentParser) -> None:
    group = parser.add_argument_group("Link flows")
    for option in options():
        given: dict[str, Any] = {"help": option.help, "env_var": option.variable}
        if not option.metavar:
            given["action"] = "store_true"
        else:
            given |= {"metavar": option.metavar, "default": option.default or None}
            if option.many:
                given |= {"action": "append", "default": None}
        group.add_argument(option.flag, **given)
    # Locust would listen to the whole network.
    parser.set_defaults(web_host="127.0.0.1", master_bind_host="127.0.0.1")


@events.init.add_listener
def _set_up(environment: Environment, **_: Any) -> None:
    parsed: Any = environment.parsed_options
    try:
        settings = Settings.read(vars(parsed))
        checked_adapter(settings)
        if environment.host:
            HostGuard(owned=settings.i_own_this_host).check(environment.host)
        elif parsed.headless and not parsed.worker:
            raise BadSetting("--host", "say where the load goes to")
    except (BadSetting, AdapterUnusable, HostRefused) as error:
        if not isinstance(environment.runner, WorkerRunner):
            print(f"Error: {error}", file=sys.stderr)
        sys.exit(COULD_NOT_RUN)
    if QUIET_VARIABLE in os.environ:
        for told_by_the_summary in ("locust.stats_logger", "locust.user.task"):
            logging.getLogger(told_by_the_summary).setLevel(logging.CRITICAL)
    _choose_scenarios(environment, settings, named=bool(parsed.user_classes))
    seconds: float | None = parsed.run_time
    if settings.shape in SHAPES:
        environment.shape_class = Shape(settings.shape, seconds or _DEFAULT_RUN_SECONDS)
        environment.shape_class.runner = environment.runner
    if parsed.headless and not parsed.worker and seconds is not None:
        parsed.run_time = None  # Locust would count from its own start.
    else:
        seconds = None
    join(environment, Run(environment, settings, seconds))


def _choose_scenarios(environment: Environment, settings: Settings, *, named: bool) -> None:
    """Leaves those that are wanted; classes that were named on Locust's command line stay."""
    chosen = []
    for user in environment.user_classes:
        scenario = getattr(user, "scenario", "")
        if not scenario or scenario in settings.scenario or named:
            user.weight = settings.scenario.get(scenario, user.weight)
            chosen.append(user)
    environment.user_classes[:] = chosen

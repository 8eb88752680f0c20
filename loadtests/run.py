"""A run from its beginning to its exit code, with one Locust process or with many."""

import logging
import os
import sys
import time
from typing import Any, Final
from weakref import WeakKeyDictionary

import gevent
from locust import events
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.exception import StopTest
from locust.runners import LocalRunner, MasterRunner, WorkerRunner
from locust.stats import RequestStats, StatsEntry, calculate_response_time_percentile

from fakeayr.loadtests import adapter as adapters
from fakeayr.loadtests import killing, summary
from fakeayr.loadtests.adapter import Adapter, AdapterUnusable
from fakeayr.loadtests.hosts import HostGuard, HostRefused
from fakeayr.loadtests.process import FLOWS, STEPS, CannotRun, Process
from fakeayr.loadtests.settings import BadSetting, Settings, options
from fakeayr.loadtests.shapes import SHAPES, Shape
from fakeayr.loadtests.steps import FLOW, STEP, WAIT
from fakeayr.loadtests.tally import Tally
from fakeayr.loadtests.thresholds import Findings, Measured, judge

COULD_NOT_RUN: Final = 2
BROKE: Final = 1
HELD: Final = 0

QUIET_VARIABLE: Final = "FAKEAYR_LOAD_QUIET"
"""Set by `fakeayr load`, whose summary takes the place of Locust's tables."""

_FINISH: Final = "fakeayr-finish"
_FINISHED: Final = "fakeayr-finished"
_REPORT: Final = "fakeayr"
_LOOK_SECONDS: Final = 0.1

_PROGRESS_SECONDS: Final = 5.0

_runs: WeakKeyDictionary[Environment, "Run"] = WeakKeyDictionary()


def process_of(environment: Environment) -> Process:
    """This process's part of the run.

    Raises:
        StopTest: It could not begin.
    """
    process = _runs[environment].process
    if process is None:
        raise StopTest("The run could not begin.")
    return process


def stop_run(environment: Environment, reason: str) -> None:
    """Ends the run, since it cannot go on."""
    _runs[environment].cannot_run(reason)


class Run:
    """A run, as this Locust process sees it: as the only one, the master, or a worker.

    Args:
        environment: Locust's.
        settings: The settings, as far as they are known; a worker gets the master's later.
    """

    def __init__(self, environment: Environment, settings: Settings) -> None:
        self.process: Process | None = None
        self._environment = environment
        self._settings = settings
        self._tallies: dict[str, Tally] = {}
        self._own = Tally(checked=True)
        self._began = self._ended = 0.0
        self._stopping = False
        self._judged: tuple[int, str] | None = None
        events.test_start.add_listener(self._on_start)
        events.test_stopping.add_listener(self._on_stopping)
        events.test_stop.add_listener(self._on_stop)
        events.quitting.add_listener(self._on_quitting)
        events.quit.add_listener(self._on_quit)
        events.report_to_master.add_listener(self._on_report)
        events.worker_report.add_listener(self._on_worker_report)
        events.user_error.add_listener(self._on_user_error)
        if self._is_worker:
            environment.runner.register_message(_FINISH, self._on_finish, concurrent=True)
        elif self._is_master:
            environment.runner.register_message(_FINISHED, self._on_finished)

    @property
    def _is_master(self) -> bool:
        return isinstance(self._environment.runner, MasterRunner)

    @property
    def _is_worker(self) -> bool:
        return isinstance(self._environment.runner, WorkerRunner)

    def cannot_run(self, reason: str) -> None:
        """Ends the run, since it cannot go on; the first reason counts."""
        tally = self._own if self.process is None else self.process.tally
        tally.cannot_run = tally.cannot_run or reason
        if not self._is_worker and not self._stopping:
            self._stopping = True
            runner, options = self._environment.runner, self._environment.parsed_options
            gevent.spawn(runner.quit if options.headless else runner.stop)

    def _on_start(self, **_: Any) -> None:
        self._began, self._ended, self._stopping = time.monotonic(), 0.0, False
        self._tallies.clear()
        self._own = Tally(checked=True)
        self._judged = None
        self.process = None
        try:
            self._start()
        except (CannotRun, AdapterUnusable, BadSetting, HostRefused) as error:
            self.cannot_run(str(error))
            if isinstance(self._environment.runner, LocalRunner):
                raise StopTest(str(error)) from error

    def _start(self) -> None:
        options_now = vars(self._environment.parsed_options)
        settings = self._settings = Settings.read(options_now)
        adapter = checked_adapter(settings)
        guard = HostGuard(owned=settings.i_own_this_host)
        process = Process(self._environment, settings, adapter, guard)
        if self._is_master:
            process.look_around()
        else:
            process.begin()
        if not self._is_worker:
            process.order_failures()
            self._begin_to_kill(settings)
            gevent.spawn(self._tell_progress)
        self.process = process

    def _begin_to_kill(self, settings: Settings) -> None:
        if not settings.fails("worker-killed"):
            return
        pid = settings.server_pid
        seconds = settings.kill_after or (self._environment.parsed_options.run_time or 0) / 2
        if pid is None or not seconds:
            raise CannotRun(
                "worker-killed needs --server-pid (the process id of fakeayr serve), "
                "and --kill-after or --run-time."
            )
        killing.check(pid)

        def kill() -> None:
            try:
                killing.kill_one(pid)
                self._own.killed_at.append(time.time())
            except CannotRun as error:
                self.cannot_run(str(error))

        gevent.spawn_later(seconds, kill)

    def _on_stopping(self, **_: Any) -> None:
        self._stopping = True
        self._ended = time.monotonic()
        if self._is_master:
            self._await_workers()
            if self.process is not None:
                self._own.hits = self.process.fault_hits()

    def _await_workers(self) -> None:
        """Lets the workers end and check, and waits for what they say."""
        runner = self._environment.runner
        awaited = {client.id for client in runner.clients.all}
        runner.send_message(_FINISH)
        longest = self._settings.settle_within + (self._environment.stop_timeout or 0) + 60
        deadline = time.monotonic() + longest
        while time.monotonic() < deadline:
            awaited &= {client.id for client in runner.clients.all}
            if all(self._tallies.get(each, Tally()).checked for each in awaited):
                return
            gevent.sleep(_LOOK_SECONDS)

    def _on_finish(self, **_: Any) -> None:
        """A worker ends when the master says so, while the master still listens."""
        runner = self._environment.runner
        runner.stop()
        runner.send_message(_FINISHED, self._report())

    def _on_finished(self, msg: Any, **_: Any) -> None:
        self._tallies[msg.node_id] = Tally.from_report(msg.data)

    def _on_stop(self, **_: Any) -> None:
        if self.process is not None and not self._is_master:
            self.process.finish()

    def _report(self) -> dict[str, Any]:
        if self.process is None:
            return self._own.to_report()
        self.process.count()
        return self.process.tally.to_report()

    def _on_report(self, data: dict[str, Any], **_: Any) -> None:
        data[_REPORT] = self._report()

    def _on_worker_report(self, client_id: str, data: dict[str, Any], **_: Any) -> None:
        if _REPORT not in data:
            return
        tally = Tally.from_report(data[_REPORT])
        if not self._tallies.get(client_id, tally).checked or tally.checked:
            self._tallies[client_id] = tally
        if tally.cannot_run and not self._stopping:
            self.cannot_run(tally.cannot_run)

    def _on_user_error(self, exception: BaseException, **_: Any) -> None:
        if self.process is not None:
            self.process.tally.errs(f"{type(exception).__name__}: {exception}")

    def _on_quitting(self, environment: Environment, **_: Any) -> None:
        if not self._stopping:  # Ctrl-C: the users are still at work.
            if self._is_worker:
                self._on_finish()
            else:
                environment.runner.stop()
        if self._is_worker:
            return
        code, _ = self._judge()
        environment.process_exit_code = code

    def _on_quit(self, **_: Any) -> None:
        if not self._is_worker:
            print(self._judge()[1], flush=True)

    def _tell_progress(self) -> None:
        """Says every few seconds how it goes, where Locust's own tables are switched off."""
        if QUIET_VARIABLE not in os.environ:
            return
        while not self._stopping:
            gevent.sleep(_PROGRESS_SECONDS)
            figures = Figures(self._environment.stats)
            seconds = time.monotonic() - self._began
            line = summary.progress(
                seconds=seconds,
                users=self._environment.runner.user_count,
                flows=figures.flows,
                errors=figures.together.errors,
            )
            if not self._stopping:
                print(line, file=sys.stderr, flush=True)

    def _judge(self) -> tuple[int, str]:
        """The exit code and the summary, made once."""
        if self._judged is None:
            tallies = [self._own, *self._tallies.values()]
            if self.process is not None and not self._is_master:
                tallies.append(self.process.tally)
            tally = Tally.merged(tallies)
            measured = Figures(self._environment.stats)
            seconds = max((self._ended or time.monotonic()) - self._began, 0.001)
            flows_per_s = measured.flows / seconds
            findings = judge(
                self._settings.thresholds, measured.steps, measured.together, flows_per_s
            )
            code = _code(tally, findings, measured.flows)
            told = summary.text(
                tally=tally,
                findings=findings,
                steps=measured.steps,
                flows=measured.flows,
                flows_per_s=flows_per_s,
                seconds=seconds,
                reasons=measured.reasons,
                processes=len(self._tallies) or 1,
            )
            self._judged = code, told
        return self._judged


class Figures:
    """Locust's figures, as the thresholds and the summary need them.

    Args:
        stats: Locust's.

    Attributes:
        steps: Every step, waits and flows included, in the order in which they first happened.
        together: All requests together; their errors include waits.
        flows: Flows that were finished.
        reasons: What went wrong and how often, the most frequent first.
    """

    def __init__(self, stats: RequestStats) -> None:
        entries = [entry for entry in stats.entries.values() if entry.method in {STEP, WAIT, FLOW}]
        self.steps = [_measured(entry) for entry in sorted(entries, key=_place)]
        self.flows = sum(
            entry.num_requests - entry.num_failures
            for entry in entries
            if entry.method == FLOW and entry.name in FLOWS
        )
        self.together = self._together([entry for entry in entries if entry.method != FLOW])
        self.reasons = [
            (error.name, str(error.error), error.occurrences)
            for error in sorted(stats.errors.values(), key=lambda it: -it.occurrences)
            if error.method != FLOW
        ]

    @staticmethod
    def _together(entries: list[StatsEntry]) -> Measured:
        times: dict[int, int] = {}
        count = 0
        for entry in entries:
            if entry.method == STEP:
                count += entry.num_requests
                for milliseconds, often in entry.response_times.items():
                    times[milliseconds] = times.get(milliseconds, 0) + often
        return Measured(
            name="",
            count=sum(entry.num_requests for entry in entries),
            errors=sum(entry.num_failures for entry in entries),
            p50=calculate_response_time_percentile(times, count, 0.5),
            p95=calculate_response_time_percentile(times, count, 0.95),
            p99=calculate_response_time_percentile(times, count, 0.99),
            longest=max(times, default=0),
        )


def checked_adapter(settings: Settings) -> type[Adapter]:
    """The adapter's class, if the thresholds name only steps that there are.

    Raises:
        AdapterUnusable: It cannot be loaded.
        BadSetting: A threshold names another step.
    """
    adapter = adapters.load(settings.adapter)
    known = [*adapter.steps, *STEPS]
    for name in sorted(settings.thresholds.steps.difference(known)):
        option = next(
            flag
            for flag, limit in (
                ("--max-error-ratio", settings.max_error_ratio),
                ("--max-p95-ms", settings.max_p95_ms),
                ("--max-p99-ms", settings.max_p99_ms),
            )
            if name in limit.steps
        )
        raise BadSetting(option, f"there is no step {name!r}; there are {', '.join(known)}")
    return adapter


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
    try:
        settings = Settings.read(vars(environment.parsed_options))
        checked_adapter(settings)
        if environment.host:
            HostGuard(owned=settings.i_own_this_host).check(environment.host)
        elif environment.parsed_options.headless and not environment.parsed_options.worker:
            raise BadSetting("--host", "say where the load goes to")
    except (BadSetting, AdapterUnusable, HostRefused) as error:
        if not isinstance(environment.runner, WorkerRunner):
            print(f"Error: {error}", file=sys.stderr)
        sys.exit(COULD_NOT_RUN)
    if QUIET_VARIABLE in os.environ:
        logging.getLogger("locust.stats_logger").setLevel(logging.CRITICAL)
    _choose_scenarios(environment, settings)
    if settings.shape in SHAPES:
        environment.shape_class = Shape(settings.shape)
        environment.shape_class.runner = environment.runner
    _runs[environment] = Run(environment, settings)


def _choose_scenarios(environment: Environment, settings: Settings) -> None:
    """Leaves those that are wanted; classes that were named on Locust's command line stay."""
    named = environment.parsed_options.user_classes
    chosen = []
    for user in environment.user_classes:
        scenario = getattr(user, "scenario", None)
        if scenario is None or scenario in settings.scenario or named:
            user.weight = settings.scenario.get(scenario, user.weight)
            chosen.append(user)
    environment.user_classes[:] = chosen


def _code(tally: Tally, findings: Findings, flows: int) -> int:
    if tally.cannot_run or not flows:
        return COULD_NOT_RUN
    unexplained = tally.unexplained(seconds=summary.KILL_EXPLAINS_SECONDS)
    if findings.broken or tally.lost_count or tally.exception_count or unexplained:
        return BROKE
    return HELD if tally.checked else BROKE


def _measured(entry: StatsEntry) -> Measured:
    return Measured(
        name=entry.name,
        count=entry.num_requests,
        errors=entry.num_failures,
        p50=entry.get_response_time_percentile(0.5),
        p95=entry.get_response_time_percentile(0.95),
        p99=entry.get_response_time_percentile(0.99),
        longest=entry.max_response_time,
    )


def _place(entry: StatsEntry) -> tuple[int, float]:
    return (STEP, WAIT, FLOW).index(entry.method), entry.start_time

"""A run from its start to its exit code, in one Locust process or several."""

import signal
import sys
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from weakref import WeakKeyDictionary

import gevent
from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from fakeayr.errors import FakeayrError
from fakeayr.loadtests import killing, summary
from fakeayr.loadtests.adapter import Adapter, load_adapter
from fakeayr.loadtests.errors import CannotLoad
from fakeayr.loadtests.figures import STEPS, Figures
from fakeayr.loadtests.hosts import HostGuard
from fakeayr.loadtests.options import POSTING, LoadOptions
from fakeayr.loadtests.process import LoadProcess
from fakeayr.loadtests.tally import LoadTally
from fakeayr.loadtests.thresholds import Findings, judge

BROKE: Final = 1
HELD: Final = 0

_READY: Final = "fakeayr-ready"
_FINISH: Final = "fakeayr-finish"
_STATS: Final = "stats"
_REPORT: Final = "fakeayr"
_LOOK_SECONDS: Final = 0.1
_PROGRESS_SECONDS: Final = 5.0

_runs: WeakKeyDictionary[Environment, "LoadRun"] = WeakKeyDictionary()


def join(environment: Environment, run: "LoadRun") -> None:
    """Registers a run, so that its users find it."""
    _runs[environment] = run


def get_process(environment: Environment) -> LoadProcess:
    """Returns this process's part of the run.

    Raises:
        GreenletExit: The run could not start; the reason is reported elsewhere.
    """
    process = _runs[environment].process
    if process is None:
        raise gevent.GreenletExit
    return process


def stop_run(environment: Environment, reason: str) -> None:
    """Ends the run, because it cannot continue."""
    _runs[environment].cannot_run(reason)


class LoadRun:
    """A run in this Locust process, which is the only one, the master, or a worker.

    Args:
        environment: Locust's environment.
        options: The options. A worker gets the master's later.
        seconds: The length of the load, once all workers are ready; `None` leaves it to Locust.
    """

    def __init__(
        self, environment: Environment, options: LoadOptions, seconds: float | None = None
    ) -> None:
        self.process: LoadProcess | None = None
        self._environment = environment
        self._options = options
        self._seconds = seconds
        self._tallies: dict[str, LoadTally] = {}
        self._ready_workers: set[str] = set()
        self._own = LoadTally(checked=True)
        self._began = self._ended = 0.0
        self._stopping = False
        self._judged: tuple[int, str] | None = None
        self._interrupts: Any = None
        events.test_start.add_listener(self._on_start)
        events.test_stopping.add_listener(self._on_stopping)
        events.test_stop.add_listener(self._on_stop)
        events.quitting.add_listener(self._on_quitting)
        events.quit.add_listener(self._on_quit)
        events.report_to_master.add_listener(self._on_report)
        events.worker_report.add_listener(self._on_worker_report)
        events.user_error.add_listener(self._on_user_error)
        if self._is_worker:
            self._runner.register_message(_FINISH, self._on_finish, concurrent=True)
        if self._is_master:
            self._runner.register_message(_READY, self._on_worker_ready)

    @property
    def _runner(self) -> Any:
        return self._environment.runner

    @property
    def _parsed(self) -> Any:
        return self._environment.parsed_options

    @property
    def _is_master(self) -> bool:
        return isinstance(self._runner, MasterRunner)

    @property
    def _is_worker(self) -> bool:
        return isinstance(self._runner, WorkerRunner)

    def cannot_run(self, reason: str) -> None:
        """Ends the run, because it cannot continue. The first reason counts."""
        tally = self._own if self.process is None else self.process.tally
        tally.cannot_run = tally.cannot_run or reason
        if not self._is_worker and not self._stopping:
            self._stopping = True
            runner, options = self._runner, self._parsed
            gevent.spawn(runner.quit if options.headless else runner.stop)

    def _on_start(self, **_: Any) -> None:
        self._began, self._ended, self._stopping = time.monotonic(), 0.0, False
        self._tallies.clear()
        self._ready_workers.clear()
        self._own = LoadTally(checked=True)
        self._judged = None
        self.process = None
        self._leave_interrupts()
        self._take_interrupts()
        try:
            self._start()
        except FakeayrError as error:
            self.cannot_run(str(error))
            if (
                not self._is_worker
            ):  # A worker runs this on the greenlet that listens to the master.
                raise gevent.GreenletExit from error

    def _take_interrupts(self) -> None:
        """Makes Ctrl-C end the run with a summary, and a second Ctrl-C end it at once.

        Python would raise KeyboardInterrupt in the user that is running.
        """

        def interrupted() -> None:
            self._leave_interrupts()
            gevent.spawn(self._quit)

        self._interrupts = gevent.signal_handler(signal.SIGINT, interrupted)

    def _leave_interrupts(self) -> None:
        if self._interrupts is not None:
            self._interrupts.cancel()
            self._interrupts = None
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _quit(self) -> None:
        if self._stopping:  # Locust fails if it is stopped twice.
            return
        if self._is_worker:
            self._on_finish()
        self._runner.quit()
        if self._environment.web_ui is not None:
            self._environment.web_ui.stop()

    def _start(self) -> None:
        options = self._options = LoadOptions.read(vars(self._parsed))
        adapter = find_adapter(options)
        guard = HostGuard(owned=options.i_own_this_host)
        process = LoadProcess(self._environment, options, adapter, guard)
        if self._is_master:
            process.find_target()
        else:
            process.begin()
        if not self._is_worker:
            process.order_failures()
            self._begin_to_kill(options)
            gevent.spawn(self._print_progress)
        self.process = process
        self._began = time.monotonic()
        if self._is_worker:
            self._runner.send_message(_READY)
        if self._seconds is not None and self._environment.shape_class is None:
            gevent.spawn(self._quit_after, self._seconds)

    def _quit_after(self, seconds: float) -> None:
        """Ends the run `seconds` after all workers are ready."""
        if self._is_master:
            clients = self._runner.clients
            while any(
                client.id not in self._ready_workers and client not in clients.missing
                for client in clients.all
            ):
                gevent.sleep(_LOOK_SECONDS)
            self._began = time.monotonic()
        gevent.sleep(seconds)
        self._quit()

    def _on_worker_ready(self, msg: Any, **_: Any) -> None:
        self._ready_workers.add(msg.node_id)

    def _begin_to_kill(self, options: LoadOptions) -> None:
        if not options.has_failure("worker-killed"):
            return
        pid = options.server_pid
        seconds = options.kill_after or (self._seconds or 0) / 2
        if pid is None or not seconds:
            raise CannotLoad(
                "worker-killed needs --server-pid (the process id of fakeayr serve), "
                "and --kill-after or --run-time."
            )
        killing.check_server(pid)

        def kill() -> None:
            try:
                killing.kill_one(pid)
                self._own.killed_at.append(time.time())
            except FakeayrError as error:
                self.cannot_run(str(error))

        gevent.spawn_later(seconds, kill)

    def _on_stopping(self, **_: Any) -> None:
        self._stopping = True
        self._ended = time.monotonic()
        if self._is_master:
            self._await_workers()
            if self.process is not None:
                self._own.hits = self.process.count_fault_hits()

    def _await_workers(self) -> None:
        """Makes the workers stop and check, and waits for their reports."""
        runner = self._runner
        awaited = {client.id for client in runner.clients.all}
        runner.send_message(_FINISH)
        longest = self._options.settle_within + (self._environment.stop_timeout or 0) + 60
        deadline = time.monotonic() + longest
        while time.monotonic() < deadline:
            awaited &= {client.id for client in runner.clients.all}
            tallies = [self._tallies.get(each, LoadTally()) for each in awaited]
            if all(tally.checked or tally.cannot_run for tally in tallies):
                return
            gevent.sleep(_LOOK_SECONDS)

    def _on_finish(self, **_: Any) -> None:
        """Ends a worker, and sends its report while the master still listens."""
        runner = self._runner
        runner.stop()
        report: dict[str, Any] = {}
        events.report_to_master.fire(client_id=runner.client_id, data=report)
        runner.send_message(_STATS, report)  # As Locust does every few seconds.

    def _on_stop(self, **_: Any) -> None:
        if self.process is not None and not self._is_master:
            self.process.finish()
        self._leave_interrupts()

    def _on_report(self, data: dict[str, Any], **_: Any) -> None:
        if self.process is None:
            data[_REPORT] = self._own.to_report()
        else:
            self.process.update_tally()
            data[_REPORT] = self.process.tally.to_report()

    def _on_worker_report(self, client_id: str, data: dict[str, Any], **_: Any) -> None:
        if _REPORT not in data:
            return
        tally = self._tallies[client_id] = LoadTally.from_report(data[_REPORT])
        if tally.cannot_run and not self._stopping:
            self.cannot_run(tally.cannot_run)

    def _on_user_error(self, exception: BaseException, tb: TracebackType, **_: Any) -> None:
        if self.process is not None:
            *_others, last = traceback.extract_tb(tb)
            where = f"{Path(last.filename).name}, line {last.lineno}"
            self.process.tally.add_mistake(f"{where}: {type(exception).__name__}: {exception}")

    def _on_quitting(self, environment: Environment, **_: Any) -> None:
        if not self._stopping:  # After Ctrl-C, the users are still running.
            if self._is_worker:
                self._on_finish()
            else:
                self._runner.stop()
        if self._is_worker:
            return
        environment.process_exit_code = self._judge()[0]

    def _on_quit(self, **_: Any) -> None:
        if not self._is_worker:
            print(self._judge()[1], flush=True)

    def _print_progress(self) -> None:
        """Prints the progress every few seconds, if Locust's own tables are off."""
        if not self._parsed.only_summary:
            return
        while not self._stopping:
            gevent.sleep(_PROGRESS_SECONDS)
            figures = Figures(self._environment.stats)
            seconds = time.monotonic() - self._began
            line = summary.write_progress(
                seconds=seconds,
                users=self._runner.user_count,
                flows=figures.flows,
                errors=figures.together.errors,
            )
            if not self._stopping:
                print(line, file=sys.stderr, flush=True)

    def _judge(self) -> tuple[int, str]:
        """Returns the exit code and the summary, which are made once."""
        if self._judged is None and not self._began and self._environment.web_ui is not None:
            return HELD, "No load was started."
        if self._judged is None:
            tallies = [self._own, *self._tallies.values()]
            if self.process is not None and not self._is_master:
                tallies.append(self.process.tally)
            tally = LoadTally.merge(tallies)
            measured = Figures(self._environment.stats)
            seconds = max((self._ended or time.monotonic()) - self._began, 0.001)
            flows_per_s = measured.flows / seconds
            findings = judge(
                self._options.thresholds, measured.steps, measured.together, flows_per_s
            )
            code = _choose_code(tally, findings, measured.flows)
            text = summary.write_summary(
                tally=tally,
                findings=findings,
                steps=measured.steps,
                flows=measured.flows,
                flows_per_s=flows_per_s,
                seconds=seconds,
                reasons=measured.reasons,
                processes=len(self._tallies) or 1,
            )
            self._judged = code, text
        return self._judged


def _choose_code(tally: LoadTally, findings: Findings, flows: int) -> int:
    if tally.cannot_run or not flows:
        return CannotLoad.exit_code
    unexplained = tally.count_unexplained(seconds=summary.KILL_EXPLAINS_SECONDS)
    if findings.broken or tally.lost_count or tally.exception_count or unexplained:
        return BROKE
    return HELD if tally.checked else BROKE


def find_adapter(options: LoadOptions) -> type[Adapter]:
    """Returns the adapter's class, after checking the steps that thresholds name.

    Raises:
        CannotLoad: The adapter cannot be loaded, or a threshold names an unknown step.
    """
    adapter = load_adapter(options.adapter)
    for name in sorted(options.scenario.keys() & POSTING.keys()):
        if not adapter.can_post:
            raise CannotLoad(f"--scenario {name}: the adapter {options.adapter} does not post.")
    known = [*adapter.steps, *STEPS]
    for name in sorted(options.thresholds.steps.difference(known)):
        option = next(
            flag
            for flag, limit in (
                ("--max-error-ratio", options.max_error_ratio),
                ("--max-p95-ms", options.max_p95_ms),
                ("--max-p99-ms", options.max_p99_ms),
            )
            if name in limit.steps
        )
        raise CannotLoad(f"{option}: there is no step {name!r}; choose one of {', '.join(known)}.")
    return adapter

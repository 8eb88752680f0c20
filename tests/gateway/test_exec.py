"""`fakeayr exec`: programs of any language reach the fake by Ayrshare's own host names."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
import trustme

from fakeayr.client.start import COMMAND
from fakeayr.gateway.command import _Signals
from fakeayr.web import development
from tests.support.linking import claims_of
from tests.support.servers import eventually, run

pytestmark = pytest.mark.outside("bash", "curl", "node", "php", "ruby", "go", "java", "wget")

PROGRAMS: Final = Path(__file__).parent / "programs"
NODE: Final = Path(__file__).parents[1] / "clients" / "node"
RUNNERS: Final[dict[str, list[str]]] = {
    ".sh": ["bash"],
    ".py": [sys.executable],
    ".mjs": ["node"],
    ".cjs": ["node"],
    ".php": ["php"],
    ".rb": ["ruby"],
    ".go": ["go", "run"],
    ".java": ["java"],
}

Execute = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a command through `fakeayr exec`, which must leave no temporary file behind."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()

    def start(
        *command: str | Path, options: Sequence[str] = (), **variables: str
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, "exec", "--quiet", *options, "--", *command],
            cwd=tmp_path,
            env={**os.environ, "TMPDIR": str(temporary), **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    yield start
    assert list(temporary.iterdir()) == []


@pytest.fixture
def execute(start: Callable[..., subprocess.Popen[str]]) -> Execute:
    """Runs a command through `fakeayr exec` to its end."""

    def execute(
        *command: str | Path, given: str = "", options: Sequence[str] = (), **variables: str
    ) -> subprocess.CompletedProcess[str]:
        process = start(*command, options=options, **variables)
        stdout, stderr = process.communicate(given, timeout=60)
        return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)

    return execute


def said(ran: subprocess.CompletedProcess[str]) -> str:
    """What a successful command printed; Java says on its error output what it was given."""
    complaints = [
        line for line in ran.stderr.splitlines() if not line.startswith("Picked up JAVA_TOOL_")
    ]
    assert (ran.returncode, complaints) == (0, [])
    return ran.stdout.strip()


# Programs that know Ayrshare's real addresses only.


@pytest.mark.parametrize("program", sorted(PROGRAMS.iterdir()), ids=lambda program: program.name)
def test_a_program_links_unchanged(execute: Execute, program: Path) -> None:
    answer, page = said(execute(*RUNNERS[program.suffix], program)).splitlines()

    made = json.loads(answer)
    assert made["url"].startswith("https://profile.ayrshare.com?")
    assert claims_of(made["token"])["profileKey"] == development.PROFILE_KEY
    assert page in {"200", "302"}


@pytest.mark.parametrize(
    ("package", "how"),
    [
        ("social-media-api", "import"),
        ("social-media-api", "require"),
        ("social-post-api", "require"),
    ],
)
def test_the_official_node_packages_work_unmodified(
    execute: Execute, package: str, how: str
) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("createProfile", {"title": "Mia's Bakery"}),
        (
            "generateJWT",
            {
                "domain": development.DOMAIN,
                "privateKey": development.private_key(),
                "profileKey": development.PROFILE_KEY,
            },
        ),
        ("user", {}),
    ]
    lines = "\n".join(json.dumps({"method": name, "arguments": [body]}) for name, body in calls)

    printed = said(
        execute("node", NODE / "sdk.mjs", package, how, development.API_KEY, given=lines)
    )

    created, linked, user = map(json.loads, printed.splitlines())
    assert created["title"] == "Mia's Bakery"
    assert linked["url"].startswith("https://profile.ayrshare.com?")
    assert user["title"] == "Primary Profile"


def test_the_official_python_package_works_unmodified(execute: Execute) -> None:
    program = """
import os
from ayrshare import SocialPost

print(SocialPost(os.environ["AYRSHARE_API_KEY"]).user()["title"])
"""

    assert said(execute(sys.executable, "-c", program)) == "Primary Profile"


PLAIN: Final = {
    "requests": """
import os, requests
headers = {"Authorization": "Bearer " + os.environ["AYRSHARE_API_KEY"]}
print(requests.get("http://api.ayrshare.com/api/user", headers=headers).json()["title"])
""",
    "node": """
const headers = {Authorization: `Bearer ${process.env.AYRSHARE_API_KEY}`};
const answer = await fetch("http://api.ayrshare.com/api/user", {headers});
console.log((await answer.json()).title);
""",
}


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-c", PLAIN["requests"]],
        ["node", "--input-type=module", "-e", PLAIN["node"]],
    ],
    ids=["Python", "Node.js"],
)
def test_http_without_tls_reaches_the_fake_too(execute: Execute, command: list[str]) -> None:
    assert said(execute(*command)) == "Primary Profile"


WITH_KEY: Final = '-H "Authorization: Bearer $AYRSHARE_API_KEY"'


def test_wget_reaches_the_fake(execute: Execute) -> None:
    header = '--header "Authorization: Bearer $AYRSHARE_API_KEY"'

    printed = said(execute("bash", "-c", f"wget -qO- {header} https://api.ayrshare.com/api/user"))

    assert json.loads(printed)["title"] == "Primary Profile"


@pytest.mark.parametrize(
    "command",
    [
        ["java", PROGRAMS / "Link.java"],
        ["node", PROGRAMS / "link_https.cjs"],
        ["php", PROGRAMS / "link.php"],
        ["ruby", PROGRAMS / "link.rb"],
        ["bash", PROGRAMS / "link.sh"],
        ["bash", "-c", "echo {}; wget -qO- https://api.ayrshare.com/_fakeayr/health >&2; echo 200"],
    ],
    ids=["Java", "Node.js", "PHP", "Ruby", "curl", "Wget"],
)
def test_a_space_in_the_path_of_temporary_files_stops_nobody(
    execute: Execute, tmp_path: Path, command: list[str | Path]
) -> None:
    spaced = tmp_path / "my files"
    spaced.mkdir()

    ran = execute(*command, TMPDIR=str(spaced))

    assert ran.returncode == 0
    assert ran.stdout.splitlines()[-1] in {"200", "302"}
    assert list(spaced.iterdir()) == []


# Node's clients beside libraries that replace connections.


@pytest.mark.parametrize("library", ["none", "nock", "msw"])
@pytest.mark.parametrize("client", ["axios", "fetch", "undici", "https", "got", "node-fetch"])
def test_clients_of_node_reach_the_fake(execute: Execute, client: str, library: str) -> None:
    printed = said(execute("node", NODE / "mocked.mjs", client, library))

    replaced = library != "none" and client != "undici"  # They do not replace its connections.
    assert printed.splitlines() == ["200 Primary Profile", *(["replaced"] if replaced else [])]


STARTED_BY_NODE: Final = """
const c = require("child_process");
const env = {...process.env, MORE: "1"}, ask = "echo $HTTPS_PROXY $https_proxy";
console.log(process.env.HTTPS_PROXY);
console.log([
    c.execSync(ask), c.execSync(ask, {env}), c.execFileSync("sh", ["-c", ask]),
    c.spawnSync("sh", ["-c", ask]).stdout, c.spawnSync(ask, {shell: true, env}).stdout,
].map(String).map((it) => it.trim()).join("|"));
console.log(String(c.execSync("echo none$HTTPS_PROXY", {env: {PATH: process.env.PATH}})).trim());
c.exec(ask, (error, text) => console.log(text.trim()));
"""


def test_programs_that_node_starts_are_led_too(execute: Execute) -> None:
    own, at_once, without, later = said(execute("node", "-e", STARTED_BY_NODE)).splitlines()

    assert (own, without) == ("undefined", "none")
    assert set(at_once.split("|")) == {later}
    assert later.startswith("http://127.0.0.1:")
    assert len(set(later.split())) == 1


def test_node_keeps_a_proxy_where_the_user_has_one(execute: Execute) -> None:
    program = "console.log(process.env.HTTPS_PROXY)"

    printed = said(execute("node", "-e", program, http_proxy="http://proxy.example"))

    assert printed.startswith("http://127.0.0.1:")


# What Node.js does below its HTTP clients.


@pytest.mark.parametrize(
    "connect",
    [
        "tls.connect(443, 'api.ayrshare.com', done)",
        "tls.connect({host: 'API.ayrshare.com', port: '443'}, done)",
        "tls.connect({socket: net.connect(443, 'api.ayrshare.com'), "
        "servername: 'api.ayrshare.com'}, done)",
    ],
)
def test_nodes_sockets_are_led_to_the_fake(execute: Execute, connect: str) -> None:
    program = f"""
        const net = require("net"), tls = require("tls");
        const socket = {connect};
        function done() {{ console.log(socket.authorized); socket.end(); }}
    """

    assert said(execute("node", "-e", program)) == "true"


# Everything else.


class _Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        answer = f"hello {self.path} {self.headers['Host']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_request(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Whom the user of this machine trusts."""
    return trustme.CA()


@pytest.fixture(scope="module", params=["http", "https"])
def elsewhere(request: pytest.FixtureRequest, authority: trustme.CA) -> Iterator[str]:
    """A server that has nothing to do with Ayrshare, where a proxy is asked for the way."""
    server = ThreadingHTTPServer(("127.0.0.2", 0), _Hello)
    if request.param == "https":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.2").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"{request.param}://127.0.0.2:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("runner", ["curl", "requests", "fetch"])
def test_other_hosts_are_reached_as_ever(
    execute: Execute, authority: trustme.CA, elsewhere: str, tmp_path: Path, runner: str
) -> None:
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(authority.cert_pem.bytes())
    command = {
        "curl": ["curl", "-sS", f"{elsewhere}/a?b=c"],
        "requests": [
            *(sys.executable, "-c"),
            f"import requests; print(requests.get('{elsewhere}/a?b=c').text)",
        ],
        "fetch": [
            *("node", "--use-openssl-ca", "-e"),
            f"fetch('{elsewhere}/a?b=c').then((it) => it.text()).then(console.log)",
        ],
    }[runner]

    printed = said(execute(*command, SSL_CERT_FILE=str(trusted)))

    assert printed == f"hello /a?b=c {elsewhere.partition('//')[2]}"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["curl", "-sS", "https://dashboard.ayrshare.com/"], "response 403"),
        (["curl", "-sSf", "http://ayrshare.com/"], "403"),
        (
            [
                *(sys.executable, "-c"),
                "import requests; requests.get('https://www.ayrshare.com/')",
            ],
            "403 fakeayr keeps you from the real www.ayrshare.com.",
        ),
        (
            ["node", "-e", "fetch('https://www.ayrshare.com/')"],
            "fakeayr keeps you from the real www.ayrshare.com.",
        ),
        (
            ["node", "-e", "require('http').get('http://ayrshare.com')"],
            "fakeayr keeps you from the real ayrshare.com.",
        ),
    ],
)
def test_the_real_ayrshare_is_out_of_reach(execute: Execute, command: list[str], told: str) -> None:
    ran = execute(*command)

    assert ran.returncode != 0
    assert told in ran.stderr


def test_settings_of_the_user_do_not_lead_past_the_fake(execute: Execute) -> None:
    command = "curl -sS -o /dev/null -w '%{http_code}' https://api.ayrshare.com/api/user"

    ran = execute(
        "bash", "-c", command, NO_PROXY="*", no_proxy=".com,example", ALL_PROXY="http://x"
    )

    assert said(ran) == "403"


# How the command runs.


def test_the_command_gets_its_input_and_arguments_as_they_are(execute: Execute) -> None:
    program = 'cat; printf "%s\\n" "$@"; echo "to the other" >&2'

    ran = execute("bash", "-c", program, "sh", "--help", "-x", "--", "a b", given="hello\n")

    assert (ran.stdout, ran.stderr) == ("hello\n--help\n-x\n--\na b\n", "to the other\n")


def test_the_dashes_may_be_left_out(tmp_path: Path) -> None:
    ran = subprocess.run([*COMMAND, "exec", "echo", "-n", "hi"], check=True, capture_output=True)

    assert ran.stdout == b"hi"


def test_the_account_is_what_the_options_say(execute: Execute, tmp_path: Path) -> None:
    options = ["--domain", "my-app", "--plan", "launch", "--no-max-pack", "--age", "link-sessions"]
    options += ["--setting", "rateLimit=true", "--setting", "disableSocial=facebook,tiktok"]
    program = f"echo $AYRSHARE_DOMAIN; curl -sS {WITH_KEY} $AYRSHARE_BASE_URL/../_fakeayr/accounts"

    domain, account = said(execute("bash", "-c", program, options=options)).splitlines()

    assert domain == "my-app"
    found = json.loads(account)
    shown = {name: found[name] for name in ("domain", "plan", "maxPack", "age")}
    assert shown == {
        "domain": "my-app",
        "plan": "launch",
        "maxPack": False,
        "age": "link-sessions",
    }
    assert found["settings"]["rateLimit"] is True
    assert found["settings"]["disableSocial"] == ["facebook", "tiktok"]


def test_the_private_key_is_in_a_file_of_the_users_and_in_base64(execute: Execute) -> None:
    program = """
        stat -c %a "$AYRSHARE_PRIVATE_KEY_FILE"
        cmp <(base64 -d <<<"$AYRSHARE_PRIVATE_KEY_BASE64") "$AYRSHARE_PRIVATE_KEY_FILE"
        cat "$AYRSHARE_PRIVATE_KEY_FILE"
    """

    mode, _, key = said(execute("bash", "-c", program)).partition("\n")

    assert mode == "600"
    assert key == development.private_key().strip()


@pytest.mark.parametrize("code", [0, 3])
def test_what_was_asked_is_written_to_a_file(execute: Execute, tmp_path: Path, code: int) -> None:
    journal = tmp_path / "journal.json"
    program = f"curl -sS -o /dev/null {WITH_KEY} https://api.ayrshare.com/api/user; exit {code}"

    ran = execute("bash", "-c", program, options=["--journal", str(journal)])

    assert ran.returncode == code
    (entry,) = json.loads(journal.read_text())["requests"]
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/api/user", 200)


def test_a_journal_that_cannot_be_written_fails_what_succeeded(
    execute: Execute, tmp_path: Path
) -> None:
    options = ["--journal", str(tmp_path / "none" / "journal.json")]

    succeeded, failed = (execute("bash", "-c", f"exit {it}", options=options) for it in (0, 3))

    assert (succeeded.returncode, failed.returncode) == (1, 3)
    assert succeeded.stderr == failed.stderr
    assert succeeded.stderr.startswith("Error: The journal cannot be written to ")


def test_a_public_url_is_where_a_browser_finds_the_page(execute: Execute) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    program = f"""
        made=$(curl -sS https://api.ayrshare.com/api/profiles/generateJWT {WITH_KEY} \
            -d domain=$AYRSHARE_DOMAIN -d profileKey=$AYRSHARE_PROFILE_KEY \
            --data-urlencode "privateKey=$AYRSHARE_PRIVATE_KEY")
        url=$(grep -o '"url":"[^"]*' <<<"$made" | cut -d'"' -f4)
        echo "$url"
        curl -sS -o /dev/null -w '%{{http_code}}' --noproxy '*' "$url"
    """

    found, status = said(execute("bash", "-c", program, options=["--public-url", url])).splitlines()

    assert found.startswith(f"{url}?domain=acme&jwt=")
    assert status in {"200", "302"}


@pytest.mark.outside("bash", "chromium")
def test_a_browser_of_ones_own_can_be_led_to_the_fake() -> None:
    options = "--headless --no-sandbox --dump-dom https://profile.ayrshare.com/"
    command = [*COMMAND, "exec", "bash", "-c", f'eval "$FAKEAYR_BROWSER {options}"']

    # Temporary files stay where they are: Chromium has a socket there, whose path may not grow.
    ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)

    assert "<title>fakeayr</title>" in ran.stdout


def test_a_taken_port_gets_one_sentence(execute: Execute) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = execute("true", options=["--port", port])

    assert ran.returncode == 125
    assert ran.stderr == (
        f"Error: The fake cannot start on port {port}: Address already in use. "
        "Choose another with --port (0 picks a free port).\n"
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--domian", "x"], "No such option '--domian'. Did you mean '--domain'?"),
        (["-x"], "No such option '-x'."),
        (["--domain", ""], "Invalid value for '--domain': it is empty."),
        (
            ["--setting", "rateLimt=true"],
            "Invalid value for '--setting': there is no setting rateLimt. Did you mean rateLimit?",
        ),
        (
            ["--setting", "rateLimit"],
            "Invalid value for '--setting': 'rateLimit' must look like NAME=VALUE, "
            "for instance rateLimit=true.",
        ),
    ],
)
def test_a_wrong_option_gets_one_sentence(options: list[str], told: str, tmp_path: Path) -> None:
    ran = run("exec", *options, "true", folder=tmp_path)

    assert ran.returncode == 2
    assert ran.stderr == f"Error: {told} See python -m fakeayr exec --help.\n"


def test_a_misspelt_command_gets_one_sentence(tmp_path: Path) -> None:
    told = "Error: No such command 'sevre'. Did you mean 'serve'? See python -m fakeayr --help.\n"

    assert run("sevre", folder=tmp_path).stderr == told


@pytest.mark.parametrize(
    ("program", "code"),
    [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137), ("kill -TERM $$", 143)],
)
def test_the_exit_code_is_passed_on(execute: Execute, program: str, code: int) -> None:
    assert execute("bash", "-c", program).returncode == code


def test_what_cannot_be_run_gets_one_sentence(execute: Execute, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("no program")

    missing, unfit = execute("no-such-program"), execute(text)

    assert (missing.returncode, unfit.returncode) == (127, 126)
    assert missing.stderr == "Error: Cannot run no-such-program: No such file or directory.\n"
    assert unfit.stderr == f"Error: Cannot run {text}: Permission denied.\n"


def test_the_authoritys_key_is_on_no_disk(execute: Execute) -> None:
    program = """
        folder=$(dirname "$SSL_CERT_FILE")
        stat -c %a "$folder"
        find "$folder" -type f | xargs -n 1 basename | sort | xargs
        grep -rl 'PRIVATE KEY' "$folder" || echo none
    """

    ran = execute("bash", "-c", program, NODE_EXTRA_CA_CERTS="", DENO_CERT="")

    assert said(ran).splitlines() == [
        "700",
        "authority.pem bundle.pem fakeayr.ini truststore.p12 wgetrc",
        "none",
    ]


def test_its_ports_are_closed_with_the_command(execute: Execute) -> None:
    printed = said(execute("bash", "-c", "echo $HTTPS_PROXY $FAKEAYR_TLS_PORT $AYRSHARE_BASE_URL"))

    proxy, tls_port, api = printed.split()
    ports = [proxy.rpartition(":")[2], tls_port, api.removesuffix("/api").rpartition(":")[2]]
    assert len(set(ports)) == 3
    for port in ports:
        with socket.socket() as client:
            assert client.connect_ex(("127.0.0.1", int(port))) != 0


TRAPPING: Final = """
import signal, sys, time

def stop(number, _):
    print("tidied up after", signal.Signals(number).name, flush=True)
    sys.exit(5)

signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGHUP, stop)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_passed_on_and_the_end_awaited(
    start: Callable[..., subprocess.Popen[str]], number: signal.Signals
) -> None:
    process = start(sys.executable, "-c", TRAPPING)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"

    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout, stderr) == (5, f"tidied up after {number.name}\n", "")


def test_ctrl_c_is_for_the_command(start: Callable[..., subprocess.Popen[str]]) -> None:
    process = start(sys.executable, "-c", TRAPPING)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"

    os.killpg(process.pid, signal.SIGINT)  # As a terminal does.
    stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout, stderr) == (5, "tidied up after SIGINT\n", "")


def test_what_the_command_leaves_running_holds_nothing_up(
    start: Callable[..., subprocess.Popen[str]],
) -> None:
    process = start("bash", "-c", "sleep 60 >/dev/null 2>&1 & echo $!")

    stdout, _ = process.communicate(timeout=30)

    os.kill(int(stdout), signal.SIGKILL)
    eventually(lambda: not Path(f"/proc/{int(stdout)}/cmdline").exists())
    assert process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_before_the_command_runs_a_signal_ends_it_all(number: signal.Signals) -> None:
    with pytest.raises(SystemExit) as ended, _Signals():
        signal.raise_signal(number)

    assert ended.value.code == 128 + number
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

"""Every service manager and proxy, as an administrator sets it up from what is shipped: each answers the same core on a real cluster.

Law: what is installed is what --install-units wrote on a machine whose first process is systemd; what it prints is done as printed.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from clusters import PROGRAM, TREE, VENV, Cluster, NoClusters
from conftest import get_cluster, refuse
from machines import Machine, run_machine
from replies import Reply

RELEASE = "24.11"
VERSION = "v0.0.42"
TCP = "http://127.0.0.1:6820"
UNIX = ("--unix-socket", "/run/slurmrest-inetd.sock", "http://localhost")
MANY_JOBS = 180  # a list of more than one MiB: it streams
JOB = {
    "name": "ways-in",
    "hold": True,
    "current_working_directory": "/home/alice",
    "environment": ["PATH=/usr/bin:/bin"],
}

Ask = Callable[..., Reply]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """The one cluster of these tests, with more jobs than fit into a reply that is spooled."""
    cluster = get_cluster(RELEASE)
    script = f"for i in $(seq {MANY_JOBS}); do sbatch -Q --hold --job-name=ways-in-many --wrap=true; done"
    cluster.run(["sh", "-ec", script], user="alice", check=True)
    yield cluster
    cluster.slurm("scancel", "--user=alice", "--name=ways-in-many")


@pytest.fixture(scope="module")
def machine(cluster: Cluster) -> Iterator[Machine]:
    """The administrator's machine: --install-units has run, and what it says is next for systemd is done."""
    try:
        with run_machine(RELEASE) as machine:
            report = machine.run(PROGRAM, "--install-units").stdout.decode()
            assert "left out" not in report
            # what it prints is what docs/install.md prints
            next_steps = [line.strip() for line in report.splitlines() if line.startswith("    ")]
            assert (
                documented("install.md", "systemd-sysusers").splitlines()
                == [line for line in next_steps if line[0] != "("][:2] + next_steps[-1:]
            )
            yield machine
    except NoClusters as error:
        refuse(f"no machine with systemd here: {error}")


def ask_through(machine: Machine, cluster: Cluster, *place: str) -> Ask:
    """Requests of alice to ``place``: curl's options and the URL before the path."""

    def ask(method: str, path: str, *, user: str | None = "alice", **options: Any) -> Reply:
        headers = [*options.pop("headers", ()), *([("X-SLURM-USER-TOKEN", cluster.token(user))] if user else [])]
        return machine.curl(*place[:-1], f"{place[-1]}{path}", method=method, headers=headers, **options)

    return ask


def documented(page: str, holding: str) -> str:
    """The commands that docs/``page`` prints, in the block that holds ``holding``."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (TREE / "docs" / page).read_text(), re.MULTILINE | re.DOTALL)
    (found,) = (block for block in blocks if holding in block)
    return str(found)


def check_core(ask: Ask) -> None:
    """The peer test's core: ping, a large list, submit and read back, cancel, HEAD, 401, 404."""
    ping = ask("GET", f"/slurm/{VERSION}/ping/")
    assert (ping.status, ping.json()["pings"][0]["pinged"]) == (200, "UP")
    jobs = ask("GET", f"/slurm/{VERSION}/jobs/")
    assert (jobs.status, jobs.rest) == (200, b"")
    assert len(jobs.body) > 1024 * 1024
    assert len([job for job in jobs.json()["jobs"] if job["name"] == "ways-in-many"]) >= MANY_JOBS
    submitted = ask("POST", f"/slurm/{VERSION}/job/submit", body={"script": "#!/bin/sh\ntrue\n", "job": JOB})
    assert submitted.status == 200, submitted.body
    job = f"/slurm/{VERSION}/job/{submitted.json()['job_id']}"
    (read,) = ask("GET", job).json()["jobs"]
    assert (read["name"], read["user_name"], read["current_working_directory"]) == ("ways-in", "alice", "/home/alice")
    assert ask("DELETE", job).status == 200
    head = ask("HEAD", f"/slurm/{VERSION}/ping/")
    assert (head.status, head.body) == (200, b"")
    accounts = ask("GET", f"/slurmdb/{VERSION}/accounts/")
    assert "phys" in {account["name"] for account in accounts.json()["accounts"]}
    assert ask("GET", f"/slurm/{VERSION}/ping/", user=None).status == 401
    missing = ask("GET", f"/slurm/{VERSION}/nosuchpath/")
    assert (missing.status, bool(missing.json()["errors"])) == (404, True)


# --- systemd -----------------------------------------------------------------------------------------------------------------------


def test_installed_as_documented(machine: Machine) -> None:
    heard = machine.shell(documented("install.md", "systemd-sysusers"))
    assert '"pinged": "UP"' in heard
    machine.shell("systemctl disable --now slurmrest-inetd-wait.socket; systemctl stop slurmrest-inetd.service")
    made = machine.shell(
        "mkdir -p /tmp/image/etc/sysusers.d; cp /etc/sysusers.d/slurmrest-inetd.conf /tmp/image/etc/sysusers.d; systemd-sysusers --root=/tmp/image;"
        "cat /tmp/image/etc/passwd; stat -c %U:%a /run/slurmrest-inetd"
    )
    assert re.search(r"^slurmrestd:x:\d+:\d+:Slurm REST API:/:/usr/sbin/nologin$", made, re.MULTILINE)
    assert "slurmrestd:755" in made


def test_systemd_finds_no_fault_with_the_units(machine: Machine) -> None:
    units = "slurmrest-inetd.service slurmrest-inetd@.service slurmrest-inetd.socket slurmrest-inetd-wait.socket"
    assert machine.shell(f"systemd-analyze verify --man=no {units} 2>&1") == ""
    for unit in units.split()[:2]:
        machine.run("systemd-analyze", "security", "--offline=true", "--threshold=20", unit)  # tenths


def test_one_process_a_connection(machine: Machine, cluster: Cluster) -> None:
    with strictly(machine, "slurmrest-inetd@.service"), machine.service("slurmrest-inetd.socket"):
        for place in ((TCP,), UNIX):
            check_core(ask_through(machine, cluster, *place))
        check_local(machine)
        log = machine.run("journalctl", "--no-pager", "--output=cat", "--unit=slurmrest-inetd@*").stdout
        assert b" alice POST " in log
        assert cluster.token("alice").encode() not in log


def test_workers_that_wait(machine: Machine, cluster: Cluster) -> None:
    machine.write("/etc/default/slurmrest-inetd", "SLURMRESTD_OPTIONS=-v --idle 3\n")
    machine.write("/etc/systemd/system/slurmrest-inetd.service.d/watchdog.conf", "[Service]\nWatchdogSec=2\n")
    with strictly(machine, "slurmrest-inetd.service"), machine.service("slurmrest-inetd-wait.socket"):
        for place in ((TCP,), UNIX):
            check_core(ask_through(machine, cluster, *place))
        check_local(machine)
        assert show(machine, "ActiveState") == "active"
        machine.run("systemctl", "reload", "slurmrest-inetd.service")
        machine.wait_until("the service to leave", lambda: show(machine, "ActiveState") == "inactive")
        assert (show(machine, "Result"), show(machine, "NRestarts")) == ("success", "0")
        assert ask_through(machine, cluster, *UNIX)("GET", f"/slurm/{VERSION}/ping/").status == 200
        assert show(machine, "ActiveState") == "active"


def test_local_users_with_the_shipped_addition(machine: Machine, cluster: Cluster) -> None:
    machine.write("/etc/default/slurmrest-inetd", "")
    machine.shell(documented("install.md", "local-users.conf"))
    with strictly(machine, "slurmrest-inetd.service"), machine.service("slurmrest-inetd-wait.socket"):
        url = f"{UNIX[-1]}/slurm/{VERSION}/job/submit"
        body = '{"script": "#!/bin/sh\\ntrue\\n", "job": {"hold": true, "current_working_directory": "/tmp", "environment": ["A=1"], "name": "ways-in-local"}}'
        reply = curl_as(machine, "bob", *UNIX[:-1], url, "-H", "Content-Type: application/json", "-d", body)
        assert b'"job_id": ' in reply, reply
        assert cluster.slurm("squeue", "-h", "--name=ways-in-local", "-o", "%u") == "bob"
        cluster.slurm("scancel", "--name=ways-in-local")
        assert b'"Authentication' in curl_as(machine, "root", *UNIX[:-1], url.replace("job/submit", "jobs/"))
        check_core(ask_through(machine, cluster, *UNIX))


def test_slurm_22_05_with_the_shipped_addition(machine: Machine) -> None:
    """What a submission there needs can be had within the unit's limits with it, and not without."""
    enter = "from slurmrest_inetd.security.user_namespace import enter_user_namespace as e; e(4321, 4322); import os; os.execvp('id', ['id'])"
    unit, python = "slurmrest-inetd.service", f"{VENV}/bin/python"
    probe = f'[Service]\nType=oneshot\nWatchdogSec=0\nRestart=no\nExecStart=\nExecStart={python} -c "{enter}"\n'
    folder = f"/etc/systemd/system/{unit}.d"
    machine.write(f"{folder}/probe.conf", probe)
    said = f"systemctl daemon-reload; systemctl start {unit} || true; journalctl --no-pager --output=cat -n 20 --unit={unit}"
    try:
        assert "RestrictNamespaces=" in machine.shell(said)
        machine.shell(documented("install.md", "slurm-22.05.conf"))
        with strictly(machine, unit):
            assert "uid=4321 gid=4322" in machine.shell(said)
    finally:
        machine.shell(
            f"rm -f {folder}/probe.conf {folder}/slurm-22.05.conf; systemctl reset-failed {unit} || true; systemctl daemon-reload"
        )


def show(machine: Machine, name: str) -> str:
    """A property of the service of the waiting socket."""
    return (
        machine.run("systemctl", "show", "--value", f"--property={name}", "slurmrest-inetd.service")
        .stdout.decode()
        .strip()
    )


@contextmanager
def strictly(machine: Machine, unit: str) -> Iterator[None]:
    """Have a system call that the unit forbids kill meanwhile: that a command goes on after EPERM is no proof that it did what it
    should.
    """
    folder = f"/etc/systemd/system/{unit}.d"
    machine.write(f"{folder}/kill.conf", "[Service]\nSystemCallErrorNumber=\n")
    machine.run("systemctl", "daemon-reload")
    yield
    killed = machine.run(
        "journalctl", "--no-pager", "--output=cat", "--grep=SIGSYS|status=31|ended by signal", check=False
    ).stdout
    assert killed == b""
    machine.shell(f"rm -r {folder}; systemctl stop 'slurmrest-inetd*.service'; systemctl daemon-reload")


def curl_as(machine: Machine, user: str, *words: str) -> bytes:
    """What curl prints for a user of the machine."""
    return machine.run("setpriv", "--reuid", user, "--regid", user, "--clear-groups", "curl", "-sS", *words).stdout


def check_local(machine: Machine) -> None:
    """On the UNIX socket without a token: root is nobody, the service's own user is served, by munge."""
    url = f"{UNIX[-1]}/slurm/{VERSION}/jobs/"
    assert machine.curl(*UNIX[:-1], url).status == 401
    assert b'"jobs": [' in curl_as(machine, "slurmrestd", *UNIX[:-1], url)


@pytest.mark.parametrize("mode", [(), ("--accept", "--inetd"), ("--accept",)], ids=" ".join)
def test_systemd_socket_activate(machine: Machine, cluster: Cluster, mode: tuple[str, ...]) -> None:
    with machine.started("systemd-socket-activate", "--listen=127.0.0.1:7820", *mode, PROGRAM, user="slurmrestd"):
        machine.wait_for_port(7820)
        check_core(ask_through(machine, cluster, "http://127.0.0.1:7820"))


# --- without a service manager, and xinetd -----------------------------------------------------------------------------------------


def test_a_pipe(machine: Machine, cluster: Cluster) -> None:
    check_core(cluster.http)


@pytest.mark.parametrize("entry", ["slurmrest-inetd", "slurmrest-inetd-wait"])
def test_xinetd(machine: Machine, cluster: Cluster, entry: str) -> None:
    enable = next(line for line in documented("install.md", "xinetd").splitlines() if line.startswith("sed "))
    with machine.service("xinetd"):
        machine.shell(enable.replace("slurmrest-inetd-wait", entry) + "; systemctl restart xinetd")
        machine.wait_for_port(6820)
        check_core(ask_through(machine, cluster, TCP))
        log = machine.run("journalctl", "--no-pager", "--output=cat", "--identifier=slurmrest-inetd").stdout
        assert b" alice POST " in log
    kept = machine.run(PROGRAM, "--install-units").stdout.decode()
    assert f"kept       /etc/xinetd.d/{entry} " in kept
    machine.run(PROGRAM, "--install-units", "--force")


# --- proxies -----------------------------------------------------------------------------------------------------------------------

NAME = "slurm.example.org"
HERE = ("--cacert", "/etc/slurmrest-inetd/tls/fullchain.pem")
NGINX = (*HERE, "--resolve", f"{NAME}:443:127.0.0.1", f"https://{NAME}")
SSO = (*HERE, "--resolve", f"{NAME}:8443:127.0.0.1", f"https://{NAME}:8443")
# What a site has as its single sign-on: here, a cookie that is a name.
SIGN_ON = """map $cookie_name $signed_on {
    default $cookie_name;
    unnamed "";
}
server {
    listen 127.0.0.1:4180;
    location = /oauth2/auth {
        if ($cookie_name = "") { return 401; }
        add_header X-Auth-Request-User $signed_on always;
        return 202;
    }
}
"""


def test_caddy(machine: Machine, cluster: Cluster) -> None:
    # As shipped, but with a certificate of Caddy's own authority: there is no other one here.
    machine.write("/etc/caddy/Caddyfile", "{\n\tlocal_certs\n\tskip_install_trust\n}\n")
    root = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
    with machine.service("slurmrest-inetd-wait.socket", "caddy"):
        machine.shell(documented("proxy.md", "Caddyfile"))
        machine.wait_until("Caddy's authority", lambda: not machine.run("test", "-s", root, check=False).returncode)
        check_core(ask_through(machine, cluster, "--cacert", root, *NGINX[2:]))
        old = machine.run(
            "curl", "-sS", "--tls-max", "1.2", "--cacert", root, *NGINX[2:-1], f"{NGINX[-1]}/", check=False
        )
        assert old.returncode == 35


@pytest.fixture(scope="module")
def nginx(machine: Machine, cluster: Cluster) -> Iterator[Machine]:
    """nginx with both shipped sites, in front of the workers that wait."""
    machine.shell(
        "mkdir -p /etc/slurmrest-inetd/tls; cd /etc/slurmrest-inetd/tls; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
        f" -nodes -days 1 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME} -keyout privkey.pem -out fullchain.pem 2>/dev/null"
    )
    machine.write("/etc/nginx/conf.d/sign-on.conf", SIGN_ON)
    with machine.service("slurmrest-inetd-wait.socket", "nginx"):
        machine.shell("".join(documented("proxy.md", "/nginx.conf").splitlines(keepends=True)[:2]))
        machine.shell(documented("proxy.md", "scontrol token username=slurm"))
        assert machine.shell("stat -c %U:%a /etc/slurmrest-inetd/proxy-token.conf") == "root:600\n"
        machine.shell(documented("proxy.md", "/nginx-sso.conf"))
        machine.wait_for_port(8443, "00000000")
        yield machine
    machine.run("systemctl", "stop", "slurmrest-inetd.service")


def test_nginx(nginx: Machine, cluster: Cluster) -> None:
    check_core(ask_through(nginx, cluster, *NGINX))


def test_nginx_speaks_tls_1_3_and_nothing_older(nginx: Machine) -> None:
    old = nginx.run("curl", "-sS", "--tls-max", "1.2", *NGINX[:-1], f"{NGINX[-1]}/", check=False)
    assert (old.returncode, old.stdout) == (35, b"")


def test_nginx_gives_no_client_what_it_keeps_for_another(nginx: Machine, cluster: Cluster) -> None:
    path = f"/slurm/{VERSION}/diag/"
    alice, bob = ({"user": name} for name in ("alice", "bob"))
    ask = ask_through(nginx, cluster, *NGINX)
    yaml = [("Accept", "application/yaml")]
    heard = [ask("GET", path, **who).get("x-cache-status") for who in (alice, alice, bob)]
    assert heard == ["MISS", "HIT", "MISS"]
    assert ask("GET", path, user=None).status == 401
    assert ask("GET", path, user="alice", headers=yaml).get("content-type") == "application/yaml"
    assert ask("GET", f"{path}?x=1", user="alice").get("x-cache-status") == "MISS"
    assert ask("GET", path, user="alice", headers=[("Cache-Control", "no-cache")]).get("x-cache-status") == "BYPASS"
    assert (
        ask("GET", path, user=None, headers=[("Authorization", f"Bearer {cluster.token('alice')}")]).get(
            "x-cache-status"
        )
        == "MISS"
    )
    kept = nginx.run(
        "sh", "-c", "df --output=fstype /run/slurmrest-inetd-cache; stat -c %a /run/slurmrest-inetd-cache"
    ).stdout.split()
    assert kept[1:] == [b"tmpfs", b"700"]


def test_single_sign_on(nginx: Machine, cluster: Cluster) -> None:
    def ask(name: str | None, path: str, *headers: tuple[str, str], **options: Any) -> Reply:
        cookie = [("Cookie", f"name={name}")] if name else []
        return nginx.curl(*SSO[:-1], f"{SSO[-1]}{path}", headers=[*cookie, *headers], **options)

    path = f"/slurm/{VERSION}/job/submit"
    submitted = ask("bob", path, method="POST", body={"script": "#!/bin/sh\ntrue\n", "job": JOB})
    assert submitted.status == 200, submitted
    (job,) = ask("bob", f"/slurm/{VERSION}/job/{submitted.json()['job_id']}").json()["jobs"]
    assert job["user_name"] == "bob"
    assert ask("carol", f"/slurm/{VERSION}/job/{job['job_id']}", method="DELETE").status in (403, 409, 422)
    assert ask("bob", f"/slurm/{VERSION}/job/{job['job_id']}", method="DELETE").status == 200
    # Nobody, nobody known, and those whom no sign-on makes; whatever they send along.
    forged = [("X-SLURM-USER-NAME", "slurm"), ("X-SLURM-USER-TOKEN", cluster.token("slurm"))]
    for name in (None, "unnamed", "slurm", "SLURM", "root", "no.such user", "0", "bob%0d%0aX: y"):
        for headers in ([], forged):
            reply = ask(name, f"/slurm/{VERSION}/ping/", *headers)
            assert reply.status in (401, 403), (name, reply)
            assert reply.json()["errors"]


def test_nginx_answers_too_many_requests(nginx: Machine, cluster: Cluster) -> None:
    options = (
        "-sS",
        "-Z",
        "--parallel-max",
        "120",
        "-o",
        "/tmp/limited.#1",
        "-w",
        "%{http_code}=%{filename_effective}\n",
    )
    credentials = ("-H", f"X-SLURM-USER-TOKEN: {cluster.token('alice')}")
    heard = nginx.run("curl", *options, *credentials, *NGINX[:-1], f"{NGINX[-1]}/slurm/{VERSION}/ping/?[1-120]")
    files = dict(line.split("=") for line in heard.stdout.decode().splitlines())
    assert {*files} == {"200", "429"}
    refused = json.loads(nginx.run("cat", files["429"]).stdout)
    assert refused["errors"][0]["error"] == "Too Many Requests"

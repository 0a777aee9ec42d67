"""Partwork on several machines, as deploy/ has it: its settings, its proxy, its commands."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.sinks import compiled, found
from partwork.orchestration.environment import clean_environment
from tests.conftest import wait_until
from tests.endure.namespaces import Machine
from tests.transport.conftest import make_certificate

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FIRST_IN_EXAMPLE = "10.0.0.1"
POSTGRES = Path("/usr/lib/postgresql")
PROGRAMS = ("redis-server", "caddy", "haproxy", "setpriv", "gcc")
SINK = "sink.example.org"
PROXIED, SERVERS = 4200, (4201, 4202)
TLS = """
defaults
    mode tcp
    timeout connect 5s
    timeout client 1m
    timeout server 1m
frontend tls
    bind {address}:465 ssl crt {certificate}
    default_backend sink
backend sink
    server sink 127.0.0.1:2525
"""


def why_not() -> str:
    """What is missing for it; empty: nothing."""
    missing = [program for program in PROGRAMS if found(program) is None]
    missing += [] if list(POSTGRES.glob("*/bin/initdb")) else ["postgresql"]
    # Looked for, not imported: with it Prefect would read its settings, and these are made later.
    missing += [] if find_spec("prefect_redis") else ["Python package prefect-redis"]
    return f"there is no {', no '.join(missing)}" if missing else ""


@dataclass
class Installation:
    """What runs on which machine; `home` is on storage that all of them share."""

    folder: Path
    home: Path
    core: Machine
    sink: Machine
    settings: dict[str, str] = field(default_factory=dict)
    parts: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    recorded: Path = Path()
    certificate: Path = Path()

    def settle(self, lanes: int) -> None:
        """Reads deploy/machines.env.example for these machines."""
        text = (DEPLOY / "machines.env.example").read_text()
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        here = [line.replace(FIRST_IN_EXAMPLE, self.core.address) for line in lines]
        given = dict(line.replace('"', "").split("=", 1) for line in here)
        given |= {
            "PARTWORK_HOME": str(self.home),
            "PARTWORK_LANES": str(lanes),
            "PARTWORK_SECRET": "for measuring alone",
            "PARTWORK_HASH_KEY": "for measuring alone",
            "PREFECT_LOCAL_STORAGE_PATH": str(self.home / ".partwork" / "results"),
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "PREFECT_LOGGING_COLORS": "false",
            "PUBLIC_HOST": f"http://{self.core.address}:8080",  # no certificate can be had here
            "DASHBOARD_HOST": f"http://{self.core.address}:8081",
            "NO_PROXY": "*",
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        }
        self.settings = given

    def environment(self, machine: Machine, **more: str) -> dict[str, str]:
        """What a process of ours gets on that machine."""
        own = self.folder / f"prefect of {machine.name}"
        own.mkdir(exist_ok=True)
        explicit = self.settings | {
            "PREFECT_HOME": str(own),
            "SSL_CERT_FILE": str(self.certificate),
        }
        return clean_environment(os.environ, **explicit | more)

    def start_sink(self) -> None:
        """A server that takes all, behind TLS, and notes for whom."""
        place = _made(self.folder / "sink")
        self.certificate = make_certificate(place, SINK).file
        whole = place / "whole.pem"
        whole.write_bytes(self.certificate.read_bytes() + (place / "key.pem").read_bytes())
        (place / "haproxy.cfg").write_text(TLS.format(address=self.sink.address, certificate=whole))
        self.recorded = place / "recipients"
        self.recorded.touch()
        program = [str(compiled(place)), "2525", "0", str(self.recorded)]
        self.sink.start(*program, environment=os.environ, folder=place)
        proxy = [found("haproxy") or "haproxy", "-f", str(place / "haproxy.cfg")]
        self.sink.start(*proxy, environment=os.environ, folder=place)

    def start_core(self) -> None:
        """PostgreSQL, Redis, both servers, their services and the proxy; and deploys."""
        self._make_cluster()
        self.start_postgres()
        self._make_databases()
        self.start_redis()
        self._run("server", "database", "upgrade", "--yes")
        self._prefect("services", "server", "services", "start")
        for port in SERVERS:  # Prefect's fall over each other on an empty database; units restart
            self.start_server(port)
            wait_until(lambda port=port: self._is_up(port), within_seconds=120, every_seconds=0.5)
        self.parts["proxy"] = self.core.start(
            *(found("caddy") or "caddy", "run", "--config", str(DEPLOY / "Caddyfile")),
            *("--adapter", "caddyfile"),
            environment=self.environment(self.core, HOME=str(self.folder)),
            folder=self.folder,
        )
        wait_until(self._is_up, within_seconds=120, every_seconds=0.5)
        self._run("work-pool", "create", "partwork", "--type", "process", "--overwrite")
        self._run("--no-prompt", "deploy", "--all", folder=self.home)
        self._run("automations", program="partwork", folder=self.home)

    def start_postgres(self) -> None:
        """As deploy/compose.yaml starts it."""
        options = re.findall(r"-c \S+", _compose_command("postgres"))
        self.parts["postgres"] = self.core.start(
            *_as_nobody(str(_programs() / "postgres"), "-D", str(self.folder / "cluster")),
            *("-h", self.core.address, "-k", ""),
            *(word for option in options for word in option.split()),
            environment=os.environ,
            folder=self.folder,
        )

    def start_redis(self) -> None:
        """With what it had written, if it ran before."""
        place = self.folder / "redis"
        place.mkdir(exist_ok=True)
        password = self.settings["PREFECT_REDIS_MESSAGING_PASSWORD"]
        self.parts["redis"] = self.core.start(
            *(found("redis-server") or "redis-server", "--bind", self.core.address),
            *("--requirepass", password, "--appendonly", "yes", "--dir", str(place)),
            environment=os.environ,
            folder=place,
        )

    def start_server(self, port: int) -> None:
        """One of the two."""
        where = ("--host", self.core.address, "--port", str(port))
        self._prefect(str(port), "server", "start", "--no-services", *where)

    def start_worker(self, machine: Machine, queue: str, **more: str) -> None:
        """A worker for that queue; for lanes it takes one at a time."""
        limit = ("--limit", "1") if queue == "lanes" else ()
        how = ("--pool", "partwork", "--type", "process", "--work-queue", queue, *limit)
        environment = self.environment(machine, **more)
        command = (sys.executable, "-m", "prefect", "worker", "start", *how)
        machine.start(*command, environment=environment, folder=self.folder)

    def kill(self, part: str) -> None:
        """Ends it without a word."""
        self.core.end(self.parts.pop(part))

    def _prefect(self, part: str, *words: str) -> None:
        command = (sys.executable, "-m", "prefect", *words)
        environment = self.environment(self.core)
        self.parts[part] = self.core.start(*command, environment=environment, folder=self.folder)

    def _run(self, *words: str, program: str = "prefect", folder: Path | None = None) -> None:
        done = subprocess.run(
            [sys.executable, "-m", program, *words],
            env=self.environment(self.core),
            cwd=folder or self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-3000:]

    def _make_cluster(self) -> None:
        place, secret = self.folder / "cluster", self.folder / "password"
        _made(place)
        secret.write_text(self.settings["POSTGRES_PASSWORD"])
        for path in (place, secret):
            shutil.chown(path, "nobody")
        how = ("-U", "partwork", "--auth=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8")
        program = str(_programs() / "initdb")
        command = _as_nobody(program, "-D", str(place), "--locale=C", *how)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with (place / "pg_hba.conf").open("a") as file:
            file.write("host all partwork 10.77.0.0/24 scram-sha-256\n")

    def _make_databases(self) -> None:
        url = self.settings["PARTWORK_DATABASE_URL"].rpartition("/")[0]
        wait_until(lambda: _answers(f"{url}/postgres"), within_seconds=60)
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE partwork")
            connection.execute((DEPLOY / "postgres" / "prefect.sql").read_text())

    def _is_up(self, port: int = PROXIED) -> bool:
        import httpx

        try:
            url = f"http://{self.core.address}:{port}/api/health"
            return httpx.get(url, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def _compose_command(service: str) -> str:
    import yaml

    services: Mapping[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    return str(services[service]["command"])


def _programs() -> Path:
    """Debian's PostgreSQL: Prefect wants the extension pg_trgm, which the tests' wheel lacks."""
    return max(POSTGRES.glob("*/bin"), key=lambda place: float(place.parent.name))


def _as_nobody(*command: str) -> list[str]:
    """PostgreSQL will not run as root."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder

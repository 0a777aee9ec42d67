"""What deploy/ has runs commands that are there, under settings that somebody reads."""

import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from partwork.cli.main import app
from partwork.settings import Settings

DEPLOY = Path(__file__).parents[1] / "deploy"
STEPS = DEPLOY.with_name("docs") / "operations.md"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OF_SERVERS = DEPLOY / "systemd" / "partwork-prefect-api@.service"
GIVEN = dict(
    line.replace('"', "").split("=", 1)
    for line in (DEPLOY / "machines.env.example").read_text().splitlines()
    if line and not line.startswith("#")
)
# What prefect-redis reads (its client.py, RedisMessagingSettings); it is not installed for tests.
OF_REDIS = {f"PREFECT_REDIS_MESSAGING_{name}" for name in ("HOST", "PORT", "PASSWORD")}
# By its other name in Prefect's own list.
OLDER = {"PREFECT_LOCAL_STORAGE_PATH": "PREFECT_RESULTS_LOCAL_STORAGE_PATH"}
OF_OTHERS = {"DO_NOT_TRACK", "POSTGRES_PASSWORD"}
PUBLIC = {"80:80", "443:443"}
OF_PROXY = {
    "PUBLIC_HOST",
    "DASHBOARD_HOST",
    "PRIVATE_ADDRESS",
    "PRIVATE_LISTEN",
    "DASHBOARD_SERVERS",
    "PUBLIC_SERVERS",
}


def commands_of(unit: Path) -> list[str]:
    """What it starts, without the folder that programs are in."""
    lines = re.findall(r"^ExecStart(?:Pre)?=(.*)$", unit.read_text(), re.MULTILINE)
    return [line.removeprefix("/opt/partwork/bin/") for line in lines]


def in_containers() -> list[str]:
    """What the services of ours start; a shell's words one by one."""
    ours = [s["command"] for s in SERVICES.values() if s["image"] == "partwork"]
    for line in ours:
        if line.startswith("sh -c "):
            ours += [part.strip() for part in shlex.split(line)[2].split("&&")]
    return [line for line in ours if not line.startswith("sh -c ")]


ALL = sorted({*in_containers(), *(line for unit in UNITS for line in commands_of(unit))})


OF_OURS = [line for line in ALL if line.startswith("partwork ")]
OF_PREFECT = [line for line in ALL if line.startswith("prefect ")]
PARSE = """
import json, sys
from prefect.cli._app import _app
from prefect.settings import Settings
for words in json.loads(sys.argv[1]):
    _app.parse_args(words, exit_on_error=False, print_error=False)
print(json.dumps(sorted(Settings().to_environment_variables())))
"""


def test_every_service_and_unit_starts_something_of_ours_or_of_prefects():
    assert sorted([*OF_OURS, *OF_PREFECT]) == ALL
    assert len(OF_OURS) >= 3
    assert len(OF_PREFECT) >= 7


@pytest.mark.parametrize("line", OF_OURS)
def test_every_command_of_ours_is_there_with_its_options(line: str):
    _, name, *words = line.split()

    assert name in {*app, "up"}
    if name != "up":
        given = [word for word in words if word.startswith("-")]
        known = {n for one in app[name].assemble_argument_collection() for n in one.names}
        assert set(given) <= known


def test_prefect_understands_its_commands_and_settings(tmp_path: Path):
    replaced = {"%i": "4201", "${PRIVATE_ADDRESS}": "127.0.0.1", "--no-prompt ": ""}
    lines = list(OF_PREFECT)
    for word, by in replaced.items():
        lines = [line.replace(word, by) for line in lines]
    given = {name: value for name, value in GIVEN.items() if name.startswith("PREFECT_")}
    given["PREFECT_LOCAL_STORAGE_PATH"] = str(tmp_path)
    given |= dict(re.findall(r"^Environment=(PREFECT_\w+)=(.*)$", OF_SERVERS.read_text(), re.M))
    done = subprocess.run(
        [sys.executable, "-c", PARSE, json.dumps([shlex.split(line)[1:] for line in lines])],
        env=given | {"PREFECT_HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    known = {canonical(name) for name in json.loads(done.stdout)}
    assert {name for name in given if canonical(name) not in known} == OF_REDIS


def canonical(name: str) -> str:
    """Some settings are told under an older name of theirs."""
    return OLDER.get(name, name)


def test_a_shell_reads_the_example_as_systemd_and_docker_do():
    done = subprocess.run(
        ["sh", "-euc", f". {shlex.quote(str(DEPLOY / 'machines.env.example'))}; set"],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    said = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert {name: said[name].strip("'") for name in GIVEN} == GIVEN


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_every_variable_is_somebodys(name: str):
    ours = {f"PARTWORK_{field.upper()}" for field in Settings.model_fields}
    is_prefects = name.startswith("PREFECT_")  # see above

    # A name of ours that no setting has would be refused at the start.
    assert is_prefects or name in ours | OF_PROXY | OF_OTHERS


def test_every_variable_that_is_asked_for_is_given():
    files = [DEPLOY / "compose.yaml", DEPLOY / "Caddyfile", *UNITS]
    asked = {
        name
        for file in files
        for name in re.findall(r"\{\$([A-Z_]+)\}|\$\{([A-Z_]+)", file.read_text())
        for name in filter(None, name)
    }

    assert asked >= OF_PROXY
    assert asked <= set(GIVEN)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_has_what_it_names(name: str):
    service = SERVICES[name]

    assert set(service) <= UNDERSTOOD
    assert {"first", "further"} >= set(service["profiles"]) > set()
    for other in service.get("depends_on", ()):
        assert set(SERVICES[other]["profiles"]) >= set(service["profiles"])
    for volume in service.get("volumes", ()):
        source = volume.split(":/")[0].split(":?")[0]
        known = source in COMPOSE["volumes"] or source.startswith("${PARTWORK_HOME")
        assert known or (DEPLOY / source).is_file()
    for port in map(str, service.get("ports", ())):
        assert port.startswith("${PRIVATE_ADDRESS") or (
            name == "proxy" and port in {"80:80", "443:443"}
        )


def test_only_the_proxy_can_be_reached_from_outside():
    open_to_all = [n for n, s in SERVICES.items() if PUBLIC & set(s.get("ports", ()))]

    assert open_to_all == ["proxy"]


def test_the_proxy_leads_to_both_of_each():
    given = SERVICES["proxy"]["environment"]

    assert set(given) == OF_PROXY
    leads = [given["DASHBOARD_SERVERS"], given["PUBLIC_SERVERS"]]
    hosts = [target.split(":")[0] for targets in leads for target in targets.split()]
    assert hosts == ["prefect-api-1", "prefect-api-2", "web-1", "web-2"]
    assert set(hosts) <= set(SERVICES)


def test_the_example_has_one_password_for_each_server():
    assert GIVEN["POSTGRES_PASSWORD"] in GIVEN["PARTWORK_DATABASE_URL"]
    assert GIVEN["POSTGRES_PASSWORD"] in GIVEN["PREFECT_SERVER_DATABASE_CONNECTION_URL"]
    assert GIVEN["PREFECT_REDIS_MESSAGING_PASSWORD"] in GIVEN["PREFECT_SERVER_DOCKET_URL"]
    assert GIVEN["PREFECT_API_AUTH_STRING"] == GIVEN["PREFECT_SERVER_API_AUTH_STRING"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_restarted_and_runs_as_a_user_of_its_own(unit: Path):
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(unit)

    assert parsed["Service"]["Restart"] == "always"
    assert parsed["Service"]["User"] == "partwork"
    assert parsed["Install"]["WantedBy"] == "multi-user.target"


def test_the_dashboards_files_lie_where_its_user_may_write():
    """Where Prefect is installed is root's: a server that makes them there has no dashboard."""
    place = r"PREFECT_SERVER_UI_STATIC_DIRECTORY=(\S+)"
    unit, image = OF_SERVERS.read_text(), (DEPLOY / "Dockerfile").read_text()
    [state] = re.findall(r"^StateDirectory=(.+)$", unit, re.M)

    assert re.findall(place, unit) == [f"/var/lib/{state}/ui"]
    assert re.findall(place, image) == ["/home/partwork/ui"]
    assert "--create-home partwork" in image


def test_what_is_deployed_is_this_versions_and_comes_with_the_automations():
    line = SERVICES["deploy"]["command"]
    parts = [part.strip() for part in shlex.split(line)[2].split("&&")]

    assert [part.split()[:2] for part in parts] == [
        ["partwork", "renew"],
        ["prefect", "work-pool"],
        ["prefect", "--no-prompt"],
        ["partwork", "automations"],
    ]
    assert f"`as-partwork {line}`" in STEPS.read_text()  # who has no Docker does the same


def test_a_command_by_hand_runs_as_the_units_do():
    script = (DEPLOY / "as-partwork").read_text()
    done = subprocess.run(["sh", "-n"], input=script, text=True, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    for unit in filter(lambda unit: unit.name != "partwork.service", UNITS):
        said = dict(re.findall(r"^(?:Environment=)?([A-Za-z_]+)=(.*)$", unit.read_text(), re.M))
        assert f"runuser --user {said['User']} --" in script
        assert f"done <{said['EnvironmentFile']}\n" in script
        assert f"PREFECT_HOME={said['PREFECT_HOME']}\n" in script
        assert f"PATH={said['PATH'].split(':')[0]}:$PATH\n" in script
    alone = (DEPLOY / "systemd" / "partwork.service").read_text()
    assert f"Environment={re.search('PARTWORK_HOME=.*', script).group()}\n" in alone


def test_what_stands_in_the_settings_is_no_command(tmp_path: Path):
    """Root reads them, and systemd takes what stands there as it is."""
    file = tmp_path / "machines.env"
    lines = ["# a note", "", "PLAIN=a$b`id`", 'QUOTED="two  words"', "SINGLE='$HOME'", "id"]
    file.write_text("\n".join([*lines, "EQUALS=a=b", "END=$(id)"]))
    script = (DEPLOY / "as-partwork").read_text().replace("/etc/partwork/machines.env", str(file))
    script = re.sub(r"^exec .*", "exec env", script, flags=re.MULTILINE)
    done = subprocess.run(["sh"], input=script, text=True, capture_output=True, check=True)

    said = dict(line.split("=", 1) for line in done.stdout.splitlines())
    expected = {"PLAIN": "a$b`id`", "QUOTED": "two  words", "SINGLE": "$HOME", "EQUALS": "a=b"}
    assert {name: said.get(name) for name in [*expected, "END"]} == expected | {"END": "$(id)"}
    assert done.stderr == ""


@pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not installed")
def test_the_proxy_takes_its_file(tmp_path: Path):
    done = subprocess.run(
        ["caddy", "adapt", "--validate", "--config", str(DEPLOY / "Caddyfile")],
        env=GIVEN | {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"dial"') == 6
    listens = [
        server["listen"] for server in json.loads(done.stdout)["apps"]["http"]["servers"].values()
    ]
    assert sorted(listens) == [["10.0.0.1:4200"], [":443"]]


def test_no_program_of_others_is_told_our_passwords():
    assert {s["image"] for s in SERVICES.values() if "env_file" in s} == {"partwork"}


# What of the Compose specification is used here; a slip in a key would be no error to Docker.
UNDERSTOOD = {
    *("image", "build", "command", "depends_on", "env_file", "environment", "healthcheck", "init"),
    *("ports", "profiles", "restart", "shm_size", "stop_grace_period", "stop_signal", "volumes"),
    "working_dir",
}

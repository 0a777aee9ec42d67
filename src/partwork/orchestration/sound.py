"""Which deployments of a home can be made: run as a program, in the home, when not all can.

    python -m partwork.orchestration.sound FILE

writes FILE, a prefect.yaml with those alone whose flow can be loaded, and says of each other one,
a line each, its flow's place and what is wrong with it.
"""

import sys
from pathlib import Path

import yaml
from prefect.flows import load_flow_from_entrypoint

GIST_CHARACTERS = 200
NOTHING_IS_LEFT = 1


def main() -> None:
    """Ends with status 1 where prefect.yaml cannot be read, or no deployment of it be made."""
    try:
        written = yaml.safe_load(Path("prefect.yaml").read_text())
        deployments = list(written["deployments"])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError) as error:
        sys.exit(f"prefect.yaml cannot be read: {_gist(error)}")
    good = [deployment for deployment in deployments if _is_sound(deployment)]
    Path(sys.argv[1]).write_text(yaml.safe_dump({**written, "deployments": good}))
    sys.exit(0 if good else NOTHING_IS_LEFT)


def _is_sound(deployment: object) -> bool:
    place = deployment.get("entrypoint") if isinstance(deployment, dict) else deployment
    try:
        load_flow_from_entrypoint(str(place))
    except Exception as error:  # noqa: BLE001 a flow is anybody's program
        print(f"{place}: {_gist(error)}", flush=True)  # noqa: T201 it is a program
        return False
    return True


def _gist(error: Exception) -> str:
    cause = error.__cause__ or error
    words = " ".join(str(cause).split()) or type(cause).__name__
    return words[:GIST_CHARACTERS]


if __name__ == "__main__":
    main()

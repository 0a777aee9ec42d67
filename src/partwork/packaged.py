"""What travels with the package beside its modules."""

from importlib import resources
from pathlib import Path


def packaged_home() -> Path:
    """The home that travels with the package: templates, flows, sample content, prefect.yaml.

    In the wheel it is `partwork/_home`; in a checkout the repository's root.
    """
    installed = Path(str(resources.files("partwork"))) / "_home"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[2]

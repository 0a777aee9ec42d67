import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

FLOWS = Path(__file__).resolve().parents[2] / "flows"


@pytest.fixture(scope="session")
def flow_file() -> Callable[[str], ModuleType]:
    """Loads a file of flows/ as Prefect does: by its path, for it is in no package."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"flow_file_{name}", FLOWS / f"{name}.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    return load

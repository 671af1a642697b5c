"""Python: pip, Poetry, Pipenv, uv, PDM (Python Packaging User Guide)."""

from . import Ecosystem, Item, items_of, outputs

_BUILD = r"python[\d.]* build|(?:uv|poetry|hatch|pdm) build"
_VIRTUALENV = r"uv (?:sync|venv).*|python[\d.]* venv.*|virtualenv.*|(?:poetry|pipenv|pdm) (?:install|sync).*"

ECOSYSTEM = Ecosystem(
    "Python",
    ("pyproject.toml", "setup.py", "setup.cfg", "requirements*.txt", "Pipfile", "*.py"),
    (
        *items_of("cache", "__pycache__", ".coverage", ".hypothesis", ".ipynb_checkpoints", ".mypy_cache", ".nox"),
        *items_of("cache", ".pytest_cache", ".ruff_cache", ".tox", "htmlcov"),
        Item(".venv", "environment", _VIRTUALENV),
        Item("venv", "environment", _VIRTUALENV, holds="pyvenv.cfg"),
        *outputs(_BUILD, ("pyproject.toml", "setup.py"), "dist"),
    ),
    manifests=(
        r"[\w.-]*requirements[\w.-]*\.(?:txt|in|pip)",
        r"Pipfile(?:\.lock)?",
        r"p(?:yproject|oetry|dm)\.(?:toml|lock)",
        r"uv\.lock",
    ),
)

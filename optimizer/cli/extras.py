"""Packages that only some commands need, and that not everybody has installed."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from .runner import UsageError


def need(module: str, extra: str, what: str) -> ModuleType:
    """The module called `module`, which comes with ``dfopt[extra]``.

    Raises `UsageError`, which says that `what` needs it and how to install it, where it is missing.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.split(".", 1)[0]:
            raise
        raise UsageError(f"{what} needs {error.name}: pip install 'dfopt[{extra}]'") from error

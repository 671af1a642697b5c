"""dfopt's engine. ``optimize`` is the way in; everything else is imported when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .engine import Result, Settings, optimize
    from .scanner import DockerfileError

__version__ = "0.1.0"
__all__ = ["DockerfileError", "Result", "Settings", "__version__", "optimize"]


def __getattr__(name: str) -> object:
    if name == "DockerfileError":
        from .scanner import DockerfileError

        return DockerfileError
    if name in ("Result", "Settings", "optimize"):
        from . import engine

        return getattr(engine, name)
    raise AttributeError(name)

"""dfopt's engine. ``optimize`` is the way in; everything else is imported when it is needed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .dockerfile.scanner import DockerfileError
    from .rules.engine import Result, Settings, optimize

__version__ = "0.1.0"
__all__ = ["DockerfileError", "Result", "Settings", "__version__", "optimize"]


def __getattr__(name: str) -> object:
    if name == "DockerfileError":
        from .dockerfile.scanner import DockerfileError

        return DockerfileError
    if name in ("Result", "Settings", "optimize"):
        from .rules import engine

        return getattr(engine, name)
    raise AttributeError(name)

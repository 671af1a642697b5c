"""Configuration: ``[tool.dfopt]`` in pyproject.toml or a ``.dfopt.toml``, the nearest upward from a file."""

from __future__ import annotations

import os
from collections.abc import Iterable

from ..dockerfile.record import Record, cast
from ..dockerfile.source import BOM
from ..facts.files import read_file
from ..knowledge.assumptions import ASSUMPTIONS
from .engine import Settings
from .finding import Problem
from .registry import ALL, BY_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ConfigError(Exception):
    """A configuration that cannot be used; the text is ``PATH:LINE: what is wrong``."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        self.problem = Problem(path, line, reason)
        super().__init__(self.problem.text)


class Config(Record):
    """The settings of a configuration file; `directory` is what its patterns are relative to."""

    directory: str = ""
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    per_file_ignores: tuple[tuple[str, frozenset[str]], ...] = ()
    unsafe: bool = False
    builder: str = "buildkit"
    all_stages: bool = False
    extend_select: frozenset[str] = frozenset()
    prefer: frozenset[str] = frozenset()
    assume: frozenset[str] = frozenset(ASSUMPTIONS)

    def settings(self, path: str) -> Settings:
        """The engine's settings for the file at `path`."""
        ignore = self.ignore
        if self.per_file_ignores:
            from fnmatch import fnmatch

            relative = os.path.relpath(os.path.abspath(path), self.directory).replace(os.sep, "/")
            for pattern, rules in self.per_file_ignores:
                if fnmatch(relative, pattern) or fnmatch(os.path.basename(relative), pattern):
                    ignore |= rules
        preferred = frozenset(rule for name in self.prefer for rule in PREFERENCES[name])
        extend = self.extend_select | preferred
        return Settings(
            self.select, ignore, self.unsafe, self.builder, self.all_stages, extend=extend, assume=self.assume
        )


#: What can be preferred, and the rules that do it.
PREFERENCES = {"cache-mounts": ("index-not-mounted", "cache-not-mounted")}
_NAMES = (".dfopt.toml", "pyproject.toml")
_cache: dict[str, Config] = {}


def forget() -> None:
    """Read every configuration file again: for who lives so long that it may have changed."""
    _cache.clear()


def find_config(path: str) -> Config:
    """The configuration for the file at `path`. Raises `ConfigError`."""
    return _find(os.path.dirname(os.path.abspath(path)))


def named_config(path: str) -> Config:
    """The configuration in the file at `path`, read once. Raises `ConfigError`."""
    found = _cache.get(path)
    if found is None:
        found = _cache[path] = read_config(path) or Config()
    return found


def _find(directory: str) -> Config:
    found = _cache.get(directory)
    if found is None:
        found = None
        for name in _NAMES:
            path = os.path.join(directory, name)
            if os.path.isfile(path) and (found := read_config(path, needed=name == ".dfopt.toml")):
                break
        if found is None:
            parent = os.path.dirname(directory)
            found = Config() if parent == directory else _find(parent)
        _cache[directory] = found
    return found


def read_config(path: str, *, needed: bool = True) -> Config | None:
    """The configuration in the file at `path`; None where a pyproject.toml has no ``[tool.dfopt]`` and none is needed.

    Raises `ConfigError`.
    """
    try:
        data = read_file(path)
    except OSError as error:
        raise ConfigError(path, 0, error.strerror or str(error)) from error
    if not needed and b"dfopt" not in data:
        return None
    table = _parsed(path, data)
    if os.path.basename(path) == "pyproject.toml":
        tools = table.get("tool")
        if not isinstance(tools, dict) or "dfopt" not in tools:
            return None
        ours = cast("dict[str, object]", tools)["dfopt"]
        reader = _Reader(path, data, section="tool.dfopt")
        return reader.config(reader.table("dfopt", ours, "tool.dfopt must be a table"))
    return _Reader(path, data).config(table)


def _parsed(path: str, data: bytes) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(data.removeprefix(BOM).decode("utf-8"))
    except UnicodeDecodeError as error:
        line = error.object.count(10, 0, error.start) + 1
        raise ConfigError(path, line, "not UTF-8") from error
    except RecursionError as error:
        raise ConfigError(path, 1, "nested too deeply") from error
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).rpartition(" (at ")
        line = place.removeprefix("line ").partition(",")[0]
        raise ConfigError(path, int(line) if line.isdigit() else data.count(10) + 1, reason) from error
    except ValueError as error:  # a number with more digits than Python reads
        raise ConfigError(path, 1, str(error)) from error


class _Reader:
    def __init__(self, path: str, data: bytes, section: str = "") -> None:
        self.path = path
        self.section = section
        self.lines = data.decode("utf-8").split("\n")

    def fail(self, word: str, reason: str) -> ConfigError:
        """The error for `word`, at the first line that says it outside a comment, in our section if any."""
        import re

        said = re.compile(rf"[^#]*?(?<![\w-]){re.escape(word)}(?![\w-])")
        ours = not self.section
        line = 0
        for number, text in enumerate(self.lines, 1):
            if self.section and text.lstrip().startswith("[") and "=" not in text:
                ours = self.section in text.replace(" ", "").replace('"', "")
            if said.match(text):
                line = line or number  # elsewhere, as in ``[tool]`` and below it ``dfopt.select = …``
                if ours:
                    line = number
                    break
        return ConfigError(self.path, line or 1, reason)

    def config(self, table: dict[str, object]) -> Config:
        values: dict[str, Any] = {"directory": os.path.dirname(os.path.abspath(self.path))}
        for key, value in table.items():
            if key in ("select", "ignore", "extend-select"):
                found = self.rules(key, value, others=(ALL,) if key == "select" else ())
            elif key == "prefer":
                wanted = f"prefer must be a list of: {', '.join(PREFERENCES)}"
                found = frozenset(self.names(key, value, wanted))
                if not found <= PREFERENCES.keys():
                    raise self.fail(key, wanted)
            elif key == "per-file-ignores":
                patterns = self.table(key, value, f"{key} must be a table from patterns to lists of rule names")
                found = tuple((pattern, self.rules(pattern, rules)) for pattern, rules in patterns.items())
            elif key in ("unsafe", "all-stages"):
                if not isinstance(value, bool):
                    raise self.fail(key, f"{key} must be true or false")
                found = value
            elif key == "builder":
                if value not in ("buildkit", "classic"):
                    raise self.fail(key, "builder must be buildkit or classic")
                found = value
            elif key == "assume":
                found = assumed(value if isinstance(value, str) else self.names(key, value, _ASSUME))
                if found is None:
                    raise self.fail(key, _ASSUME)
            else:
                raise self.fail(key, f"unknown key {key!r}{similar(key, _KEYS)}")
            values[key.replace("-", "_")] = found
        return Config(**values)

    def table(self, key: str, value: object, wanted: str) -> dict[str, object]:
        if not isinstance(value, dict):
            raise self.fail(key, wanted)
        return cast("dict[str, object]", value)

    def rules(self, key: str, value: object, others: tuple[str, ...] = ()) -> frozenset[str]:
        names = self.names(key, value, f"{key if key in _KEYS else repr(key)} must be a list of rule names")
        for name in names:
            if name not in BY_NAME and name not in others:
                raise self.fail(name or key, f"unknown rule {name!r}{similar(name, tuple(BY_NAME))}")
        return frozenset(names)

    def names(self, key: str, value: object, wanted: str) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in cast("list[object]", value)):
            raise self.fail(key, wanted)
        return cast("list[str]", value)


_KEYS = ("select", "extend-select", "ignore", "per-file-ignores", "unsafe", "builder", "all-stages", "prefer", "assume")
_ASSUME = f"assume must be all, none, or a list of: {', '.join(ASSUMPTIONS)}"


def assumed(value: str | Iterable[str]) -> frozenset[str] | None:
    """What ``all``, ``none`` or names of assumptions stand for; None where a name is unknown."""
    names = frozenset((value,) if isinstance(value, str) else value)
    if len(names) == 1 and names <= {"all", "none"}:
        return frozenset(ASSUMPTIONS if "all" in names else ())
    return names if names <= ASSUMPTIONS.keys() else None


def similar(name: str, names: tuple[str, ...]) -> str:
    """``; did you mean …?`` where one of `names` is close to `name`, else nothing."""
    from difflib import get_close_matches

    close = get_close_matches(name, names, 1)
    return f"; did you mean {close[0]!r}?" if close else ""

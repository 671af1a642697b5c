"""The command line. ``main`` is the entry point of the ``dfopt`` command."""

from __future__ import annotations

import sys
from collections.abc import Callable

from .options import Options, ReviewOptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main() -> None:
    """Run the command line and exit: 0 done, 1 something found (where asked for), 2 an error, 130 interrupted."""
    import gc
    import os
    from contextlib import suppress

    # A short life makes little garbage: looking for it, and taking the interpreter down in good order, would cost a
    # start as much as reading the Dockerfile does.
    gc.set_threshold(500_000)
    _open_streams()
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = 130
        with suppress(OSError):
            sys.stdout.flush()
    except BrokenPipeError:  # whoever read our output has enough
        code = 141
    except OSError as error:
        code = 2
        with suppress(OSError):
            print(f"dfopt: standard output: {error.strerror or error}", file=sys.stderr)
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


def _open_streams() -> None:
    """Make every standard stream usable: one that the caller closed is None, one in ASCII cannot say every name."""
    import io

    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            from os import devnull

            setattr(sys, name, open(devnull, mode, encoding="utf-8"))  # noqa: SIM115
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    plain = plain_options(arguments)
    if plain is not None:
        return _COMMANDS[arguments[0]](*plain)
    from .app import app

    # click only reads the arguments; the command runs outside of it, where its errors are those of the short way.
    command: Callable[[], int] | int = app.main(arguments or ["--help"], prog_name="dfopt", standalone_mode=False)
    return command if isinstance(command, int) else command()


#: What is read without click, as it reads them: the options that stand alone, and those with a value behind them.
_FLAGS = {
    "fix": ("--write", "--exit-code", "--isolated", "--quiet"),
    "check": ("--isolated", "--quiet"),
    "review": ("--post", "--exit-code", "--isolated", "--quiet"),
}
_VALUES = {"fix": (), "check": (), "review": ("--base", "--head", "--format")}


def plain_options(arguments: list[str]) -> tuple[Any, ...] | None:
    """What a command line with nothing but paths and the options above asks of its command, else None.

    The most frequent calls, and the ones that editors and commit hooks wait for, do without click: importing it
    takes longer than all the rest.
    """
    if not arguments or arguments[0] not in _FLAGS:
        return None
    command, *words = arguments
    given: dict[str, Any] = {}
    paths: list[str] = []
    rest = iter(words)
    for word in rest:
        if word in _FLAGS[command]:
            value: str | bool = True
        elif word in _VALUES[command]:
            value = next(rest, "-")
            if value.startswith("-"):
                return None
        elif word.startswith("-") and word != "-":
            return None
        else:
            paths.append(word)
            continue
        given[word[2:].replace("-", "_")] = value
    if command != "review":
        return (Options(tuple(paths), **given),)
    from ..report.formats import REVIEW

    if given.get("format", "text") not in REVIEW:
        return None
    asked = ReviewOptions(**{name: given.pop(name) for name in ReviewOptions._fields if name in given})
    return Options(tuple(paths), **given), asked


def _fix(options: Options) -> int:
    from .fix import fix

    return fix(options)


def _check(options: Options) -> int:
    from .check import check

    return check(options)


def _review(options: Options, asked: ReviewOptions) -> int:
    from .review import review

    return review(options, asked)


_COMMANDS: dict[str, Callable[..., int]] = {"fix": _fix, "check": _check, "review": _review}

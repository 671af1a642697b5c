"""The command line. ``main`` is the entry point of the ``dfopt`` command."""

from __future__ import annotations

import sys
from collections.abc import Callable

from .options import Options


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
        return (_fix if arguments[0] == "fix" else _check)(plain)
    from .app import app

    # click only reads the arguments; the command runs outside of it, where its errors are those of the short way.
    command: Callable[[], int] | int = app.main(arguments or ["--help"], prog_name="dfopt", standalone_mode=False)
    return command if isinstance(command, int) else command()


def plain_options(arguments: list[str]) -> Options | None:
    """The options of ``fix`` or ``check`` with nothing but paths and ``--write``, else None.

    The most frequent calls, and the ones that editors and commit hooks wait for, do without click: importing it
    takes longer than all the rest.
    """
    if not arguments or arguments[0] not in ("fix", "check"):
        return None
    paths = tuple(argument for argument in arguments[1:] if argument != "--write")
    write = len(paths) < len(arguments) - 1
    if any(path.startswith("-") and path != "-" for path in paths) or (write and arguments[0] == "check"):
        return None
    return Options(paths=paths, write=write)


def _fix(options: Options) -> int:
    from .fix import fix

    return fix(options)


def _check(options: Options) -> int:
    from .check import check

    return check(options)

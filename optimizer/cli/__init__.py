"""The command line. ``main`` is the entry point of the ``dfopt`` command."""

from __future__ import annotations

import sys

from .options import Options


def main() -> None:
    """Run the command line and exit: 0 done, 1 something found (where asked for), 2 an error, 130 interrupted."""
    try:
        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has enough; the interpreter must not complain when it flushes at exit.
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(141)


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    plain = plain_options(arguments)
    if plain is not None:
        return (_fix if arguments[0] == "fix" else _check)(plain)
    from .app import app

    return app.main(arguments, prog_name="dfopt", standalone_mode=False) or 0


def plain_options(arguments: list[str]) -> Options | None:
    """The options of ``fix`` or ``check`` with nothing but paths and ``--write``, else None.

    The most frequent calls, and the ones that editors and commit hooks wait for, do without click: importing it
    takes longer than all the rest.
    """
    if not arguments or arguments[0] not in ("fix", "check"):
        return None
    paths = tuple(argument for argument in arguments[1:] if argument != "--write")
    write = len(paths) < len(arguments) - 1
    if any(path.startswith("-") for path in paths) or (write and arguments[0] == "check"):
        return None
    return Options(paths=paths, write=write)


def _fix(options: Options) -> int:
    from .fix import fix

    return fix(options)


def _check(options: Options) -> int:
    from .check import check

    return check(options)

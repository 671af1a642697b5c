"""What a command runs that stands in files of the image: scripts, Makefiles, package.json and their like.

One module a format turns its files into shell texts and programs. Who asks hands over a function that opens files,
reads the shell texts, and asks again for the commands in them. What is answered may be more than what runs, and is
never less, unless `Behind.unread` says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from ...dockerfile.commands import Command
from .base import Behind, Code, Open, Recipe, Shell, place, spelled

#: The module for each program's name; a number behind a name is that of a version.
_READERS: dict[str, str] = {
    name: module
    for module, names in (
        ("shell", "sh bash dash ash ksh zsh busybox . source eval run-parts"),
        ("make", "make gmake"),
        ("package_json", "npm yarn yarnpkg pnpm bun run-s run-p npm-run-all npm-run-all2"),
        ("composer", "composer composer.phar"),
        ("just", "just"),
        ("taskfile", "task go-task"),
        ("tox", "tox"),
        ("tasks", "inv invoke fab rake bundle bundler poetry uv pipenv pdm rye hatch npx bunx dotenv"),
        (
            "interpreters",
            "python pypy pip node nodejs deno ruby perl php awk gawk mawk nawk sed gsed",
        ),
    )
    for name in names.split()
}
_SYSTEM = ("/bin/", "/sbin/", "/usr/")
#: Variables that make a program read more than its words say.
_STEERING = (
    b"MAKEFILES=", b"MAKEFLAGS=", b"GNUMAKEFLAGS=", b"BASH_ENV=", b"ENV=", b"NODE_OPTIONS=", b"PERL5OPT=", b"RUBYOPT=",
    b"PYTHONSTARTUP=", b"COMPOSER=",
)  # fmt: skip


def behind(
    command: Command,
    directory: str | None,
    opener: Open,
    environment: Mapping[str, str] | None = None,
) -> Behind | None:
    """What `command` runs, started in `directory`; None where it is no program that starts what stands in files.

    `environment` holds what is known of variables that are set.
    """
    if not command.argv:
        return None
    module = _READERS.get(command.name) or _READERS.get(command.name.rstrip("0123456789."))
    wrappers = [spelled(word) for word in command.wrappers]
    if {"-C", "-D", "-i", "--login", "--chdir"}.intersection(wrappers) or any("--chdir=" in one for one in wrappers):
        directory = None
    recipe = Recipe(opener, directory)
    # A file that is shown tells more than its name; one of the system's that is not shown is what it is called.
    named = module or "/" not in command.program or command.program.startswith(_SYSTEM)
    if not named or ("/" in command.program and recipe.read(place(command.program, directory)) is not None):
        module = "shell"
    if module is None:
        return None
    given = [*command.assignments, *(word.raw for word in command.wrappers)]
    for one in given:
        if one.startswith(_STEERING):
            recipe.doubt(f"{one.partition(b'=')[0].decode('utf-8', 'replace')} changes what `{command.name}` reads")
    known = dict(environment or {})
    for one in given:
        name, equals, value = one.partition(b"=")
        if equals:
            known[name.decode("utf-8", "replace")] = value.decode("utf-8", "replace").strip("\"'")
    try:
        if not import_module(f".{module}", __name__).read(command, recipe, known):
            return None
    except RecursionError:
        recipe.doubt(f"what `{command.name}` runs is nested too deep")
    return recipe.found


def __getattr__(name: str) -> object:
    if name in ("literals", "shells_in"):
        return getattr(import_module(".literals", __name__), name)
    raise AttributeError(name)


__all__ = ["Behind", "Code", "Open", "Shell", "behind"]

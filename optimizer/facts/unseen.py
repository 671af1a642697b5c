"""Which commands run code that is not shown, and may install packages of the distribution."""

from __future__ import annotations

import re

from ..dockerfile.shell import Command, Word, read_text
from ..knowledge.commands import COMMANDS
from ..knowledge.programs import BUILD_SCRIPTS, BUILDERS, NO_INSTALLERS, PROVISIONERS
from ..knowledge.tools import Tool
from ..knowledge.uses import use_of

UNKNOWN_TEXT = rb"\.sh\b|\bbash\b|\bsh\b|ansible|\./|/install|/setup|\$\(curl|\$\(wget"
_SHELLS = frozenset(("sh", "bash", "dash", "ash", "zsh", "su", "gosu", "runuser", "eval", "chroot", "source", "."))
_INTERPRETER = r"python[\d.]*|perl|ruby|node|php|make|rake|just"
# Installers on the web that bring no package of the distribution, or refresh the index before they do.
_SELF_SUFFICIENT = (
    rb"sh\.rustup\.rs|get\.docker\.com|yarnpkg\.com/install\.sh|get\.sdkman\.io|/nvm/|install\.meteor\.com"
    rb"|astral\.sh|bun\.sh|(?i:(?:ana|mini)conda\d?-|mini(?:forge|conda)|mambaforge)[\w.$(){}-]*\.sh"
    rb"|getcomposer\.org/installer"
)
_INSTALLER_NAME = r"(?:^|[-_.])(?:install|setup|bootstrap|provision|deps|apt)(?:[-_.]|$)"


def is_self_sufficient(command: Command) -> bool:
    """Whether `command` names an installer that does without the index, or refreshes it."""
    if "self-sufficient" not in command.answers:
        command.answers["self-sufficient"] = re.search(_SELF_SUFFICIENT, command.normal) is not None
    return command.answers["self-sufficient"]


def inert(command: Command) -> bool:
    program = command.program
    if command.name == "awk" and b"system" in command.normal:
        return False
    return command.name in NO_INSTALLERS and ("/" not in program or program.startswith(("/usr/", "/bin/", "/sbin/")))


def may_use(tool: Tool, command: Command) -> bool:
    """Whether `command` uses the tool, or runs code that may."""
    if use_of(tool, command) is not None:
        return True
    return not inert(command) and (runs_unknown(command) or mentions(tool, command))


def mentions(tool: Tool, command: Command) -> bool:
    return any(tool.mention.search(word.raw) for word in command.words)


def runs_unknown(command: Command) -> bool:
    """Whether `command` runs code that the Dockerfile does not show, and that may well install packages."""
    if "runs unknown" not in command.answers:
        command.answers["runs unknown"] = _runs_unknown(command)
    return command.answers["runs unknown"]


def _runs_unknown(command: Command) -> bool:
    if not command.argv:
        return False
    first = command.argv[0].value
    name = command.name
    if installed_tool(command):
        return False
    if first is None:
        return True
    if re.search(_SYSTEM_PACKAGES, command.normal) and b"playwright" not in command.normal:
        return True
    if name in BUILD_SCRIPTS:
        return False
    if name in _SHELLS:
        if name in (".", "source"):
            return not _is_environment(command)
        if any(word.value in ("-c", "-lc", "-ec", "-ic") for word in command.argv[1:]) or name in (
            "su",
            "gosu",
            "runuser",
        ):
            return any(_is_unknown_text(word) for word in command.argv[1:])
        return True
    if name in PROVISIONERS or name == "run-parts" or name.startswith("ansible") or re.search(_INSTALLER_NAME, name):
        return True
    if name.endswith((".sh", ".bash")):
        return True
    if re.fullmatch(_INTERPRETER, name):
        words = [value for value in command.values() if value and value != "install"]
        return any(re.search(_INSTALLER_NAME, word) for word in words if not word.endswith("setup.py"))
    return _is_foreign(first) or _hands_on(command)


def _is_foreign(program: str) -> bool:
    """Whether a program is named by a place in which neither the base image nor a language's installer puts any."""
    return "/" in program and not program.startswith(_SYSTEM_PROGRAMS)


def _hands_on(command: Command) -> bool:
    """Whether a program that is not known is handed another, or a script, which it may start: ``tini -- ./x.sh``."""
    if command.name in BUILDERS or command.name in COMMANDS:
        return False
    for word in command.argv[1:]:
        name = (word.value or "").rpartition("/")[2]
        if name.endswith(_SCRIPT_ENDINGS):
            return True
        beside = word.raw.startswith((b"./", b"../")) and "." not in name
        if beside or (_is_foreign(word.value or "") and re.search(_INSTALLER_NAME, name)):
            return True
    return False


_SCRIPT_ENDINGS = (".sh", ".bash", ".exp", ".ps1", ".run", ".bin")


# Options and subcommands that install packages of the distribution; those of Playwright refresh the index first.
_SYSTEM_PACKAGES = rb"--?(?:install|with|system)-(?:deps|requirements)\b"
# Where installers of languages put programs: environments, homes, and what a variable points to.
_INSTALLED = (
    rb"(?:(?:\.{0,2}/|~/|[\"']?\$\{?\w+\}?/)?(?:[\w.-]+/)*\.?(?:v?env|virtualenv)/bin/|(?:\./)?node_modules/\.bin/"
    rb"|(?:\./)?vendor/bin/|(?:/root|~|/home/\w+|[\"']?\$\{?HOME\}?)/\.(?:local|cargo|bun|deno|nvm|volta)/bin/"
    rb"|[\"']?\$\{?\w+\}?/bin/|(?:\./)?bin/(?=(?:rails|rake|bundle|yarn)$))([\w.-]+)[\"']?"
)


def installed_tool(command: Command) -> str:
    """The name of a program that an installer of a language has put where its like go; empty for any other."""
    raw = command.argv[0].raw if command.argv else b""
    if b"/" not in raw:
        return ""
    found = re.fullmatch(_INSTALLED, raw)
    name = found[1].decode() if found else ""
    if b"node_modules/" in raw or b"vendor/" in raw:
        return name
    return name if name.rstrip("0123456789.") in BUILDERS or name in BUILDERS else ""


_SYSTEM_PROGRAMS = ("/usr/", "/bin/", "/sbin/", "/opt/conda/", "/opt/venv/", "/venv/")


def _is_unknown_text(word: Word) -> bool:
    """Whether a word that a shell is handed may start what is not shown."""
    if not re.search(UNKNOWN_TEXT, word.raw):
        return False
    script = read_text(word.value.encode()) if word.value and " " in word.value else None
    return script is None or bool(script.opaque) or any(map(runs_unknown, script.commands))


def _is_environment(command: Command) -> bool:
    """``. ~/.nvm/nvm.sh``, ``source /opt/venv/bin/activate``: files that set variables."""
    path = command.argv[1].raw.decode("utf-8", "replace").strip("\"'") if len(command.argv) > 1 else ""
    return path.rsplit("/", 1)[-1] in (
        "activate", "nvm.sh", ".bashrc", ".profile", ".bash_profile", "env", "environment", "os-release", "setup.bash",
        "conda.sh", "sdkman-init.sh", "envvars", "lsb-release", ".env",
    )  # fmt: skip

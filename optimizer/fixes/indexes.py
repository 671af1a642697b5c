"""Indexes that a RUN leaves behind, and what clears them or fetches them anew."""

from __future__ import annotations

from ..dockerfile.edits import Edit, Refusal
from ..dockerfile.shell import Command
from ..facts.caches import clears_here
from ..facts.indexes import later_need
from ..facts.stages import Run, readable
from ..facts.stores import uses_in
from ..knowledge.tools import Index, Tool, roots
from ..knowledge.uses import Use, uses
from ..rules.finding import Fix


def left_behind(run: Run, tool: Tool, index: Index) -> Use | None:
    """The last command of `run` that writes the index which nothing behind it clears, or None."""
    return run.stage.once(("left behind", tool.name, run.at), lambda _: _left_behind(run, tool, index))


def _left_behind(run: Run, tool: Tool, index: Index) -> Use | None:
    if run.script is None or any(map(run.mounted, roots(index))):
        return None
    found = uses(run.script, tool)
    if not any(use.action in ("install", "read") for use in found):
        return None  # a refresh that is cleared at once would be no use to anyone
    last: Use | None = None
    for use in found:
        fetches = index.fetched_by_install or (tool.operation is not None and use.action == "install")
        writes = use.action == "refresh" or use.alone or (fetches and use.action in ("install", "read"))
        elsewhere = any(option.startswith(("--installroot", "--root")) for option in use.options)
        if writes and not elsewhere and "command_substitution" not in use.command.guards:
            last = use
    return None if last is None or cleared_behind(run, tool, index, last.command.start) else last


def cleared_behind(run: Run, tool: Tool, index: Index, since: int) -> bool:
    """Whether a command of `run` behind the offset `since` clears the index."""
    commands = run.script.commands if run.script else ()
    return any(one.start > since and clears_here(run, tool, index, one) for one in commands)


def clear_command(run: Run, index: Index, last: Use) -> bytes:
    """What to append: the tool's own command, or an rm where the RUN turns repositories off or takes them away."""
    code = run.instruction.code
    limited = b"--disablerepo" in code or b"--repo" in code or b"yum.repos.d" in code
    clear = index.clear_by_hand if limited and index.clear_by_hand else index.clear
    if index.clear_partly and _shared(run, last.tool):
        clear = index.clear_partly
    if "{name}" in clear:
        return clear.encode().replace(b"{name}", last.spelled)
    return f"sudo {clear}".encode() if last.command.sudo else clear.encode()


def _shared(run: Run, tool: Tool) -> bool:
    """Whether a later RUN needs the index, or an earlier one fetched it."""
    refreshed = any(use.action == "refresh" or use.fetches_index() for use in uses(readable(run), tool))
    return not refreshed or later_need(run.stage, run.at, tool)[0] != "no"


def first_read(run: Run, tool: Tool) -> Use:
    """The first command of `run` that installs from the index. Raises `Refusal` where that is not certain."""
    for use in uses_in(run, tool):
        if use.action in ("install", "read"):
            return use
        if use.action == "refresh":
            break
    raise Refusal(f"line {run.instruction.line} needs this index")


_SHARE = frozenset(("apt-get", "apt", "aptitude"))  # they read one index, whichever of them fetched it


def refreshed_before(run: Run, use: Use, refresh: Use, maker: Run) -> Fix:
    """`run` with the index refreshed for `use`, as `refresh` of `maker` does it. Raises `Refusal`."""
    if _asked_of_builder(run) != _asked_of_builder(maker):
        raise Refusal(f"line {run.instruction.line} runs in another way")
    if "--no-download" in use.options or any(b"=" in word.raw for word in refresh.command.wrappers):
        raise Refusal(f"line {run.instruction.line} may not reach what a refresh needs")
    if use.command.name != refresh.command.name and use.command.name not in _SHARE:
        raise Refusal(f"whether {use.command.name} needs no more than a refresh is not known")
    words = refresh.command.argv
    if refresh.command.name not in use.tool.commands:  # a script on the web that ends in a refresh
        words = use.command.argv[:1]
        text = words[0].raw + b" " + min(use.tool.package_index.refresh if use.tool.package_index else ()).encode()
    else:
        text = b" ".join(word.raw for word in words)
    if b"$" in text:
        raise Refusal("the refresh depends on a variable")
    words = [*((b"sudo",) if use.command.sudo else ()), *refresh.command.assignments, text]
    return _put_before(run, use.command, b" ".join(words))


def _asked_of_builder(run: Run) -> set[bytes]:
    """The flags of a RUN but for cache mounts: a network, secrets, files."""
    flags = (flag for flag in run.instruction.flags if b"type=cache" not in (flag.value or b""))
    return {flag.name.encode() + b"=" + (flag.value or b"") for flag in flags}


def _put_before(run: Run, command: Command, text: bytes) -> Fix:
    """Run `text` right before `command`, a plain one of the top level, which is not run where it fails."""
    script = readable(run)
    at = script.unit_at(command.start)
    if at is None or script.units[at].kind != "command" or command.guards:
        raise Refusal(f"the install in line {run.instruction.line} stands inside another command")
    unit = script.units[at]
    behind = script.units[at + 1].connector if at + 1 < len(script.units) else b""
    if b"||" in (unit.connector, behind):
        raise Refusal(f"a failure in line {run.instruction.line} is ignored")
    sign = b" && "
    if run.errexit is None:
        raise Refusal("whether `set -e` holds is unclear")
    if run.errexit and not script.only_and and behind != b"&&":
        # Under `set -e` the failure of the last of a list stops the script, and that of another does not.
        if unit.connector == b"&&":
            raise Refusal(f"the install in line {run.instruction.line} ends a list under `set -e`")
        sign = run.instruction.source.newline(unit.start) + run.instruction.source.indent(unit.start)
        sign = sign if script.heredoc else b"; "
    return Fix((Edit(unit.start, unit.start, text + sign),), adds=(text,))

"""Install packages where the packages above are installed.

Every RUN that installs packages stores the database of all packages again: apt's with dpkg's status and debconf's
answers, dnf's and yum's with rpm's, some megabytes each time. A RUN that starts with an install hands it to the RUN
above that only installs packages, where nothing between the two has to do with packages. What it does behind the
install stays where it is, and is built again without installing anything.

Before:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/app
COPY . .
RUN apt-get update \\
    && apt-get install -y --no-install-recommends python3-pip \\
    && pip install --no-cache-dir --break-system-packages -r requirements.txt \\
    && rm -rf /var/lib/apt/lists/*
```

After:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends curl \\
    && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/app
COPY . .
RUN pip install --no-cache-dir --break-system-packages -r requirements.txt
```

When it stays away: the RUN above does anything but install and clean up; the two refresh the index in different ways,
or the second needs what the first may bring along, a new source of packages; something between the two may matter to a
package (a RUN, an ENV, an ARG, a USER, a COPY to a directory of the system); what comes behind the install may need the
package index; a failure is ignored; a RUN has flags or is a heredoc; the stage does not ship.

Safety: the same packages are installed in the same order, and the rest is done with them. A change to either list of
packages now installs both again. Unsafe where a comment would go with the RUN. It is off by default: not everybody
wants a package far from what it is for, to save some megabytes.

References: Docker's *Building best practices*; deb-triggers(5), dpkg(1), rpm(8).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...optimizer.dockerfile.document import Instruction
from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command, Unit
from ...optimizer.facts.copies import is_private, working_directory
from ...optimizer.facts.needs import later_need, may_use
from ...optimizer.facts.ownership import copy_destination
from ...optimizer.facts.packages import follows, only_installs, package_action
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.fixes.scripts import combine, delete_run, drop_units, insert_behind
from ...optimizer.knowledge.tools import Tool, present
from ...optimizer.rules.finding import Finding, Fix

RULE = "packages-installed-apart"

_APT = "apt-get update && apt-get install -y"
KEEPS = (
    f"FROM debian:12\nRUN {_APT} a && make\nCOPY a /a\nRUN {_APT} b && make\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a /etc/a\nRUN {_APT} b && make\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a a\nRUN {_APT} b && make\n",
    f"FROM debian:12\nRUN {_APT} a\nRUN make\nRUN {_APT} b && make\n",
    f"FROM debian:12\nRUN {_APT} a\nENV A=b\nRUN {_APT} b && make\n",
    f"FROM debian:12\nRUN {_APT} a\nUSER a\nRUN {_APT} b && make\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a /a\nRUN {_APT} b || make\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a /a\nRUN {_APT} b && make; make\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a /a\nRUN make && {_APT} b\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a /a\nRUN {_APT} b && ./install.sh\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a.deb /a/\nRUN {_APT} /a/a.deb && make\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a /a\nRUN {_APT} b && make\nRUN apt-get install -y c\n",
    f"FROM debian:12\nRUN {_APT} a\nRUN {_APT} b\n",
    f"FROM debian:12\nRUN {_APT} a\nRUN {_APT} b && rm -rf /var/lib/apt/lists/* /tmp/*\n",
    f"FROM debian:12\nRUN {_APT} a\nEXPOSE 1\nRUN {_APT} b && rm -rf /var/lib/apt/lists/* /tmp/*\n",
    f"FROM debian:12\nRUN apt-get install -y a\nCOPY a /a\nRUN {_APT} b && make\n",
    f"FROM debian:12\nRUN --network=host {_APT} a\nCOPY a /a\nRUN {_APT} b && make\n",
    f"FROM debian:12 AS a\nRUN {_APT} a\nCOPY a /a\nRUN {_APT} b && make\nFROM debian:12\nCOPY --from=a /b /b\n",
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that starts with an install and has a RUN above that only installs packages."""
    for stage in facts.shipping:
        for tool in present(stage.source.data, ("apt", "dnf", "yum", "microdnf", "tdnf", "zypper")):
            for run in stage.runs:
                head = _head(run, tool)
                above = _above(run, tool) if head else None
                if above is not None and follows(above, run, tool):
                    finding = _finding(facts, above, run, head, tool)
                    if finding is not None:
                        yield finding


def _head(run: Run, tool: Tool) -> list[Unit]:
    """The units that `run` starts with and that refresh the index and install; none where it is not to be split."""
    script = run.script
    if script is None or script.heredoc or run.instruction.flags or not script.only_and:
        return []
    head: list[Unit] = []
    for unit, command in _plain(run):
        if package_action(command, tool) not in ("refresh", "install"):
            break
        head.append(unit)
    installs = [package_action(command, tool) == "install" for unit, command in _plain(run) if unit in head]
    return head if any(installs) and installs[-1] else []


def _plain(run: Run) -> Iterator[tuple[Unit, Command]]:
    """The units at the start of `run` that are one simple command each, with that."""
    script = run.script
    commands = {command.start: command for command in script.commands} if script else {}
    for unit in script.units if script else ():
        command = commands.get(unit.start)
        if command is None or unit.kind != "command" or command.end != unit.end:
            return
        yield unit, command


_QUIET = frozenset(("LABEL", "EXPOSE", "WORKDIR", "CMD", "ENTRYPOINT", "STOPSIGNAL", "HEALTHCHECK"))


def _above(run: Run, tool: Tool) -> Run | None:
    """The RUN above that only installs packages, if nothing between the two can matter to a package."""
    for at in range(run.at - 1, 0, -1):
        instruction = run.stage.instructions[at]
        if instruction.keyword == "RUN":
            other = run.stage.run_at(at)
            return other if other and other.shell == run.shell and only_installs(other, tool) else None
        if instruction.keyword not in _QUIET and not _copies_privately(instruction, run, at):
            return None
    return None


def _copies_privately(instruction: Instruction, run: Run, at: int) -> bool:
    """Whether it is a COPY to where programs are put, and no package looks."""
    if instruction.keyword not in ("COPY", "ADD"):
        return False
    target = copy_destination(instruction, working_directory(run.stage, at))
    return target is not None and is_private(target)


def _finding(facts: Facts, above: Run, run: Run, head: list[Unit], tool: Tool) -> Finding | None:
    commands = run.script.commands if run.script else ()
    rest = [command for command in commands if command.start > head[-1].start]
    cleanups = [command for command in rest if _only_clears(command, tool)]
    message = f"another layer stores the {tool.name} package database"
    start, end = run.instruction.start, run.instruction.end
    if above.at == run.at - 1 and all(package_action(command, tool) == "clear" for command in rest):
        return None  # the whole of it joins the other: package-database-rewritten
    if any(may_use(tool, command) for command in rest if command not in cleanups):
        return None
    need, line = later_need(run.stage, run.at, tool)
    if need != "no":
        return Finding(RULE, message, start, end, None, reason=f"line {line} may need the index that it leaves")
    try:
        if rest != cleanups and all(package_action(command, tool) == "clear" for command in rest):
            raise Refusal("it removes more than the package index")
        if rest == cleanups and _comments_beside(run, head):
            raise Refusal("a comment stands beside what it installs")
        commented = rest == cleanups and bool(facts.document.comments_above(run.instruction))
        taken = delete_run(facts.document, run) if rest == cleanups else _without(run, head, cleanups)
        given = [_handed_over(above, run, command, tool) for unit, command in _plain(run) if unit in head]
        fix = combine(taken, *filter(None, given))
    except Refusal as refusal:
        return Finding(RULE, message, start, end, None, reason=str(refusal))
    reason = "the comment above it would go with it" if commented else ""
    safety = "unsafe" if reason else "safe"
    return Finding(RULE, message, start, end, fix, safety, reason, removes=tool.index_paths)


def _comments_beside(run: Run, head: list[Unit]) -> bool:
    """Whether a comment of `run` stands outside the commands that are handed over."""
    data = run.instruction.source.data
    inside = sum(data[unit.start : unit.end].count(b"#") for unit in head)
    return data[run.instruction.start : run.instruction.end].count(b"#") > inside


def _only_clears(command: Command, tool: Tool) -> bool:
    """Whether `command` clears the index and nothing that anybody else may have left."""
    if package_action(command, tool) != "clear" or command.guards:
        return False
    if command.name != "rm":
        return "autoremove" not in command.values()
    paths = [word.raw for word in command.argv[1:] if not word.raw.startswith(b"-")]
    return all(tool.clear_text is not None and tool.clear_text.search(path) for path in paths)


def _without(run: Run, head: list[Unit], cleanups: list[Command]) -> Fix:
    """Take the units at the start, and the clean-ups that have nothing to clean any more, out of `run`."""
    script = readable(run)
    groups = [head]
    for unit in (unit for unit in script.units if any(unit.start == command.start for command in cleanups)):
        if script.units.index(unit) == script.units.index(groups[-1][-1]) + 1 and len(groups) > 1:
            groups[-1].append(unit)
        else:
            groups.append([unit])
    return combine(*(drop_units(script, group) for group in groups))


def _handed_over(above: Run, run: Run, command: Command, tool: Tool) -> Fix | None:
    """Do an install of `run` behind the last one of `above`; a refresh has been done there."""
    if package_action(command, tool) != "install":
        return None
    last = [one for one in readable(above).commands if package_action(one, tool) == "install"][-1]
    text = run.instruction.source.data[command.start : command.end]
    return insert_behind(above, last, text, own_line=True)._replace(adds=(command.normal,))

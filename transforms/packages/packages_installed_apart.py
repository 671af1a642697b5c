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
from functools import partial
from itertools import pairwise

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command, Unit
from ...optimizer.facts.effects import may_cross, of_run
from ...optimizer.facts.indexes import later_answer
from ...optimizer.facts.packages import follows, head_of, only_clears, only_installs, package_action, plain_units
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.facts.unseen import may_use
from ...optimizer.fixes.scripts import combine, delete_run, drop_units, insert_behind
from ...optimizer.knowledge.tools import Index, Tool
from ...optimizer.rules.finding import Finding, Fix, Offer, attempt

RULE = "packages-installed-apart"

_APT = "apt-get update && apt-get install -y"
KEEPS = (
    (f"FROM debian:12\nRUN {_APT} a && make\nCOPY a /a\nRUN {_APT} b && make\n", ("a && make", "a")),
    (f"FROM debian:12\nRUN {_APT} a\nENV A=b\nRUN {_APT} b && make\n", ("ENV A=b\n", "")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that starts with an install and has a RUN above that only installs packages."""
    for stage in facts.shipping:
        for tool, index in facts.indexes:
            if tool.distribution is None or not tool.distribution.rewrites_database:
                continue
            for above, run in pairwise(stage.runs):
                head = head_of(run, tool)
                if head and _may_move(above, run, head, tool) and _is_apart(above, run, head, tool):
                    message = f"another layer stores the {tool.name} package database"
                    make = partial(_handed_over, facts, above, run, head, tool, index)
                    yield attempt(RULE, message, run.instruction, make)


def _may_move(above: Run, run: Run, head: list[Unit], tool: Tool) -> bool:
    """Whether the RUN above only installs packages, and nothing between the two can matter to one."""
    if above.shell != run.shell or not only_installs(above, tool) or not follows(above, run, tool):
        return False
    return may_cross(of_run(run, before=head[-1].end), run.stage, range(above.at + 1, run.at)) is None


def _is_apart(above: Run, run: Run, head: list[Unit], tool: Tool) -> bool:
    """Whether `run` is not wholly the other rule's, and does nothing behind the install that may need an index."""
    rest = _rest(run, head)
    if above.at == run.at - 1 and all(package_action(command, tool) == "clear" for command in rest):
        return False  # the whole of it joins the other: package-database-rewritten
    return not any(may_use(tool, command) for command in rest if not only_clears(command, tool))


def _rest(run: Run, head: list[Unit]) -> list[Command]:
    return [command for command in (run.script.commands if run.script else ()) if command.start > head[-1].start]


def _handed_over(facts: Facts, above: Run, run: Run, head: list[Unit], tool: Tool, index: Index) -> Offer:
    rest = _rest(run, head)
    cleanups = [command for command in rest if only_clears(command, tool)]
    need, line, assumes = later_answer(run.stage, run.at, tool)
    if need != "no":
        raise Refusal(f"line {line} may need the index that it leaves")
    if rest != cleanups and all(package_action(command, tool) == "clear" for command in rest):
        raise Refusal("it removes more than the package index")
    if rest == cleanups and _comments_beside(run, head):
        raise Refusal("a comment stands beside what it installs")
    commented = rest == cleanups and bool(facts.document.comments_above(run.instruction))
    taken = delete_run(facts.document, run) if rest == cleanups else _without(run, head, cleanups)
    given = [_installed_above(above, run, command, tool) for unit, command in plain_units(run) if unit in head]
    doubt = "the comment above it would go with it" if commented else ""
    return Offer(combine(taken, *filter(None, given)), [doubt], removes=index.paths, assumes=assumes)


def _comments_beside(run: Run, head: list[Unit]) -> bool:
    """Whether a comment of `run` stands outside the commands that are handed over."""
    data = run.instruction.source.data
    inside = sum(data[unit.start : unit.end].count(b"#") for unit in head)
    return data[run.instruction.start : run.instruction.end].count(b"#") > inside


def _without(run: Run, head: list[Unit], cleanups: list[Command]) -> Fix:
    """Take the units at the start, and the clean-ups that have nothing to clean any more, out of `run`."""
    script = readable(run)
    groups = [list(head)]
    for unit in (unit for unit in script.units if any(unit.start == command.start for command in cleanups)):
        if script.units.index(unit) == script.units.index(groups[-1][-1]) + 1:
            groups[-1].append(unit)
        else:
            groups.append([unit])
    return combine(*(drop_units(script, group) for group in groups))


def _installed_above(above: Run, run: Run, command: Command, tool: Tool) -> Fix | None:
    """Do an install of `run` behind the last one of `above`; a refresh has been done there."""
    if package_action(command, tool) != "install":
        return None
    last = [one for one in readable(above).commands if package_action(one, tool) == "install"][-1]
    text = run.instruction.source.data[command.start : command.end]
    return insert_behind(above, last, text, own_line=True)._replace(adds=(command.normal,))

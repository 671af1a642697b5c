"""Clean up in the RUN that made the mess.

What a later layer deletes still ships in the layer that wrote it: a `RUN rm -rf /var/lib/apt/lists/*` or
`RUN yum clean all` of its own saves nothing. The clean-up moves to the end of the install that it belongs to.

Before:

```dockerfile
FROM centos:7
RUN yum install -y httpd
RUN yum clean all
```

After:

```dockerfile
FROM centos:7
RUN yum install -y httpd && yum clean all
```

When it stays away: the RUN does more than clean up; other instructions stand between the two and the clean-up
takes more than the package manager's own files, or something between them may fill them again; the install changes
its shell, goes on after a failure, or has a flag; the install has no index of its own to clear. Where a comment
describes the clean-up and would have to go with it, or stands above it and is about something else, the rewrite is
unsafe.

Safety: the same commands run, in the same order among those that they can touch.

References: hadolint DL3009, DL3032, DL3040, DL3059; Docker's *Building best practices*.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.effects import may_cross, of_run
from ...optimizer.facts.indexes import index_need
from ...optimizer.facts.packages import only_cleans
from ...optimizer.facts.paths import lies_in
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.fixes.joining import comment_doubt, join_runs
from ...optimizer.fixes.scripts import append_commands, combine, delete_run
from ...optimizer.knowledge.tools import Index, Tool, roots
from ...optimizer.knowledge.uses import use_of, uses
from ...optimizer.rules.finding import Finding, Fix, Offer, attempt

RULE = "cleanup-in-later-layer"

KEEPS = (
    (
        "FROM centos:7\nRUN yum install -y httpd\nUSER app\nRUN sudo yum clean all\n",
        "line 3 stands between them: the user changes between them",
    ),
    (
        ("FROM debian:12\nRUN apt-get update; apt-get install -y curl || true\nRUN rm -rf /var/lib/apt/lists/*\n"),
        "a failure of its last command is ignored",
    ),
    ("FROM debian:12\nRUN rm -rf /var/lib/apt/lists/*\n", ("rm", "apt-get install -y git\nRUN rm")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that only cleans up behind an earlier one."""
    for stage in facts.shipping:
        for tool, index in facts.indexes:
            cleaning = {run for run in stage.runs if index.clear and tool.distribution and only_cleans(run, tool)}
            maker: Run | None = None
            for run in stage.runs if cleaning else ():
                if _touches_index(run, tool):
                    maker = run
                elif maker is not None and run in cleaning:
                    message = f"this clean-up leaves the {tool.name} files in the layer that wrote them"
                    yield attempt(RULE, message, run.instruction, partial(_moved, facts, run, maker, tool, index))


def _moved(facts: Facts, run: Run, maker: Run, tool: Tool, index: Index) -> Offer:
    """The clean-up at the end of the RUN that made the mess."""
    if not _makes_index(maker, tool, index):
        raise Refusal("the index lies in an earlier layer")
    if maker.at == run.at - 1 and not _done(maker, tool).issuperset(one.normal for one in readable(run).commands):
        fix = join_runs(facts.document, [maker, run])
        doubt = comment_doubt(facts.document, run)
    else:
        fix = _move(facts, run, maker, tool, index)
        commented = facts.document.comments_above(run.instruction)
        doubt = "the comment above it would go with it" if commented else ""
    return Offer(fix, [doubt], removes=index.paths)


def _touches_index(run: Run, tool: Tool) -> bool:
    return run.script is not None and any(
        use.action in ("refresh", "install", "read") for use in uses(run.script, tool)
    )


def _makes_index(run: Run, tool: Tool, index: Index) -> bool:
    return run.script is not None and any(
        use.action == "refresh" or use.alone or (index.fetched_by_install and use.action == "install")
        for use in uses(run.script, tool)
    )


def _move(facts: Facts, run: Run, maker: Run, tool: Tool, index: Index) -> Fix:
    """The clean-up at the end of a RUN further up, as far as that does not end in it already."""
    script = readable(run)
    if not script.only_and or run.shell != maker.shell or maker.instruction.flags:
        raise Refusal("the two run in different ways")
    for command in script.commands:
        use = use_of(tool, command)
        owned = use.verb.value in ("clean", "cc", "autoclean", "distclean") if use else _owned(command, index)
        if not owned:
            raise Refusal("it removes more than the package manager's own files")
    between = range(maker.at + 1, run.at)
    if reason := may_cross(of_run(run), run.stage, between):
        raise Refusal(reason)
    for other in filter(None, map(run.stage.run_at, between)):
        if index_need(other, tool) != "no":
            raise Refusal(f"line {other.instruction.line} stands between them")
    done = _done(maker, tool)
    missing = [command.normal for command in script.commands if command.normal not in done]
    gone = delete_run(facts.document, run)
    return combine(gone, append_commands(maker, missing)) if missing else gone


def _done(maker: Run, tool: Tool) -> set[bytes]:
    """What a RUN does behind its last use of the index, in normal spelling."""
    target = readable(maker)
    last = max(use.command.start for use in uses(target, tool) if use.action in ("refresh", "install", "read"))
    return {command.normal for command in target.commands if command.start > last}


def _owned(command: Command, index: Index) -> bool:
    """Whether an rm takes nothing but what the package manager wrote, said in plain paths."""
    places = (*roots(index), "/var/cache/apt")
    paths = [word.value for word in command.operands()]
    return command.name == "rm" and all(
        path is not None and "{" not in path and any(lies_in(path, place) for place in places) for path in paths
    )

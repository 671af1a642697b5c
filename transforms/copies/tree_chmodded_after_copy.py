"""Give a copied directory its modes where it is copied.

`RUN chmod -R` stores every file below a directory a second time, only to note another mode. `COPY --chmod` gives all
that it brings one mode when it is stored. Where the modes differ, a bind mount shows the directory to the RUN, which
copies it with the modes that it has, and changes them in the same layer.

Before:

```dockerfile
FROM debian:12
COPY scripts /opt/scripts
RUN chmod -R 755 /opt/scripts
ENTRYPOINT ["/opt/scripts/start"]
```

After:

```dockerfile
FROM debian:12
COPY --chmod=755 scripts /opt/scripts
ENTRYPOINT ["/opt/scripts/start"]
```

A directory that COPY makes has mode 0755, whatever the flag says: where that is not the mode asked for, a `chmod` of
the directory alone stays. A symbolic mode (`g+rwX`, `g=u`, `+x`) becomes an octal one where the build context shows
that all below the directory comes to the same; else, where `dist` is copied to `/opt/server`, the RUN gets
`--mount=type=bind,source=dist,target=/mnt/dist` and begins with `mkdir -p /opt/server && cp -a /mnt/dist/.
/opt/server/`.

When it stays away: something else than COPY may have put files there, or may mind a mode before the chmod; a COPY has a
mode already, or brings what is not there for certain; the RUN goes on where the chmod fails; without a context, a
symbolic mode; with a bind mount: the stage is not root's there, a RUN that has flags or is a heredoc; `--builder
classic`, which has neither; the stage does not ship. It is unsafe where the base image, or a RUN above the COPY, may
have files in the directory, and where a directory that COPY makes above it may get the mode too.

Safety: the same files with the same modes.

References: BuildKit's Dockerfile reference, *COPY --chmod*, *RUN --mount=type=bind*; chmod(1), cp(1).
"""

from __future__ import annotations

import posixpath
import re
import stat
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command, Word
from ...optimizer.facts.modes import (
    Tree,
    modes_in,
    recursive_chmods,
    single_source,
    takes_mode,
    tree_of,
)
from ...optimizer.facts.paths import SYSTEM_DIRECTORIES
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.fixes.mounts import copied_in
from ...optimizer.fixes.operands import drop_operands, with_flag, without_option
from ...optimizer.fixes.scripts import combine
from ...optimizer.knowledge.chmod import changed_mode
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "tree-chmodded-after-copy"

KEEPS = (
    ("FROM debian:12\nCOPY a /opt/a\nRUN make -C /opt/a && chmod -R 755 /opt/a\n", "its RUN may have to do with it"),
    (
        "FROM debian:12\nCOPY a /opt/a\nRUN ls /opt/a\nRUN chmod -R 755 /opt/a\n",
        "line 3 may have to do with it: /opt/a",
    ),
    ("FROM debian:12\nCOPY a /opt/a\nRUN chmod -R g=u /opt/a\n", "the modes of what is copied are not known"),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every recursive chmod of a directory that COPYs alone have filled."""
    if facts.builder == "classic":
        return
    for run, command, mode, words in recursive_chmods(facts):
        for word in words:
            message = f"chmod stores what was copied to {(word.value or '').rstrip('/')} a second time"
            finding = attempt(RULE, message, command, partial(_given, facts, run, command, mode.value or "", word))
            if finding.reason != _NOTHING:
                yield finding
                break


_NOTHING = "nothing is copied there"


def _given(facts: Facts, run: Run, command: Command, mode: str, word: Word) -> Offer:
    tree = tree_of(run, command, word)
    if tree is None:
        raise Refusal(_NOTHING)
    if re.fullmatch(r"0?[0-7]{3}", mode):
        return _in_the_copies(facts, run, command, tree, int(mode, 8))
    if facts.context is None:
        raise Refusal("the modes of what is copied are not known")
    if "umask" in readable(run).state_changes:
        raise Refusal("the umask may decide what it gives")
    sources = [single_source(copy) for copy in tree.copies]
    modes = [one for source in sources if source for one in modes_in(facts.context, source).values()]
    if not modes or None in sources:
        raise Refusal("the modes of what is copied are not known")
    modes += [] if tree.is_file else [stat.S_IFDIR | 0o755]
    results = {changed_mode(one, mode) for one in modes}
    same = results.pop() if len(results) == 1 else None
    if same is not None and all(stat.S_IMODE(one) in (0o644, 0o755) for one in modes):
        return _in_the_copies(facts, run, command, tree, same)
    if len(sources) != 1 or sources[0] is None or tree.copies[0].flags:
        raise Refusal("several COPYs, or one with flags, bring what has different modes")
    fix = copied_in(facts, run, tree.copies[0], sources[0], tree.directory, is_there=tree.is_there)
    return Offer(fix, tree.doubts)


def _in_the_copies(facts: Facts, run: Run, command: Command, tree: Tree, mode: int) -> Offer:
    """The mode in the COPYs, and the chmod for the directory alone where that has another one."""
    if not all(takes_mode(copy, facts.context) for copy in tree.copies):
        raise Refusal("a COPY has a mode already, or brings what --chmod would change in another way")
    doubts = list(tree.doubts)
    if mode != 0o755 and not tree.is_there and posixpath.dirname(tree.directory) not in SYSTEM_DIRECTORIES:
        doubts.append("a directory that COPY creates would get the mode too")
    flags = [with_flag(copy, f"--chmod={mode:o}") for copy in tree.copies]
    others = len(command.operands()) - 2
    stays = mode != 0o755 and not tree.is_file
    if stays and others:
        raise Refusal("it changes other directories too")
    if stays and tree.made:
        raise Refusal("what its RUNs make in it would not get the mode")
    if stays:
        option = next(word for word in command.argv if re.fullmatch(rb"-[fcv]*R[fcv]*|--recursive", word.raw))
        return Offer(combine(*flags, without_option(command, option, b"R")), doubts)
    gone, commented = drop_operands(facts.document, run, command, [tree.operand], others)
    doubts += ["the comment above it would go with it"] * commented
    return Offer(combine(*flags, gone), doubts)

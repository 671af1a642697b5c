"""What `tree-chmodded-after-copy` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.knowledge.chmod import changed_mode
from rule_cases import Said, check_keep, check_rewrite, check_unsafe, context_of, findings, only, said

RULE = "tree-chmodded-after-copy"
D = "FROM debian:12\n"

# before, after
REWRITES = (
    (f"{D}COPY a /srv/x/y\nRUN chmod -R 755 /srv/x/y\n", f"{D}COPY --chmod=755 a /srv/x/y\n"),
    (f"{D}COPY a /opt/x\nRUN chmod --recursive 0755 /opt/x && ls\n", f"{D}COPY --chmod=755 a /opt/x\nRUN ls\n"),
    (
        f"{D}COPY a /opt/x\nCOPY b /opt/x/b\nRUN chmod 755 -R /opt/x\n",
        f"{D}COPY --chmod=755 a /opt/x\nCOPY --chmod=755 b /opt/x/b\n",
    ),
    (f"{D}COPY a /opt/x\nRUN chmod -R 750 /opt/x\n", f"{D}COPY --chmod=750 a /opt/x\nRUN chmod 750 /opt/x\n"),
    (f"{D}COPY a /opt/x\nRUN chmod -Rv 750 /opt/x\n", f"{D}COPY --chmod=750 a /opt/x\nRUN chmod -v 750 /opt/x\n"),
    (f"{D}WORKDIR /app\nCOPY . .\nRUN chmod -R 755 .\n", f"{D}WORKDIR /app\nCOPY --chmod=755 . .\n"),
    (
        f"{D}WORKDIR /a/b\nCOPY . .\nRUN chmod -R 770 /app\nCOPY . /app\nRUN chmod -R 770 /app /x\n",
        f"{D}WORKDIR /a/b\nCOPY . .\nRUN chmod -R 770 /app\nCOPY . /app\nRUN chmod -R 770 /app /x\n",
    ),
    (
        f"{D}ENV A=/app\nCOPY --from=b /x $A\nRUN chmod -R 755 $A /opt/y\n",
        f"{D}ENV A=/app\nCOPY --from=b --chmod=755 /x $A\nRUN chmod -R 755 /opt/y\n",
    ),
    (
        f"{D}COPY a /app\nRUN chown -R 7:7 /app && chmod -R 755 /app\n",
        f"{D}COPY --chmod=755 a /app\nRUN chown -R 7:7 /app\n",
    ),
    (f"{D}COPY x.sh /usr/bin/\nRUN chmod -R 700 /usr/bin/x.sh\n", f"{D}COPY --chmod=700 x.sh /usr/bin/\n"),
    (
        f"{D}COPY a /app\nRUN mkdir -p /app/x/y && chmod -R 755 /app\n",
        f"{D}COPY --chmod=755 a /app\nRUN mkdir -p /app/x/y\n",
    ),
    (f"{D}ADD https://e.org/x /app/\nRUN chmod -R 755 /app\n", f"{D}ADD --chmod=755 https://e.org/x /app/\n"),
    (
        f"{D}RUN apt-get install -y make\nCOPY a /app\nUSER 7\nENV A=b\nRUN chmod -R 755 /app\n",
        f"{D}RUN apt-get install -y make\nCOPY --chmod=755 a /app\nUSER 7\nENV A=b\n",
    ),
    (
        f"{D}WORKDIR /srv/x/y\nCOPY a .\nRUN chmod -R 750 .\n",
        f"{D}WORKDIR /srv/x/y\nCOPY --chmod=750 a .\nRUN chmod 750 .\n",
    ),
    (f"{D}COPY a /srv/R\nRUN chmod 750 /srv/R -R\n", f"{D}COPY --chmod=750 a /srv/R\nRUN chmod 750 /srv/R\n"),
    (f"{D}COPY a /opt/x\nRUN chmod --recursive 750 /opt/x\n", f"{D}COPY --chmod=750 a /opt/x\nRUN chmod 750 /opt/x\n"),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        f"{D}COPY a /srv/x/y\nRUN chmod -R 750 /srv/x/y\n",
        f"{D}COPY --chmod=750 a /srv/x/y\nRUN chmod 750 /srv/x/y\n",
        "a directory that COPY creates would get the mode too",
    ),
    (
        "FROM mine\nCOPY a /app\nRUN chmod -R 755 /app\n",
        "FROM mine\nCOPY --chmod=755 a /app\n",
        "files that the base image has in /app would keep their mode",
    ),
    (
        f"{D}RUN make install\nCOPY a /app\nRUN chmod -R 755 /app\n",
        f"{D}RUN make install\nCOPY --chmod=755 a /app\n",
        "line 2 may have to do with it: `make` may do anything",
    ),
    (
        f"{D}COPY a /app\n# for all\nRUN chmod -R 755 /app\n",
        f"{D}COPY --chmod=755 a /app\n",
        "the comment above it would go with it",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (f"{D}COPY a /app\nRUN umask 077 && mkdir /app/x && chmod -R 755 /app\n", "its RUN may have to do with it: /app"),
    (f"{D}COPY a /app\nRUN mkdir /app/x && chmod -R 750 /app\n", "what its RUNs make in it would not get the mode"),
    (f"{D}COPY a /app\nRUN touch /app/x && chmod -R 755 /app\n", "its RUN may have to do with it: /app"),
    (f"{D}COPY a /app\nRUN mkdir -m 700 /app/x && chmod -R 755 /app\n", "its RUN may have to do with it: /app"),
    (f"{D}COPY a /app\nRUN chmod 755 /app\n", ("chmod 755", "chmod -R 755")),
    (f"{D}COPY a /app\nRUN chmod -R 755 /app || true\n", (" || true", "")),
    (f"{D}COPY a /app\nRUN sudo chmod -R 755 /app\n", ("sudo ", "")),
    (f"{D}COPY a /app\nRUN chmod -R --reference=/x /app /app\n", ("--reference=/x /app", "755")),
    (f"{D}COPY a /app\nRUN chmod -R 755 $A\n", ("$A", "/app")),
    (
        f"{D}COPY a /usr/local/bin/\nRUN chmod -R 755 /usr/local/bin\n",
        ("/usr/local/bin/\nRUN chmod -R 755 /usr/local/bin", "/app/\nRUN chmod -R 755 /app"),
    ),
    (f"{D}COPY --chmod=700 a /app\nRUN chmod -R 755 /app\n", "a COPY has a mode already"),
    (f"{D}ADD a.tgz /app\nRUN chmod -R 755 /app\n", "a COPY has a mode already, or brings what --chmod would"),
    (f"{D}COPY a /app\nVOLUME /app\nRUN chmod -R 755 /app\n", "line 3 may have to do with it: /app"),
    (f"{D}COPY a /app\nWORKDIR /app/x\nRUN chmod -R 755 /app\n", "line 3 may have to do with it: /app"),
    (f"{D}COPY a /app\nRUN test -x /app/a\nRUN chmod -R 755 /app\n", "line 3 may have to do with it: /app"),
    (f"{D}COPY a /app\nRUN cp /x /app && chmod -R 755 /app\n", "its RUN may have to do with it: /app"),
    (f'{D}COPY a /app\nRUN ["x"]\nRUN chmod -R 755 /app\n', "line 3 may do anything"),
    (f"{D}COPY a /app\nRUN --mount=type=cache,target=/app/c ls\nRUN chmod -R 755 /app\n", "line 3 has a mount there"),
    (f"{D}COPY a /app\nRUN chown -R 7 /app >/app/log\nRUN chmod -R 755 /app\n", "line 3 may have to do with it: /app"),
    (f"{D}COPY x.sh /opt/\nRUN x\nRUN chmod -R 700 /opt/x.sh\n", "line 3 may have to do with it: `x` may do anything"),
    (f"{D}COPY . /\nCOPY a /app\nRUN chmod -R 755 /app\n", "line 2 may have to do with it: /app"),
    (f"{D}COPY a /app\nRUN chmod -R 750 /app /x\n", "it changes other directories too"),
    ("FROM debian:12 AS a\nCOPY x /y\nFROM a\nCOPY a /app\nRUN chmod -R 755 /app\n", ("FROM a\n", "FROM debian:12\n")),
    (
        "FROM debian:12 AS a\nCOPY x /app\nRUN chmod -R 755 /app\nFROM debian:12\nCOPY --from=a /app /app\n",
        (" AS a", ""),
    ),
    ("# syntax=docker/dockerfile:1.1\nFROM debian:12\nCOPY a /app\nRUN chmod -R 755 /app\n", (":1.1", ":1.2")),
    (f"{D}COPY a /app\nRUN chmod -R $M /app\n", "the modes of what is copied are not known"),
    (f"{D}COPY a /app\nCOPY --chmod=700 b /app/b\nRUN chmod -R 755 /app\n", "a COPY has a mode already"),
)

# what is said of them
SAYS = (
    (
        f"{D}COPY a /app\nRUN chmod -R 755 /app/\n",
        [Said("chmod -R 755 /app/", "chmod stores what was copied to /app a second time")],
    ),
    (
        f"{D}COPY a /app\nCOPY b /code\nRUN chmod -R 755 /app /code\n",
        [Said("chmod -R 755 /app /code", "chmod stores what was copied to /app a second time")],
    ),
)
MOUNT = "RUN --mount=type=bind,source=a,target=/mnt/a"

# what a context has, the chmod of what is copied from a/, and what becomes of it; nothing where it stays
MODES = (
    ({"a/x": 0o644, "a/b/y": 0o755}, "-R +x", "COPY --chmod=755 a /app"),
    ({"a/x": 0o755, "a/b/y": 0o755}, "-R u+x,go-w", "COPY --chmod=755 a /app"),
    ({"a/x": 0o755}, "-R g+w", "COPY --chmod=775 a /app\nRUN chmod g+w /app"),
    ({"a/x": 0o644}, "-R g+w", f"{MOUNT} mkdir -p /app && cp -a /mnt/a/. /app/ && chmod -R g+w /app"),
    ({"a/x": 0o640}, "-R a=rx", f"{MOUNT} mkdir -p /app && cp -a /mnt/a/. /app/ && chmod -R a=rx /app"),
    ({"a/x": 0o4755}, "-R g=u", f"{MOUNT} mkdir -p /app && cp -a /mnt/a/. /app/ && chmod -R g=u /app"),
    ({"a": 0o644}, "-R +x", "COPY --chmod=755 a /app"),
    ({"a": 0o644}, "-R u+x", "COPY --chmod=744 a /app"),
    ({"b": 0o644}, "-R +x", ""),
    ({"a/x": 0o2755}, "-R 755", "COPY --chmod=755 a /app"),
    ({"a/x": 0o755}, "-R a-x,a+X", f"{MOUNT} mkdir -p /app && cp -a /mnt/a/. /app/ && chmod -R a-x,a+X /app"),
    ({"a/x": 0o755}, "-w -R", "COPY --chmod=555 a /app\nRUN chmod -w /app"),
    ({"a": 0o755}, "-x -R", "COPY --chmod=644 a /app"),
)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("before", "after", "reason"), UNSAFE)
def test_unsafe(before: str, after: str, reason: str) -> None:
    check_unsafe(RULE, before, after, reason)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected


@pytest.mark.parametrize(("modes", "change", "after"), MODES)
def test_modes_of_the_context(tmp_path: Path, modes: dict[str, int], change: str, after: str) -> None:
    before = f"{D}COPY a /app\nRUN chmod {change} /app\n"
    result = only(RULE, before, context=context_of(tmp_path, modes))
    assert result.text.replace(" \\\n   ", "") == (f"{D}{after}\n" if after else before)


def test_a_directory_that_keeps_its_group_is_left_alone(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"a/b/x": 0o644})
    (tmp_path / "a" / "b").chmod(0o2755)
    result = only(RULE, f"{D}COPY a /app\nRUN chmod -R 755 /app\n", context=context)
    assert not result.changed
    assert "--chmod would change in another way" in findings(result)[0].reason


def test_the_whole_context_is_mounted(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"x": 0o644, "y/z": 0o755})
    result = only(RULE, f"{D}WORKDIR /app\nCOPY . .\nRUN chmod -R g=u .\n", context=context)
    assert result.text == (
        f"{D}WORKDIR /app\nRUN --mount=type=bind,target=/mnt/context cp -a /mnt/context/. /app/ \\\n"
        "    && chmod 755 /app \\\n    && chmod -R g=u .\n"
    )


# What keeps the bind mount away: the rest of a Dockerfile, and the reason.
NOT_MOUNTED = (
    ("USER 7\nCOPY a /app\nRUN chmod -R g=u /app\n", "what is copied is root's, and the RUN is not"),
    ("COPY a /app\nRUN ls /mnt/x && chmod -R g=u /app\n", "it has to do with /mnt, where the mount would be"),
    ("COPY a /app\nRUN set -e; chmod -R g=u /app\n", "its commands are not all joined by `&&`"),
    ("COPY --chown=7:7 a /app\nRUN chmod -R g=u /app\n", "several COPYs, or one with flags"),
    ("COPY a /app\nCOPY a /app/b\nRUN chmod -R g=u /app\n", "several COPYs, or one with flags"),
    ("COPY a/x /app/\nRUN chmod -R g=u /app\n", "what is copied is not certainly a directory"),
    ("COPY a /app\nRUN umask 0 && chmod -R +w /app\n", "the umask may decide what it gives"),
    ("COPY a b /app/\nRUN chmod -R g=u /app\n", "the modes of what is copied are not known"),
    ("COPY a /app\nCOPY a b /app/x/\nRUN chmod -R g=u /app\n", "the modes of what is copied are not known"),
)


@pytest.mark.parametrize(("text", "reason"), NOT_MOUNTED)
def test_what_keeps_a_bind_mount_away(tmp_path: Path, text: str, reason: str) -> None:
    result = only(RULE, D + text, context=context_of(tmp_path, {"a/x": 0o644}))
    assert not result.changed
    assert reason in findings(result)[0].reason


@pytest.mark.parametrize(
    ("mode", "change", "expected"),
    [
        (0o100644, "700", 0o700),
        (0o100644, "a+X", 0o644),
        (0o100744, "a+X", 0o755),
        (0o040700, "go+rX", 0o755),
        (0o100640, "o=g", 0o644),
        (0o100664, "-w", 0o464),
        (0o100600, "+rw", 0o644),
        (0o100755, "u=rwX,go=rX", 0o755),
        (0o100755, "o-rwx,g-w", 0o750),
        (0o100755, "u=rwx,g=rx,o=", 0o750),
        (0o100755, "u+s", None),
        (0o104755, "a+r", None),
        (0o100755, "=r", None),
    ],
)
def test_what_a_symbolic_mode_comes_to(mode: int, change: str, expected: int | None) -> None:
    assert changed_mode(mode, change) == expected


def test_a_mode_that_looks_like_an_option_leaves_other_directories_alone(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"a.sh": 0o755})
    result = only(RULE, f"{D}COPY a.sh /opt/\nRUN chmod -x -R /opt/a.sh /srv/b\n", context=context)
    assert result.text == f"{D}COPY --chmod=644 a.sh /opt/\nRUN chmod -x -R /srv/b\n"


def test_files_of_the_base_image_would_keep_their_modes_beside_a_mount_too(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"a/x": 0o644, "a/y": 0o755})
    result = only(RULE, "FROM mine\nCOPY a /app\nRUN chmod -R g=u /app\n", context=context)
    assert not result.changed
    assert findings(result)[0].reason == "files that the base image has in /app would keep their mode"

"""Do a Dockerfile and its rewrite run the same commands? Every RUN is executed, with stubs for all commands.

    python bench/trace.py FOLDER [--unsafe] [--select RULE,…] [--jobs N] [--limit N]

Each version runs under bash in an empty root (chroot, with process, network and mount namespaces of its own) in
which there is nothing but bash: whatever a script calls is not found, and bash's handler for that logs the words, the
directory, the user and fails the calls that it is told to fail. `cd` is tracked instead of made. So it is
known what ran, where, as whom, and what stopped the build.

The two logs are compared without what a rewrite may change: the options against caches, documentation and weak
dependencies, clean-ups of package managers, refreshes of an index, and a chmod or chown that a COPY's flag replaces.
What is left must be the same in the same order, when all goes well and when any one of the first commands fails.
An install that had a fresh index before must still have one. Needs root and unshare(1); exits with 1 when
anything is unexplained.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from dfopt.optimizer import DockerfileError, Settings, optimize
from dfopt.optimizer.document import Document, Instruction

ENDLESS = 3000  # events after which a script is taken to wait for something that the stubs never give it
INJECTED = 6  # so many commands of a file are made to fail, one at a time
OPTIONS = (
    " --no-cache-dir", " --no-cache", " --nodocs", " --no-docs", " --setopt=tsflags=nodocs", " --no-install-recommends",
    " --no-document", " --no-recommends", " --no-dev", " --omit=dev",
    " --setopt=install_weak_deps=False", " --setopt=install_weak_deps=0",
)  # fmt: skip
APK_UPDATE = re.compile(r"^((?:sudo )?apk\b.*?) (?:-U|--update|--update-cache)(?= |$)")
CLEANUP = re.compile(
    r"(?:sudo (?:-\S+ )*)?(?:rm -\S+ .*/var/(?:lib/apt|cache/(?:apt|yum|dnf|apk))\S*.*|rm -\S+ /\S*lib/?\S*apt\S*.*"
    r"|\S*(?:yum|dnf|microdnf|tdnf)(?: -\S+)* clean (?:all|metadata|packages).*"
    r"|\S*zypper(?: -\S+)* clean(?: --all| -a)?"
    r"|rm -rf(?: \S*/\.(?:cache/(?:pip|pipenv|pnpm|coursier|luarocks|go-build|pypoetry/(?:artifacts|cache))"
    r"|m2/repository|gradle/caches|cargo/registry|cargo/git|cpan/build|cpan/sources|cpanm|ivy2/cache|bundle/cache))+"
    r"|rm -rf(?: /usr/local/cargo/\w+)+|rm -rf /\S*(?:bundle|gems)/\S*cache/\*(?: \S*/\.bundle/cache)?"
    r"|(?:sudo )?rm -f /etc/apt/apt\.conf\.d/docker-clean|rm -rf /tmp/downloaded_packages"
    r"|rm -rf /var/cache/pacman/pkg/\*(?: /var/lib/pacman/sync/\*)?"
    r"|apt(?:-get)?(?: -\S+)* (?:auto|dist-?)?clean(?: \S+)*"
    r"|\S*npm cache(?: -\S+)* (?:clean|clear|rm)(?: --force| -f)?|\S*yarn(?:pkg)? cache clean"
    r"|\S*composer(?:\.phar)? clear-cache"
    r"|\S*go clean -modcache"
    r"|cd /|rm (?:-f )?\S+\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip|deb|rpm|7z)"
    r"|\S*(?:conda|mamba) clean -afy)"
)
REFRESH = re.compile(
    r"(?:sudo (?:-\S+ )*)?(?:\S+=\S+ )*(?:\S*apt(?:-get)?(?: -\S+(?: \S+=\S+)?)* update(?: -\S+)*"
    r"|apk(?: -\S+)* update(?: -\S+)*(?: --repositories-file \S+)?|(?:yum|dnf|microdnf)(?: -\S+)* makecache.*)"
)
AUTOREMOVE = re.compile(r"(?:sudo )?apt(?:-get)?(?: -\S+)* autoremove\b")
# Commands to which it is all the same in which folder they run.
FOLDERLESS = re.compile(
    r"(?:sudo )?(?:apt-get|apt|apk|dnf|yum|microdnf) [^/]*"
    r"|pip[\d.]* install(?: -[^\sre]\S*| [^-./\s][^/\s]*)+"
    r"|(?:sudo )?(?:/\S*/)?(?:rm|mv|cp|ln|mkdir|touch|strip|ldconfig)(?: -\S+| /\S+)*"
    r"|(?:sudo )?ch(?:mod|own|grp)(?: -\S+)* [^/]\S*(?: -\S+| /\S+)*"
)
# Installs by name, removals of packages, and what names whole paths: a COPY may come before or after them.
INDIFFERENT = re.compile(
    r"(?:apt-get|apt|apk|dnf|yum|microdnf|zypper) (?:\S+://\S+|[^/])*"
    r"|pip[\d.]* install(?: -[^\sre]\S*| [^-./\s][^/\s]*)+|npm (?:ci|install|i)(?: --\S+)*|(?:rm|mkdir)(?: -\S+| /\S+)*"
)
METADATA = re.compile(r"(?:LABEL|EXPOSE|CMD|ENTRYPOINT|STOPSIGNAL|HEALTHCHECK|MAINTAINER) ")
FLAG = re.compile(r" --ch(?:mod|own)=\S+")
# Scripts that end in a refresh when they are piped into a shell.
REFRESHING = re.compile(r"(?:curl|wget) .*(?:deb\.nodesource\.com/setup|packagecloud\.io/\S*/script\.deb)")
APT_CLEAR = re.compile(r"(?:sudo )?rm -\S+ .*/var/lib/apt/lists")
APT_INSTALL = re.compile(r"(?:sudo )?apt(?:-get)?(?: -\S+(?: \S+=\S+)?)* (?:install|upgrade|dist-upgrade|build-dep)\b")

DRIVER = r"""
command_not_found_handle() { note "$@"; }
note() {
  local text="$*"; text=${text//$'\n'/ }
  printf '%s\t%s\t%s\n' "$D" "$U" "$text" >&9
  local plain=" $text"
@STRIP@
  plain=${plain# }
  [[ -n $FAIL && $plain == "$FAIL" ]] && return 1
  return 0
}
cd() { case ${1:-/root} in -) ;; /*) D=$1 ;; *) D=${D%/}/$1 ;; esac; note cd "$@"; }
pushd() { cd "$@"; }; popd() { note popd; }
kill() { note kill "$@"; }; wait() { :; }; source() { note source "$@"; }; exec() { note exec "$@"; exit $?; }
sleep() { :; }; read() { return 1; }; trap() { note trap "$@"; }; ulimit() { :; }; umask() { note umask "$@"; }
"""


class Trace(NamedTuple):
    events: tuple[str, ...]  # directory, user and words, tab-separated; or an instruction
    failed: bool


def make_root(folder: Path) -> None:
    """An empty root with bash in it, and what bash is linked with."""
    bash = shutil.which("bash") or "/bin/bash"
    listed = subprocess.run(["ldd", bash], capture_output=True, text=True, check=True).stdout
    for name in [bash, *re.findall(r"(/\S+)", listed)]:
        target = folder / name.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.realpath(name), target)
    folder.with_suffix(".layer").mkdir(exist_ok=True)
    for name in ("dev", "tmp", "bin"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "dev/null").touch()
    if not (folder / "bin/bash").exists():
        shutil.copy(bash, folder / "bin/bash")


def quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def variables(instruction: Instruction) -> str:
    """An ENV or ARG as bash makes of it; what bash cannot make sense of is the same in both versions."""
    words = [token.text.decode("utf-8", "replace") for token in instruction.tokens]
    if instruction.keyword == "ENV" and words and "=" not in words[0]:
        words = [f"{words[0]}={quoted(' '.join(words[1:]))}"]
    words = [word for word in words if re.match(r"[A-Za-z_]\w*=", word) and not re.search(r"[`;&|()<>]", word)]
    return "".join(
        f"eval {quoted('export ' + word)} 2>&-\n" for word in words if not word.startswith(("PATH=", "BASH"))
    )


def program(data: bytes) -> str:
    """The whole Dockerfile as one bash program: a RUN is a subshell whose failure ends it."""
    document = Document.parse(data)
    strip = "".join(f"  plain=${{plain//{option}/}}\n" for option in OPTIONS)
    strip += "  if [[ $plain == *apk* ]]; then\n"
    strip += (
        "".join(f"    plain=${{plain//{option}/}}\n" for option in (" --update-cache", " --update", " -U")) + "  fi\n"
    )
    lines = [DRIVER.replace("@STRIP@\n", strip), "D=/; U=root; E=\n"]
    for instruction in document.instructions:
        keyword, args = instruction.keyword, instruction.args.decode("utf-8", "replace")
        if keyword == "FROM":
            lines.append(
                f"D=/; U=root; E=; printf '%s\\n' {quoted(instruction.normal.decode('utf-8', 'replace'))} >&9\n"
            )
        elif keyword == "WORKDIR" and "$" not in args:
            lines.append(f"D={'' if args.startswith('/') else '${D%/}/'}{quoted(args)}\n")
            lines.append(f"printf '%s\\n' {quoted('WORKDIR ' + args)} >&9\n")
        elif keyword == "USER":
            lines.append(f"U={quoted(args)}\n")
        elif keyword in ("ENV", "ARG"):
            lines.append(variables(instruction))
        elif keyword == "SHELL":
            words = instruction.json or ()
            flags = list(words[1:-1]) + [word.replace("c", "") for word in words[-1:]]
            usable = words and words[0].rsplit("/", 1)[-1] in ("sh", "bash", "ash", "dash")
            lines.append(
                f"E={quoted(' '.join(flag for flag in flags if flag not in ('-', ''))) if usable else 'skip'}\n"
            )
        elif keyword == "RUN" and instruction.form == "shell":
            body = instruction.code[instruction.args_start - instruction.start :].decode("utf-8", "replace")
            if instruction.heredocs:
                doc = instruction.heredocs[0]
                body = data[doc.start : doc.end].decode("utf-8", "replace")
                body = re.sub(r"(?m)^\t+", "", body) if doc.chomp else body
                if len(instruction.heredocs) > 1 or not re.fullmatch(r"<<-?\s*['\"]?\w+['\"]?", args):
                    body = ""
            lines += (
                # The subshell stands alone: left of `||` its own `set -e` would be ignored.
                f"( [[ $E == skip ]] && exit 0; [[ -n $E ]] && set $E; eval {quoted(body)} )\n",
                "[[ $? == 0 ]] || { echo FAILED >&9; exit; }\n",
            )
        else:
            lines.append(f"printf '%s\\n' {quoted(instruction.normal.decode('utf-8', 'replace'))} >&9\n")
    return "".join(lines)


def prepare(root: Path, texts: tuple[bytes, ...]) -> str:
    """Make the folders that redirections name, and functions for commands that are called by a path."""
    paths = {path for text in texts for path in re.findall(rb"(?<![\w.])/[\w./+-]+", text)}
    for path in list(paths)[:400]:
        folder = os.path.dirname(os.path.normpath(path.decode()))
        if len(folder) < 200 and not folder.startswith(("/proc", "/dev", "/lib", "/bin", "/usr/lib")):
            try:
                (root / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
            except OSError:
                continue  # a file of that name is in the way: the redirection fails in both versions
    called = {name for text in texts for name in re.findall(rb"(?:^|[\s;&|(])((?:\.{0,2}|~)/[\w./+-]*\w)", text)}
    return "".join(f'function {name} {{ note {name} "$@"; }} 2>&-\n' for name in sorted(n.decode() for n in called))


def trace(root: Path, text: str, fail: str = "") -> Trace:
    """Run a program in the empty root."""
    log = root.with_suffix(".log")
    log.unlink(missing_ok=True)
    (root / "tmp/program").write_text(text, errors="replace")
    limits = "ulimit -t 5 -f 2048 -u 400 -v 2000000;"
    # What a script writes goes to a layer of its own, which is gone when its namespace ends.
    layer = quoted(str(root.with_suffix(".layer")))
    inner = (
        f"exec 9>{quoted(str(log))}; mount -t tmpfs none {layer} && cd {layer} && mkdir upper work root && "
        f"mount -t overlay none -o lowerdir={quoted(str(root))},upperdir=upper,workdir=work root && "
        f"{limits} exec chroot root /bin/bash /tmp/program"
    )
    command = ["unshare", "--pid", "--fork", "--kill-child", "--net", "--ipc", "--mount", "bash", "-c", inner]
    environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "FAIL": fail, "HOME": "/root"}
    try:
        subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False,
            cwd=root, start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Trace(("TIMEOUT",), failed=True)
    lines = log.read_text(errors="replace").split("\n")[:-1] if log.exists() else []
    return Trace(tuple(line for line in lines if line != "FAILED")[:ENDLESS], "FAILED" in lines)


def words(event: str) -> str:
    return event.rpartition("\t")[2]


def plain(event: str) -> str:
    """An event without the options that a rewrite may add."""
    head, tab, text = event.rpartition("\t")
    for option in OPTIONS:
        text = text.replace(option, "")
    folder, user = head.partition("\t")[::2]
    if FOLDERLESS.fullmatch(text):
        head = "\t" + user
    elif folder:
        head = os.path.normpath(folder) + "\t" + user
    return head + tab + APK_UPDATE.sub(r"\1", APK_UPDATE.sub(r"\1", text))


INDEXES = re.compile(r" /(?:var/(?:lib/apt|cache/(?:apt|yum|dnf|apk))|root/\.(?:npm|cache))\S*")


def without_indexes(event: str) -> str:
    """An rm without the indexes and caches among what it removes; nothing where that is all."""
    head, tab, text = event.rpartition("\t")
    if not re.match(r"(?:sudo )?(?:/\S*/)?rm ", text):
        return event
    rest = INDEXES.sub("", text)
    return head + tab + rest if any(not word.startswith("-") for word in rest.split()[1:] if word != "rm") else ""


def canonical(events: tuple[str, ...]) -> list[str]:
    """What must be the same: no clean-ups, no refreshes, no optional options, no flags that replace a chmod."""
    bare = [without_indexes(event) for event in events]
    kept = [
        plain(event)
        for at, event in enumerate(bare)
        if not CLEANUP.fullmatch(words(event))
        and not REFRESH.fullmatch(words(event))
        # A later one does the same.
        and not ((AUTOREMOVE.match(words(event)) or event != events[at]) and event in bare[at + 1 :])
    ]
    return [event for event in kept if words(event).strip()]


def owners(events: list[str]) -> list[tuple[str, str, str]]:
    """Who in the end owns what every COPY and every other command may have written, as far as recursive chowns say.

    That is the event without its flag, the folder or file, and the owner.
    """
    found: list[tuple[str, str, str]] = []
    workdir = "/"
    for event in events:
        place, _, text = event.rpartition("\t")
        parts = text.split()
        if parts[:1] == ["FROM"]:
            workdir = "/"
        elif parts[:1] == ["WORKDIR"]:
            workdir = os.path.normpath(os.path.join(workdir, parts[1]))
        elif parts[:1] in (["COPY"], ["ADD"]):
            flag = re.search(r" --chown=(\S+)", text)
            last = re.sub(r"[\s\"\]]+$", "", text).rpartition(" ")[2].strip('[",')
            owner = "root:root" if flag is None else flag[1] if ":" in flag[1] else f"{flag[1]}:"
            found.append((FLAG.sub("", text), os.path.normpath(os.path.join(workdir, last)), full_owner(owner)))
        elif given := recursive_chown(event):
            owner, folder = given
            found = [
                (text, path, full_owner(owner) if f"{path}/".startswith(folder.rstrip("/") + "/") else old)
                for text, path, old in found
            ]
        elif place and parts[:1] not in (["chown"], ["chmod"], ["rm"], ["cd"]):
            found.append((text, place.split("\t")[0] or "/", "root:root"))
    return found


def recursive_chown(event: str) -> tuple[str, str] | None:
    """The owner and the folder of a recursive chown of one folder."""
    place, _, text = event.rpartition("\t")
    parts = text.split()
    options = [part for part in parts[1:] if part.startswith("-")]
    operands = [part for part in parts[1:] if not part.startswith("-")]
    if parts[:1] != ["chown"] or len(operands) != 2 or not any("R" in one or one == "--recursive" for one in options):
        return None
    return operands[0], os.path.normpath(os.path.join(place.split("\t")[0] or "/", operands[1]))


def full_owner(text: str) -> str:
    """User and group as chown spells them: without a group that is root's, with a colon alone the user's own."""
    text = re.sub(r"^(\w[\w-]*)\.\1$", r"\1:\1", text).replace(":0", ":root")
    return text if ":" in text else f"{text}:root"


def without_chowned_trees(before: list[str], after: list[str], *, failed: bool) -> tuple[list[str], list[str]]:
    """Take the chowns of folders away, and the flags that replace them, if everything ends with the owner it had.

    Where a build fails nothing is kept, so that who would have owned it is no matter.
    """
    folders = {given[1] for event in before if (given := recursive_chown(event))}
    if before == after or not folders:
        return before, after
    one, other = owners(before), owners(after)
    if not failed and sorted(one) != sorted(item for item in other if item[0] in {text for text, _, _ in one}):
        return before, after
    inside = {text for text, path, _ in one if any(f"{path}/".startswith(f"{folder}/") for folder in folders)}
    return _without_chowns(before, folders, inside), _without_chowns(after, folders, inside)


def _without_chowns(events: list[str], folders: set[str], inside: set[str]) -> list[str]:
    return [
        re.sub(r" --chown=\S+", "", event) if FLAG.sub("", event) in inside else event
        for event in events
        if not chowns(event, folders)
    ]


def chowns(event: str, folders: set[str]) -> bool:
    """Whether it gives one of the folders, or what is about to be moved out of one, an owner."""
    place, _, text = event.rpartition("\t")
    parts = text.split()
    path = os.path.normpath(os.path.join(place.split("\t")[0] or "/", parts[-1])) if parts else ""
    return parts[:1] == ["chown"] and (path in folders or parts[1:3] == ["-R", "root:root"])


def may_be(path: str, source: str, target: str) -> bool:
    """Whether a path that a command names may be the file that a COPY of `source` to `target` makes."""
    name = os.path.basename(source)
    if path.startswith("/") and target.startswith("/"):
        return os.path.normpath(path) in (os.path.normpath(target), os.path.normpath(os.path.join(target, name)))
    return os.path.basename(path) in {os.path.basename(target), name} - {".", ""}


def without_folds(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """Take the chmod and chown operands away that a flag of a COPY answers, and the flag with them."""
    flagged = [event for event in after if re.match(r"(?:COPY|ADD) .*--ch(?:mod|own)=", event) and event not in before]
    for event in flagged:
        source, target = (word.strip('[]",') for word in event.split()[-2:])
        for kind in re.findall(r"--(chmod|chown)=", event):
            for at, old in enumerate(before):
                parts = words(old).removeprefix("sudo ").split()
                gone = [part for part in parts[2:] if may_be(part, source, target)]
                if parts and os.path.basename(parts[0]) == kind and gone and not parts[1].startswith("-"):
                    rest = [part for part in parts[2:] if part not in gone]
                    kept = old.rpartition("\t")[0] + "\t" + " ".join([*parts[:2], *rest])
                    before = [*before[:at], *([kept] if rest else []), *before[at + 1 :]]
                    break
        bare = FLAG.sub("", event)
        after = [bare if other == event else other for other in after]
        before = [bare if FLAG.sub("", other) == bare else other for other in before]
    return before, after


def without_moves(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """Take the mv of a copied file away that a COPY to where it goes answers."""
    for event in [event for event in after if event.startswith(("COPY ", "ADD ")) and event not in before]:
        parts = event.split()
        head = FLAG.sub("", event).split()[:-1]
        copied = next((old for old in before if FLAG.sub("", old).split()[:-1] == head and old not in after), None)
        for mv in [old for old in before if re.match(r"(?:.*\t)?mv \S+ \S+$", old)]:
            source, target = words(mv).split()[1:]
            names = {os.path.basename(parts[-2]), os.path.basename(copied.split()[-1])} if copied else set()
            if os.path.basename(source) in names and parts[-1].rstrip("/") == target.rstrip("/"):
                there = f"{copied.rpartition(' ')[0]} {parts[-1]}" if copied else ""
                before = [there if old == copied else old for old in before if old != mv]
                break
    return before, after


def without_copies(before: Trace, mounted: set[tuple[bytes, bytes]]) -> Trace:
    """Take the COPY of a file that a bind mount now shows away, and its removal."""
    if not mounted:
        return before
    sources = {source.decode() for source, _ in mounted}
    names = {os.path.basename(target.decode()) for _, target in mounted}
    kept: list[str] = []
    for event in before.events:
        head, tab, text = event.rpartition("\t")
        parts = text.split()
        if parts[:1] in (["COPY"], ["ADD"]) and parts[1].lstrip("./") in sources:
            continue
        if parts[:1] == ["rm"] and any(os.path.basename(part) in names for part in parts):
            parts = [part for part in parts if os.path.basename(part) not in names]
            if all(part.startswith("-") for part in parts[1:]):
                continue
        kept.append(head + tab + " ".join(parts) if parts[:1] == ["rm"] else event)
    return before._replace(events=tuple(kept))


def settled(events: list[str]) -> list[str]:
    """The events, with every COPY and other instruction as far up as what it may be moved over lets it."""
    found: list[str] = []
    for event in events:
        at = len(found)
        if "\t" not in event and not event.startswith("FROM "):
            while at and passable(found[at - 1], event):
                at -= 1
        found.insert(at, event)
    return found


def passable(command: str, instruction: str) -> bool:
    """Whether an instruction may stand before a command, or before another instruction, as well as after it."""
    if METADATA.match(instruction):
        return not METADATA.match(command) and not command.startswith("FROM ")
    if "\t" not in command or not INDIFFERENT.fullmatch(words(command)):
        return False
    target = re.sub(r"[\s\"\]]+$", "", instruction).rpartition(" ")[2].strip('[",').rstrip("/")
    paths = [re.split(r"[*?{$]", word)[0] for word in words(command).split() if word.startswith("/")]
    return not any(f"{target}/".startswith(path) or path.startswith(f"{target}/") for path in paths)


def fresh_installs(events: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Every apt install and whether an index was there for it."""
    found: list[tuple[str, bool]] = []
    fresh = False
    for event in events:
        text = words(event)
        if REFRESH.fullmatch(text) or REFRESHING.match(text):
            fresh = True
        elif APT_CLEAR.match(text):
            fresh = False
        elif APT_INSTALL.match(text):
            found.append((plain(text), fresh))
    return found


def compare(before: Trace, after: Trace, *, piped: bool) -> str:
    """What is unexplained, in a line, or nothing. Members of a pipeline may log in any order."""
    if before.failed != after.failed:
        return f"the build {'failed' if before.failed else 'succeeded'} before, and does not now"
    old, new = without_chowned_trees(canonical(before.events), canonical(after.events), failed=before.failed)
    old, new = without_folds(*without_moves(old, new))
    if before.failed:  # nothing is kept, so what was copied before the failure is no matter
        copied = {event for event in {*old, *new} if "\t" not in event}
        old, new = ([event for event in events if event not in copied] for events in (old, new))
    old, new = settled(old), settled(new)
    endless = min(len(before.events), len(after.events)) >= ENDLESS
    if old != new and not (piped and sorted(old) == sorted(new)):
        end = [] if endless else ["(end)"]
        for one, other in zip([*old, *end], [*new, *end], strict=False):
            if one != other:
                return f"{one!r} became {other!r}"
    if not before.failed:
        for (text, was), (_, now) in zip(fresh_installs(before.events), fresh_installs(after.events), strict=False):
            if was and not now:
                return f"{text!r} has no index any more"
    return ""


def failing(before: Trace, after: Trace) -> list[str]:
    """The commands that are made to fail, one at a time: those that run in both, for what answers another may not fail.

    A chmod or chown is none of them: a flag of a COPY cannot fail as it can.
    """
    texts = dict.fromkeys(words(event) for event in canonical(before.events) if "\t" in event)
    both = [{words(plain(event)) for event in trace.events} for trace in (before, after)]
    answered = re.compile(r"(?:sudo )?(?:ch(?:mod|own)|cd) ")
    return [text for text in texts if not answered.match(text) and all(text in one for one in both)][:INJECTED]


def check(path: Path, root: Path, settings: Settings) -> tuple[int, list[str]]:
    """How many runs were compared for a file, and what is unexplained."""
    data = path.read_bytes()
    try:
        result = optimize(data, settings=settings)
    except DockerfileError:
        return 0, []
    if not result.changed:
        return 0, []
    mounted = set(re.findall(rb"--mount=type=bind,source=([^,\s]+),target=([^,\s]+)", result.patched))
    mounted -= set(re.findall(rb"--mount=type=bind,source=([^,\s]+),target=([^,\s]+)", result.original))
    functions = prepare(root, (result.original, result.patched))
    old, new = (functions + program(text) for text in (result.original, result.patched))
    piped = b"|" in data or b"&" in data.replace(b"&&", b"") or b"$(" in data or b"`" in data
    problems: list[str] = []
    count = 0
    for text in ("", *failing(trace(root, old), trace(root, new))):
        count += 1
        # A script that races with itself is compared again: a wrong rewrite is wrong every time.
        for _ in range(3):
            problem = compare(without_copies(trace(root, old, text), mounted), trace(root, new, text), piped=piped)
            if not problem:
                break
        else:
            problems.append(f"{path}{f' with a failing {text!r}' if text else ''}: {problem}")
    return count, problems


def _work(job: tuple[Path, Settings]) -> tuple[int, list[str]]:
    global _root  # noqa: PLW0603
    if _root is None:
        _root = Path(tempfile.mkdtemp(prefix="trace-"))
        make_root(_root)
    return check(job[0], _root, job[1])


_root: Path | None = None


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare what Dockerfiles run before and after dfopt.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--select", default="", help="these rules, or all, instead of those on by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--limit", type=int, default=0)
    options = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("unshare"):
        print("needs root and unshare(1)", file=sys.stderr)
        return 2
    settings = Settings(frozenset(filter(None, options.select.split(","))), unsafe=options.unsafe)
    files = sorted(path for path in options.folder.rglob("*") if path.is_file())
    files = files[:: max(1, len(files) // options.limit)] if options.limit else files
    changed = runs = 0
    problems: list[str] = []
    with multiprocessing.Pool(options.jobs) as pool:
        for count, found in pool.imap(_work, [(path, settings) for path in files], chunksize=8):
            changed += count > 0
            runs += count
            problems += found
    for problem in problems:
        print(problem)
    print(f"{len(files)} files, {changed} rewritten, {runs} pairs of runs compared, {len(problems)} unexplained")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

"""What a rewrite may change in the commands that run, and what it may not: the judge of ``trace.py``."""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import NamedTuple

from small_root import EMPTY, Entry

from dfopt.optimizer.image.globs import holds, matches

ENDLESS = 3000  # events after which a script is taken to wait for something that the stubs never give it
INJECTED = 6  # so many commands of a file are made to fail, one at a time
OPTIONS = (
    " --no-cache-dir", " --no-cache", " --nodocs", " --no-docs", " --setopt=tsflags=nodocs", " --no-install-recommends",
    " --no-document", " --no-recommends", " --no-dev", " --omit=dev",
    " --setopt=install_weak_deps=False", " --setopt=install_weak_deps=0",
)  # fmt: skip
APK_UPDATE = re.compile(r"^((?:sudo )?apk\b.*?) (?:-U|--update|--update-cache)(?= |$)")
CLEANUP = re.compile(
    r"(?:sudo (?:-\S+ )*)?(?:rm -\S+ .*/var/(?:lib/apt|cache/(?:apt|yum|dnf|apk|zypp))\S*.*"
    r"|rm -\S+ /\S*lib/?\S*apt\S*.*"
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
    r"|cd /|(?:sudo )?rm (?:-f )?\S+\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip|deb|rpm|7z)"
    r"|rm -\S+(?: /opt/(?:mini)?conda\d?/pkgs(?:/\*)?| \S*/\.(?:npm|cache)(?:/\S*)?)+|\S*pip[\d.]* cache purge"
    r"|\S*(?:conda|(?:micro)?mamba) clean(?: \S+)*)"
)
REFRESH = re.compile(
    r"(?:sudo (?:-\S+ )*)?(?:\S+=\S+ )*(?:\S*apt(?:-get)?(?: -\S+(?: \S+=\S+)?)* update(?: -\S+)*"
    r"|apk(?: -\S+)* update(?: -\S+)*(?: --repositories-file \S+)?|(?:yum|dnf|microdnf)(?: -\S+)* makecache.*)"
)
AUTOREMOVE = re.compile(r"(?:sudo )?apt(?:-get)?(?: -\S+)* autoremove\b")
# Commands to which it is all the same in which directory they run.
WITHOUT_DIRECTORY = re.compile(
    r"(?:sudo )?(?:apt-get|apt|apk|dnf|yum|microdnf) [^/]*"
    r"|pip[\d.]* install(?: -[^\sre]\S*| [^-./\s][^/\s]*)+"
    r"|(?:sudo )?(?:/\S*/)?(?:rm|mv|cp|ln|mkdir|touch|strip|ldconfig)(?: -\S+| /\S+)*"
    r"|(?:sudo )?ch(?:mod|own|grp)(?: -\S+)* [^/]\S*(?: -\S+| /\S+)*|sed .* /\S+"
    r"|(?:user|group)(?:add|mod|del)(?: -\S+| /\S+| [^./\s][^/\s]*)+|add(?:user|group)(?: -\S+| /\S+| [^./\s][^/\s]*)+"
    r"|curl(?: -[a-np-zA-NP-Z]+| -[a-zA-Z]*o /\S+| \w+://\S+)+"
)
# Installs by name, removals of packages, and what names whole paths: a COPY may come before or after them.
INDIFFERENT = re.compile(
    r"(?:apt-get|apt|apk|dnf|yum|microdnf|zypper) (?:\S+://\S+|[^/])*"
    r"|pip[\d.]* install(?: -[^\sre]\S*| [^-./\s][^/\s]*)+|npm (?:ci|install|i)(?: --\S+)*|(?:rm|mkdir)(?: -\S+| /\S+)*"
)
METADATA = re.compile(r"(?:LABEL|EXPOSE|CMD|ENTRYPOINT|STOPSIGNAL|HEALTHCHECK|MAINTAINER) ")
FLAG = re.compile(r" --ch(?:mod|own)=\S+")
# Scripts that end in a refresh when they are piped into a shell.
REFRESHING = re.compile(r"(?:sudo )?(?:curl|wget) .*(?:deb\.nodesource\.com/setup|packagecloud\.io/\S*/script\.deb)")
APT_CLEAR = re.compile(r"(?:sudo )?rm -\S+ .*/var/lib/apt/lists")
APT_INSTALL = re.compile(r"(?:sudo )?apt(?:-get)?(?: -\S+(?: \S+=\S+)?)* (?:install|upgrade|dist-upgrade|build-dep)\b")


class Trace(NamedTuple):
    events: tuple[str, ...]  # directory, user and words, tab-separated; or an instruction
    failed: bool
    trouble: tuple[str, ...] = ()  # what went wrong in the small root
    there: tuple[tuple[str, str], ...] = ()  # an event, and those of its operands that were there
    users: tuple[tuple[str, int], ...] = ()  # who was used though nothing made him, and how many events came before
    state: dict[str, Entry] = {}  # noqa: RUF012  what was left, by stage and path


def read_log(lines: list[str], left: dict[str, Entry]) -> Trace:
    """A trace from the lines of its log, and what it left."""
    events: list[str] = []
    trouble: list[str] = []
    there: list[tuple[str, str]] = []
    users: list[tuple[str, int]] = []
    for line in lines:
        if line.startswith("!"):
            trouble.append(line[1:])
        elif line.startswith("@"):
            event, _, paths = line[1:].rpartition("\t")
            there.append((event, paths))
        elif line.startswith("%"):
            users.append((line[1:], len(events)))
        elif line != "FAILED" and len(events) < ENDLESS:
            events.append(line)
    return Trace(tuple(events), "FAILED" in lines, tuple(trouble), tuple(there), tuple(users), left)


def words(event: str) -> str:
    return event.rpartition("\t")[2]


def plain(event: str) -> str:
    """An event without the options that a rewrite may add."""
    head, tab, text = event.rpartition("\t")
    for option in OPTIONS:
        text = text.replace(option, "")
    directory, user = head.partition("\t")[::2]
    if WITHOUT_DIRECTORY.fullmatch(text):
        head = "\t" + user
    elif directory:
        head = os.path.normpath(directory) + "\t" + user
    return head + tab + APK_UPDATE.sub(r"\1", APK_UPDATE.sub(r"\1", text))


INDEXES = re.compile(r" /(?:var/(?:lib/apt|cache/(?:apt|yum|dnf|apk|zypp))|root/\.(?:npm|cache))\S*")


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
        and not ((AUTOREMOVE.match(words(event)) or words(event).startswith("rm ")) and event in bare[at + 1 :])
    ]
    return [event for event in kept if words(event).strip()]


def owners(events: list[str]) -> list[tuple[str, str, str]]:
    """Who in the end owns what every COPY and every other command may have written, as far as recursive chowns say.

    That is the event without its flag, the directory or file, and the owner.
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
            owner, directory = given
            found = [
                (text, path, full_owner(owner) if f"{path}/".startswith(directory.rstrip("/") + "/") else old)
                for text, path, old in found
            ]
        elif place and parts[:1] not in (["chown"], ["chmod"], ["rm"], ["cd"]):
            found.append((text, place.split("\t")[0] or "/", "root:root"))
    return found


def recursive_chown(event: str) -> tuple[str, str] | None:
    """The owner and the directory of a recursive chown of one directory."""
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
    """Take the chowns of directories away, and the flags that replace them, if everything ends with the owner it had.

    Where a build fails nothing is kept, so that who would have owned it does not matter.
    """
    directories = {given[1] for event in before if (given := recursive_chown(event))}
    if before == after or not directories:
        return before, after
    one, other = owners(before), owners(after)
    if not failed and sorted(one) != sorted(item for item in other if item[0] in {text for text, _, _ in one}):
        return before, after
    inside = {text for text, path, _ in one if any(f"{path}/".startswith(f"{directory}/") for directory in directories)}
    return _without_chowns(before, directories, inside), _without_chowns(after, directories, inside)


def _without_chowns(events: list[str], directories: set[str], inside: set[str]) -> list[str]:
    return [
        re.sub(r" --chown=\S+", "", event) if FLAG.sub("", event) in inside else event
        for event in events
        if not chowns(event, directories)
    ]


def chowns(event: str, directories: set[str]) -> bool:
    """Whether it gives one of the directories, or what is about to be moved out of one, an owner."""
    place, _, text = event.rpartition("\t")
    parts = text.split()
    path = os.path.normpath(os.path.join(place.split("\t")[0] or "/", parts[-1])) if parts else ""
    return parts[:1] == ["chown"] and (path in directories or parts[1:3] == ["-R", "root:root"])


def may_be(path: str, source: str, target: str) -> bool:
    """Whether a path that a command names may be the file that a COPY of `source` to `target` makes."""
    name = os.path.basename(source)
    if path.startswith("/") and target.startswith("/"):
        inside = os.path.normpath(os.path.join(target, name))
        return os.path.normpath(path) in ((inside,) if target.endswith("/") else (inside, os.path.normpath(target)))
    return os.path.basename(path) in {os.path.basename(target), name} - {".", ""}


def absolute_target(events: list[str], event: str, target: str) -> str:
    """Where a COPY among the events writes to, made absolute where the WORKDIR above it is no variable."""
    workdir = "/"
    for one in events[: events.index(event)]:
        if one.startswith("FROM "):
            workdir = "/"
        elif one.startswith("WORKDIR "):
            workdir = os.path.join(workdir, one.removeprefix("WORKDIR "))
    return target if "$" in workdir + target else os.path.join(workdir, target)


def without_folds(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """Take the chmod and chown operands away that a flag of a COPY answers, and the flag with them."""
    flagged = [event for event in after if re.match(r"(?:COPY|ADD) .*--ch(?:mod|own)=", event) and event not in before]
    for event in flagged:
        *sources, target = (word.strip('[]",') for word in event.split()[1:] if not word.startswith("--"))
        target = absolute_target(after, event, target)
        for kind in re.findall(r"--(chmod|chown)=", event):
            for at, old in enumerate(before):
                parts = words(old).removeprefix("sudo ").split()
                directory = old.split("\t")[0] if "\t" in old else ""
                paths = [(part, os.path.join(directory, part)) for part in parts[2:]]
                gone = [part for part, path in paths if any(may_be(path, source, target) for source in sources)]
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


def without_removed(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """Take the COPY of a file and its rm away where neither is there any more, and no base image has such a file."""
    for event in [old for old in before if re.match(r"(?:COPY|ADD) [^-]\S* \S+$", old) and old not in after]:
        source, target = event.split()[1:]
        target = absolute_target(before, event, target)
        if re.match(r"/(?:etc|usr|var|s?bin|lib)/", target):
            continue
        for at, old in enumerate(before):
            parts = words(old).split()
            directory = old.split("\t")[0] if "\t" in old else ""
            gone = [part for part in parts[1:] if may_be(os.path.join(directory, part), source, target)]
            if parts[:1] == ["rm"] and gone and old not in after:
                parts = [part for part in parts if part not in gone]
                rest = any(not part.startswith("-") for part in parts[1:])
                kept = [old.rpartition("\t")[0] + "\t" + " ".join(parts)] if rest else []
                before = [one for one in [*before[:at], *kept, *before[at + 1 :]] if one != event]
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


CACHES = re.compile(
    r"/(?:var/(?:lib/(?:apt|dpkg|pacman/sync)|cache)|opt/(?:mini)?conda\d?/pkgs|(?:\S*/)?\.(?:npm|cache|m2|gradle|cargo|yarn)|etc/apt/apt\.conf\.d)(?:/\S*)?"
)
# What makes no user, whatever it is given.
MAKES_NO_USER = re.compile(
    r"(?:sudo )?(?:/\S*/)?(?:cd|rm|cp|mv|mkdir|ln|touch|chmod|chown|chgrp|echo|cat|curl|wget|tar|unzip|npm|yarn|pnpm"
    r"|pip[\d.]*|python[\d.]* -m pip|go|cargo|gem|bundle|composer|git|sed|grep|ldconfig|mvn|gradle|dotnet|conda|set"
    r"|(?:apt|apt-get|apk) (?:-\S+ )*(?:update|clean|autoremove|del)|export|trap|which|install|strip)\b"
)


class Declared(NamedTuple):
    """The path globs of all findings that were applied."""

    removes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    def covers(self, path: str, was: Entry | None, now: Entry | None) -> bool:
        if matches(path, self.changes) or CACHES.fullmatch(path):
            return True
        gone = was is not None and (now is None or now.kind == "gone")
        return gone and (matches(path, self.removes) or (was.kind == "directory" and holds(path, self.removes)))


NOTHING = Declared()


def needs(before: Trace, after: Trace, declared: Declared) -> str:
    """What goes wrong now and did not, what is not there any more when it is read, and what is left that differs."""
    for text in (Counter(map(plain, after.trouble)) - Counter(map(plain, before.trouble))).elements():
        return f"trouble: {text!r}"
    had, has = there(before), there(after)
    for event in had.keys() & has.keys():
        for one, other in zip(had[event], has[event], strict=False):
            for path in set(one.split()) - set(other.split()):
                place = os.path.normpath(os.path.join(event.split("\t")[0] or "/", path))
                if not CACHES.fullmatch(place):
                    return f"{event!r} finds no {path!r} any more"
    known = dict(after.users)
    for name, count in before.users:
        if name in known:
            late = makers(before.events[:count]) - makers(after.events[: known[name]])
            if late:
                return f"{name!r} is used before {min(late)!r}, which may make that user"
    for name in known.keys() - dict(before.users).keys():
        return f"{name!r} is used before it is made"
    for path in sorted(before.state.keys() | after.state.keys()):
        empty = EMPTY.get(path.partition(":")[2])
        was, now = before.state.get(path, empty), after.state.get(path, empty)
        if was != now and not declared.covers(path.partition(":")[2], was, now):
            return f"{path} is {now}, was {was}"
    return ""


def there(trace: Trace) -> dict[str, list[str]]:
    """The operands that were there, by event, once for each time."""
    found: dict[str, list[str]] = {}
    for event, paths in trace.there:
        found.setdefault(plain(event), []).append(paths)
    return found


def makers(events: tuple[str, ...]) -> Counter[str]:
    """The commands that may make a user."""
    texts = (words(plain(event)) for event in events if "\t" in event)
    return Counter(
        text for text in texts if not (MAKES_NO_USER.match(text) or CLEANUP.fullmatch(text) or REFRESH.fullmatch(text))
    )


def compare(before: Trace, after: Trace, *, piped: bool, declared: Declared = NOTHING) -> str:
    """What is unexplained, in a line, or nothing. Members of a pipeline may log in any order."""
    if before.failed != after.failed:
        return f"the build {'failed' if before.failed else 'succeeded'} before, and does not now"
    old, new = without_chowned_trees(canonical(before.events), canonical(after.events), failed=before.failed)
    old, new = without_removed(*without_folds(*without_moves(old, new)))
    if before.failed:  # nothing is kept, so what was copied or removed before the failure does not matter
        old, new = (
            [
                one
                for one in events
                if "\t" in one and not words(one).startswith("rm ") and not AUTOREMOVE.match(words(one))
            ]
            for events in (old, new)
        )
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
        return "" if endless else needs(before, after, declared)
    return ""


def failing(before: Trace, after: Trace) -> list[str]:
    """The commands that are made to fail, one at a time: those that run in both, for what answers another may not fail.

    A chmod or chown is none of them: a flag of a COPY cannot fail as it can. Nor is an rm that one of them does twice.
    """
    texts = dict.fromkeys(words(event) for event in canonical(before.events) if "\t" in event)
    both = [{words(plain(event)) for event in trace.events} for trace in (before, after)]
    answered = re.compile(r"(?:sudo )?(?:ch(?:mod|own)|cd) ")
    twice = {
        text
        for trace in (before, after)
        for text, count in Counter(words(event) for event in trace.events).items()
        if count > 1 and (text.startswith("rm ") or AUTOREMOVE.match(text))
    }
    texts = {text: None for text in texts if text not in twice and not answered.match(text)}
    # Nor what brings an index through a pipe that hides that it failed.
    return [text for text in texts if all(text in one for one in both) and not REFRESHING.match(text)][:INJECTED]

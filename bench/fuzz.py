"""Random Dockerfiles, built for real before and after: the rewrite must build where the original does, and be the same.

    python bench/fuzz.py [--count N] [--seed S] [--unsafe] [--jobs N] [--sizes]

Every Dockerfile is put together at random from instructions that copy, unpack, move, own, link, install and remove
files, make users, become them, start scripts of the context and daemons, such that rules meet in ways nobody thought
of. No network is needed: the base image, ``debian:fuzz``, is made on the spot from ``debian:bookworm`` with a package
repository of its own. dfopt rewrites each with its rules, with and without the build context at hand; what changed is
built. A stage behind both writes down every path with its mode, owner, links and content, and runs CMD; what differs
and is not declared, or does not build any more, is printed, and the exit code is 1. With ``--sizes`` the images
themselves are compared instead, as ``dfopt verify`` does, and none may be bigger; that takes many times as long.
Needs a Docker engine with ``debian:bookworm`` (``tests/slow/engine.sh`` and ``bases.sh``).
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from explain import Declared
from small_root import Entry, quoted

from dfopt.optimizer import Result, Settings, optimize
from dfopt.optimizer.build.engines import BuildError, BuildSession, Options, choose
from dfopt.optimizer.build.verify import PatchedBuildError, Request, Verifier
from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.rules.registry import RULES

DIRECTORIES = ("/app", "/srv/app", "/opt/tool", "/tmp", "/usr/local/bin", "/etc", "/home/app", "/var/www")
FILES = ("run.sh", "tool", "a.conf", "data.bin")
PACKAGES = ("tool-a", "tool-b", "tool-c")  # b depends on a and recommends c
TREES = ("site", "src")
OWNERS = ("games:games", "games", "www-data:www-data", "7:7", "7", "games:", "root:root", "app:app")
MODES = ("755", "0644", "+x", "u+x", "640", "700", "g-w", "a+rx")
SCRIPTS = {
    "setup.sh": "apt-get install -y tool-c\n",  # of an index that somebody else refreshed
    "refresh.sh": "apt-get update && apt-get install -y tool-b\n",
    "entry.sh": '#!/bin/sh\nif [ -n "$INSTALL" ]; then apt-get install -y tool-a; fi\ntool-a; id -un\n',
    "Makefile": "all:\n\techo made > made.txt\ndeps:\n\tapt-get install -y tool-a\n",
}
# What the base image has beside Debian: packages without a network, one of which makes a user as a server's does.
BASE = r"""
FROM debian:bookworm
RUN apt-get update && apt-get install -y --no-install-recommends make sudo dpkg-dev && rm -rf /var/lib/apt/lists/*
RUN <<'EOF'
set -e
pack() {
  dir=/tmp/$1; mkdir -p $dir/DEBIAN $dir/usr/bin $dir/usr/share/doc/$1
  printf 'Package: %s\nVersion: 1.0\nArchitecture: all\nMaintainer: me <me@example.org>\n%bDescription: x\n' $1 "$2" \
    >$dir/DEBIAN/control
  echo "doc of $1" >$dir/usr/share/doc/$1/README
}
tool() { pack $1 "$2"; printf '#!/bin/sh\necho %s\n' $1 >/tmp/$1/usr/bin/$1; chmod 755 /tmp/$1/usr/bin/$1; }
tool tool-a ""
tool tool-b "Depends: tool-a\nRecommends: tool-c\n"
tool tool-c ""
pack svc ""
cat >/tmp/svc/DEBIAN/postinst <<'POST'
#!/bin/sh
set -e
id svc >/dev/null 2>&1 || useradd -r -d /var/lib/svc svc
mkdir -p /var/lib/svc
chown -R svc:svc /var/lib/svc
if [ -e /etc/a.conf ]; then chown svc:svc /etc/a.conf; chmod 640 /etc/a.conf; fi
POST
chmod 755 /tmp/svc/DEBIAN/postinst
pack svcd ""
printf '#!/bin/bash\nexec 9>/run/svcd.lock\nflock -n 9 || exit 2\nsleep 60 >/dev/null 2>&1 &\n' >/tmp/svcd/usr/bin/svcd
chmod 755 /tmp/svcd/usr/bin/svcd
mkdir /repository
for name in tool-a tool-b tool-c svc svcd; do dpkg-deb -b /tmp/$name /repository >/dev/null; done
rm -rf /tmp/*
cd /repository && dpkg-scanpackages -m . >Packages
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d
echo 'deb [trusted=yes] file:/repository ./' >/etc/apt/sources.list
cat >/repository/look <<'LOOK'
#!/bin/bash
# look USER DIRECTORY COMMAND: what is in /mnt, and what CMD says there
cd /mnt
mkdir /look
find . -xdev \( -path ./repository -o -path ./proc -o -path ./usr/lib -o -path ./usr/share/zoneinfo \) -prune -o \
  -printf '%p\t%y\t%m\t%U:%G\t%n\t%l\n' >/look/paths
find . -xdev \( -path ./repository -o -path ./usr/lib -o -path './usr/bin/[!t]*' \) -prune -o \
  -type f -exec sha256sum {} + >/look/sums
cd /
timeout 20 chroot --userspec="$1" /mnt sh -c "cd $2; $3" >/look/said 2>&1
echo "exit $?" >>/look/said
LOOK
chmod 755 /repository/look
EOF
"""
EVERY = frozenset(rule.name for rule in RULES)


def make_context(directory: Path) -> None:
    """Files with one mode each, two directories, and two archives of them; always the same."""
    content = random.Random(0).randbytes
    for name in FILES:
        (directory / name).write_bytes(content(3000))
        (directory / name).chmod(0o755 if name == "tool" else 0o644)
    for name, script in SCRIPTS.items():
        (directory / name).write_text(script)
    for tree in TREES:
        (directory / tree / "deep").mkdir(parents=True)
        for name in ("index.html", "deep/b.js", "run.sh"):
            (directory / tree / name).write_bytes(content(2000))
            (directory / tree / name).chmod(0o644)
    for name, inside in (("app.tar.gz", "payload/bin"), ("more.tgz", "more/etc")):
        with gzip.GzipFile(directory / name, "w", mtime=0) as file, tarfile.open(fileobj=file, mode="w") as archive:
            entry = tarfile.TarInfo(inside)
            entry.size = 4000
            archive.addfile(entry, io.BytesIO(content(4000)))
        (directory / name).chmod(0o644)


class Maker:
    """Makes one Dockerfile; it remembers what is where, so that most of them build."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.files: set[str] = set()
        self.archives: set[str] = set()
        self.trees: set[str] = set()
        self.directories = {"/tmp", "/usr/local/bin", "/etc", "/opt", "/srv", "/usr/local/share"}
        self.owners = list(OWNERS)
        self.workdir = "/"
        self.packages: set[str] | None = set() if dice.random() < 0.6 else None  # what is installed, where any may be
        self.become = "root"
        self.ran = 0

    def text(self) -> str:
        refresh = [] if self.packages is None else ["RUN apt-get update"]
        name = " AS build" if self.dice.random() < 0.2 else ""
        lines = [
            f"FROM debian:fuzz{name}",
            *refresh,
            self.directory(),
            self.dice.choice((self.copy_tree, self.copy_all))(),
        ]
        for _ in range(self.dice.randint(4, 12)):
            lines.append(self.line())
        if name:
            lines += self.second_stage()
        ends = (
            'CMD ["/entry.sh"]',
            "CMD tool-a; find . /srv /opt | sort",
            "CMD cat /etc/a.conf run.sh | sha1sum",
        )
        lines.append(self.dice.choice(ends))
        return "\n".join(lines) + "\n"

    def second_stage(self) -> list[str]:
        tree = self.one_of(self.trees)
        again = [
            f"COPY --from=build {self.dice.choice((tree, '/', '/etc', '/var'))} {self.dice.choice((tree, '/out'))}"
        ]
        return ["FROM debian:fuzz", *again, f"RUN {self.dice.choice(('true', 'apt-get install -y tool-c || true'))}"]

    def line(self) -> str:
        kinds = [
            self.copy_file, self.copy_file, self.copy_tree, self.copy_all, self.copy_archive, self.directory, self.user,
            self.other, self.habit, self.habit, self.habit, self.run, self.run, self.run, self.run, self.run, self.run,
        ]  # fmt: skip
        if self.become != "root":
            self.become = "root"
            return "USER root"
        return self.dice.choice(kinds)()

    def habit(self) -> str:
        """Some lines that people write, each of a kind that a rewrite must see through."""
        pick = self.dice.choice
        if not self.files:
            return self.copy_all()
        self.ran += 1
        kinds = ["link", "entry", "heredoc", "leak", "umask", "pair"]
        if self.packages is not None:
            kinds += ["script", "make", "service", "sudo", "daemon", "download", "policy", "temporary"]
        kind = pick(kinds)
        if kind == "link":
            file = self.one_of(self.files)
            line = f"RUN ln {pick(('', '-s ', '-f '))}{file} /usr/local/share/link{self.ran}"
            return f"{line}\nRUN chmod {pick(MODES)} {file}"
        if kind == "entry":
            return f"COPY entry.sh {pick(('/', '/entry.sh'))}\nRUN chmod {pick(('+x', '755', 'a+rx'))} /entry.sh"
        if kind == "heredoc":
            return f"RUN <<EOF\nset -e\n{self.command()}\n{self.command()}\nEOF"
        if kind == "leak":
            text = pick(("if true; then V=1; fi", "for V in 1 2; do true; done", "{ V=1; }", ": ${V:=1}", "cd /opt"))
            return f'RUN {text}\nRUN echo "$V" > note{self.ran} && {self.command()}'
        if kind == "umask":
            return f"RUN umask 077 && {self.command()}\nRUN {self.command()}"
        if kind == "pair":
            return f"RUN {self.command()}\n{self.other()}\nRUN {self.command()} && {self.command()}"
        if kind == "script":
            script = pick(("setup.sh", "refresh.sh"))
            after = pick(("", " && rm /tmp/" + script, "\nRUN rm /tmp/" + script))
            return f"COPY {script} /tmp/\nRUN {pick(('sh ', 'bash ', '. '))}/tmp/{script}{after}"
        if kind == "make":
            return f"COPY Makefile /opt/\nRUN {pick(('make -C /opt', 'cd /opt && make deps', 'make -C /opt deps all'))}"
        if kind == "service":
            file = pick(("a.conf", "run.sh"))
            target = pick(("/etc/a.conf", f"/srv/svc{self.ran}"))
            lines = [
                f"COPY {file} {target}",
                "RUN apt-get install -y svc",
                f"RUN chown {pick(('svc', 'svc:svc'))} {target}",
            ]
            if self.dice.random() < 0.4:
                lines[:2] = lines[1::-1]
            self.owners += ["svc:svc"] * ("svc:svc" not in self.owners)
            return "\n".join(lines)
        if kind == "sudo":
            self.become = f"dev{self.ran}"
            rights = pick(("ALL", "/usr/bin/apt-get"))
            command = pick(("apt-get update && sudo apt-get install -y tool-b", "apt-get install -y tool-c"))
            return (
                f"RUN useradd -m {self.become} && echo '{self.become} ALL=(ALL) NOPASSWD: {rights}' "
                f"> /etc/sudoers.d/{self.become}\nUSER {self.become}\nRUN sudo {command}"
            )
        if kind == "daemon":
            return "RUN apt-get install -y svcd\nRUN svcd\nRUN svcd && rm -f /run/svcd.lock"
        if kind == "download":
            return "RUN apt-get install -y -d tool-c && ls /var/cache/apt/archives\nRUN apt-get install -y tool-c"
        if kind == "temporary":
            line = self.other()
            return (
                f"RUN apt-get install -y tool-c\n{line}\nRUN tool-c > /opt/said{self.ran}\nRUN apt-get purge -y tool-c"
            )
        return pick(("RUN apt-cache policy tool-a | grep file", "RUN rm -rf /var/lib/apt/lists/*\nRUN apt-get update"))

    def one_of(self, paths: set[str]) -> str:
        return self.dice.choice(sorted(paths))

    def spelled(self, path: str) -> str:
        """A path as it is, or as the working directory has it."""
        if path.startswith(self.workdir.rstrip("/") + "/") and self.dice.random() < 0.4:
            return path.removeprefix(self.workdir.rstrip("/") + "/")
        return path

    def brings(self, directory: str, *names: str) -> None:
        self.directories.add(directory)
        self.directories |= {directory + "/deep"} if any(name.startswith("deep/") for name in names) else set()
        self.files |= {f"{directory}/{name}" for name in names}

    def copy_file(self) -> str:
        name, directory = self.dice.choice(FILES), self.dice.choice(DIRECTORIES)
        word = self.dice.choice(("COPY", "COPY", "ADD"))
        flag = self.dice.choice(("", "", "", "", "--chmod=700 ", "--chown=7:7 "))
        new = self.dice.choice((name, f"new-{name}"))
        self.brings(directory, new)
        return f"{word} {flag}{name} {directory}/{'' if new == name else new}"

    def copy_tree(self) -> str:
        name, directory = self.dice.choice(TREES), self.dice.choice(("/app", "/srv/app", "/home/app", "/var/www", "."))
        place = (self.workdir if self.workdir != "/" else "/srv/root") if directory == "." else directory
        self.trees.add(place)
        self.brings(place, "index.html", "deep/b.js")
        return f"COPY {name} {directory if self.workdir != '/' else place}"

    def copy_all(self) -> str:
        place = self.dice.choice(("/app", "/srv/app"))
        self.trees.add(place)
        self.brings(place, *FILES)
        self.archives.add(f"{place}/app.tar.gz")
        return f"COPY . {place}"

    def copy_archive(self) -> str:
        name, directory = self.dice.choice(("app.tar.gz", "more.tgz")), self.dice.choice(("/tmp", "/opt", "/app"))
        self.archives.add(f"{directory}/{name}")
        self.directories.add(directory)
        return f"COPY {name} {directory}/"

    def directory(self) -> str:
        new = self.dice.choice(("/app", "/srv/app", "/opt/tool", "/home/app"))
        make = self.dice.random()
        plain = "RUN mkdir " if new not in self.directories and new.count("/") < 3 and make < 0.2 else "RUN mkdir -p "
        self.directories.add(new)
        self.workdir = new
        return f"{plain}{new}\nWORKDIR {new}" if make < 0.4 else f"WORKDIR {new}"

    def user(self) -> str:
        if "app:app" in self.owners:
            return "RUN true"
        self.owners += ["app:app", "app"]
        return f"RUN useradd {self.dice.choice(('', '-M '))}app"

    def other(self) -> str:
        return self.dice.choice(("ENV A=b", "EXPOSE 80", "LABEL x=y", "USER root", "ARG V=1", "# about what follows"))

    def run(self) -> str:
        commands = [self.command() for _ in range(self.dice.choice((1, 1, 1, 2, 3)))]
        join = self.dice.choice((" && ", " && ", " && \\\n    ", " \\\n    && ", "; "))
        return "RUN " + join.join(commands)

    def command(self) -> str:
        kinds = [self.chmod, self.chown, self.chown_tree, self.move, self.remove, self.unpack, self.write, self.copy]
        if self.packages is not None:
            kinds += [self.install, self.install, self.purge, self.purge]
        return self.dice.choice(kinds)() if self.files else "true"

    def install(self) -> str:
        name = self.dice.choice(PACKAGES)
        self.packages = (self.packages or set()) | {name}
        return f"apt-get install -y --no-install-recommends {name}"

    def purge(self) -> str:
        if not self.packages:
            return self.install()
        name = self.one_of(self.packages)
        self.packages.discard(name)
        return f"apt-get {self.dice.choice(('purge', 'remove', 'purge --auto-remove'))} -y {name}"

    def chmod(self) -> str:
        more = f" {self.spelled(self.one_of(self.files))}" if self.dice.random() < 0.3 else ""
        return f"chmod {self.dice.choice(MODES)} {self.spelled(self.one_of(self.files))}{more}"

    def chown(self) -> str:
        return f"chown {self.dice.choice(self.owners)} {self.spelled(self.one_of(self.files))}"

    def chown_tree(self) -> str:
        tree = self.one_of(self.trees)
        if tree == self.workdir and self.dice.random() < 0.3:
            tree = "."
        return f"chown {self.dice.choice(('-R', '-R', '-Rf'))} {self.dice.choice(self.owners)} {tree}"

    def move(self) -> str:
        file = self.one_of(self.files)
        name = file.rsplit("/", 1)[-1]
        target = self.dice.choice((f"/usr/local/share/{name}", f"/opt/{name}", f"/srv/moved-{name}"))
        self.files = self.files - {file} | {target}
        return f"mv {self.spelled(file)} {'/opt/' if target.startswith('/opt/') else target}"

    def remove(self) -> str:
        path = self.one_of(self.files | self.archives)
        self.files.discard(path)
        self.archives.discard(path)
        more = " /tmp/*" if self.dice.random() < 0.1 else ""
        if more:
            self.files = {file for file in self.files if not file.startswith("/tmp/")}
            self.archives = {file for file in self.archives if not file.startswith("/tmp/")}
        return f"rm {self.dice.choice(('-rf ' if more else '', '-f ', '-rf '))}{self.spelled(path)}{more}"

    def unpack(self) -> str:
        if not self.archives:
            return "true"
        archive, directory = self.one_of(self.archives), self.dice.choice(("/opt", "/srv", "/app", "/usr/local"))
        make = "" if directory in self.directories or directory == "/usr/local" else f"mkdir {directory} && "
        self.directories.add(directory)
        gone = self.dice.random() < 0.4
        text = f"{make}tar -xzf {self.spelled(archive)} -C {directory}"
        if gone:
            self.archives.discard(archive)
            text += f" && rm {archive}"
        return text

    def write(self) -> str:
        place = self.dice.choice(("/etc/motd", "note.txt", self.one_of(self.files)))
        return f"echo {self.dice.randint(0, 9)} {self.dice.choice(('>', '>>'))} {place}"

    def copy(self) -> str:
        target = self.dice.choice(("/srv/copy", "/usr/local/bin/copied", f"{self.one_of(self.trees)}/copied"))
        file = self.one_of(self.files)
        self.files.add(target)
        return f"cp {self.dice.choice(('', '-p ', '-a '))}{self.spelled(file)} {target}"


class Look(NamedTuple):
    """What an image holds, and what its CMD says."""

    paths: dict[str, Entry]
    said: str


class Broken(Exception):
    """A build failed; the text is the end of what it said."""


# Each build writes its own times into them.
DRAWN = re.compile(
    r"/(?:(?:etc|var/lib)/.*-|var/log/.*|var/cache/(?:apt|debconf|ldconfig)/.*|run/.*|look.*|etc/(?:machine-id|shadow))"
)


def docker(*words: str, text: str) -> None:
    done = subprocess.run(["docker", *words], input=text, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise Broken(" / ".join(done.stderr.strip().splitlines()[-6:]))


def look(text: str, directory: str) -> Look:
    """Build a Dockerfile, and look at what its last stage holds."""
    user, place, command = "root", "/", "true"
    for instruction in Document.parse(text.encode()).instructions:
        args = instruction.args.decode()
        if instruction.keyword == "FROM":
            user, place = "root", "/"
        elif instruction.keyword == "USER":
            user = args
        elif instruction.keyword == "WORKDIR":
            place = os.path.join(place, args)
        elif instruction.keyword == "CMD":
            command = " ".join(instruction.json or [args])
    words = " ".join(quoted(word) for word in (user, place, command))
    head, _, tail = text.rpartition("FROM debian:fuzz")
    text = f"{head}FROM debian:fuzz AS final{tail.removeprefix(' AS build')}"
    text += (
        f"FROM debian:fuzz AS look\nRUN --mount=type=bind,from=final,target=/mnt,rw /repository/look {words}\n"
        "FROM scratch\nCOPY --from=look /look /\n"
    )
    with tempfile.TemporaryDirectory() as output:
        docker("buildx", "build", "-q", "--output", f"type=local,dest={output}", "-f", "-", directory, text=text)
        said, sums, paths = (
            Path(output, name).read_text(errors="surrogateescape") for name in ("said", "sums", "paths")
        )
    content = {line[66:]: line[:64] for line in sums.splitlines()}
    found: dict[str, Entry] = {}
    for line in paths.splitlines():
        path, kind, mode, owner, links, target = line.split("\t")
        inside = target if kind == "l" else content.get(path, "") + (links if kind == "f" else "")
        found[path[1:]] = Entry({"d": "directory"}.get(kind, kind), int(mode, 8), owner, inside)
    return Look(found, said)


def difference(before: Look, after: Look, result: Result) -> str:
    """What is different and not declared, in some words."""
    found = [item.finding for item in result.applied]
    declared = Declared(
        tuple(glob for finding in found for glob in finding.removes),
        tuple(glob for finding in found for glob in finding.changes),
    )
    different: list[str] = []
    for path in sorted(before.paths.keys() | after.paths.keys()):
        was, now = before.paths.get(path), after.paths.get(path)
        if was != now and not DRAWN.fullmatch(path) and not declared.covers(path, was, now):
            different.append(f"{path} was {was}, is {now}")
    if before.said != after.said:
        different.append(f"CMD says {after.said!r}, said {before.said!r}")
    return "; ".join(different[:5])


def quick_problem(directory: str, originals: dict[bytes, Look | None], result: Result) -> str:
    """What is wrong with the patched image; "skipped" where the original does not build."""
    if result.original not in originals:
        try:
            originals[result.original] = look(result.original.decode(), directory)
        except Broken:
            originals[result.original] = None
    before = originals[result.original]
    if before is None:
        return "skipped"
    try:
        after = look(result.text, directory)
    except Broken as error:
        return f"does not build any more: {error}"
    what = difference(before, after, result)
    return f"differs: {what}" if what else ""


def problem(session: BuildSession, result: Result) -> str:
    """What is wrong with the patched image, in a line or some; nothing where the original does not build."""
    verifier = Verifier(session, result.original, Request())
    try:
        (proof,) = verifier.verify(result).proofs
    except PatchedBuildError as error:
        return "does not build any more: " + " / ".join(error.lines[-2:])
    except BuildError:
        return "skipped"
    if proof.comparison.undeclared:
        return "differs: " + "; ".join(map(str, proof.comparison.undeclared[:5]))
    if proof.after.size > proof.before.size + 100:  # what an `echo` of ours might write
        return f"is bigger: {proof.before.size} became {proof.after.size}"
    return ""


def cases(seeds: range, directory: str, *, unsafe: bool) -> Iterator[tuple[int, str, list[Result]]]:
    """Every Dockerfile, and what becomes of it with and without its context."""
    choices = (Settings(), Settings(), Settings(select=EVERY))  # merge-runs leaves the others little to do
    for number in seeds:
        dice = random.Random(number)
        text = Maker(dice).text()
        settings = dice.choice(choices)._replace(unsafe=unsafe)
        results = {
            result.patched: result
            for context in (Context(directory), None)
            if (result := optimize(text, context=context, settings=settings)).changed
        }
        yield number, text, list(results.values())


def main() -> int:
    parser = argparse.ArgumentParser(description="Build random Dockerfiles before and after dfopt.")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sizes", action="store_true", help="compare the images themselves, and their sizes")
    options = parser.parse_args()
    choose("docker")
    bad = built = skipped = 0
    rules: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as directory:
        docker("build", "-q", "--network=host", "-t", "debian:fuzz", "-f", "-", directory, text=BASE)
        make_context(Path(directory))
        with BuildSession("docker", Options(directory, cache=True)) as session:

            def tried(case: tuple[int, str, list[Result]]) -> tuple[int, str, list[tuple[Result, str]]]:
                number, text, results = case
                originals: dict[bytes, Look | None] = {}
                return (
                    number,
                    text,
                    [
                        (
                            result,
                            problem(session, result) if options.sizes else quick_problem(directory, originals, result),
                        )
                        for result in results
                    ],
                )

            pool = ThreadPoolExecutor(1 if options.sizes else options.jobs)
            seeds = range(options.seed, options.seed + options.count)
            try:
                for number, text, outcomes in pool.map(tried, cases(seeds, directory, unsafe=options.unsafe)):
                    for result, what in outcomes:
                        skipped += what == "skipped"
                        built += what != "skipped"
                        rules.update({item.finding.rule for item in result.applied} if what != "skipped" else ())
                        if what not in ("", "skipped"):
                            bad += 1
                            print(f"--- seed {number}: {what}\n{text}\n{result.diff.decode()}\n", flush=True)
                    print(f"\rseed {number}: {built} built", end="", file=sys.stderr, flush=True)
            except KeyboardInterrupt:
                print("\ninterrupted", file=sys.stderr)
            pool.shutdown(cancel_futures=True)
    print(f"{built} rewrites built, {bad} of them wrong; {skipped} whose original does not build")
    for rule, count in rules.most_common():
        print(f"{count:6}  {rule}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

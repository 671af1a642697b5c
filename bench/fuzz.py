"""Random Dockerfiles, built for real before and after: the rewrite must build where the original does, and be the same.

    python bench/fuzz.py [--count N] [--seed S] [--unsafe]

Every Dockerfile is put together at random from instructions that copy, unpack, move, own, install and remove files
(all from its own context, but for some small packages of Debian), such that rules meet in ways nobody thought of.
dfopt rewrites it with its rules, with and without the build context at hand; what changed is built, and the images are
compared as ``dfopt verify`` does. A result that does not build, differs in something undeclared, or is bigger is
printed, and the exit code is 1. Needs a Docker engine with ``debian:bookworm`` (``tests/slow/engine.sh`` and
``bases.sh``).
"""

from __future__ import annotations

import argparse
import io
import os
import random
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path

from dfopt.optimizer import Result, Settings, optimize
from dfopt.optimizer.build.engines import BuildError, BuildSession, Options, choose
from dfopt.optimizer.build.verify import PatchedBuildError, Request, Verifier
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.rules.registry import RULES

DIRECTORIES = ("/app", "/srv/app", "/opt/tool", "/tmp", "/usr/local/bin", "/etc", "/home/app", "/var/www")
FILES = ("run.sh", "tool", "a.conf", "data.bin")
PACKAGES = ("tree", "hello", "figlet")
TREES = ("site", "src")
OWNERS = ("games:games", "games", "www-data:www-data", "7:7", "7", "games:", "root:root", "app:app")
MODES = ("755", "0644", "+x", "u+x", "640", "700", "g-w", "a+rx")
EVERY = frozenset(rule.name for rule in RULES)


def make_context(directory: Path) -> None:
    """Files with one mode each, two directories, and two archives of them."""
    for name in FILES:
        (directory / name).write_bytes(os.urandom(3000))
        (directory / name).chmod(0o755 if name == "tool" else 0o644)
    for tree in TREES:
        (directory / tree / "deep").mkdir(parents=True)
        for name in ("index.html", "deep/b.js", "run.sh"):
            (directory / tree / name).write_bytes(os.urandom(2000))
            (directory / tree / name).chmod(0o644)
    for name, content in (("app.tar.gz", "payload/bin"), ("more.tgz", "more/etc")):
        with tarfile.open(directory / name, "w:gz") as archive:
            entry = tarfile.TarInfo(content)
            entry.size = 4000
            archive.addfile(entry, io.BytesIO(os.urandom(4000)))
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
        self.packages: set[str] | None = set() if dice.random() < 0.35 else None  # what is installed, where any may be

    def text(self) -> str:
        refresh = [] if self.packages is None else ["RUN apt-get update"]
        lines = [
            "FROM debian:bookworm",
            *refresh,
            self.directory(),
            self.dice.choice((self.copy_tree, self.copy_all))(),
        ]
        for _ in range(self.dice.randint(4, 12)):
            lines.append(self.line())
        return "\n".join(lines) + "\n"

    def line(self) -> str:
        kinds = [
            self.copy_file, self.copy_file, self.copy_tree, self.copy_all, self.copy_archive, self.directory, self.user,
            self.other, self.run, self.run, self.run, self.run, self.run, self.run,
        ]  # fmt: skip
        return self.dice.choice(kinds)()

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


def main() -> int:
    parser = argparse.ArgumentParser(description="Build random Dockerfiles before and after dfopt.")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--unsafe", action="store_true")
    options = parser.parse_args()
    choose("docker")
    choices = (Settings(), Settings(), Settings(select=EVERY))  # merge-runs leaves the others little to do
    bad = built = skipped = 0
    rules: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as directory:
        make_context(Path(directory))
        with BuildSession("docker", Options(directory, cache=True)) as session:
            for number in range(options.seed, options.seed + options.count):
                dice = random.Random(number)
                text = Maker(dice).text()
                settings = dice.choice(choices)._replace(unsafe=options.unsafe)
                results = {
                    result.patched: result
                    for context in (Context(directory), None)
                    if (result := optimize(text, context=context, settings=settings)).changed
                }
                for result in results.values():
                    what = problem(session, result)
                    skipped += what == "skipped"
                    built += what != "skipped"
                    rules.update({item.finding.rule for item in result.applied} if what != "skipped" else ())
                    if what not in ("", "skipped"):
                        bad += 1
                        print(f"--- seed {number}: {what}\n{text}\n{result.diff.decode()}\n", flush=True)
    print(f"{built} rewrites built, {bad} of them wrong; {skipped} whose original does not build")
    for rule, count in rules.most_common():
        print(f"{count:6}  {rule}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

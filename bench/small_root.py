"""The root in which ``trace.py`` runs a Dockerfile: small, but one in which commands leave what they would leave.

Commands on files act for real, as the user that holds; a package manager keeps an index and a cache as files, and says
so when it needs one that is gone; COPY brings placeholders whose content is their name. What goes wrong is written to
the log as *trouble* and does not stop the build: what is missing in the model is missing before and after alike.

Lines of the log: ``!`` trouble; ``@`` the operands of a command that are there; ``%`` a user that nothing is known to
have made; everything else is an event.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import NamedTuple

from dfopt.optimizer.dockerfile.document import Document, Instruction

TOOLS = (
    "rm", "cp", "mv", "mkdir", "rmdir", "ln", "touch", "chmod", "chown", "chgrp", "install", "truncate", "chroot",
    "cat",
)  # fmt: skip
ASSUMED = 65111  # owns directories of which nobody knows whether they are there
STAGES = 12
# Words of a name that is a directory in most repositories.
FOLDER = re.compile(
    r"(?:.*/)?(?:src|apps?|lib|libs|public|static|conf|config|configs|scripts?|bin|docs?|tests?|dist|build|templates?"
    r"|assets|docker|packages?|rootfs|etc|root|frontend|backend|server|client|web|www|html|data|patches|files|cmd|pkg"
    r"|internal|vendor|api|resources|modules|target|migrations|\.\w+)/?"
)
NAMED_FILE = re.compile(
    r"[\w./-]*\w\.(?:sh|py|js|json|txt|conf|cfg|ya?ml|toml|lock|xml|gz|tgz|zip|ini|rb|pl|php|deb|rpm)"
)

#: Its commands, as bash functions.
ACTING = f"_ASSUMED={ASSUMED}\n" + Path(__file__).with_name("small_root.sh").read_text()

ACCOUNTS = (
    "root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy", "www-data", "backup",
    "list", "irc", "nobody", "nogroup", "adm", "tty", "disk", "staff", "users", "audio", "video", "sudo",
    "wheel", "shadow",
)  # fmt: skip
# Accounts that images bring, by a word of their name.
OF_BASES = {
    "node": ("node",), "nginx": ("nginx",), "postgres": ("postgres",), "redis": ("redis",), "php": ("www-data",),
    "httpd": ("www-data",), "jupyter": ("jovyan",), "jenkins": ("jenkins",), "airflow": ("airflow",),
    "gradle": ("gradle",), "elastic": ("elasticsearch", "kibana"), "mysql": ("mysql",), "mongo": ("mongodb",),
    "rabbitmq": ("rabbitmq",), "alpine": ("nginx",), "tomcat": ("tomcat",),
}  # fmt: skip

FOLDERS = (
    "etc", "root", "home", "opt", "srv", "mnt", "tmp", "usr", "usr/bin", "usr/share", "usr/src", "usr/lib", "usr/local",
    "usr/local/bin", "usr/local/lib", "usr/local/share", "var", "var/log", "var/www", "var/lib", "var/cache",
)  # fmt: skip


class Entry(NamedTuple):
    """What is left of a path: enough to see that it is another."""

    kind: str
    mode: int
    owner: str
    content: str  # or where a link leads


#: What the empty root has; a layer has it too as soon as something below it is written.
EMPTY = {f"/{name}": Entry("directory", 0o1777 if name == "tmp" else 0o755, "root:root", "") for name in FOLDERS}


def install_tools(directory: Path) -> None:
    """The commands on files, and what they are linked with."""
    (directory / ".tools").mkdir(exist_ok=True)
    for name in TOOLS:
        path = shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")
        if path is None:
            raise RuntimeError(f"{name} is not there")
        shutil.copy(path, directory / ".tools" / name)
        listed = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+)", listed):
            target = directory / library.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                shutil.copy(os.path.realpath(library), target)
    for stage in range(STAGES):
        (directory / ".stages" / str(stage)).mkdir(parents=True, exist_ok=True)
    for name in FOLDERS:
        (directory / name).mkdir(parents=True, exist_ok=True)
    (directory / "tmp").chmod(0o1777)
    lines = [f"{name}:x:{number}:{number}::/:/bin/sh\n" for number, name in enumerate(ACCOUNTS)]
    (directory / "etc/passwd").write_text("".join(lines))
    (directory / "etc/group").write_text("".join(f"{line.split(':')[0]}:x:{line.split(':')[2]}:\n" for line in lines))


def make_context(root: Path, texts: tuple[bytes, ...]) -> None:
    """Placeholders for what COPY and ADD name, and for the files of which the Dockerfiles speak otherwise."""
    context = root / ".ctx"
    shutil.rmtree(context, ignore_errors=True)
    context.mkdir()
    names: list[str] = []
    for text in texts:
        for instruction in Document.parse(text).instructions:
            if instruction.keyword in ("COPY", "ADD") and instruction.flag("from") is None and not instruction.heredocs:
                names += instruction.words[:-1]
    spoken = {name.lstrip("./") for text in texts for name in NAMED_FILE.findall(text.decode("utf-8", "replace"))}
    whole = " ".join(text.decode("utf-8", "replace") for text in texts)
    names = [re.sub(r"[*?]|\[.*?\]", "", name) for name in map(fetched, names) if "$" not in name]
    for name in sorted(set(names)):
        is_folder = (
            name.endswith("/")
            or bool(FOLDER.fullmatch(name))
            or any(o.startswith(f"{name}/") for o in names if o != name)
        )
        _write(
            context,
            name,
            folder=is_folder
            or (name == "" or bool(re.search(rf"(?<![\w./-])(?:\./)?{re.escape(os.path.basename(name))}/", whole))),
        )
    for name in sorted(spoken):
        if not name.startswith("http") and name.count("/") < 4:
            _write(context, os.path.basename(name), folder=False)


def _write(context: Path, name: str, *, folder: bool) -> None:
    path = os.path.normpath(name.lstrip("/"))
    if path.startswith("..") or len(path) > 150:
        return
    place = context / path
    try:
        if folder or path == ".":
            place.mkdir(parents=True, exist_ok=True)
            (place / "inside").write_text(f"{path}/inside")
        elif not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(path)
    except OSError:
        return  # a file where another name wants a folder


def quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def fetched(word: str) -> str:
    """A source of ADD, by the name of the file that comes of it."""
    return word.rstrip("/").rpartition("/")[2].partition("?")[0] if "://" in word else word


def copying(instruction: Instruction, stages: list[str]) -> str:
    """A COPY or ADD as a call of `brings`; nothing for what comes from elsewhere."""
    words = list(instruction.words)
    flags = {flag.name: (flag.value or b"").decode("utf-8", "replace") for flag in instruction.flags}
    if len(words) < 2 or instruction.heredocs:
        return ""
    words = [fetched(word) for word in words]
    origin = "/.ctx"
    if name := flags.get("from"):
        if name.lower() not in stages and not (name.isdigit() and int(name) < len(stages)):
            return ""
        origin = f"/.stages/{int(name) if name.isdigit() else len(stages) - 1 - stages[::-1].index(name.lower())}"
    own, mode = flags.get("chown", ""), flags.get("chmod", "")
    parts = [
        word if "$" in word and "`" not in word and "$(" not in word else quoted(word)
        for word in (words[-1], *words[:-1])
    ]
    parts = [f'"{part}"' if not part.startswith("'") and '"' not in part else part for part in parts]
    return f"brings {quoted(own)} {quoted(mode)} {origin} {' '.join(parts)}\n"


def state(archive: bytes) -> dict[str, Entry]:
    """What is in the layers of all stages, by stage and path, from a tar of them."""
    found: dict[str, Entry] = {}
    if not archive:
        return found
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        members = tar.getmembers()
        users: dict[tuple[str, int], str] = {}
        for member in members:
            stage, _, path = member.name.partition("/upper/")
            if path == "etc/passwd" and member.isfile() and (file := tar.extractfile(member)):
                for line in file.read().decode("utf-8", "replace").splitlines():
                    name, _, number = line.split(":")[:3]
                    users[stage, int(number)] = name
        for member in members:
            stage, _, path = member.name.partition("/upper/")
            if not path or path.startswith(
                (".tools", ".stages", ".ctx", ".new", "etc/passwd", "etc/group", "tmp/program")
            ):
                continue
            if member.isdir() and member.uid == ASSUMED:
                continue
            kind = (
                "directory"
                if member.isdir()
                else "link"
                if member.issym()
                else "file"
                if member.isfile() or member.islnk()
                else "gone"
            )
            content = member.linkname if kind == "link" else ""
            if kind == "file" and (file := tar.extractfile(member)):
                content = file.read(200).decode("utf-8", "replace")
            owner = ":".join(_name(users, stage, number) for number in (member.uid, member.gid))
            found[f"{stage}:/{path}"] = Entry(kind, member.mode if kind != "link" else 0, owner, content)
    return found


def _name(users: dict[tuple[str, int], str], stage: str, number: int) -> str:
    return users.get((stage, number)) or (ACCOUNTS[number] if number < len(ACCOUNTS) else str(number))

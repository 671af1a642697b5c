"""Do a Dockerfile and its rewrite run the same commands? Every RUN is executed, with stubs for all commands.

    python bench/trace.py DIRECTORY [--unsafe] [--select RULE,…] [--jobs N] [--limit N]

Each stage runs under bash in a small root (chroot, with process, network and mount namespaces of its own) in which
there is little but bash: what a script calls is not found, and bash's handler for that logs the words, the directory
and the user, fails the calls that it is told to fail, and does to the small root what the command would do
(`small_root.py`). So it is known what ran, where, as whom, what it found, what stopped the build, and what is left.

The two logs are compared without what a rewrite may change: the options against caches, documentation and weak
dependencies, clean-ups of package managers, refreshes of an index, a chmod or chown that a COPY's flag replaces, and a
COPY that stands on the other side of an installation (`explain.py`).
What is left must be the same in the same order, when all goes well and when any one of the first commands fails.
No command may miss an index, a cache, a file, a user or a right that was there before, and the files that are left must
be the same, with mode and owner, but for what the rewrite declares. Needs root and unshare(1); exits with 1 when
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

from explain import OPTIONS, Declared, Trace, compare, failing, read_log, without_copies
from small_root import ACTING, OF_BASES, STAGES, copying, install_tools, make_context, quoted, state

from dfopt.optimizer import DockerfileError, Settings, optimize
from dfopt.optimizer.dockerfile.document import Document, Instruction

DRIVER = r"""
command_not_found_handle() { call "$@"; }
note() {
  local text="$*"; text=${text//$'\n'/ }
  printf '%s\t%s\t%s\n' "$D" "$U" "$text" >&9
  local plain=" $text"
@STRIP@
  plain=${plain# }
  [[ -n $FAIL && $plain == "$FAIL" ]] && return 1
  return 0
}
cd() { case ${1:-/root} in -) ;; /*) D=$1 ;; *) D=${D%/}/$1 ;; esac; note cd "$@" && place; }
pushd() { cd "$@"; }; popd() { note popd; }
kill() { note kill "$@"; }; wait() { :; }; source() { note source "$@"; }; exec() { note exec "$@"; exit $?; }
sleep() { :; }; read() { return 1; }; trap() { note trap "$@"; }; ulimit() { :; }; umask() { note umask "$@"; }
"""


def make_root(directory: Path) -> None:
    """An empty root with bash in it, and what bash is linked with."""
    bash = shutil.which("bash") or "/bin/bash"
    listed = subprocess.run(["ldd", bash], capture_output=True, text=True, check=True).stdout
    for name in [bash, *re.findall(r"(/\S+)", listed)]:
        target = directory / name.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.realpath(name), target)
    directory.with_suffix(".layer").mkdir(exist_ok=True)
    for name in ("dev", "tmp", "bin"):
        (directory / name).mkdir(exist_ok=True)
    (directory / "dev/null").touch()
    if not (directory / "bin/bash").exists():
        shutil.copy(bash, directory / "bin/bash")
    install_tools(directory)


def variables(instruction: Instruction) -> str:
    """An ENV or ARG as bash makes of it; what bash cannot make sense of is the same in both versions."""
    words = [token.text.decode("utf-8", "replace") for token in instruction.tokens]
    if instruction.keyword == "ENV" and words and "=" not in words[0]:
        words = [f"{words[0]}={quoted(' '.join(words[1:]))}"]
    words = [word for word in words if re.match(r"[A-Za-z_]\w*=", word) and not re.search(r"[`;&|()<>]", word)]
    return "".join(
        f"eval {quoted('export ' + word)} 2>&-\n" for word in words if not word.startswith(("PATH=", "BASH"))
    )


class Stage(NamedTuple):
    """A stage as a bash program: a RUN is a subshell whose failure ends it."""

    text: str
    base: int | None  # the stage that it continues
    shows: tuple[int, ...]  # the stages that it copies from


def program(data: bytes) -> list[Stage]:
    """A Dockerfile, stage by stage."""
    document = Document.parse(data)
    strip = "".join(f"  plain=${{plain//{option}/}}\n" for option in OPTIONS)
    strip += "  if [[ $plain == *apk* ]]; then\n"
    strip += (
        "".join(f"    plain=${{plain//{option}/}}\n" for option in (" --update-cache", " --update", " -U")) + "  fi\n"
    )
    head = DRIVER.replace("@STRIP@\n", strip) + ACTING + "D=/; U=root; E=\n"
    stages: list[Stage] = []
    names: list[str] = []
    settings: list[str] = []  # every ENV and ARG so far
    lines: list[str] = []
    base: int | None = None

    def close() -> None:
        if names:
            text = "".join(lines)
            shows = {int(number) for number in re.findall(r"/\.stages/(\d+)", text)}
            stages.append(Stage(head + text, base, tuple(sorted(shows))))

    for instruction in document.instructions:
        keyword, args = instruction.keyword, instruction.args.decode("utf-8", "replace")
        if keyword == "FROM":
            close()
            words = instruction.words
            base = len(names) - 1 - names[::-1].index(words[0].lower()) if words and words[0].lower() in names else None
            names.append(words[2].lower() if len(words) > 2 else "")
            lines = [*settings, f"printf '%s\\n' {quoted(instruction.normal.decode('utf-8', 'replace'))} >&9\n"]
            if re.search(r"alpine:?(?:.*-)?3\.[0-7](?![\d])", args):
                lines.append("OLD_ALPINE=1\n")
            lines += [f"adds {name}\n" for word, found in OF_BASES.items() if word in args for name in found]
        elif keyword == "WORKDIR" and "$" not in args:
            lines.append(f"workdir {'' if args.startswith('/') else '${D%/}/'}{quoted(args)}\n")
            lines.append(f"printf '%s\\n' {quoted('WORKDIR ' + args)} >&9\n")
        elif keyword == "USER":
            lines.append(f'U={quoted(args)}; [[ $U == *[$]* ]] || owner "$U"\n')
        elif keyword in ("ENV", "ARG"):
            settings.append(variables(instruction))
            lines.append(settings[-1])
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
            mounts = " ".join(quoted(mount) for mount in mounted(instruction))
            lines += (
                'builtin cd "$D" 2>&- || builtin cd /\n',
                f"mounts {mounts}\n" if mounts else "",
                # The subshell stands alone: left of `||` its own `set -e` would be ignored.
                f"( [[ $E == skip ]] && exit 0; set -f; [[ -n $E ]] && set $E; eval {quoted(body)} )\n",
                "[[ $? == 0 ]] || { echo FAILED >&9; exit 1; }\n",
                f"unmounts {mounts}\n" if mounts else "",
            )
        else:
            lines.append(f"printf '%s\\n' {quoted(instruction.normal.decode('utf-8', 'replace'))} >&9\n")
            if keyword in ("COPY", "ADD"):
                lines.append(copying(instruction, names[:-1]))
    lines.append("exit 0\n")
    close()
    return stages


def mounted(instruction: Instruction) -> list[str]:
    """The targets of a RUN's mounts of files and caches."""
    found: list[str] = []
    for flag in instruction.flags:
        pairs = dict(part.partition("=")[::2] for part in (flag.value or b"").decode("utf-8", "replace").split(","))
        target = pairs.get("target") or pairs.get("dst") or pairs.get("destination") or ""
        kind = pairs.get("type", "bind")
        if (
            flag.name == "mount"
            and re.fullmatch(r"/[\w./+-]+", target)
            and (kind == "cache" or (kind == "bind" and not target.endswith("/") and "." in target))
        ):
            found.append(f"{kind}:{target.rstrip('/')}")
    return found


def prepare(root: Path, texts: tuple[bytes, ...]) -> str:
    """Directories that redirections name, functions for commands that are called by a path, and a build context."""
    make_context(root, texts)
    paths = {path for text in texts for path in re.findall(rb">\s*[\"']?(/[\w./+-]+)", text)}
    folders = sorted({os.path.dirname(os.path.normpath(path.decode())) for path in paths})
    folders = [one for one in folders if len(one) < 200 and not one.startswith(("/proc", "/dev", "/lib", "/bin"))][:100]
    called = {name for text in texts for name in re.findall(rb"(?:^|[\s;&|(])((?:\.{0,2}|~)/[\w./+-]*\w)", text)}
    functions = "".join(
        f'function {name} {{ call {name} "$@"; }} 2>&-\n' for name in sorted(n.decode() for n in called)
    )
    return functions + "".join(f"made {quoted(folder)}\n" for folder in folders)


def trace(root: Path, functions: str, stages: list[Stage], fail: str = "") -> Trace:
    """Run the stages one after the other, each in a layer over the empty root."""
    log, archive = root.with_suffix(".log"), root.with_suffix(".tar")
    log.unlink(missing_ok=True)
    archive.unlink(missing_ok=True)
    limits = "ulimit -t 5 -f 2048 -u 400 -v 2000000;"
    # What a script writes goes to layers of its own, which are gone when their namespace ends.
    layer = quoted(str(root.with_suffix(".layer")))
    script = [f"exec 9>{quoted(str(log))}; mount -t tmpfs none {layer} && cd {layer} || exit\n"]
    for number, stage in enumerate(stages):
        text = stage.text.replace("D=/; U=root; E=\n", f"D=/; U=root; E=\n{functions}", 1)
        (root / f"tmp/program-{number}").write_text(text, errors="replace")
        shows = [show for show in stage.shows if show < min(number, STAGES)]
        script += (
            f"mkdir -p {number}/upper {number}/work {number}/root && mount -t overlay none "
            f"-o lowerdir={quoted(str(root))},upperdir={number}/upper,workdir={number}/work {number}/root || exit\n",
            "" if stage.base is None else f"cp -a {stage.base}/upper/. {number}/root/\n",
            *(f"mount --bind {show}/root {number}/root/.stages/{show}\n" for show in shows),
            f"( {limits} exec chroot {number}/root /bin/bash /tmp/program-{number} ) || exit\n",
        )
    script.append(f"tar -cf {quoted(str(archive))} */upper\n")
    command = ["unshare", "--pid", "--fork", "--kill-child", "--net", "--ipc", "--mount", "bash", "-c", "".join(script)]
    environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "FAIL": fail, "HOME": "/root"}
    try:
        subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False,
            cwd=root, start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Trace(("TIMEOUT",), failed=True)
    lines = log.read_text(errors="replace").split("\n")[:-1] if log.exists() else []
    left = state(archive.read_bytes()) if archive.exists() else {}
    return read_log(lines, left)


def check(path: Path, root: Path, settings: Settings) -> tuple[int, list[str]]:
    """How many runs were compared for a file, and what is unexplained."""
    data = path.read_bytes()
    try:
        result = optimize(data, settings=settings)
    except DockerfileError:
        return 0, []
    if not result.changed:
        return 0, []
    shown = set(re.findall(rb"--mount=type=bind,source=([^,\s]+),target=([^,\s]+)", result.patched))
    shown -= set(re.findall(rb"--mount=type=bind,source=([^,\s]+),target=([^,\s]+)", result.original))
    functions = prepare(root, (result.original, result.patched))
    old, new = program(result.original), program(result.patched)
    found = [item.finding for item in result.applied]
    declared = Declared(
        tuple(glob for finding in found for glob in finding.removes),
        tuple(glob for finding in found for glob in finding.changes),
    )
    piped = b"|" in data or b"&" in data.replace(b"&&", b"") or b"$(" in data or b"`" in data
    problems: list[str] = []
    count = 0
    for text in ("", *failing(trace(root, functions, old), trace(root, functions, new))):
        count += 1
        # A script that races with itself is compared again: a wrong rewrite is wrong every time.
        for _ in range(3):
            before = without_copies(trace(root, functions, old, text), shown)
            problem = compare(before, trace(root, functions, new, text), piped=piped, declared=declared)
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
    parser.add_argument("directory", type=Path)
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--select", default="", help="these rules, or all, instead of those on by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--limit", type=int, default=0)
    options = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("unshare"):
        print("needs root and unshare(1)", file=sys.stderr)
        return 2
    settings = Settings(frozenset(filter(None, options.select.split(","))), unsafe=options.unsafe)
    files = sorted(path for path in options.directory.rglob("*") if path.is_file())
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

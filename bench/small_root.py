"""The root in which ``trace.py`` runs a Dockerfile: small, but one in which commands leave what they would leave.

Commands on files act for real, as the user that holds; a package manager keeps an index and a cache as files, and says so
when it needs one that is gone; COPY brings placeholders whose content is their name. What goes wrong is written to the
log as *trouble* and does not stop the build: what is missing in the model is missing before and after alike.

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
    "rm", "cp", "mv", "mkdir", "rmdir", "ln", "touch", "chmod", "chown", "chgrp", "install", "truncate", "chroot", "cat",
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

ACTING = r"""
_T=/.tools
trouble() { printf '!%s\n' "${*//$'\n'/ }" >&9; }
# Runs a tool in the small root as the user that holds, with globs expanded.
tool() {
  local IFS=$' \t\n' name=$1 word; shift
  local -a list=() as=()
  set +f
  for word in "$@"; do if [[ $word == *[*?[]* ]]; then list+=($word); else list+=("$word"); fi; done
  set -f
  [[ $U =~ ^[a-z0-9_:-]+$ && $U != root && $U != 0 && $U != root:* && $U != 0:* ]] && as=($_T/chroot --userspec="$U" --skip-chdir /)
  "${as[@]}" $_T/$name "${list[@]}" >&- 2>&- <&- || trouble "$name $*"
}
made() { [[ -e $1 ]] || { $_T/mkdir -p "$1" && $_T/chown @ASSUMED@:@ASSUMED@ "$1"; } 2>&-; }
put() { ( U=${2:-$U}; local dir=.; [[ $1 == */* ]] && dir=${1%/*}; [[ -d $dir ]] || $_T/mkdir -p "$dir"; echo x >"$1" && $_T/chown "$(own)" "$1" ) 2>&-; }
own() { local u=${U%%:*} g=; [[ $U == *:* ]] && g=${U#*:}; echo "$u${g:+:$g}"; }
user() {  # Whether a name is known; one that is not is noted, and from here on known
  local name=$1 file=${2:-passwd} line
  [[ -z $name || $name == *[!A-Za-z0-9_.-]* || $name =~ ^[0-9]+$ ]] && return
  while read_ -r line; do [[ $line == "$name:"* ]] && return; done </etc/$file
  printf '%%%s\n' "$name" >&9
  adds "$name"
}
read_() { builtin read "$@"; }
adds() {
  local name=$1 line n=2000
  while read_ -r line; do [[ $line == "$name:"* ]] && return; n=$((n + 1)); done </etc/passwd
  echo "$name:x:$n:$n::/home/$name:/bin/sh" >>/etc/passwd
  echo "$name:x:$n:" >>/etc/group
}
owner() { local text=${1/./:}; user "${text%%:*}"; [[ $text == *:* ]] && user "${text#*:}" group; }
# A name that makes an account, and where its home is made.
account() {
  local name=$1 word home= make= last=; shift
  for word in "$@"; do
    case $word in -m|--create-home) make=1 ;; -M|-H|--no-create-home) make=0 ;; esac
    [[ $last == -d || $last == -h || $last == --home || $last == --home-dir ]] && home=$word
    [[ $word == --home=* ]] && home=${word#*=}
    last=$word
  done
  for word in "$@"; do [[ $word != -* && $word =~ ^[a-z_][a-z0-9_-]*$ ]] && last=$word; done
  [[ $name == usermod || $name == groupmod ]] && return
  adds "$last"
  [[ $name == adduser && $make != 0 || $name == useradd && $make == 1 ]] || return 0
  $_T/mkdir -p "${home:-/home/$last}"; $_T/chown "$last:$last" "${home:-/home/$last}"
}
filled() { local IFS= one; set +f; for one in $1; do [[ -e $one ]] && return; done; set -f; return 1; }
index() { filled "$2/*" || trouble "no index: $1"; }
gone() { local one; set +f; $_T/rm -rf $1; set -f; }
home() { [[ ${U%%:*} == root || $U == 0* ]] && echo "${HOME:-/root}" || echo "/home/${U%%:*}"; }
# What a command does to the small root.
act() {
  local IFS=$' \t\n' name=${1##*/} text=" $* " word D=$D U=$U; shift
  case $name in
    sudo) U=root; while [[ ${1-} == -* || ${1-} == *=* ]]; do [[ $1 == -u ]] && { U=${2-}; shift; }; shift; done; act "$@" ;;
    env|exec|nice|time|eatmydata|ionice) while [[ ${1-} == -* || ${1-} == *=* ]]; do shift; done; (($#)) && act "$@" ;;
    gosu|su-exec) U=${1-root}; user "${U%%:*}"; shift; (($#)) && act "$@" ;;
    mkdir)
      local -a kept=()
      for word in "$@"; do [[ -d $word ]] && assumed "$word" || kept+=("$word"); done
      [[ " ${kept[*]}" == *" "[!-]* ]] && tool mkdir "${kept[@]}" ;;
    rm|rmdir|touch|chmod|truncate) tool $name "$@" ;;
    cp|mv|ln|install) word=${!#}; [[ $word == */* ]] && made "${word%/*}"; tool $name "$@" ;;
    chown|chgrp)
      for word in "$@"; do [[ $word == -* ]] && continue; owner "$word"; break; done
      tool $name "$@" ;;
    useradd|adduser|groupadd|addgroup) account $name "$@" ;;
    wget|curl)
      [[ $text == *nodesource.com/setup* || $text == *packagecloud.io/*script.deb* ]] && put /var/lib/apt/lists/index root
      local last= out= url=
      for word in "$@"; do
        [[ $last =~ ^-[a-zA-Z]*[oO]$ || $last == --output || $last == --output-document ]] && [[ $word != - ]] && out=$word
        [[ $word == *://* ]] && url=${word%%[?#]*}
        last=$word
      done
      [[ $name == wget && -z $out || $text =~ \ -[a-zA-Z]*O ]] && [[ -z $out || $out == *://* ]] && out=${url##*/}
      [[ -n $out && $out != *://* ]] && { [[ $out == /*/* ]] && made "${out%/*}"; put "$out"; } ;;
    apt-get|apt|aptitude|nala)
      case $text in
        *' update '*) put /var/lib/apt/lists/index root ;;
        *' clean '*|*' autoclean '*|*' distclean '*) gone '/var/cache/apt/archives/*' ;;
        *' install '*|*' upgrade '*|*' dist-upgrade '*|*' full-upgrade '*|*' build-dep '*|*' download '*|*' source '*)
          index "$name $*" /var/lib/apt/lists
          put /var/lib/dpkg/status root; echo " $* " >>/var/lib/dpkg/installed ;
          [[ $text == *' -d '* || $text == *--download-only* ]] && put /var/cache/apt/archives/some.deb root ;;
        *' remove '*|*' purge '*)  # of a name that is nowhere, apt only knows from its index
          local there=; [[ -e /var/lib/dpkg/installed ]] && there=$($_T/cat /var/lib/dpkg/installed)
          for word in "$@"; do
            [[ $word == -* || $word == remove || $word == purge || " ${there//$'\n'/ } " == *" $word"[\ =]* ]] && continue
            index "$name $*" /var/lib/apt/lists; break
          done ;;
      esac ;;
    apt-mark|apt-cache) [[ $name == apt-cache ]] && index "$name $*" /var/lib/apt/lists ;;
    dpkg) for word in "$@"; do [[ $word == */*.deb ]] && { filled "$word" || trouble "no $word"; }; done ;;
    apk)
      case $text in
        *' --no-cache '*) : ;;
        *' update '*|*' -U '*|*' --update'*) put /var/cache/apk/index root ;;
        *' add '*|*' upgrade '*|*' fix '*) [[ -n ${OLD_ALPINE-} ]] && index "$name $*" /var/cache/apk; put /var/cache/apk/index root ;;
        *' search '*|*' fetch '*) [[ -n ${OLD_ALPINE-} ]] && index "$name $*" /var/cache/apk ;;
      esac ;;
    dnf|yum|microdnf|tdnf)
      case $text in
        *' clean '*) gone "/var/cache/$name/*" ;;
        *' -C '*|*' --cacheonly '*) index "$name $*" "/var/cache/$name" ;;
        *) put "/var/cache/$name/index" root ;;
      esac ;;
    zypper)
      case $text in
        *' clean '*|*' cc '*) gone '/var/cache/zypp/*' ;;
        *--no-refresh*|*--no-remote*) index "$name $*" /var/cache/zypp ;;
        *) put /var/cache/zypp/index root ;;
      esac ;;
    pacman)
      [[ $text =~ \ -S[a-xz]*y ]] && put /var/lib/pacman/sync/index root
      [[ $text =~ \ -S[a-z]*c ]] && gone '/var/cache/pacman/pkg/*'
      [[ $text =~ \ -S[a-bd-xz]*\  ]] && index "$name $*" /var/lib/pacman/sync ;;
    npm|pnpm)
      case $text in
        *' cache '*) gone "$(home)/.npm/*" ;;
        *--offline*) filled "$(home)/.npm/*" || trouble "no cache: $name $*" ;;
        *' install '*|*' ci '*|*' i '*)
          put "$(home)/.npm/_cacache"; [[ $text == *' -g '* || $text == *' --global '* ]] || put node_modules/x ;;
        *) put ",$name" ;;
      esac ;;
    yarn)
      case $text in
        *' cache '*) gone "$(home)/.cache/yarn/*" ;;
        *--offline*) filled "$(home)/.cache/yarn/*" || trouble "no cache: $name $*" ;;
        *) put "$(home)/.cache/yarn/x"; put node_modules/x ;;
      esac ;;
    git) [[ $text == *' clone '* ]] && { word=${!#}; word=${word%/}; word=${word##*/}; put "${word%.git}/README.git"; } ;;
    make|cmake|composer|bundle|go|cargo|mvn|gradle|gradlew|mvnw|sh|bash|dotnet|ng|hugo|configure) put ",$name" ;;
    tar|unzip|bsdtar|7z)
      local into=. last= archive=
      for word in "$@"; do
        [[ $last == -C || $last == -d || $last == --directory ]] && into=$word
        [[ $word == *.tar* || $word == *.tgz || $word == *.zip || $word == *.t?z* ]] && archive=$word
        last=$word
      done
      [[ -n $archive ]] && { made "$into"; [[ -e $archive ]] || trouble "no $archive"; put "$into/,of-${archive##*/}"; } ;;
  esac
}
assumed() { [[ -n $($_T/chown -c --from=@ASSUMED@ 0:0 "$1" 2>&-) ]]; }
# One command: what it is, what of its operands is there, what it does.
call() {
  note "$@" || return 1
  (
    set +eux; set -f
    IFS=$' \t\n'
    there=
    for word in "${@:1:60}"; do [[ $word == -* || $word != *[./]* || $word == . || $word == / ]] || { [[ -e $word ]] && there+="$word "; }; done
    [[ -n $there ]] && { text=$*; printf '@%s\t%s\t%s\t%s\n' "$D" "$U" "${text//$'\n'/ }" "$there" >&9; }
    act "$@"
  )
  return 0
}
place() { [[ -d $D ]] || { trouble "no directory $D"; $_T/mkdir -p "$D"; } 2>&-; builtin cd "$D" 2>&- || :; }
workdir() { D=$1; [[ -d $D ]] || $_T/mkdir -p "$D"; $_T/chown --from=@ASSUMED@ 0:0 "$D" 2>&-; }
# brings OWNER MODE FROM DESTINATION SOURCE…
brings() {
  (
    set +eux; set +f; IFS=$' \t\n'
    own=$1 mode=$2 from=$3 to=$4; shift 4
    [[ $to == /* ]] || to=${D%/}/$to
    [[ -n $own ]] && { owner "$own"; [[ $own == *:* ]] || own=$own:$own; }
    last=$to; while [[ $last == */ ]]; do last=${last%/}; done
    existed=; [[ -d $to ]] && existed=1
    for word in "$@"; do
      cd_=$from/${word#/}
      for one in $cd_; do
        [[ -e $one || -L $one ]] || { trouble "COPY of $word"; continue; }
        target=$to
        [[ ! -d $one ]] && [[ $to == */ || -n $existed || $# -gt 1 ]] && target=${to%/}/${one##*/}
        target=${target%/}; [[ -n $target ]] || target=/
        parents=; parent=${target%/*}
        [[ -d ${parent:-/} ]] || { $_T/mkdir -p "$parent"; [[ -n $own ]] && $_T/chown "$own" "$parent"; }
        $_T/rm -rf /.new; $_T/cp -rP --preserve=mode,links "$one" /.new
        [[ -n $own ]] && $_T/chown -hR "$own" /.new
        [[ -n $mode ]] && $_T/chmod -R "$mode" /.new
        if [[ -d /.new && ! -L /.new && -d $target ]]; then
          $_T/chown --from=@ASSUMED@ 0:0 "$target"
          for inner in /.new/* /.new/.[!.]*; do [[ -e $inner || -L $inner ]] && $_T/cp -a "$inner" "$target/"; done
        else
          $_T/cp -aT /.new "$target"
        fi
      done
    done
    $_T/rm -rf /.new
  ) >&- 2>&-
}
# A mount hides what is at its target; what it leaves there is gone.
mounts() { local one; for one in "$@"; do one=${one#*:}; [[ -e $one ]] && $_T/mv "$one" "$one.hidden"; done 2>&-
  for one in "$@"; do case $one in
    cache:*) $_T/mkdir -p "${one#*:}"; echo x >"${one#*:}/.mounted" ;;
    bind:*) one=${one#*:}; $_T/mkdir -p "${one%/*}"; echo mounted >"$one" ;; esac; done 2>&-; }
unmounts() { local one; for one in "$@"; do one=${one#*:}; $_T/rm -rf "$one"; [[ -e $one.hidden ]] && $_T/mv "$one.hidden" "$one"; done 2>&-; }
""".replace("@ASSUMED@", str(ASSUMED))

ACCOUNTS = (
    "root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy", "www-data", "backup",
    "list", "irc", "nobody", "nogroup", "adm", "tty", "disk", "staff", "users", "audio", "video", "sudo", "wheel", "shadow",
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
    names = [re.sub(r"[*?]|\[.*?\]", "", name) for name in names if "$" not in name and "://" not in name]
    for name in sorted(set(names)):
        is_folder = (
            name.endswith("/")
            or bool(FOLDER.fullmatch(name))
            or any(o.startswith(f"{name}/") for o in names if o != name)
        )
        _write(context, name, folder=is_folder or (name == "" or f"{os.path.basename(name)}/" in whole))
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


def copying(instruction: Instruction, stages: list[str]) -> str:
    """A COPY or ADD as a call of `brings`; nothing for what comes from elsewhere."""
    words = list(instruction.words)
    flags = {flag.name: (flag.value or b"").decode("utf-8", "replace") for flag in instruction.flags}
    if len(words) < 2 or instruction.heredocs or any("://" in word for word in words):
        return ""
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

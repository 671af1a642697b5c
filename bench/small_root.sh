# What commands do to the small root of small_root.py. `note` and what begins a stage stand in trace.py.
_T=/.tools
trouble() { printf '!%s\n' "${*//$'\n'/ }" >&9; }
# Runs a tool in the small root as the user that holds, with globs expanded.
tool() {
  local IFS=$' \t\n' name=$1 word; shift
  local -a list=() as=()
  set +f
  for word in "$@"; do if [[ $word == *[*?[]* ]]; then list+=($word); else list+=("$word"); fi; done
  set -f
  [[ $U =~ ^[a-z0-9_:-]+$ && $U != root && $U != 0 && $U != root:* && $U != 0:* ]] &&
    as=($_T/chroot --userspec="$U" --skip-chdir /)
  "${as[@]}" $_T/$name "${list[@]}" >&- 2>&- <&- || trouble "$name $*"
}
made() { [[ -e $1 ]] || { $_T/mkdir -p "$1" && $_T/chown $_ASSUMED:$_ASSUMED "$1"; } 2>&-; }
put() {
  (
    U=${2:-$U}; local dir=.
    [[ $1 == */* ]] && dir=${1%/*}
    [[ -d $dir ]] || $_T/mkdir -p "$dir"
    echo x >"$1" && $_T/chown "$U" "$1"
  ) 2>&-
}
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
    sudo)
      U=root
      while [[ ${1-} == -* || ${1-} == *=* ]]; do [[ $1 == -u ]] && { U=${2-}; shift; }; shift; done
      act "$@" ;;
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
      [[ $text == *nodesource.com/setup* || $text == *packagecloud.io/*script.deb* ]] &&
        put /var/lib/apt/lists/index root
      local last= out= url=
      for word in "$@"; do
        [[ $last =~ ^-[a-zA-Z]*[oO]$ || $last == --output || $last == --output-document ]] && [[ $word != - ]] &&
          out=$word
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
          [[ $text =~ \ -[a-zA-Z]*d\  || $text == *--download-only* ]] && put /var/cache/apt/archives/some.deb root ;;
        *' remove '*|*' purge '*)  # of a name that is nowhere, apt only knows from its index
          local there=; [[ -e /var/lib/dpkg/installed ]] && there=$($_T/cat /var/lib/dpkg/installed)
          for word in "$@"; do
            [[ $word == -* || $word == remove || $word == purge ]] && continue
            [[ " ${there//$'\n'/ } " == *" $word"[\ =]* ]] && continue
            index "$name $*" /var/lib/apt/lists; break
          done ;;
      esac ;;
    apt-mark|apt-cache) [[ $name == apt-cache ]] && index "$name $*" /var/lib/apt/lists ;;
    dpkg) for word in "$@"; do [[ $word == */*.deb ]] && { filled "$word" || trouble "no $word"; }; done ;;
    apk)
      case $text in
        *' --no-cache '*) : ;;
        *' update '*|*' -U '*|*' --update'*) put /var/cache/apk/index root ;;
        *' add '*|*' upgrade '*|*' fix '*)
          [[ -n ${OLD_ALPINE-} ]] && index "$name $*" /var/cache/apk
          put /var/cache/apk/index root ;;
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
    git)
      [[ $text == *' clone '* ]] && { word=${!#}; word=${word%/}; word=${word##*/}; put "${word%.git}/README.git"; } ;;
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
assumed() { [[ -n $($_T/chown -c --from=$_ASSUMED 0:0 "$1" 2>&-) ]]; }
# One command: what it is, what of its operands is there, what it does.
call() {
  note "$@" || return 1
  (
    set +eux; set -f
    IFS=$' \t\n'
    there=
    for word in "${@:1:60}"; do
      [[ $word == -* || $word != *[./]* || $word == . || $word == / ]] || { [[ -e $word ]] && there+="$word "; }
    done
    [[ -n $there ]] && { text=$*; printf '@%s\t%s\t%s\t%s\n' "$D" "$U" "${text//$'\n'/ }" "$there" >&9; }
    act "$@"
  )
  return 0
}
place() { [[ -d $D ]] || { trouble "no directory $D"; $_T/mkdir -p "$D"; } 2>&-; builtin cd "$D" 2>&- || :; }
workdir() { D=$1; [[ -d $D ]] || $_T/mkdir -p "$D"; $_T/chown --from=$_ASSUMED 0:0 "$D" 2>&-; }
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
          $_T/chown --from=$_ASSUMED 0:0 "$target"
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
mounts() {
  local one
  for one in "$@"; do one=${one#*:}; [[ -e $one ]] && $_T/mv "$one" "$one.hidden"; done 2>&-
  for one in "$@"; do
    case $one in
      cache:*) $_T/mkdir -p "${one#*:}"; echo x >"${one#*:}/.mounted" ;;
      bind:*) one=${one#*:}; $_T/mkdir -p "${one%/*}"; echo mounted >"$one" ;;
    esac
  done 2>&-
}
unmounts() {
  local one
  for one in "$@"; do
    one=${one#*:}; $_T/rm -rf "$one"
    [[ -e $one.hidden ]] && $_T/mv "$one.hidden" "$one"
  done 2>&-
  return 0
}

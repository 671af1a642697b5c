"""What the commands of a system do, as data: which of their words they read and write, and whom that concerns.

From their manuals (GNU coreutils, findutils, shadow-utils, BusyBox, tar(1), curl(1)). A command that is not here may do
anything: the table names what is known to be harmless, or known to be what it is.
"""

from __future__ import annotations

from ..dockerfile.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

#: Which of the operands: none, all, the first, the last, all but the last, all but the first.
Which: TypeAlias = 'Literal["", "all", "first", "last", "but-last", "but-first"]'


class Does(Record):
    """What a command does. Paths are those of its operands, and of the options that name a place."""

    reads: Which = ""
    writes: Which = ""
    skip: int = 0  # leading operands that are no paths: a mode, an owner, a pattern
    skip_unless: tuple[str, ...] = ()  # options that stand in for those operands
    writes_if: tuple[str, ...] = ()  # options without which it only reads what it could write
    valued: frozenset[str] = frozenset()  # options that take the next word, which is no path
    into: frozenset[str] = frozenset()  # options whose value is a place that it writes to
    files: frozenset[str] = frozenset()  # options whose value is a file that it reads
    in_directory: bool = False  # it reads or writes the working directory, also where no operand says so
    directory_if: tuple[str, ...] = ()  # only with one of these options
    directory_unless: tuple[str, ...] = ()  # not with one of these
    directory_alone: bool = False  # only without operands
    users: Literal["", "reads", "makes"] = ""  # the users and groups of the image
    packaged: bool = False  # it reads and writes where packages have files, as their managers do
    places: tuple[str, ...] = ()  # directories that it reads and writes beside
    network: bool = False


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: What does nothing to any file: it changes at most the shell.
INERT = Does()
_READS = Does(reads="all")
_WRITES = Does(reads="all", writes="all")

#: They change the lists of users and groups, and homes; the second kind changes no names and no numbers in them.
MAKES_ACCOUNTS = _set(
    "useradd adduser usermod userdel deluser groupadd addgroup groupmod groupdel delgroup newusers vipw vigr"
)
ACCOUNTS = MAKES_ACCOUNTS | _set("gpasswd chpasswd chgpasswd passwd chage chsh chfn pwconv grpconv groupmems")
#: What those read beside the lists: defaults, and what is put into a home.
ACCOUNT_SETTINGS = (
    "/etc/login.defs", "/etc/default", "/etc/skel", "/etc/adduser.conf", "/etc/deluser.conf", "/etc/nsswitch.conf",
    "/etc/pam.d", "/etc/shells", "/usr/local/sbin/adduser.local",
)  # fmt: skip

COMMANDS: dict[str, Does] = {
    # They change at most the shell, which `Script.state_changes` tells.
    **dict.fromkeys(
        (
            ":", "true", "false", "echo", "printf", "sleep", "set", "export", "unset", "readonly", "declare",
            "local", "typeset", "umask", "shopt", "type", "hash", "command", "which", "whoami", "hostname", "uname",
            "nproc", "arch", "getconf", "basename", "dirname", "seq", "yes", "expr", "ulimit", "wait", "exit",
            "return", "shift", "tty", "env", "locale", "sync", "lsb_release", "read", "getopts",
        ),
        INERT,
    ),
    "date": Does(files=_set("-r --reference -f --file")),
    "printenv": Does(in_directory=True),  # of which it tells as of any variable
    "cd": Does(reads="all"), "pushd": Does(reads="all"), "popd": INERT, "pwd": Does(in_directory=True),
    # What they do to files is to look at them.
    **dict.fromkeys(
        (
            "cat", "head", "tail", "wc", "stat", "test", "[", "readlink", "realpath", "file", "md5sum", "sha1sum",
            "sha224sum", "sha256sum", "sha384sum", "sha512sum", "b2sum", "cksum", "cmp", "diff", "cut", "uniq", "nl",
            "od", "hexdump", "strings", "base64", "tac", "rev", "fold", "comm", "join", "paste", "column", "zcat",
            "bzcat", "xzcat", "less", "more", "ldd", "readelf", "objdump", "nm",
        ),
        _READS,
    ),
    **dict.fromkeys(("ls", "du", "df", "tree"), Does(reads="all", in_directory=True, directory_alone=True)),
    **dict.fromkeys(
        ("grep", "egrep", "fgrep", "zgrep"),
        Does(
            reads="all", skip=1, skip_unless=("e", "f", "regexp", "file"),
            valued=_set("-e -m -A -B -C --regexp"), files=_set("-f --file"),
        ),
    ),
    "tr": INERT,
    "sort": Does(reads="all", into=_set("-o --output -T"), valued=_set("-k -t -S")),
    "tee": Does(writes="all"),
    # They make, change or remove what they name.
    **dict.fromkeys(
        ("mkdir", "mkfifo", "mknod", "touch", "truncate", "fallocate"),
        Does(writes="all", valued=_set("-m -s -l -d -t"), files=_set("-r --reference")),
    ),
    **dict.fromkeys(("rm", "rmdir", "unlink", "shred", "strip"), Does(writes="all")),
    **dict.fromkeys(("gzip", "gunzip", "bzip2", "bunzip2", "xz", "unxz", "zstd", "unzstd"), _WRITES),
    "mktemp": Does(writes="all", places=("/tmp",)),
    "chmod": Does(writes="all", skip=1, skip_unless=("reference",), files=_set("--reference")),
    **dict.fromkeys(("chown", "chgrp"), Does(
        writes="all", skip=1, skip_unless=("reference",), users="reads", files=_set("--reference"))),
    "setfacl": Does(writes="all", users="reads", valued=_set("-m -x")),
    "setcap": Does(writes="all", skip=1),
    "chattr": Does(writes="all", skip=1),
    "mv": Does(reads="all", writes="all", into=_set("-t --target-directory"), valued=_set("-S")),
    "cp": Does(reads="but-last", writes="last", into=_set("-t --target-directory"), valued=_set("-S")),
    "install": Does(
        reads="but-last", writes="all", into=_set("-t --target-directory"), valued=_set("-m -o -g -S"), users="reads"
    ),
    "ln": Does(reads="but-last", writes="last", into=_set("-t --target-directory")),
    "sed": Does(
        reads="all", writes="all", skip=1, skip_unless=("e", "f", "expression", "file"), writes_if=("i", "in-place"),
        valued=_set("-e"), files=_set("-f --file"),
    ),
    "find": Does(reads="all", writes="all", in_directory=True, directory_alone=True),
    "split": Does(reads="all", in_directory=True),
    "patch": Does(reads="all", in_directory=True, writes="all", into=_set("-d -o")),
    # Archives. Where they unpack to is the working directory, unless they are told otherwise.
    **dict.fromkeys(
        ("tar", "bsdtar", "gtar"),
        Does(
            reads="all", writes="all", in_directory=True, directory_unless=("C", "directory"),
            into=_set("-C --directory -f --file"),
        ),
    ),
    "unzip": Does(reads="all", in_directory=True, directory_unless=("d",), into=_set("-d")),
    "zip": Does(reads="all", writes="all", in_directory=True),
    "cpio": Does(reads="all", in_directory=True),
    # The network.
    "curl": Does(
        network=True, in_directory=True, directory_if=("O", "J", "remote-name", "remote-name-all"),
        directory_unless=("output-dir",), into=_set("-o --output --output-dir -c --cookie-jar -D --dump-header"),
        files=_set("-K --config -T --upload-file --cacert --capath -E --cert --key -b --cookie --netrc-file"),
    ),
    "wget": Does(
        network=True, in_directory=True, directory_unless=("O", "P", "output-document", "directory-prefix"),
        into=_set("-O --output-document -P --directory-prefix -o -a --output-file --append-output"),
        files=_set("-i --input-file --config --post-file --body-file --ca-certificate --certificate --private-key"),
    ),
    # Users and groups.
    **dict.fromkeys(ACCOUNTS, Does(users="makes", in_directory=False)),
    **dict.fromkeys(("id", "groups", "getent"), Does(users="reads")),
    # Packages: what their managers do, and what goes with them.
    **dict.fromkeys(("dpkg", "rpm"), Does(reads="all", users="makes", packaged=True, in_directory=True)),
    **dict.fromkeys(
        ("apt-cache", "apt-mark", "dpkg-reconfigure", "dpkg-divert", "add-apt-repository", "apt-add-repository"),
        Does(packaged=True, users="makes", network=True),
    ),
    "apt-config": INERT,
    "apt-key": Does(reads="all", network=True, places=("/etc/apt", "/root/.gnupg", "/usr/share/keyrings")),
    "gpg": Does(reads="all", writes="all", network=True, places=("/root/.gnupg",), into=_set("-o --output")),
    "debconf-set-selections": Does(reads="all", places=("/var/cache/debconf",)),
    "yum-config-manager": Does(network=True, places=("/etc/yum.repos.d", "/etc/yum.conf", "/etc/dnf", "/etc/yum")),
    "update-alternatives": Does(places=("/etc/alternatives", "/var/lib/dpkg", "/var/lib/alternatives", "/usr", "/bin")),
    "update-ca-certificates": Does(
        places=("/etc/ssl", "/etc/ca-certificates", "/etc/ca-certificates.conf", "/usr/share", "/usr/local/share"),
    ),
    **dict.fromkeys(
        ("locale-gen", "update-locale"),
        Does(places=("/etc/locale.gen", "/etc/locale.conf", "/etc/default", "/usr/lib/locale", "/var/lib/locales")),
    ), **dict.fromkeys(("a2enmod", "a2dismod", "a2ensite", "a2dissite"), Does(places=("/etc/apache2",
    "/var/lib/apache2"))), **dict.fromkeys(("phpenmod", "phpdismod"), Does(places=("/etc/php", "/etc/php5",
    "/var/lib/php", "/var/lib/php5"))), **dict.fromkeys(
        ("docker-php-ext-install", "docker-php-ext-configure", "docker-php-ext-enable", "docker-php-source"),
        Does(network=True, places=("/usr", "/tmp", "/lib/apk", "/etc/apk")),
    ),
    "git": Does(
        reads="all", writes="all", network=True, in_directory=True, places=("/etc/gitconfig", "/root", "/home"),
        valued=_set("-b --branch --depth -c -j --jobs -o --origin"), into=_set("-C"),
    ),
    "ldconfig": Does(places=("/etc/ld.so.cache", "/var/cache/ldconfig", "/lib", "/usr/lib", "/usr/local/lib")),
}  # fmt: skip

#: What somebody writes who makes a user, beside the lists of users and groups.
HOMES = "/home"

#: Programs that serve, or that start what does, and may be running still when a RUN has gone on.
DAEMONS = _set(
    "service systemctl invoke-rc.d start-stop-daemon supervisord nohup daemon daemonize setsid mysqld mysqld_safe"
    " mariadbd postgres pg_ctl pg_ctlcluster rabbitmq-server redis-server mongod mongos dockerd containerd Xvfb Xorg"
    " dbus-launch dbus-daemon ssh-agent gpg-agent sshd slapd memcached httpd apache2 apachectl apache2ctl nginx named"
    " unbound dnsmasq cron crond atd rsyslogd syslogd syslog-ng php-fpm haproxy squid vsftpd proftpd postfix exim4"
    " dovecot cupsd avahi-daemon smbd nmbd rpcbind consul etcd vault elasticsearch zookeeper kafka-server-start"
    " catalina.sh startup.sh jetty ansible ansible-playbook puppet chef-client chef-solo salt-call runsvdir initctl"
    " screen tmux launchctl openrc rc-service gradle gradlew bazel bazelisk mvnd sbtn adb watchman pm2 forever stunnel"
    " autossh openvpn xinetd spawn-fcgi couchdb neo4j gunicorn uwsgi xvfb-run wine wine64 winecfg wineboot sccache"
)
#: Programs that start an agent, which goes on running, where they need one.
STARTS_AGENTS = _set("gpg gpg2 gpgsm dirmngr apt-key")
#: Programs that wait for what they start, however little else is known of them: compilers, and tools that build.
WAITS = _set(
    "make gmake cmake ninja meson configure autogen.sh bootstrap autoreconf autoconf automake libtoolize gcc g++ cc c++"
    " clang ld ar ranlib svn hg cargo rustc rustup go javac java jar mvn ant python python2 python3 pip pip2 pip3"
    " pipenv poetry uv conda mamba micromamba easy_install virtualenv npm npx yarn pnpm node corepack gem bundle rake"
    " ruby composer php pecl perl cpan cpanm R Rscript install2.r luarocks tsc webpack dotnet nuget msbuild swift stack"
    " cabal ghc sbt fc-cache msgfmt xmlstarlet jq yq envsubst openssl ssh-keygen ssh-keyscan sdkmanager awk gawk mawk"
    " aria2c 7z 7za unrar rsync pacman protoc swig bison flex patchelf"
)

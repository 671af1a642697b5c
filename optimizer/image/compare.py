"""Two images side by side: what differs in their files and configurations, and what of it was declared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from . import Entry, Image
from .globs import holds, matches

#: Files whose contents differ between two builds of one Dockerfile, each found by building one twice
#: (``dfopt verify --control``). Their type, mode and owner must agree all the same.
VOLATILE: dict[str, str] = {
    "/var/log/**": "logs tell when",
    "/var/cache/fontconfig/**": "fontconfig notes the times of the directories",
    "/var/cache/ldconfig/aux-cache": "ldconfig notes the times of the libraries",
    "/**/__pycache__/**": "Python's byte code notes the time of its source",
    "/etc/ssl/certs/java/cacerts": "Java's key store notes when a certificate came in",
    "/var/lib/rpm/**": "rpm's database notes when a package was installed",
    "/usr/lib/sysimage/rpm/**": "the same database, where newer distributions keep it",
    "/root/.rpmdb/**": "the same database, where Debian's rpm keeps it",
    "/var/lib/dnf/history.sqlite*": "dnf's history tells when",
    # What an installation draws at random, so that no two machines share it.
    "/etc/machine-id": "systemd draws the machine's identity",
    "/var/lib/dbus/machine-id": "dbus draws the machine's identity",
    "/etc/nvme/host{id,nqn}": "nvme-cli draws the machine's identity",
    "/etc/iscsi/initiatorname.iscsi": "open-iscsi draws the machine's name",
    "/etc/ssh/ssh_host_*_key{,.pub}": "openssh-server makes the keys of the host",
    "/etc/ssl/private/ssl-cert-snakeoil.key": "ssl-cert makes a key",
    "/etc/ssl/certs/ssl-cert-snakeoil.pem": "ssl-cert makes a certificate for its key",
    "/etc/ejabberd/ejabberd.pem": "ejabberd makes a key and a certificate",
    "/etc/nsd/nsd_{control,server}.{key,pem}": "nsd makes keys and certificates",
    "/etc/freeradius/*/certs/dh": "freeradius draws the parameters of its key exchange",
    "/etc/xrdp/rsakeys.ini": "xrdp makes a key",
    "/etc/bind/rndc.key": "bind9 draws the key of its control channel",
    "/var/lib/rabbitmq/.erlang.cookie": "rabbitmq-server draws the cookie of its cluster",
    "/etc/shadow{,-}": "passwords are salted at random, and the day they were set is noted",
    # Databases that an installation creates.
    "/etc/sasldb2": "Berkeley DB draws an identity for every file",
    "/etc/aliases.db": "Berkeley DB draws an identity for every file",
    "/etc/ldap/slapd.d/**": "slapd draws an identity for every entry, and notes when it came in",
    "/var/lib/ldap/data.mdb": "slapd draws an identity for every entry, and notes when it came in",
    "/var/lib/postgresql/*/main/global/pg_control": "PostgreSQL draws the identity of a cluster",
    "/var/lib/postgresql/*/main/pg_wal/*": "PostgreSQL's log of changes has that identity, and times",
    "/var/lib/postgresql/*/main/pg_stat/pgstat.stat": "PostgreSQL counts what its server has done",
    "/var/lib/mysql/aria_log*": "MariaDB's log of changes has an identity, and times",
    "/var/lib/mysql/ib_logfile0": "MariaDB's log of changes has an identity, and times",
    "/var/lib/mysql/{mysql,sys}/*.{frm,ibd,MAD,MAI}": "MariaDB notes when a table was made and changed",
    # Indexes and caches with times in them.
    "/var/lib/texmf/ls-R": "TeX lists directories in the order in which they lie on the disk",
    "/var/lib/texmf/web2c/**/*.{fmt,base,log}": "TeX notes when a format was made",
    "/usr/share/octave/octave_packages": "Octave notes when it was written",
    "/{root,home/*}/.gnupg/{pubring.kbx,pubring.kbx~,trustdb.gpg}": "GnuPG notes when it was made and checked",
    "/var/lib/spamassassin/sa-update-keys/{pubring.kbx,pubring.kbx~,trustdb.gpg}": "the same, for SpamAssassin",
    "/**/.git/index": "git notes the times of the files",
    "/**/.git/logs/**": "git's logs tell when",
    "/{root,home/*}/.cache/matplotlib/fontlist-*.json": "Matplotlib lists fonts in the order in which it found them",
    "/{root,home/*}/.cache/virtualenv/wheel/*/embed/*/*.json": "virtualenv notes when it asked for versions",
    "/**/{pip,setuptools}-*.dist-info/RECORD": "virtualenv lists the files of its own packages in any order",
    "/{root,home/*}/.npm/_cacache/index-v5/**": "npm notes when a file was fetched",
    "/{root,home/*}/.cache/pnpm/metadata/**": "pnpm notes when it asked for versions",
    "/{root,home/*}/.local/share/pnpm/store/*/files/*/*-index.json": "pnpm notes when a package was checked",
    "/**/node_modules/.modules.yaml": "pnpm notes when it last tidied up",
    "/tmp/v8-compile-cache-*/**": "v8-compile-cache notes the times of the sources",
    "/{root,home/*}/.cache/go-build/{trim.txt,*/*-a}": "Go notes when a result was made",
    "/**/target/.rustc_info.json": "Cargo notes the times of the compiler",
}

#: Of these every drawing has as many bytes as any other, so the size must agree too: an identity, or the password of a
#: user, that is missing on one side is no drawing.
AS_LARGE = (
    "/etc/machine-id",
    "/var/lib/dbus/machine-id",
    "/etc/nvme/host{id,nqn}",
    "/etc/bind/rndc.key",
    "/var/lib/rabbitmq/.erlang.cookie",
    "/etc/shadow{,-}",
)

#: Files that one of two builds may have and the other not, because their names tell when, or are drawn as mktemp draws
#: them. Found the same way.
NAMED_ANEW = (
    "/{root,home/*}/.config/go/telemetry/**",
    "/{root,home/*}/.npm/_logs/**",
    "/{root,home/*}/.local/{pipx,state/pipx}/log{,s}/**",
    "/{root,home/*}/.cache/virtualenv/wheel/house/download-????????{,/**}",
    "/tmp/pipenv-{request,response}-????????.json",
    "/tmp/tmp.??????????{,/**}",
)

#: Paths that every container finds its engine's own files at, whatever the image holds there: an engine may leave
#: empty ones behind where a RUN ran, and none where no RUN is left.
ENGINES_OWN = (
    "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/.dockerenv", "/run/.containerenv",
    "/dev/**", "/proc/**", "/sys/**",
)  # fmt: skip


class Difference(NamedTuple):
    """A path, or a key of the configuration, and how it differs."""

    path: str
    how: str


class Comparison(NamedTuple):
    """What two images differ in: undeclared, declared by the findings, and because no two builds agree."""

    undeclared: tuple[Difference, ...]
    declared: tuple[Difference, ...]
    volatile: tuple[Difference, ...]


def compare(
    before: Image,
    after: Image,
    *,
    removes: Iterable[str] = (),
    changes: Iterable[str] = (),
    volatile: Iterable[str] = (),
) -> Comparison:
    """Compare final root file systems and configurations.

    Files that match `removes` may be missing or have other contents; what matches `changes` may differ in any way;
    the contents of `volatile` paths, exactly as given or as in `VOLATILE`, may differ. The globs are those of `globs`.
    """
    removes, changes, volatile = tuple(removes), tuple(changes), frozenset(volatile)
    undeclared: list[Difference] = [*_configuration(before.configuration, after.configuration)]
    declared: list[Difference] = []
    noise: list[Difference] = []
    old, new = before.files, after.files
    for path in sorted(old.keys() | new.keys()):
        was, now = old.get(path), new.get(path)
        if was == now:
            continue
        difference = Difference(path, how(was, now))
        if matches(path, ENGINES_OWN) or matches(path, NAMED_ANEW) or _is_volatile(path, was, now, volatile):
            noise.append(difference)
        elif matches(path, changes) or (was and _may_go(path, was, now, removes)):
            declared.append(difference)
        else:
            undeclared.append(difference)
    return Comparison(tuple(undeclared), tuple(declared), tuple(noise))


def _is_volatile(path: str, was: Entry | None, now: Entry | None, known: frozenset[str]) -> bool:
    """Whether it is one of the `known` paths, or a file of `VOLATILE` that differs in nothing but its contents."""
    if path in known:
        return True
    if was is None or now is None or not _same_but_content(was, now) or not matches(path, VOLATILE):
        return False
    return was.size == now.size or not matches(path, AS_LARGE)


def _may_go(path: str, was: Entry, now: Entry | None, removes: tuple[str, ...]) -> bool:
    """Whether `removes` covers that the entry is gone, or has other contents.

    A directory may go with what was in it: were anything else missing with it, that would be a difference of its own.
    """
    if now is None and was.kind == "directory" and holds(path, removes):
        return True
    return matches(path, removes) and (now is None or _same_but_content(was, now))


def _same_but_content(was: Entry, now: Entry) -> bool:
    return was._replace(size=now.size, digest=now.digest) == now


def how(was: Entry | None, now: Entry | None) -> str:
    """In words, how a path of one image differs from the same path of another."""
    if was is None:
        return "new"
    if now is None:
        return "missing"
    if was.kind != now.kind:
        return f"{was.kind} became {now.kind}"
    found: list[str] = []
    if was.mode != now.mode:
        found.append(f"mode {was.mode:o} became {now.mode:o}")
    if (was.user, was.group) != (now.user, now.group):
        found.append(f"owner {was.user}:{was.group} became {now.user}:{now.group}")
    if was.target != now.target:
        found.append(f"target {was.target} became {now.target}")
    if was.digest != now.digest:
        size = f", {was.size:,} bytes became {now.size:,}" if was.size != now.size else ""
        found.append(f"other contents{size}")
    if was.attributes != now.attributes:
        found.append("other extended attributes")
    return "; ".join(found)


def _configuration(was: dict[str, Any], now: dict[str, Any]) -> Iterable[Difference]:
    for key in sorted(was.keys() | now.keys()):
        if was.get(key) != now.get(key):
            yield Difference(f"configuration {key}", f"{was.get(key)!r} became {now.get(key)!r}")

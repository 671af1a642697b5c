"""What counts as a difference, what is declared, and what any two builds differ in."""

from __future__ import annotations

from typing import Any

import pytest

from dfopt.optimizer.image import Entry, Image, Layer
from dfopt.optimizer.image.compare import Comparison, compare

FILE = Entry("file", 0o644, 0, 0, 3, "", "aaa", ())
DIRECTORY = Entry("directory", 0o755, 0, 0, 0, "", "", ())
LINK = Entry("link", 0o777, 0, 0, 0, "a", "", ())


def image(files: dict[str, Entry], config: dict[str, Any] | None = None) -> Image:
    layer = Layer("", "", files, {}, {}, frozenset(), frozenset())
    return Image({"config": config or {}}, (layer,))


def compared(was: dict[str, Entry], now: dict[str, Entry], **declared: Any) -> Comparison:
    return compare(image(was), image(now), **declared)


@pytest.mark.parametrize(
    ("was", "now", "how"),
    [
        (FILE, None, "missing"),
        (None, FILE, "new"),
        (FILE, FILE._replace(mode=0o755), "mode 644 became 755"),
        (FILE, FILE._replace(user=7), "owner 0:0 became 7:0"),
        (FILE, FILE._replace(digest="bbb"), "other contents"),
        (FILE, FILE._replace(digest="bbb", size=9), "other contents, 3 bytes became 9"),
        (FILE, FILE._replace(attributes=(("security.capability", "x"),)), "other extended attributes"),
        (FILE, DIRECTORY, "file became directory"),
        (LINK, LINK._replace(target="b"), "target a became b"),
        (DIRECTORY, DIRECTORY._replace(mode=0o1777, group=5), "mode 755 became 1777; owner 0:0 became 0:5"),
    ],
)
def test_every_difference_is_seen_and_named(was: Entry | None, now: Entry | None, how: str) -> None:
    files = [{"/x": item} if item else {} for item in (was, now)]
    found = compared(*files)
    assert [tuple(item) for item in found.undeclared] == [("/x", how)]
    assert not found.declared
    assert not compared(*files, changes=["/x"]).undeclared


def test_equal_images_differ_in_nothing() -> None:
    assert compared({"/x": FILE}, {"/x": FILE}) == Comparison((), (), ())


def test_removes_allows_less_and_other_contents_but_nothing_new_and_no_other_mode() -> None:
    path, globs = "/var/lib/apt/lists/x", ["/var/lib/apt/lists/**"]
    assert compared({path: FILE}, {}, removes=globs).declared
    assert compared({path: FILE}, {path: FILE._replace(digest="b")}, removes=globs).declared
    assert compared({}, {path: FILE}, removes=globs).undeclared
    assert compared({path: FILE}, {path: FILE._replace(mode=0o600)}, removes=globs).undeclared


def test_the_directory_of_a_removed_cache_may_go_and_nothing_beside_the_cache() -> None:
    was = {"/root": DIRECTORY, "/root/.cache": DIRECTORY, "/root/.cache/pip": DIRECTORY, "/root/.cache/pip/x": FILE}
    assert not compared(was, {"/root": DIRECTORY}, removes=["/root/.cache/pip/**"]).undeclared
    was["/root/.cache/mine"] = FILE
    found = compared(was, {"/root": DIRECTORY}, removes=["/root/.cache/pip/**"]).undeclared
    assert [item.path for item in found] == ["/root/.cache/mine"]


def test_volatile_contents_may_differ_but_not_their_mode_and_not_their_presence() -> None:
    log = "/var/log/apt/history.log"
    assert compared({log: FILE}, {log: FILE._replace(digest="b", size=1)}).volatile
    assert compared({log: FILE}, {}).undeclared
    assert compared({log: FILE}, {log: FILE._replace(digest="b", user=3)}).undeclared
    byte_code = "/usr/lib/python3/dist-packages/a/__pycache__/b.pyc"
    assert compared({byte_code: FILE}, {byte_code: FILE._replace(digest="b")}).volatile


OTHER = FILE._replace(digest="b")
LONGER = FILE._replace(digest="b", size=9)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/machine-id", "/var/lib/dbus/machine-id", "/etc/nvme/hostid", "/etc/nvme/hostnqn",
        "/etc/ssh/ssh_host_rsa_key", "/etc/ssh/ssh_host_ed25519_key.pub", "/etc/ssl/private/ssl-cert-snakeoil.key",
        "/etc/ssl/certs/ssl-cert-snakeoil.pem", "/etc/ejabberd/ejabberd.pem", "/etc/nsd/nsd_server.key",
        "/etc/nsd/nsd_control.pem", "/etc/bind/rndc.key", "/var/lib/rabbitmq/.erlang.cookie", "/etc/shadow", "/etc/shadow-",
        "/etc/sasldb2", "/etc/aliases.db", "/etc/ldap/slapd.d/cn=config.ldif", "/etc/ldap/slapd.d/cn=config/cn=module{0}.ldif",
        "/var/lib/ldap/data.mdb", "/var/lib/postgresql/15/main/global/pg_control",
        "/var/lib/postgresql/15/main/pg_wal/000000010000000000000001", "/var/lib/postgresql/15/main/pg_stat/pgstat.stat",
        "/var/lib/mysql/aria_log.00000001", "/var/lib/mysql/aria_log_control", "/var/lib/mysql/ib_logfile0",
        "/var/lib/mysql/mysql/proc.MAD", "/var/lib/mysql/sys/x@0024processlist.frm", "/var/lib/texmf/ls-R",
        "/var/lib/texmf/web2c/updmap.log", "/var/lib/texmf/web2c/pdftex/latex.fmt", "/var/lib/texmf/web2c/metafont/mf.base",
        "/usr/share/octave/octave_packages", "/root/.gnupg/trustdb.gpg", "/home/app/.gnupg/pubring.kbx~", "/srv/a/.git/index",
        "/srv/a/.git/logs/refs/heads/main", "/root/.npm/_cacache/index-v5/05/dc/c3b6", "/srv/node_modules/.modules.yaml",
        "/root/.cache/pnpm/metadata/registry.example/lodash.json", "/root/.local/share/pnpm/store/v3/files/74/c2-index.json",
        "/tmp/v8-compile-cache-0/10.2.154.26-node.37/pnpm.cjs.BLOB", "/root/.cache/go-build/00/0013-a",
        "/etc/iscsi/initiatorname.iscsi", "/etc/freeradius/3.0/certs/dh", "/etc/xrdp/rsakeys.ini",
        "/var/lib/spamassassin/sa-update-keys/trustdb.gpg", "/root/.cache/matplotlib/fontlist-v3.11.0.json",
        "/root/.cache/virtualenv/wheel/3.11/embed/3/pip.json", "/opt/v/lib/python3.11/site-packages/pip-26.3.dist-info/RECORD",
        "/root/.cache/go-build/trim.txt", "/srv/hello/target/.rustc_info.json",
    ],
)  # fmt: skip
def test_what_is_drawn_anew_counts_in_all_but_its_contents(path: str) -> None:
    assert compared({path: FILE}, {path: OTHER}).volatile
    assert compared({path: FILE}, {path: OTHER._replace(mode=0o600)}).undeclared
    assert compared({path: FILE}, {path: OTHER._replace(group=3)}).undeclared
    assert compared({path: FILE}, {}).undeclared
    assert compared({path: FILE}, {path: LINK}).undeclared


@pytest.mark.parametrize(
    "path",
    [
        "/etc/machine-info", "/srv/etc/machine-id", "/etc/ssh/sshd_config", "/etc/ssh/ssh_host_rsa_key/x", "/root/.ssh/id_rsa",
        "/etc/ssl/private/mine.key", "/etc/ssl/certs/ca-certificates.crt", "/etc/passwd", "/etc/nsd/nsd.conf",
        "/etc/bind/named.conf", "/var/lib/postgresql/15/main/base/1/112", "/var/lib/postgresql/15/main/postgresql.auto.conf",
        "/var/lib/mysql/shop/orders.ibd", "/var/lib/mysql/ibdata1", "/var/lib/texmf/web2c/updmap.cfg", "/root/.gnupg/gpg.conf",
        "/srv/a/.git/HEAD", "/srv/a/.git/config", "/root/.npm/_cacache/content-v2/sha512/00/1", "/srv/node_modules/a/index.js",
        "/root/.cache/go-build/00/0013-d", "/opt/v/lib/site-packages/flask-3.0.dist-info/RECORD", "/etc/freeradius/3.0/certs/ca.cnf",
        "/srv/hello/target/release/hello", "/tmp/tmp.txt", "/tmp/other",
    ],
)  # fmt: skip
def test_what_lies_beside_it_counts(path: str) -> None:
    assert compared({path: FILE}, {path: OTHER}).undeclared


@pytest.mark.parametrize("path", ["/etc/machine-id", "/etc/shadow", "/var/lib/rabbitmq/.erlang.cookie"])
def test_what_has_another_size_is_not_drawn(path: str) -> None:
    assert compared({path: FILE}, {path: LONGER}).undeclared
    assert compared({path: FILE}, {path: LONGER}, volatile=[path]).volatile


@pytest.mark.parametrize(
    "path",
    [
        "/tmp/tmp.ENGLDcRcja", "/tmp/tmp.qjCK1fabke/a/b", "/tmp/pipenv-request-0sn75rh3.json",
        "/root/.cache/virtualenv/wheel/house/download-5xxch3w9/pip-26.3-py3-none-any.whl",
        "/root/.local/state/pipx/log/cmd_2026-11-25_12.28.04.log", "/root/.local/pipx/logs/cmd_2026-11-25_12.28.04.log",
    ],
)  # fmt: skip
def test_what_has_another_name_each_time_does_not_count(path: str) -> None:
    assert not compared({path: FILE}, {}).undeclared
    assert not compared({}, {path: FILE}).undeclared


@pytest.mark.parametrize(
    "path", ["/tmp/tmp.short", "/srv/tmp.ENGLDcRcja", "/tmp/pipenv.json", "/root/.local/pipx/venvs/a"]
)
def test_what_is_only_called_alike_counts(path: str) -> None:
    assert compared({path: FILE}, {}).undeclared


def test_what_two_builds_of_the_original_differ_in_is_forgiven() -> None:
    assert not compared({"/stamp": FILE}, {"/stamp": FILE._replace(digest="b")}, volatile=["/stamp"]).undeclared
    assert compared({"/stamps": FILE}, {}, volatile=["/stamp"]).undeclared


def test_the_engines_own_files_do_not_count() -> None:
    assert not compared({"/etc/hosts": FILE, "/dev/console": FILE}, {}).undeclared


def test_the_configuration_counts() -> None:
    found = compare(image({}, {"User": "app"}), image({}, {"User": "root"}), changes=["/**"]).undeclared
    assert [tuple(item) for item in found] == [("configuration User", "'app' became 'root'")]


def test_logs_and_counters_named_by_the_time_do_not_count() -> None:
    counters = "/root/.config/go/telemetry/local"
    assert not compared(
        {f"{counters}/go-2026-01-01.v1.count": FILE}, {f"{counters}/go-2026-01-02.v1.count": FILE}
    ).undeclared
    assert compared({"/root/.config/go/env": FILE}, {"/root/.config/go/env": FILE._replace(digest="b")}).undeclared

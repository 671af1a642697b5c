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

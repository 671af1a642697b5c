"""Archives are read as engines unpack them."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import pytest
from archives import directory, docker_archive, member, oci_archive, tar
from hypothesis import given, settings
from hypothesis import strategies as st

from dfopt.optimizer.image import ArchiveError, Image, read_archive

SYMLINK = {"type": tarfile.SYMTYPE}
HARD_LINK = {"type": tarfile.LNKTYPE}


def read(tmp_path: Path, *layers: list[tuple[tarfile.TarInfo, bytes]], **more: Any) -> Image:
    return read_archive(str(docker_archive(tmp_path / "image.tar", list(layers), **more)))


def contents(image: Image) -> dict[str, int]:
    return {path: entry.size for path, entry in image.files.items() if entry.kind == "file"}


def test_the_last_layer_wins_and_both_are_stored(tmp_path: Path) -> None:
    image = read(tmp_path, [directory("etc"), member("etc/a", b"one")], [member("etc/a", b"three")])
    assert contents(image) == {"/etc/a": 5}
    assert image.size == 8
    assert image.stored == {"/etc/a": (3, 5)}
    assert [layer.created_by for layer in image.layers] == ["RUN layer 0", "RUN layer 1"]


def test_names_may_start_with_a_dot_or_a_slash(tmp_path: Path) -> None:
    assert set(read(tmp_path, [directory("./"), directory("./a/"), member("/a/b")]).files) == {"/", "/a", "/a/b"}


def test_a_whiteout_takes_the_file_or_the_whole_directory(tmp_path: Path) -> None:
    below = [directory("a"), member("a/x", b"1"), member("ab", b"1"), member("b", b"1")]
    image = read(tmp_path, below, [member(".wh.a"), member(".wh.b")])
    assert set(image.files) == {"/ab"}
    assert image.size == 3


def test_an_opaque_directory_hides_what_was_in_it_and_shows_what_is_new(tmp_path: Path) -> None:
    below = [directory("a"), member("a/x"), directory("a/d"), member("a/d/y")]
    image = read(tmp_path, below, [directory("a"), member("a/.wh..wh..opq"), member("a/z")])
    assert set(image.files) == {"/a", "/a/z"}


def test_a_file_takes_the_place_of_a_directory(tmp_path: Path) -> None:
    image = read(tmp_path, [directory("a"), member("a/x")], [member("a", b"now a file")])
    assert set(image.files) == {"/a"}


def test_a_directory_keeps_what_is_in_it_when_its_mode_changes(tmp_path: Path) -> None:
    image = read(tmp_path, [directory("a"), member("a/x")], [directory("a", 0o700)])
    assert set(image.files) == {"/a", "/a/x"}
    assert image.files["/a"].mode == 0o700


def test_hard_links_are_the_file_and_stored_once(tmp_path: Path) -> None:
    first = [member("a", b"12345"), member("b", None, linkname="a", **HARD_LINK)]
    image = read(tmp_path, first, [member("c", None, linkname="a", **HARD_LINK)])
    assert contents(image) == {"/a": 5, "/b": 5, "/c": 5}
    assert image.size == 5


def test_links_devices_and_special_bits(tmp_path: Path) -> None:
    image = read(
        tmp_path,
        [
            member("l", None, linkname="../a", **SYMLINK),
            member("null", None, type=tarfile.CHRTYPE, devmajor=1, devminor=3),
            member("su", b"", mode=0o104755, uid=1, gid=2),
        ],
    )
    assert image.files["/l"][:1] + image.files["/l"][5:6] == ("link", "../a")
    assert image.files["/null"][:1] + image.files["/null"][5:6] == ("device", "1:3")
    assert image.files["/su"][1:4] == (0o4755, 1, 2)


def test_times_do_not_count_and_capabilities_do(tmp_path: Path) -> None:
    plain = read(tmp_path, [member("ping", b"x", mtime=1)]).files
    assert plain == read(tmp_path, [member("ping", b"x", mtime=2)]).files
    able = {"SCHILY.xattr.security.capability": "\x01\x00\x00\x02"}
    assert plain != read(tmp_path, [member("ping", b"x", pax_headers=able)]).files


def test_an_oci_layout_with_compressed_layers_and_an_attestation(tmp_path: Path) -> None:
    path = oci_archive(tmp_path / "oci.tar", [[member("a", b"one")], [member(".wh.a"), member("b", b"22")]])
    image = read_archive(str(path))
    assert contents(image) == {"/b": 2}
    assert image.size == 5


def test_a_layer_in_two_images_is_read_once(tmp_path: Path) -> None:
    known: dict[str, Any] = {}
    path = docker_archive(tmp_path / "image.tar", [[member("a", b"one")]])
    one = read_archive(str(path), known)
    assert read_archive(str(path), known).layers[0].entries is one.layers[0].entries


@pytest.mark.parametrize(
    ("config", "other", "same"),
    [
        ({"Env": ["A=1"], "Image": "sha256:1"}, {"Env": ["A=1"], "Image": "sha256:2"}, True),
        ({"Cmd": ["x"], "Volumes": None}, {"Cmd": ["x"], "Volumes": {}}, True),
        ({"Env": ["A=1"]}, {"Env": ["A=2"]}, False),
        ({"User": "app"}, {}, False),
        ({"Healthcheck": {"Test": ["CMD", "x"]}}, {}, False),
    ],
)
def test_the_configuration_is_what_a_container_starts_with(
    tmp_path: Path, config: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    one, two = (read(tmp_path, [], config=item).configuration for item in (config, other))
    assert (one == two) is same


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        tar([member("a", b"")]),
        tar([member("manifest.json", b"{")]),
        tar([member("index.json", b'{"manifests": []}')]),
    ],
)
def test_what_is_no_image_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(data)
    with pytest.raises(ArchiveError):
        read_archive(str(path))


def test_zstd_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="zstd"):
        read(tmp_path, [member("a")], pack=lambda _: b"\x28\xb5\x2f\xfd....")


# A layer writes files and directories, or removes; the model is a plain dictionary changed step by step.
NAMES = st.lists(st.sampled_from("ab"), min_size=1, max_size=3).map("/".join)
ACTS = st.lists(st.tuples(st.sampled_from(["write", "remove"]), NAMES), max_size=4)


@settings(max_examples=150, deadline=None)
@given(layers=st.lists(ACTS, min_size=1, max_size=4))
def test_layers_merge_like_changes_made_one_after_the_other(
    tmp_path_factory: pytest.TempPathFactory, layers: list[list[tuple[str, str]]]
) -> None:
    model: dict[str, str] = {}  # path to "directory" or "file"
    packed: list[list[tuple[tarfile.TarInfo, bytes]]] = []
    for acts in layers:
        members: dict[str, tuple[tarfile.TarInfo, bytes]] = {}
        touched: list[str] = []
        for act, name in acts:
            # One act a place and layer, as a layer tells only the outcome.
            if any(name == one or one.startswith(f"{name}/") or name.startswith(f"{one}/") for one in touched):
                continue
            touched.append(name)
            parents = ["/".join(name.split("/")[:n]) for n in range(1, name.count("/") + 1)]
            if act == "remove":
                if f"/{name}" in model:
                    model = {p: k for p, k in model.items() if p != f"/{name}" and not p.startswith(f"/{name}/")}
                    head, _, last = name.rpartition("/")
                    members[name] = member(f"{head}/.wh.{last}".lstrip("/"))
                continue
            for parent in parents:
                if model.get(f"/{parent}") == "file":
                    model = {p: k for p, k in model.items() if not p.startswith(f"/{parent}/")}
                model[f"/{parent}"] = "directory"
                members.setdefault(parent, directory(parent))
            model = {p: k for p, k in model.items() if not p.startswith(f"/{name}/")} | {f"/{name}": "file"}
            members[name] = member(name, b"x")
        packed.append(list(members.values()))
    image = read(tmp_path_factory.mktemp("image"), *packed)
    assert {path: entry.kind for path, entry in image.files.items()} == model

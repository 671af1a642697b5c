"""Image archives made by hand, as engines write them."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Files = dict[str, Any]


def member(name: str, content: bytes | None = b"", **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    """A member of a layer: a file, or with `content` None whatever `fields` say."""
    item = tarfile.TarInfo(name)
    item.mode = 0o644
    for key, value in fields.items():
        setattr(item, key, value)
    item.size = len(content or b"")
    return item, content or b""


def directory(name: str, mode: int = 0o755) -> tuple[tarfile.TarInfo, bytes]:
    return member(name, None, type=tarfile.DIRTYPE, mode=mode)


def tar(members: Iterable[tuple[tarfile.TarInfo, bytes]], mode: str = "w") -> bytes:
    """The members as an uncompressed archive (or with `mode` ``w:gz``, a compressed one)."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode, format=tarfile.PAX_FORMAT) as archive:  # pyright: ignore[reportCallIssue, reportArgumentType]
        for item, content in members:
            archive.addfile(item, io.BytesIO(content))
    return packed.getvalue()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def docker_archive(
    path: Path,
    layers: list[list[tuple[tarfile.TarInfo, bytes]]],
    config: dict[str, Any] | None = None,
    history: list[dict[str, Any]] | None = None,
    pack: Callable[[list[tuple[tarfile.TarInfo, bytes]]], bytes] = tar,
) -> Path:
    """An archive with ``manifest.json``, as ``docker save`` writes it; its path."""
    blobs = [pack(layer) for layer in layers]
    description = {
        "architecture": "amd64",
        "os": "linux",
        "config": config or {},
        "history": history or [{"created_by": f"RUN layer {n}"} for n in range(len(layers))],
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest(tar(layer))}" for layer in layers]},
    }
    manifest = [{"Config": "config.json", "Layers": [f"{n}/layer.tar" for n in range(len(blobs))]}]
    members = [member(f"{n}/layer.tar", blob) for n, blob in enumerate(blobs)]
    members += [member("config.json", _json(description)), member("manifest.json", _json(manifest))]
    path.write_bytes(tar(members))
    return path


def oci_archive(path: Path, layers: list[list[tuple[tarfile.TarInfo, bytes]]]) -> Path:
    """An OCI layout with an attestation before the image, as BuildKit writes it; its path."""
    blobs: dict[str, bytes] = {}

    def put(data: bytes) -> dict[str, Any]:
        blobs[digest(data)] = data
        return {"digest": f"sha256:{digest(data)}", "size": len(data)}

    packed = [tar(layer, "w:gz") for layer in layers]
    description = {"config": {}, "rootfs": {"diff_ids": [f"sha256:{digest(tar(layer))}" for layer in layers]}}
    manifest = {"config": put(_json(description)), "layers": [put(data) for data in packed]}
    attestation = {"config": put(b"{}"), "layers": []}
    inner = {
        "manifests": [
            {**put(_json(attestation)), "platform": {"os": "unknown", "architecture": "unknown"}},
            {**put(_json(manifest)), "platform": {"os": "linux", "architecture": "amd64"}},
        ]
    }
    index = {"manifests": [put(_json(inner))]}
    members = [member(f"./blobs/sha256/{name}", data) for name, data in blobs.items()]
    path.write_bytes(tar([*members, member("./index.json", _json(index))]))
    return path


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()

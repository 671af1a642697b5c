"""Packs the folder of a Python package as a wheel: python3 pack_wheel.py FOLDER TARGET."""

import sys
import zipfile
from pathlib import Path

folder, target = Path(sys.argv[1]), Path(sys.argv[2])
name, version = target.name.split("-")[:2]
members = {
    str(path.relative_to(folder.parent)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
}
about = f"{name}-{version}.dist-info"
members[f"{about}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
members[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: pack\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
members[f"{about}/RECORD"] = "".join(f"{path},,\n" for path in [*members, f"{about}/RECORD"]).encode()
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as wheel:
    for path, data in members.items():
        wheel.writestr(zipfile.ZipInfo(path, (2024, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)

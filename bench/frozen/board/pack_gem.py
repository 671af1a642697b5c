"""Packs a folder NAME-VERSION as NAME-VERSION.gem: python3 pack_gem.py FOLDER TARGET."""

import gzip
import hashlib
import io
import sys
import tarfile
from pathlib import Path

folder, target = Path(sys.argv[1]), Path(sys.argv[2])
name, version = folder.name.rsplit("-", 1)
files = sorted(path for path in folder.rglob("*") if path.is_file())
METADATA = f"""--- !ruby/object:Gem::Specification
name: {name}
version: !ruby/object:Gem::Version
  version: {version}
platform: ruby
authors:
- Example
bindir: bin
cert_chain: []
date: 2024-01-01 00:00:00.000000000 Z
dependencies: []
email:
executables: []
extensions: []
extra_rdoc_files: []
files:
{"".join(f"- {path.relative_to(folder)}" + chr(10) for path in files)}homepage: https://example.org/{name}
licenses:
- MIT
metadata: {{}}
rdoc_options: []
require_paths:
- lib
required_ruby_version: !ruby/object:Gem::Requirement
  requirements:
  - - ">="
    - !ruby/object:Gem::Version
      version: '0'
required_rubygems_version: !ruby/object:Gem::Requirement
  requirements:
  - - ">="
    - !ruby/object:Gem::Version
      version: '0'
requirements: []
rubygems_version: 3.3.15
signing_key:
specification_version: 4
summary: Lays out pages
test_files: []
"""


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, data in members.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode, entry.mtime = len(data), 0o644, 1704067200
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


parts = {
    "metadata.gz": gzip.compress(METADATA.encode(), mtime=0),
    "data.tar.gz": gzip.compress(packed({str(path.relative_to(folder)): path.read_bytes() for path in files}), mtime=0),
}
sums = "---\nSHA256:\n" + "".join(f"  {part}: {hashlib.sha256(data).hexdigest()}\n" for part, data in parts.items())
target.write_bytes(packed({**parts, "checksums.yaml.gz": gzip.compress(sums.encode(), mtime=0)}))

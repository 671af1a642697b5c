"""What ``fix`` and ``check`` can be told; the defaults stand here and nowhere else."""

from typing import NamedTuple


class Options(NamedTuple):
    """None leaves a setting to the configuration file."""

    paths: tuple[str, ...] = ()
    write: bool = False
    exit_code: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    unsafe: bool | None = None
    builder: str | None = None
    all_stages: bool | None = None
    context: str | None = None
    output: str | None = None
    stdin_filename: str | None = None
    jobs: int = 1
    quiet: bool = False
    show_skipped: bool = False
    statistics: bool = False
    config: str | None = None
    isolated: bool = False
    format: str = "text"

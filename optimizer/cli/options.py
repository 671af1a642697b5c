"""What ``fix``, ``check`` and ``verify`` can be told; the defaults stand here and nowhere else."""

from ..dockerfile.record import Record


class BuildOptions(Record):
    """How to build, and what to look at, where images are compared."""

    engine: str = "auto"
    target: str | None = None
    build_arg: tuple[str, ...] = ()
    platform: str | None = None
    build_option: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    control: bool = False
    cache: bool = False


class Options(Record):
    """None leaves a setting to the configuration file."""

    paths: tuple[str, ...] = ()
    write: bool = False
    exit_code: bool = False
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()
    unsafe: bool | None = None
    builder: str | None = None
    all_stages: bool | None = None
    assume: tuple[str, ...] = ()
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
    manual: bool = False  # also what is only ever shown
    verify: bool = False
    build: BuildOptions = BuildOptions()
    interactive: bool = False


class ReviewOptions(Record):
    """What a review is of, and where it goes; None leaves it to the environment of the CI."""

    base: str | None = None
    head: str | None = None
    everything: bool = False
    post: bool = False
    repository: str | None = None
    number: int | None = None

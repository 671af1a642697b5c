"""The commands and their options, as click sees them. What a command does is in the module of its name.

A command's function here returns what is to be run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from .. import __version__
from ..report.formats import CHECK, REVIEW
from .options import BuildOptions, Options, ReviewOptions
from .runner import complain

_Command = Callable[[], int]
_Decorated = Callable[..., _Command]


class _App(click.Group):
    """click's own errors in our words: one line, exit code 2."""

    def main(self, *args: Any, **extra: Any) -> Any:
        try:
            return super().main(*args, **extra)
        except click.exceptions.Exit as exit_:
            return exit_.exit_code
        except click.ClickException as error:
            complain(error.format_message())
            return 2
        except click.Abort:
            return 130


@click.group(cls=_App, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="dfopt")
def app() -> None:
    """Rewrites Dockerfiles so that their images are smaller, and never breaks a build."""


_Option = Callable[[_Decorated], _Decorated]

_CHOICE: tuple[_Option, ...] = (
    click.option("--select", multiple=True, metavar="RULE,…", help="Only these rules."),
    click.option("--extend-select", multiple=True, metavar="RULE,…", help="These rules too, which are off by default."),
    click.option("--ignore", multiple=True, metavar="RULE,…", help="Not these rules."),
    click.option("--unsafe/--no-unsafe", default=None, help="Also what may change the image's behaviour."),
    click.option(
        "--context", metavar="DIR", help="The build context.  [default: the Dockerfile's directory, if it fits]"
    ),
    click.option(
        "--prefer", multiple=True, type=click.Choice(["cache-mounts"]), help="Mount caches instead of clearing them."
    ),
    click.option("--builder", type=click.Choice(["buildkit", "classic"]), help="What will build the Dockerfile."),
    click.option("--assume", multiple=True, metavar="NAME,…", help="What to assume of programs: all, none, names."),
    click.option("--all-stages/--shipping-stages", default=None, help="Also stages whose layers no image holds."),
    click.option("--config", metavar="FILE", help="Read this configuration file, and no other."),
    click.option("--isolated", is_flag=True, help="Read no configuration file."),
)
_REPORT: tuple[_Option, ...] = (
    click.option("--output", metavar="FILE", help="Write what would go to standard output there."),
    click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors."),
)
_OUTPUT: tuple[_Option, ...] = (
    click.option("--stdin-filename", metavar="NAME", help="The name of what comes from standard input."),
    *_REPORT,
)
_MANY: tuple[_Option, ...] = (
    click.option("--jobs", "-j", type=click.IntRange(1), default=1, metavar="N", help="Work on N files at a time."),
    click.option("--show-skipped", is_flag=True, help="Say what was not applied, and why."),
    click.option("--statistics", is_flag=True, help="Count the findings of each rule."),
)
_BUILD: tuple[_Option, ...] = (
    click.option(
        "--engine",
        type=click.Choice(["auto", "docker", "podman", "buildah"]),
        default="auto",
        help="What builds.  [default: what answers]",
    ),
    click.option("--target", metavar="STAGE", help="Build this stage.  [default: the last, and others that ship]"),
    click.option("--build-arg", multiple=True, metavar="NAME=VALUE", help="A build argument."),
    click.option("--platform", metavar="OS/ARCH", help="Build for this platform."),
    click.option("--build-option", multiple=True, metavar="OPTION", help="Give this to the engine's build as it is."),
    click.option("--run", multiple=True, metavar="CMD", help="Run this in both images too, and compare what it says."),
    click.option("--control", is_flag=True, help="Build the original twice, and ignore what those two differ in."),
    click.option("--cache", is_flag=True, help="Take layers from the engine's build cache: quicker, maybe stale."),
)

_ONLY_TO_VERIFY = tuple(option for at, option in enumerate(_BUILD) if at in (1, 6))  # --target and --control


def _with(*options: _Option) -> Callable[[_Decorated], _Decorated]:
    def decorate(command: _Decorated) -> _Decorated:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _options(given: dict[str, Any]) -> Options:
    for name in ("select", "extend_select", "ignore", "assume"):
        named = tuple(part for text in given[name] for part in text.replace(",", " ").split())
        if given[name] and not named:  # an empty shell variable must not come to mean everything
            what = "assumption" if name == "assume" else "rule"
            raise click.UsageError(f"--{name.replace('_', '-')} names no {what}")
        given[name] = named
    build = {name: given.pop(name) for name in BuildOptions._fields if name in given}
    return Options(**given, build=BuildOptions(**build))


@app.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option("--write", is_flag=True, help="Rewrite the files in place instead of showing a diff.")
@click.option("--interactive", "-i", is_flag=True, help="Ask about every change, and make those that get a yes.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when something would change.")
@_with(*_CHOICE, *_OUTPUT, *_MANY)
@click.option("--verify", is_flag=True, help="Build before and after, and keep what makes equivalent images.")
@_with(*_BUILD)
def fix(**given: Any) -> _Command:
    """Show, or with --write make, the rewrites of Dockerfiles.

    PATH is a file, a directory that is searched, or - for standard input, whose patched text goes to standard
    output. Without a PATH the current directory is searched. The options from --engine on go with --verify.
    """
    from .fix import fix as run

    options = _options(given)
    if options.interactive and "-" in options.paths:
        raise click.UsageError("--interactive reads its answers from standard input")
    if options.build != BuildOptions() and not options.verify:
        name = next(
            name for name in BuildOptions._fields if getattr(options.build, name) != getattr(BuildOptions(), name)
        )
        raise click.UsageError(f"--{name.replace('_', '-')} goes with --verify")
    return partial(run, options)


@app.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option("--format", type=click.Choice(CHECK), default="text", help="How to print the findings.")
@_with(*_CHOICE, *_OUTPUT, *_MANY)
def check(**given: Any) -> _Command:
    """List the findings; exit with 1 when there are any."""
    from .check import check as run

    return partial(run, _options(given))


@app.command()
@click.argument("path", metavar="PATH")
@_with(*_BUILD)
@click.option("--format", type=click.Choice(["text", "json", "markdown"]), default="text", help="How to report.")
@_with(*_CHOICE, *_OUTPUT)
def verify(path: str, **given: Any) -> _Command:
    """Build a Dockerfile before and after its rewrites, and compare the images.

    PATH is a Dockerfile, or - for standard input. The images are equivalent when nothing in their file systems and
    configurations differs but what the rewrites declare and what any two builds differ in. Exits with 1 when they
    are not, with 2 when a build fails.
    """
    from .verify import verify as run

    return partial(run, _options({"paths": (path,), **given}))


@app.command()
@click.argument("path", metavar="PATH")
@click.option("--context", metavar="DIR", help="The build context.  [default: the Dockerfile's directory]")
@click.option("--runtime-base", "base", metavar="IMAGE", help="What the stage that ships is built on.")
@click.option("--to", type=click.Choice(["scratch", "slim"]), help="What that is to be, where it is not named.")
@click.option("--write", is_flag=True, help="Rewrite the file once the split is proved.")
@click.option("--explain", is_flag=True, help="Say what ships and what stays behind, and why.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", help="How to report."
)
@_with(*(option for option in _BUILD if option not in _ONLY_TO_VERIFY), *_REPORT)
def split(path: str, **given: Any) -> _Command:
    """Make two stages out of one, so that the tools of a build do not ship.

    PATH is a Dockerfile. It is built, its image tells what the running program needs, and the second stage gets that;
    then it is built again and the two images are compared. What is not proved is not written. Exits with 1 where the
    Dockerfile stays in one stage, and says why.
    """
    from .split import split as run

    build = BuildOptions(**{name: given.pop(name) for name in BuildOptions._fields if name in given})
    return partial(run, path, build, **given)


@app.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option("--base", metavar="REV", help="What the change is to be merged into.  [default: what the CI says]")
@click.option("--head", metavar="REV", help="The change.  [default: what the CI says, else the work tree]")
@click.option("--all", "everything", is_flag=True, help="Not only what touches the changed lines.")
@click.option("--format", type=click.Choice(REVIEW), default="text", help="How to print the review.")
@click.option("--post", is_flag=True, help="Send it to GitHub or GitLab instead of printing it.")
@click.option("--repository", metavar="OWNER/NAME", help="Where to post.  [default: what the CI says]")
@click.option(
    "--number", type=click.IntRange(1), metavar="N", help="The pull or merge request.  [default: what the CI says]"
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 when there is something to say.")
@_with(*_CHOICE, *_REPORT)
def review(**given: Any) -> _Command:
    """Say what touches the changed lines of Dockerfiles, as suggestions for a code review.

    PATH is a Dockerfile or a directory; without one it is the whole repository. Only files that are changed since the
    change branched off --base are looked at. --post needs GITHUB_TOKEN or GITLAB_TOKEN in the environment.
    """
    from .review import review as run

    asked = ReviewOptions(**{name: given.pop(name) for name in ReviewOptions._fields})
    return partial(run, _options(given), asked)


@app.command()
@click.argument("directory", metavar="[DIR]", default=".")
@click.option(
    "--dockerfile", "dockerfiles", multiple=True, metavar="FILE", help="Built with DIR.  [default: all in it]"
)
@click.option("--write", is_flag=True, help="Write the file instead of showing a diff.")
@click.option("--output", metavar="FILE", help="Write what would go to standard output there.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to report.")
def dockerignore(directory: str, dockerfiles: tuple[str, ...], **given: Any) -> _Command:
    """Show, or with --write make, the .dockerignore that keeps useless files out of a build context.

    DIR is the context, the current directory where none is given. Lines are only ever added, and none that would keep
    out what a COPY, an ADD or a bind mount takes by name.
    """
    from .dockerignore import dockerignore as run

    return partial(run, directory, dockerfiles, **given)


@app.command()
@click.argument(
    "kinds", nargs=-1, metavar="[KIND]…", type=click.Choice(["github", "gitlab", "pre-commit", "reviewdog"])
)
@click.option("--directory", metavar="DIR", default=".", help="The repository.  [default: the current directory]")
@click.option("--write", is_flag=True, help="Write the files instead of showing a diff.")
def init(kinds: tuple[str, ...], directory: str, *, write: bool) -> _Command:
    """Show, or with --write make, the files that let dfopt run in a repository.

    KIND is github, gitlab, pre-commit or reviewdog; without one it is what the repository uses already. What is
    there is kept as it is, and only added to.
    """
    from .init import init as run

    return partial(run, kinds, directory, write=write)


@app.command()
@_with(*_CHOICE)
def lsp(**given: Any) -> _Command:
    """Run as a language server on standard input and output, for editors."""
    from .lsp import lsp as run

    return partial(run, _options(given))


@app.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print the table.")
def rules(form: str) -> _Command:
    """List the rules."""
    from .rules import rules as run

    return partial(run, form)


@app.command()
@click.argument("rule")
def explain(rule: str) -> _Command:
    """Show the page of a rule, or what an assumption says."""
    from .explain import explain as run

    return partial(run, rule)

"""``dfopt review``: what there is to say about a change, for a terminal, a program, or a code review."""

from __future__ import annotations

import os
import sys
from functools import partial

from ..report.formats import write
from ..report.plain import heading
from ..review.ci import Request, RequestError, request
from ..review.git import Changed, Comparison, GitError, compare, is_ancestor
from ..review.review import Review, Reviewed, review_file
from ..rules.finding import Problem
from .files import is_dockerfile_name
from .fix import count
from .options import Options, ReviewOptions
from .runner import FileError, Sink, UsageError, check_options, complain, optimized, refix, within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile.shell import Scripts
    from ..rules.engine import Result


def review(options: Options, asked: ReviewOptions) -> int:
    """Run the command; the exit code is 0, 1 when there is something to say and that was asked, 2 after an error."""
    try:
        check_options(options)
        if asked.post and options.format not in ("text", "github", "gitlab"):
            raise UsageError(f"--post goes with --format github or gitlab, not with {options.format}")
        if asked.post and options.output:
            raise UsageError("--post goes without --output")
        known = _request(options, asked)
        comparison = _comparison(options, asked, known)
        made = _review(options, asked, comparison)
        if asked.post:
            from .post import post

            said = post(made, known)
            if not options.quiet:
                print(said, file=sys.stderr)
        else:
            sink = Sink(options.output)
            sink.write(write(options.format, made))
            sink.close()
    except UsageError as problem:
        complain(str(problem))
        return 2
    if not options.quiet and not asked.post:
        unsafe = sum(file.unsafe for file in made.files)
        more = f"; {unsafe} more with --unsafe" if unsafe else ""
        print(f"{heading(made)} in {count(len(made.files), 'changed Dockerfile')}{more}", file=sys.stderr)
    if made.errors:
        return 2
    return 1 if options.exit_code and made.items else 0


def _request(options: Options, asked: ReviewOptions) -> Request | None:
    """The pull or merge request that is meant: what the options say, else what the environment says."""
    platform = options.format if options.format in ("github", "gitlab") else None
    try:
        known = request(os.environ, platform)
    except RequestError as error:
        raise UsageError(str(error)) from error
    if known is None:
        if asked.post:
            raise UsageError("say where to post: --format github or --format gitlab")
        return None
    return known._replace(repository=asked.repository or known.repository, number=asked.number or known.number)


def _comparison(options: Options, asked: ReviewOptions, known: Request | None) -> Comparison:
    base = asked.base or (known.base if known else None)
    head = asked.head or (known.head if known and not asked.base else None)
    if base is None:
        raise UsageError("say what the change is compared with: --base REV")
    if head is None and asked.post:
        head = "HEAD"
    for path in options.paths:
        if path == "-":
            raise UsageError("a review is of files in a repository, not of standard input")
    try:
        return compare(_directory(options.paths), base, head, lambda root, path: _is_wanted(root, path, options.paths))
    except GitError as error:
        raise UsageError(str(error)) from error


def _directory(paths: tuple[str, ...]) -> str:
    """A directory in the repository that is meant."""
    if not paths:
        return "."
    return paths[0] if os.path.isdir(paths[0]) else os.path.dirname(paths[0]) or "."


def _is_wanted(root: str, path: str, paths: tuple[str, ...]) -> bool:
    """Whether a file is named, or lies in a named directory and is called as Dockerfiles are."""
    place = os.path.join(os.path.realpath(root), path)
    named = [os.path.realpath(name) for name in paths]
    if place in named:
        return True
    inside = not named or any(place.startswith(directory.rstrip("/") + "/") for directory in named)
    return inside and is_dockerfile_name(os.path.basename(path))


def _review(options: Options, asked: ReviewOptions, comparison: Comparison) -> Review:
    # The build context is what is checked out: of use only where that holds the commit that is looked at.
    try:
        in_place = comparison.head is None or is_ancestor(comparison.root, comparison.head)
    except GitError as error:
        raise UsageError(str(error)) from error
    files: list[Reviewed] = []
    errors: list[Problem] = []
    with_manual = options._replace(manual=True)

    def wrong(problem: Problem) -> None:
        path = within(comparison.root, problem.path)
        if problem._replace(path=path) not in errors:  # a bad configuration is the same for every file below it
            complain(problem.text)
            errors.append(problem._replace(path=path))

    for file in comparison.files:
        path = os.path.relpath(os.path.join(comparison.root, file.path))
        scripts: Scripts = {}
        try:
            result = optimized(path, comparison.read(file.path), with_manual, in_place=in_place, scripts=scripts)
        except FileError as error:
            wrong(error.problem)
        except OSError as error:
            wrong(Problem(path, 0, error.strerror or str(error)))
        except GitError as error:
            wrong(Problem(path, 0, str(error)))
        else:
            files.append(
                review_file(
                    file.path,
                    result,
                    refix(path, options, is_file=in_place, scripts=scripts),
                    file,
                    before=partial(_before, comparison, file, path, options, in_place, scripts),
                    everything=asked.everything,
                    unsafe=False,
                )
            )
    return Review(tuple(files), tuple(errors), comparison)


def _before(
    comparison: Comparison, file: Changed, path: str, options: Options, in_place: bool, scripts: Scripts
) -> Result | None:
    """What becomes of the file as it was before the change; None where there is none, or none that can be read."""
    try:
        data = comparison.read_before(file)
        return None if data is None else optimized(path, data, options, in_place=in_place, scripts=scripts)
    except (FileError, GitError):  # the change may be what mends it
        return None

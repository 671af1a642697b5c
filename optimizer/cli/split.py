"""``dfopt split``: two stages out of one, proved by building both."""

from __future__ import annotations

import os
import sys

from ..build.engines import BuildError, EngineError
from ..dockerfile.document import Document
from ..dockerfile.scanner import DockerfileError
from ..facts.context import Context, find_context
from ..facts.files import read_file
from ..facts.stages import Facts
from ..image import ArchiveError
from ..report.printable import place, printable
from ..split.convert import Request, convert
from ..split.evidence import Declined
from ..split.gate import stage_to_split
from ..split.report import FORMATS
from .builds import build_session
from .files import write_file
from .options import BuildOptions
from .runner import Sink, UsageError, complain, shown_path


def split(
    path: str,
    build: BuildOptions,
    *,
    context: str | None,
    base: str | None,
    to: str | None,
    write: bool,
    explain: bool,
    form: str,
    output: str | None,
    quiet: bool,
) -> int:
    """Run the command: 0 where the Dockerfile is split, 1 where it is left as it is, 2 after an error."""
    sink = Sink(output)

    def beside(document: Document) -> Context | None:
        return find_context(path, document, {})

    try:
        if path == "-":
            raise UsageError("split takes a file: what it builds lies beside it")
        if context is not None and not os.path.isdir(context):
            raise UsageError(f"{context}: the context is not a directory")
        original = read_file(path)
        document = Document.parse(original)
        facts = Facts(document, Context(context, os.path.abspath(path), {}) if context else beside)
        stage_to_split(facts)  # what its text tells needs no engine
        request = Request(base or ("scratch" if to == "scratch" else None), build.run, slim=to == "slim")
        with build_session(path, context, build, quiet=quiet) as session:
            found = convert(session, document, facts, request)
        sink.write(FORMATS[form](shown_path(path), found, explain=explain))
        sink.close()
        if write:
            write_file(path, found.patched, original)
    except Declined as reason:
        where = f"{place(path)}:{reason.line}" if reason.line else place(path)
        print(f"{printable(where)}: stays in one stage: {printable(str(reason))}", file=sys.stderr)
        return 1
    except DockerfileError as error:
        complain(f"{path}:{error.line}: {error.reason}")
        return 2
    except BuildError as error:
        complain(f"{path}: {error}", error.lines)
        return 2
    except OSError as error:
        complain(f"{error.filename or path}: {error.strerror or error}")
        return 2
    except (EngineError, ArchiveError, UsageError) as error:
        complain(str(error))
        return 2
    return 0

"""A language server: findings as diagnostics, their fixes as code actions, the pages of the rules on hover.

Works on what the editor holds, never on the file. Positions are counted as the client asked for (Language Server
Protocol 3.17, *Position encoding*); offsets everywhere else are bytes.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Protocol, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from .. import __version__
from ..dockerfile.diff import Change, line_changes, split_lines
from ..dockerfile.document import Document
from ..dockerfile.scanner import DockerfileError
from ..dockerfile.shell import Scripts
from ..dockerfile.source import Source
from ..report.plain import sentence
from ..report.text import shown
from ..review.review import Item, Reviewed, review_file
from ..review.suggest import by_construction
from ..rules.config import ConfigError, forget
from ..rules.engine import Applied, Offered, Result

if TYPE_CHECKING:
    from ..review.suggest import Refix

Key = tuple[str, int]  # what `Result.applied` knows a finding by
T = TypeVar("T")


class Fixer(Protocol):
    """How texts are fixed; scripts that were read in texts much like one are not read again."""

    def __call__(self, path: str, text: bytes, keys: frozenset[Key] | None, scripts: Scripts) -> Result:
        """What becomes of a text as the contents of `path`, with no more than the findings of `keys` if given."""
        ...

    def again(self, path: str, scripts: Scripts) -> Refix:
        """What makes of another text what is made of that of `path`."""
        ...


_Encoding = lsp.PositionEncodingKind | str | None
_PAUSE = 0.05  # seconds without a keystroke after which nobody is typing
_MOST_SCRIPTS = 2000  # that are kept of the versions of one document
_LANGUAGES = ("dockerfile", "docker", "containerfile")
_FIX_ALL = "source.fixAll.dfopt"
_SEVERITIES = {
    "safe": lsp.DiagnosticSeverity.Warning,
    "unsafe": lsp.DiagnosticSeverity.Information,
    "manual": lsp.DiagnosticSeverity.Hint,
}


class _Seen:
    """What was found in a version of a document, or the error that it has."""

    def __init__(self, path: str, result: Result | None, error: DockerfileError | ConfigError | None = None) -> None:
        self.path = path
        self.result = result
        self.error = error
        self.file: Reviewed | None = None  # what there is to say, as choices, once somebody asked

    def findings(self) -> list[Applied | Offered]:
        """In the order of their places."""
        return shown(self.result) if self.result else []


class _Worker:
    """A thread that does one thing after the other, beside the one that speaks with the editor.

    Nobody waits for it at the end: the editor may go while something is being done.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            self._jobs.get()()

    async def do(self, job: Callable[[], T], wanted: Callable[[], bool]) -> T | None:
        """What `job` returns; None where it is not `wanted` any more when its turn comes, or when it is done."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T | None] = loop.create_future()

        def run() -> None:
            made: T | None = None
            problem: Exception | None = None
            try:
                made = job() if wanted() else None
            except Exception as error:  # noqa: BLE001 - whatever it is, the one who waits is told
                problem = error
            with suppress(RuntimeError):  # the loop may be closed: nobody waits any more
                loop.call_soon_threadsafe(tell, made, problem)

        def tell(made: T | None, problem: Exception | None) -> None:
            if not future.done() and problem:
                future.set_exception(problem)
            elif not future.done():
                future.set_result(made)

        self._jobs.put(run)
        made = await future
        return made if wanted() else None


class _Desk:
    """The documents that an editor has open, and what was found in them."""

    def __init__(self, server: LanguageServer, fix: Fixer, is_dockerfile: Callable[[str], bool]) -> None:
        self.server = server
        self.fix = fix
        self.is_dockerfile = is_dockerfile
        self.worker = _Worker()
        self.seen: dict[str, tuple[int | None, str, _Seen]] = {}
        self.quiet: dict[str, float] = {}  # until when somebody may be typing
        self.scripts: dict[str, Scripts] = {}
        self.complaints: set[str] = set()

    def typed(self, uri: str) -> None:
        """Somebody is typing: wait for a pause."""
        self.quiet[uri] = time.monotonic() + _PAUSE

    def forget(self, uri: str) -> None:
        """What was found may be other now."""
        for known in (self.seen, self.quiet, self.scripts):
            known.pop(uri, None)

    async def look(self, uri: str) -> _Seen | None:
        """What is found in a document when nobody types; None where it is no Dockerfile, or another version by then."""
        document = self.server.workspace.get_text_document(uri)
        version, text = document.version, document.source
        path = to_fs_path(uri) or os.path.basename(uri)
        language = (document.language_id or "").lower()
        if language not in _LANGUAGES and not self.is_dockerfile(os.path.basename(path)):
            return None

        def current() -> bool:
            now = self.server.workspace.get_text_document(uri)
            return now.version == version and now.source == text

        await asyncio.sleep(max(self.quiet.get(uri, 0) - time.monotonic(), 0))  # another keystroke is another version
        known = self.seen.get(uri)
        if known and known[:2] == (version, text):
            return known[2]

        def find() -> _Seen:
            known = self.seen.get(uri)  # by now
            found = known[2] if known and known[:2] == (version, text) else self._find(uri, path, text)
            self.seen[uri] = version, text, found
            return found

        found = await self.worker.do(find, current)
        if found and isinstance(found.error, ConfigError) and str(found.error) not in self.complaints:
            self.complaints.add(str(found.error))
            message = lsp.ShowMessageParams(lsp.MessageType.Error, f"dfopt: {found.error}")
            self.server.window_show_message(message)
        return found

    def _find(self, uri: str, path: str, text: str) -> _Seen:
        data = text.encode("utf-8", "replace")
        if b"\r" in data.replace(b"\r\n", b""):  # a lone one ends a line for an editor, and for nobody else
            return _Seen(path, None)
        scripts = self.scripts.setdefault(uri, {})
        if len(scripts) > _MOST_SCRIPTS:
            scripts.clear()
        try:
            return _Seen(path, self.fix(path, data, None, scripts))
        except (DockerfileError, ConfigError) as error:
            return _Seen(path, None, error)

    async def choices(self, uri: str) -> tuple[_Seen, Reviewed] | None:
        """What is found, as choices to make; None where there is none, or where it is another version by then."""
        found = await self.look(uri)
        if found is None or found.result is None:
            return None
        result = found.result

        def make() -> Reviewed:
            if found.file is None:
                refix = self.fix.again(found.path, self.scripts.setdefault(uri, {}))
                found.file = review_file(found.path, result, refix)
            return found.file

        file = await self.worker.do(make, lambda: self._is_last(uri, found))
        return (found, file) if file else None

    async def alone(self, uri: str, found: _Seen, keys: frozenset[Key]) -> dict[Key, list[Change]]:
        """What each of the findings with these keys, which are not applied, would change by itself."""
        if not keys or found.result is None:
            return {}
        original = found.result.original
        scripts = self.scripts.setdefault(uri, {})

        def make() -> dict[Key, list[Change]]:
            made: dict[Key, list[Change]] = {}
            result = self.fix(found.path, original, keys, scripts)
            for choice in by_construction(result):
                of = {result.applied[number].key for change in choice for number in change.findings}
                if len(of) == 1:
                    made[of.pop()] = choice
            for key in keys - made.keys():
                result = self.fix(found.path, original, frozenset((key,)), scripts)
                made[key] = line_changes(original, result.edits)
            return made

        return await self.worker.do(make, lambda: self._is_last(uri, found)) or {}

    def _is_last(self, uri: str, found: _Seen) -> bool:
        known = self.seen.get(uri)
        return known is not None and known[2] is found


def serve(fix: Fixer, page: Callable[[str], str], is_dockerfile: Callable[[str], bool]) -> None:
    """Speak the protocol on standard input and output until the client says exit.

    `fix` is how a text is fixed, `page` gives a rule's page in Markdown, `is_dockerfile` tells by a file's name.
    """
    # The whole text with every change: what an editor and a server count as lines need not agree then.
    server = LanguageServer("dfopt", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
    desk = _Desk(server, fix, is_dockerfile)

    async def publish(uri: str) -> None:
        found = await desk.look(uri)
        if found is not None:
            version = server.workspace.get_text_document(uri).version
            diagnostics = _diagnostics(found, server.workspace.position_encoding)
            server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, diagnostics, version))

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def _(params: lsp.DidOpenTextDocumentParams) -> None:
        forget()
        await publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def _(params: lsp.DidChangeTextDocumentParams) -> None:
        desk.typed(params.text_document.uri)
        await publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def _(params: lsp.DidSaveTextDocumentParams) -> None:
        forget()
        desk.forget(params.text_document.uri)  # the configuration and the build context may be others
        await publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def _(params: lsp.DidCloseTextDocumentParams) -> None:
        desk.forget(params.text_document.uri)
        server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(params.text_document.uri, []))

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix, _FIX_ALL])
    )
    async def _(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        found = await desk.choices(params.text_document.uri)
        if found is None:
            return []
        seen, file = found
        first, last = params.range.start.line + 1, params.range.end.line + 1
        about = list(_about(file, first, last))
        unsafe = frozenset(
            (one.finding.rule, one.start)
            for item, _ in about
            for one in item.findings[:1]
            if not item.suggestion and one.finding.applicability == "unsafe"
        )
        alone = await desk.alone(params.text_document.uri, seen, unsafe)
        encoding = server.workspace.position_encoding
        actions = list(_actions(file, about, alone, params.text_document.uri, encoding))
        wanted = params.context.only
        return [one for one in actions if wanted is None or any(_is_kind(one.kind or "", kind) for kind in wanted)]

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def _(params: lsp.HoverParams) -> lsp.Hover | None:
        found = await desk.look(params.text_document.uri)
        if found is None or found.result is None:
            return None
        source = Source(found.result.original)
        place = _offset(source, params.position, server.workspace.position_encoding)
        rules = dict.fromkeys(item.finding.rule for item in found.findings() if item.start <= place <= item.end)
        if not rules:
            return None
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, "\n\n---\n\n".join(page(rule) for rule in rules)))

    # The protocol has standard output for itself, and closes it: whatever else is printed goes elsewhere.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    server.start_io(stdout=output)


def _diagnostics(found: _Seen, encoding: _Encoding) -> list[lsp.Diagnostic]:
    if isinstance(found.error, DockerfileError):
        line = max(found.error.line - 1, 0)
        place = lsp.Range(lsp.Position(line, 0), lsp.Position(line + 1, 0))
        return [lsp.Diagnostic(place, found.error.reason, severity=lsp.DiagnosticSeverity.Error, source="dfopt")]
    if found.result is None:
        return []
    source = Source(found.result.original)
    return [_diagnostic(source, item, encoding) for item in found.findings()]


def _diagnostic(source: Source, item: Applied | Offered, encoding: _Encoding) -> lsp.Diagnostic:
    return lsp.Diagnostic(
        lsp.Range(_position(source, item.start, encoding), _position(source, max(item.start, item.end), encoding)),
        sentence(item),
        severity=_SEVERITIES[item.finding.applicability],
        code=item.finding.rule,
        source="dfopt",
    )


def _about(file: Reviewed, first: int, last: int) -> Iterator[tuple[Item, list[Applied | Offered]]]:
    """What there is to say about the lines `first` to `last`, with those of its findings that are."""
    source = Source(file.result.original)
    for item in file.items:
        about = [one for one in item.findings if _touches(source, one, first, last)]
        if about:
            yield item, about


def _actions(
    file: Reviewed,
    about: Iterable[tuple[Item, list[Applied | Offered]]],
    alone: dict[Key, list[Change]],
    uri: str,
    encoding: _Encoding,
) -> Iterator[lsp.CodeAction]:
    """Make a choice, keep an instruction as it is for ever, or fix all that is safe in the file.

    `alone` is what becomes of the lines where findings are applied that the fix leaves out.
    """
    result = file.result
    document = Document.parse(result.original)
    source = document.source
    for item, findings in about:
        diagnostics = [_diagnostic(source, one, encoding) for one in findings]
        rules = ", ".join(item.rules)
        if item.suggestion:
            edits = _edits(result.original, item.suggestion.changes)
            yield _action(f"dfopt: fix {rules}", "quickfix", uri, edits, diagnostics, preferred=item.safe)
        elif edits := _edits(result.original, alone.get((item.findings[0].finding.rule, item.findings[0].start), ())):
            yield _action(f"dfopt: fix {rules} (unsafe)", "quickfix", uri, edits, diagnostics)
        for rule, one in {one.finding.rule: one for one in findings}.items():
            yield _action(f"dfopt: ignore {rule} here", "quickfix", uri, [_ignore(document, one)], diagnostics)
    everything = _edits(result.original, line_changes(result.original, result.edits))
    if everything:
        yield _action("dfopt: fix all in this file", _FIX_ALL, uri, everything)


def _action(
    title: str,
    kind: str,
    uri: str,
    edits: list[lsp.TextEdit],
    diagnostics: list[lsp.Diagnostic] | None = None,
    *,
    preferred: bool = False,
) -> lsp.CodeAction:
    return lsp.CodeAction(
        title, kind=kind, diagnostics=diagnostics, is_preferred=preferred or None, edit=lsp.WorkspaceEdit({uri: edits})
    )


def _edits(original: bytes, changes: Iterable[Change]) -> list[lsp.TextEdit]:
    """Whole lines for whole lines; the end of a text without a final newline is a place in its last line."""
    old = split_lines(original)
    edits: list[lsp.TextEdit] = []
    for change in changes:
        end = lsp.Position(change.end, 0)
        if change.end == len(old) and old and not old[-1].endswith(b"\n"):
            # Behind the last character, however it is counted: clients take what is too far for the line's end.
            end = lsp.Position(change.end - 1, len(old[-1]))
        start = lsp.Position(change.start, 0)
        if change.start == len(old) and old and not old[-1].endswith(b"\n"):
            start = end = lsp.Position(change.start - 1, len(old[-1]))
        edits.append(lsp.TextEdit(lsp.Range(start, end), b"".join(change.lines).decode("utf-8", "replace")))
    return edits


def _ignore(document: Document, item: Applied | Offered) -> lsp.TextEdit:
    """The comment that keeps an instruction as it is, above it."""
    source = document.source
    near = document.instructions_between(item.start, item.start)
    start = next(one.start for one in near if one.start <= item.start < max(one.end, one.start + 1))
    line = source.line_of(start) - 1
    text = source.indent(start) + b"# dfopt ignore=" + item.finding.rule.encode() + source.newline(start)
    return lsp.TextEdit(lsp.Range(lsp.Position(line, 0), lsp.Position(line, 0)), text.decode("utf-8", "replace"))


def _touches(source: Source, item: Applied | Offered, first: int, last: int) -> bool:
    return source.line_of(item.start) <= last and first <= source.line_of(max(item.start, item.end - 1))


def _is_kind(kind: str, wanted: str) -> bool:
    return kind == wanted or kind.startswith(f"{wanted}.")


def _position(source: Source, offset: int, encoding: _Encoding) -> lsp.Position:
    line = source.line_of(offset)
    before = source.data[source.line_starts[line - 1] : offset]
    return lsp.Position(line - 1, _units(before, encoding))


def _units(data: bytes, encoding: _Encoding) -> int:
    if encoding == lsp.PositionEncodingKind.Utf8:
        return len(data)
    text = data.decode("utf-8", "replace")
    return len(text) if encoding == lsp.PositionEncodingKind.Utf32 else len(text.encode("utf-16-le")) // 2


def _offset(source: Source, place: lsp.Position, encoding: _Encoding) -> int:
    """The offset of the last character that begins at `place` or before it on the same line."""
    starts = source.line_starts
    if place.line >= len(starts):
        return len(source)
    start, text = starts[place.line], source.line_text(place.line + 1)
    offset = 0
    for char in text.decode("utf-8", "replace"):
        width = len(char.encode("utf-8"))
        if _units(text[: offset + width], encoding) > place.character:
            break
        offset += width
    return start + offset

"""A language server: findings as diagnostics, their fixes as code actions, the pages of the rules on hover.

Works on what the editor holds, never on the file. Positions are counted as the client asked for (Language Server
Protocol 3.17, *Position encoding*); offsets everywhere else are bytes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from .. import __version__
from ..dockerfile.diff import Change, line_changes, split_lines
from ..dockerfile.document import Document
from ..dockerfile.scanner import DockerfileError
from ..dockerfile.source import Source
from ..report.plain import sentence
from ..review.review import Reviewed, review_file
from ..rules.config import ConfigError, forget
from ..rules.engine import Applied, Offered, Result

#: What becomes of a text as the contents of a path, with no more than one finding where its key is given.
Fixer = Callable[[str, bytes, tuple[str, int] | None], Result]

_Encoding = lsp.PositionEncodingKind | str | None
_LANGUAGES = ("dockerfile", "docker", "containerfile")
_FIX_ALL = "source.fixAll.dfopt"
_SEVERITIES = {
    "safe": lsp.DiagnosticSeverity.Warning,
    "unsafe": lsp.DiagnosticSeverity.Information,
    "manual": lsp.DiagnosticSeverity.Hint,
}


class _Seen(NamedTuple):
    """What was found in a version of a document, or the error that it has."""

    path: str
    file: Reviewed | None
    error: DockerfileError | None = None

    def findings(self) -> Iterator[Applied | Offered]:
        for item in self.file.items if self.file else ():
            yield from item.findings


def serve(fix: Fixer, page: Callable[[str], str], is_dockerfile: Callable[[str], bool]) -> None:
    """Speak the protocol on standard input and output until the client says exit.

    `fix` is how a text is fixed, `page` gives a rule's page in Markdown, `is_dockerfile` tells by a file's name.
    """
    # The whole text with every change: what an editor and a server count as lines need not agree then.
    server = LanguageServer("dfopt", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
    seen: dict[str, tuple[int | None, str, _Seen]] = {}
    complaints: set[str] = set()

    def look(uri: str) -> _Seen | None:
        document = server.workspace.get_text_document(uri)
        path = to_fs_path(uri) or os.path.basename(uri)
        if (document.language_id or "").lower() not in _LANGUAGES and not is_dockerfile(os.path.basename(path)):
            return None
        known = seen.get(uri)
        if known and known[:2] == (document.version, document.source):
            return known[2]
        data = document.source.encode("utf-8", "replace")
        found = _Seen(path, None)
        if b"\r" not in data.replace(b"\r\n", b""):  # a lone one ends a line for an editor, and for nobody else
            try:
                result = fix(path, data, None)
                found = _Seen(path, review_file(path, result, lambda text: fix(path, text, None).patched))
            except DockerfileError as error:
                found = _Seen(path, None, error)
            except ConfigError as error:
                if str(error) not in complaints:
                    complaints.add(str(error))
                    server.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, f"dfopt: {error}"))
        seen[uri] = (document.version, document.source, found)
        return found

    def publish(uri: str) -> None:
        found = look(uri)
        if found is not None:
            version = server.workspace.get_text_document(uri).version
            diagnostics = _diagnostics(found, server.workspace.position_encoding)
            server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, diagnostics, version))

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def _(params: lsp.DidOpenTextDocumentParams) -> None:
        forget()
        publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def _(params: lsp.DidChangeTextDocumentParams) -> None:
        publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def _(params: lsp.DidSaveTextDocumentParams) -> None:
        forget()
        seen.pop(params.text_document.uri, None)  # the configuration and the build context may be others
        publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def _(params: lsp.DidCloseTextDocumentParams) -> None:
        seen.pop(params.text_document.uri, None)
        server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(params.text_document.uri, []))

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix, _FIX_ALL])
    )
    def _(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        found = look(params.text_document.uri)
        if found is None or found.file is None:
            return []
        actions = _actions(found, found.file, params, fix, server.workspace.position_encoding)
        wanted = params.context.only
        return [one for one in actions if wanted is None or any(_is_kind(one.kind or "", kind) for kind in wanted)]

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def _(params: lsp.HoverParams) -> lsp.Hover | None:
        found = look(params.text_document.uri)
        if found is None or found.file is None:
            return None
        source = Source(found.file.result.original)
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
    if found.error:
        line = max(found.error.line - 1, 0)
        place = lsp.Range(lsp.Position(line, 0), lsp.Position(line + 1, 0))
        return [lsp.Diagnostic(place, found.error.reason, severity=lsp.DiagnosticSeverity.Error, source="dfopt")]
    if found.file is None:
        return []
    source = Source(found.file.result.original)
    return [_diagnostic(source, item, encoding) for item in found.findings()]


def _diagnostic(source: Source, item: Applied | Offered, encoding: _Encoding) -> lsp.Diagnostic:
    return lsp.Diagnostic(
        lsp.Range(_position(source, item.start, encoding), _position(source, max(item.start, item.end), encoding)),
        sentence(item),
        severity=_SEVERITIES[item.finding.applicability],
        code=item.finding.rule,
        source="dfopt",
    )


def _actions(
    found: _Seen,
    file: Reviewed,
    params: lsp.CodeActionParams,
    fix: Fixer,
    encoding: _Encoding,
) -> Iterator[lsp.CodeAction]:
    """Fix what the range touches, keep it as it is for ever, or fix all that is safe in the file."""
    result = file.result
    source = Source(result.original)
    uri = params.text_document.uri
    first, last = params.range.start.line + 1, params.range.end.line + 1
    for item in file.items:
        about = [one for one in item.findings if _touches(source, one, first, last)]
        if not about:
            continue
        diagnostics = [_diagnostic(source, one, encoding) for one in about]
        rules = ", ".join(item.rules)
        if item.suggestion:
            change = Change(item.first - 1, item.last, item.suggestion.lines, item.rules)
            edits = _edits(result.original, [change])
            yield _action(f"dfopt: fix {rules}", "quickfix", uri, edits, diagnostics, preferred=item.safe)
        elif item.findings[0].finding.applicability == "unsafe":
            alone = fix(found.path, result.original, (item.findings[0].finding.rule, item.findings[0].start))
            edits = _edits(result.original, line_changes(alone.original, alone.edits))
            if edits:
                yield _action(f"dfopt: fix {rules} (unsafe)", "quickfix", uri, edits, diagnostics)
        for rule, one in {one.finding.rule: one for one in about}.items():
            yield _action(f"dfopt: ignore {rule} here", "quickfix", uri, [_ignore(source, one)], diagnostics)
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


def _edits(original: bytes, changes: list[Change]) -> list[lsp.TextEdit]:
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


def _ignore(source: Source, item: Applied | Offered) -> lsp.TextEdit:
    """The comment that keeps an instruction as it is, above it."""
    document = Document.parse(source.data)
    start = next(one.start for one in document.instructions if one.start <= item.start < max(one.end, one.start + 1))
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

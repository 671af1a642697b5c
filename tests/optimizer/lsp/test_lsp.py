"""The server as an editor meets it: another process, spoken to over standard input and output."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dfopt.optimizer import optimize

pytest.importorskip("pygls")
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

TEXT = "FROM debian:12-slim\nRUN pip install a\nENV A=1\nRUN npm ci\n"


class Editor:
    """A client that holds one document."""

    def __init__(self, client, uri):
        self.client = client
        self.uri = uri
        self.version = 0
        self.published = asyncio.Queue()
        self.shown = []

        @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params):
            self.published.put_nowait(params)

        @client.feature(lsp.WINDOW_SHOW_MESSAGE)
        def _(params):
            self.shown.append(params.message)

    async def open(self, text, language="dockerfile"):
        self.text = text
        item = lsp.TextDocumentItem(self.uri, language, self.version, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    async def type(self, text):
        self.version += 1
        self.text = text
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.version, self.uri),
                [lsp.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    async def diagnostics(self):
        params = await asyncio.wait_for(self.published.get(), 20)
        assert params.version in (self.version, None)
        return list(params.diagnostics)

    async def actions(self, place, only=None):
        context = lsp.CodeActionContext([], only=only)
        params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(self.uri), place, context)
        return {action.title: action for action in await self.client.text_document_code_action_async(params) or []}

    def applied(self, action):
        """The text with the edits of an action, put in as the protocol says: UTF-16, too far is the line's end."""
        (edits,) = action.edit.changes.values()
        starts = [0]
        for number, char in enumerate(self.text):
            if char == "\n":
                starts.append(number + 1)

        def offset(place):
            if place.line >= len(starts):
                return len(self.text)
            start = starts[place.line]
            line = self.text[start:].split("\n")[0].removesuffix("\r")
            return start + len(line.encode("utf-16-le")[: 2 * place.character].decode("utf-16-le"))

        text = self.text
        for edit in reversed(edits):
            text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
        return text


def speak(directory, conversation, *options, name="Dockerfile", before="pass"):
    """`before` is what the server's process does first."""

    async def run():
        client = LanguageClient("editor", "1")
        editor = Editor(client, (directory / name).as_uri())
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        program = f"{before}\nimport sys; from dfopt.optimizer.cli import main; main()"
        await client.start_io(sys.executable, "-c", program, "lsp", *options, env=environment)
        capabilities = lsp.ClientCapabilities(general=lsp.GeneralClientCapabilities(position_encodings=["utf-16"]))
        made = await client.initialize_async(lsp.InitializeParams(capabilities))
        client.initialized(lsp.InitializedParams())
        await conversation(editor, made)
        await client.shutdown_async(None)
        client.exit(None)
        await asyncio.wait_for(client._server.wait(), 10)
        assert client._server.returncode == 0
        await client.stop()

    asyncio.run(run())


def everywhere():
    return lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))


def test_diagnostics_come_and_go_as_one_types(tmp_path):
    async def conversation(editor, made):
        assert made.capabilities.text_document_sync.change == lsp.TextDocumentSyncKind.Full
        await editor.open(TEXT)
        found = await editor.diagnostics()
        assert [(one.code, one.range.start.line, one.source) for one in found] == [
            ("download-cache-kept", 1, "dfopt"),
            ("package-cache-kept", 3, "dfopt"),
        ]
        await editor.type(TEXT.replace("install a", "install --no-cache-dir a"))
        assert [one.code for one in await editor.diagnostics()] == ["package-cache-kept"]
        await editor.type("FROM debian\nRUN <<EOF\nfoo\n")
        (broken,) = await editor.diagnostics()
        assert (broken.severity, broken.range.start.line) == (lsp.DiagnosticSeverity.Error, 1)
        editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(editor.uri)))
        assert await editor.diagnostics() == []

    speak(tmp_path, conversation)


@pytest.mark.parametrize(
    "text",
    [TEXT, TEXT.replace("\n", "\r\n"), TEXT.removesuffix("\n"), TEXT.replace("A=1", "A='\N{GRINNING FACE}'")],
    ids=["plain", "CRLF", "no final newline", "astral"],
)
def test_fix_all_is_the_fix_and_each_alone_leads_there(tmp_path, text):
    async def conversation(editor, _):
        await editor.open(text)
        await editor.diagnostics()
        patched = optimize(text).text
        actions = await editor.actions(everywhere())
        assert editor.applied(actions["dfopt: fix all in this file"]) == patched
        fixes = [action for title, action in actions.items() if title.startswith("dfopt: fix") and action.diagnostics]
        assert len(fixes) == 2
        for action in fixes:
            alone = editor.applied(action)
            assert alone not in (text, patched)
            assert optimize(alone).text == patched
        assert all(action.is_preferred for action in fixes)
        only = await editor.actions(everywhere(), ["source.fixAll"])
        assert list(only) == ["dfopt: fix all in this file"]

    speak(tmp_path, conversation)


def test_columns_count_utf_16(tmp_path):
    async def conversation(editor, _):
        await editor.open("FROM debian:12-slim\nRUN echo '\N{GRINNING FACE}' && pip install a\n")
        (one,) = await editor.diagnostics()
        assert one.range.start == lsp.Position(1, len("RUN echo '..' && "))
        params = lsp.HoverParams(lsp.TextDocumentIdentifier(editor.uri), one.range.start)
        hover = await editor.client.text_document_hover_async(params)
        assert "download-cache-kept" in hover.contents.value
        before = lsp.HoverParams(lsp.TextDocumentIdentifier(editor.uri), lsp.Position(1, 4))
        assert await editor.client.text_document_hover_async(before) is None

    speak(tmp_path, conversation)


def test_an_unsafe_fix_is_offered_and_a_comment_that_keeps_things(tmp_path):
    text = "FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"

    async def conversation(editor, _):
        await editor.open(text)
        (one,) = await editor.diagnostics()
        assert (one.code, one.severity) == ("recommended-packages-installed", lsp.DiagnosticSeverity.Information)
        actions = await editor.actions(one.range)
        assert "dfopt: fix all in this file" not in actions
        unsafe = editor.applied(actions["dfopt: fix recommended-packages-installed (unsafe)"])
        assert unsafe == text.replace("install -y", "install -y --no-install-recommends")
        await editor.type(editor.applied(actions["dfopt: ignore recommended-packages-installed here"]))
        assert await editor.diagnostics() == []

    speak(tmp_path, conversation)


def test_options_configuration_and_context_count(tmp_path):
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "run.sh").chmod(0o644)
    (tmp_path / ".dfopt.toml").write_text('ignore = ["package-cache-kept"]\n')

    async def conversation(editor, _):
        await editor.open("FROM debian:12-slim\nCOPY run.sh /\nRUN chmod +x /run.sh\nRUN npm ci\nRUN pip install a\n")
        found = await editor.diagnostics()
        assert [(one.code, one.severity) for one in found] == [("chmod-after-copy", lsp.DiagnosticSeverity.Warning)]
        (tmp_path / ".dfopt.toml").write_text("nonsense = 1\n")
        document = lsp.TextDocumentIdentifier(editor.uri)
        editor.client.text_document_did_save(lsp.DidSaveTextDocumentParams(document))
        assert await editor.diagnostics() == []
        assert len(editor.shown) == 1

    speak(tmp_path, conversation, "--ignore", "download-cache-kept")


def test_other_files_are_left_alone(tmp_path):
    async def conversation(editor, _):
        await editor.open(TEXT, "markdown")
        actions = await editor.actions(everywhere())
        assert actions == {}
        assert editor.published.empty()

    speak(tmp_path, conversation, name="notes.md")


SLOW = """
import time
from dfopt.optimizer.cli import lsp
quick = lsp.fixed
def slow(path, text, *rest):
    time.sleep({seconds} if b"slow" in text else 0)
    return quick(path, text, *rest)
lsp.fixed = slow
"""
NO_CHOICES = """
from dfopt.optimizer.lsp import server
def review_file(*_):
    raise AssertionError("nobody asked what to do")
server.review_file = review_file
"""


def test_typing_is_looked_at_when_it_pauses(tmp_path):
    async def conversation(editor, _):
        await editor.open(TEXT)
        await editor.diagnostics()
        for count in range(1, 20):
            await editor.type(TEXT + "#" * count)
        assert len(await editor.diagnostics()) == 2  # of the last version, and of no other
        await editor.actions(everywhere())
        assert editor.published.empty()

    speak(tmp_path, conversation)


def test_what_an_old_version_has_is_dropped(tmp_path):
    async def conversation(editor, _):
        await editor.open(TEXT + "# slow\n")
        await asyncio.sleep(0.3)  # it is being looked at
        await editor.type(TEXT)
        assert len(await editor.diagnostics()) == 2
        assert editor.published.empty()

    speak(tmp_path, conversation, before=SLOW.format(seconds=1))


def test_a_request_about_an_old_version_is_answered_with_nothing(tmp_path):
    async def conversation(editor, _):
        await editor.open(TEXT + "# slow\n")
        asked = asyncio.ensure_future(editor.actions(everywhere()))
        await asyncio.sleep(0.3)
        await editor.type(TEXT)
        assert await asked == {}
        assert len(await editor.actions(everywhere())) == 5

    speak(tmp_path, conversation, before=SLOW.format(seconds=1))


def test_a_shutdown_waits_for_nothing(tmp_path):
    async def conversation(editor, _):
        await editor.open(TEXT + "# slow\n")
        await asyncio.sleep(0.3)

    speak(tmp_path, conversation, before=SLOW.format(seconds=600))


def test_what_is_shown_as_one_types_needs_no_choices(tmp_path):
    async def conversation(editor, _):
        await editor.open(TEXT)
        one, *_ = await editor.diagnostics()
        params = lsp.HoverParams(lsp.TextDocumentIdentifier(editor.uri), one.range.start)
        assert await editor.client.text_document_hover_async(params)

    speak(tmp_path, conversation, before=NO_CHOICES)


def test_what_belongs_together_is_one_action(tmp_path):
    envs = "".join(f"ENV A{n}={n}\n" for n in range(12))
    text = "FROM debian:12-slim\nRUN apt-get update\n" + envs + "RUN apt-get install -y \\\n    curl\n"

    async def conversation(editor, _):
        await editor.open(text)
        await editor.diagnostics()
        place = lsp.Range(lsp.Position(14, 0), lsp.Position(14, 0))
        actions = await editor.actions(place)
        (action,) = (one for title, one in actions.items() if title.startswith("dfopt: fix index"))
        assert action.title == "dfopt: fix index-refreshed-alone, package-index-kept"
        assert editor.applied(action) == optimize(text).text
        assert [edit.range.start.line for edit in action.edit.changes[editor.uri]] == [1, 14, 15]

    speak(tmp_path, conversation)


def test_each_of_several_unsafe_fixes_makes_its_own_change(tmp_path):
    install = "RUN apt-get update && apt-get install -y {} && rm -rf /var/lib/apt/lists/*\n"
    text = "FROM debian:12-slim\n" + install.format("a") + "ENV A=1\n" + install.format("b")

    async def conversation(editor, _):
        await editor.open(text)
        first, second = await editor.diagnostics()
        for one in (first, second):
            actions = await editor.actions(one.range)
            lines = editor.applied(actions["dfopt: fix recommended-packages-installed (unsafe)"]).split("\n")
            changed = [number for number, line in enumerate(lines) if "--no-install-recommends" in line]
            assert changed == [one.range.start.line]
        params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(editor.uri), everywhere(), lsp.CodeActionContext([]))
        titles = [one.title for one in await editor.client.text_document_code_action_async(params)]
        assert titles.count("dfopt: fix recommended-packages-installed (unsafe)") == 2

    speak(tmp_path, conversation)


@pytest.mark.parametrize(
    ("command", "module", "extra"),
    [(["lsp"], "pygls", "lsp"), (["review", "--base", "HEAD", "--format", "github", "--post"], "github", "github"),
     (["review", "--base", "HEAD", "--format", "gitlab", "--post"], "gitlab", "gitlab")],
)  # fmt: skip
def test_without_its_extra_a_command_says_what_to_install(command, module, extra):
    program = f"import sys; sys.modules[{module!r}] = None; from dfopt.optimizer.cli import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", program, *command],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.endswith(f"needs {module}: pip install 'dfopt[{extra}]'\n")
    assert run.stderr.count("\n") == 1

"""``dfopt lsp``: the language server."""

from __future__ import annotations

from functools import partial

from ..rules.engine import Result
from ..rules.registry import BY_NAME
from .explain import page
from .extras import need
from .files import is_dockerfile_name
from .options import Options
from .runner import UsageError, check_options, complain, fixed


def lsp(options: Options) -> int:
    """Run the command until the client says exit; the exit code is 0, 2 where it cannot begin."""
    try:
        check_options(options)
        need("pygls", "lsp", "dfopt lsp")
    except UsageError as problem:
        complain(str(problem))
        return 2
    from ..lsp.server import serve

    serve(partial(_fix, options._replace(manual=True)), lambda rule: page(BY_NAME[rule]), is_dockerfile_name)
    return 0


def _fix(options: Options, path: str, text: bytes, key: tuple[str, int] | None) -> Result:
    return fixed(path, text, options, key)

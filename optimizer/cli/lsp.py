"""``dfopt lsp``: the language server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..rules.engine import Result
from ..rules.registry import BY_NAME
from .explain import page
from .extras import need
from .files import is_dockerfile_name
from .options import Options
from .runner import UsageError, check_options, complain, fixed, refix

if TYPE_CHECKING:
    from ..dockerfile.shell import Scripts
    from ..review.suggest import Refix


def lsp(options: Options) -> int:
    """Run the command until the client says exit; the exit code is 0, 2 where it cannot begin."""
    try:
        check_options(options)
        need("pygls", "lsp", "dfopt lsp")
    except UsageError as problem:
        complain(str(problem))
        return 2
    from ..lsp.server import serve

    serve(_Fixer(options._replace(manual=True)), lambda rule: page(BY_NAME[rule]), is_dockerfile_name)
    return 0


class _Fixer:
    """How the server fixes texts, as the options say."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def __call__(self, path: str, text: bytes, keys: frozenset[tuple[str, int]] | None, scripts: Scripts) -> Result:
        return fixed(path, text, self.options, keys, scripts)

    def again(self, path: str, scripts: Scripts) -> Refix:
        return refix(path, self.options, scripts=scripts)

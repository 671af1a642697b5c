"""Keep secrets out of layers.

What an ENV or ARG says stands in the image's history, and a copied key stays in its layer even if a later RUN removes
it: whoever can pull the image can read it. A secret mount shows it to the one RUN that needs it.

Before:

```dockerfile
FROM node:22-slim
ENV NPM_TOKEN=abc123
RUN npm ci
```

After:

```dockerfile
FROM node:22-slim
RUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci
```

When it stays away: the variable has no value, or that of another variable; its name only sounds like a secret (a path,
a file, a public key); the copied file is an example or a public key.

Safety: manual. Nothing is rewritten; what was once pushed must be changed.

References: BuildKit's check *SecretsUsedInArgOrEnv*; Docker's *Build secrets*; tally secrets-in-code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.dockerfile.document import Instruction
from ...optimizer.facts.context import local_sources
from ...optimizer.facts.stages import Facts
from ...optimizer.rules.finding import Finding

RULE = "secret-in-layer"

KEEPS = (
    ("FROM node:22\nENV PASSWORD=\n", ("PASSWORD=", "PASSWORD=abc")),
    ("FROM node:22\nENV DB_PASSWORD=$OTHER\n", ("DB_PASSWORD=$OTHER", "DB_PASSWORD=abc")),
    ("FROM node:22\nCOPY .env.example id_rsa.pub ./\n", (".env.example id_rsa.pub ./", ".env /x")),
)

_NAME = re.compile(
    r"(?:.*_)?(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRET_KEY|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|TOKEN|CREDENTIALS?)",
    re.IGNORECASE,
)
_PAIR = re.compile(r"([A-Za-z_]\w*)=(\"[^\"]*\"|'[^']*'|\S*)")
_FILE = re.compile(
    r"(?:.*/)?(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.env|\.netrc|\.pgpass|\.npmrc|.*\.p12|.*\.pfx|credentials)"
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every ENV, ARG or COPY that puts a secret into the image."""
    for stage in facts.stages:
        for instruction in stage.instructions:
            what = _secret(instruction)
            if what:
                reason = "a secret mount shows it to one RUN alone"
                start, end = instruction.start, instruction.end
                yield Finding(RULE, f"{what} can be read by all who have the image", start, end, None, "manual", reason)


def _secret(instruction: Instruction) -> str:
    if instruction.keyword in ("ENV", "ARG"):
        text = instruction.args.decode("utf-8", "replace")
        pairs = _PAIR.findall(text)
        if instruction.keyword == "ENV" and not pairs and len(text.split(None, 1)) == 2:
            pairs = [tuple(text.split(None, 1))]
        for name, value in pairs:
            if _NAME.fullmatch(name) and value.strip("\"'") and "$" not in value and not value.startswith(("/", '"/')):
                return name
    for source in local_sources(instruction) or ():
        if _FILE.fullmatch(source):
            return source
    return ""

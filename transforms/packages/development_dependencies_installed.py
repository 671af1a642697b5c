"""Install what a program needs, not what its developers need.

`npm ci` installs test runners, compilers and linters beside the program's own dependencies, unless told not to; so does
`composer install`. In the stage that ships, they are often half of the bytes.

Before:

```dockerfile
FROM node:22-slim
COPY package.json package-lock.json ./
RUN npm ci
COPY server.js ./
CMD ["node", "server.js"]
```

After:

```dockerfile
FROM node:22-slim
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY server.js ./
CMD ["node", "server.js"]
```

When it stays away: an option or `NODE_ENV` settles the matter; a package is named; the stage runs scripts, tests or
compilers further down, or starts through npm, and may need them; a Node.js before 16, whose npm has no `--omit`; the
stage does not ship.

Safety: unsafe. What a developer put among the development dependencies may be needed at run time.

References: npm-ci(1), npm-install(1); getcomposer.org, *install*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.facts.stages import Facts, Run, StageFacts
from ...optimizer.fixes.operands import add_option
from ...optimizer.knowledge.tools import Development
from ...optimizer.knowledge.uses import Use, uses
from ...optimizer.rules.finding import Finding

RULE = "development-dependencies-installed"

KEEPS = (
    ("FROM node:12\nRUN npm ci\n", ("node:12", "node:22")),
    ("FROM node:22 AS a\nRUN npm ci\nFROM node:22\nCOPY --from=a /b /b\n", (" AS a", "")),
    ("FROM node:22\nRUN npm install -g yarn\n", ("install -g yarn", "install")),
)

_SETTLED = re.compile(rb"NODE_ENV|COMPOSER_NO_DEV|--(?:omit|only|production|prod|dev|no-dev|include)\b|prune")
_NEEDS = re.compile(
    rb"\b(?:npm|yarn|pnpm)\s+(?:run|test|start|build|exec)|\b(?:npx|tsc|webpack|ng|gulp|grunt|vite|next|nuxt|jest|tsx|ts-node"
    rb"|nodemon|babel|rollup|phpunit|artisan|bower)\b|\.sh\b"
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every install of everything in a stage that ships."""
    if _SETTLED.search(facts.document.source.data):
        return
    installing = [(tool, tool.development) for tool in facts.tools if tool.development is not None]
    for run in (run for stage in facts.shipping for run in stage.runs):
        for tool, development in installing:
            for use in uses(run.script, tool) if run.script else ():
                if _installs_all(use, development, run) and not _needed(run):
                    yield Finding(
                        RULE,
                        f"{tool.name} installs development dependencies",
                        use.command.start,
                        use.command.end,
                        add_option(use.command, use.verb, development.option),
                        "unsafe",
                        "the program may need one of them",
                        removes=("/**/node_modules/**", "/**/vendor/**"),
                        changes=("/**/node_modules/**", "/**/vendor/**"),
                    )


def _installs_all(use: Use, development: Development, run: Run) -> bool:
    """Whether it installs the project, developers' part included, with a version that has the option."""
    if use.verb.value not in development.subcommands or (development.since and not development.since(run.stage.image)):
        return False
    behind = [word.raw for word in use.behind]
    return not any(not word.startswith(b"-") or word in (b"-g", b"--global") for word in behind)


def _needed(run: Run) -> bool:
    """Whether something in or behind `run` may use a development dependency."""
    return _needs(run.stage, run.at) or any(run.stage.later_where(run.at, RULE, _needs))


def _needs(stage: StageFacts, at: int) -> bool:
    instruction = stage.instructions[at]
    code = instruction.code.replace(b'"', b" ").replace(b",", b" ")
    return instruction.keyword in ("RUN", "CMD", "ENTRYPOINT", "ONBUILD") and bool(_NEEDS.search(code))

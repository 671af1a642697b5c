"""What `development-dependencies-installed` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "development-dependencies-installed"

# before, after
REWRITES = (
    ("FROM node:22\nRUN npm ci\n", "FROM node:22\nRUN npm ci --omit=dev\n"),
    ("FROM node:22\nRUN npm install\n", "FROM node:22\nRUN npm install --omit=dev\n"),
    ("FROM node\nRUN npm ci\n", "FROM node\nRUN npm ci --omit=dev\n"),
    ("FROM composer:2\nRUN composer install\n", "FROM composer:2\nRUN composer install --no-dev\n"),
    ("FROM node:22\nRUN npm ci --ignore-scripts\n", "FROM node:22\nRUN npm ci --omit=dev --ignore-scripts\n"),
    ("FROM node:22\nRUN npm ci\nCOPY tsc /x\n", "FROM node:22\nRUN npm ci --omit=dev\nCOPY tsc /x\n"),
    ("FROM node:22\nRUN npm ci\nENV A=tsc\n", "FROM node:22\nRUN npm ci --omit=dev\nENV A=tsc\n"),
    ("FROM node:22\nRUN\nRUN npm ci\n", "FROM node:22\nRUN\nRUN npm ci --omit=dev\n"),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM node:22\nRUN npm ci --omit=dev\n", (" --omit=dev", "")),
    ("FROM node:22\nRUN npm ci --production\n", (" --production", "")),
    ("FROM node:22\nENV NODE_ENV=production\nRUN npm ci\n", ("ENV NODE_ENV=production\n", "")),
    ("FROM node:22\nRUN npm ci && npm run build\n", ("ci && npm run build", "ci")),
    ("FROM node:22\nRUN npm ci\nCMD npm run dev\n", ("CMD npm run dev\n", "")),
    ("FROM node:22\nRUN npm install express\n", ("install express", "install")),
    ("FROM composer:2\nRUN composer install --no-dev\n", (" --no-dev", "")),
    ("FROM node:12\nRUN npm install\n", ("node:12", "node:22")),
    ("FROM composer:2\nRUN composer update\n", ("update", "install")),
    ("FROM node:22\nRUN pnpm install\n", ("pnpm", "npm")),
    ("FROM node:22\nRUN npm install --global x\n", (" --global x", "")),
    ("FROM node:22\nRUN npm ci --global\n", (" --global", "")),
    ("FROM node:22\nRUN npm ci\nENV NODE_ENV=x\n", ("ENV NODE_ENV=x\n", "")),
    ("FROM node:22\nRUN npm ci\nENV COMPOSER_NO_DEV=1\n", ("ENV COMPOSER_NO_DEV=1\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN x --only\n", (" --only", "")),
    ("FROM node:22\nRUN npm ci\nRUN x --prod\n", (" --prod", "")),
    ("FROM node:22\nRUN npm ci\nRUN x --dev\n", (" --dev", "")),
    ("FROM node:22\nRUN npm ci\nRUN x --include\n", (" --include", "")),
    ("FROM node:22\nRUN npm ci\nRUN x --production\n", (" --production", "")),
    ("FROM node:22\nRUN npm ci\nRUN npm prune\n", ("RUN npm prune\n", "")),
    ("FROM node:22\nRUN npm ci\nCMD npm test\n", ("CMD npm test\n", "")),
    ("FROM node:22\nRUN npm ci\nCMD npm start\n", ("CMD npm start\n", "")),
    ('FROM node:22\nRUN npm ci\nCMD ["npm", "start"]\n', ('CMD ["npm", "start"]\n', "")),
    ("FROM node:22\nRUN npm ci\nCMD npm exec x\n", ("CMD npm exec x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN npm run build\n", ("RUN npm run build\n", "")),
    ("FROM node:22\nRUN npm ci\nCMD yarn test\n", ("CMD yarn test\n", "")),
    ("FROM node:22\nRUN npm ci\nCMD pnpm start\n", ("CMD pnpm start\n", "")),
    ("FROM node:22\nRUN npm ci\nENTRYPOINT npx x\n", ("ENTRYPOINT npx x\n", "")),
    ("FROM node:22\nRUN npm ci\nONBUILD RUN npm test\n", (" test", "")),
    ("FROM node:22\nRUN npm ci\nRUN ./x.sh\n", ("RUN ./x.sh\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN tsc x\n", ("RUN tsc x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN webpack x\n", ("RUN webpack x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN ng x\n", ("RUN ng x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN gulp x\n", ("RUN gulp x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN grunt x\n", ("RUN grunt x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN vite x\n", ("RUN vite x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN next x\n", ("RUN next x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN nuxt x\n", ("RUN nuxt x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN jest x\n", ("RUN jest x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN tsx x\n", ("RUN tsx x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN ts-node x\n", ("RUN ts-node x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN nodemon x\n", ("RUN nodemon x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN babel x\n", ("RUN babel x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN rollup x\n", ("RUN rollup x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN phpunit x\n", ("RUN phpunit x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN artisan x\n", ("RUN artisan x\n", "")),
    ("FROM node:22\nRUN npm ci\nRUN bower x\n", ("RUN bower x\n", "")),
    ("FROM node:22\nRUN npx x && npm ci\n", ("x &&", "x\nRUN")),
)

WHY = "the program may need one of them"
REMOVES = ("/**/node_modules/**", "/**/vendor/**")
CHANGES = ("/**/node_modules/**", "/**/vendor/**")
# what is said of them
SAYS = (
    (
        (
            "FROM node:22-slim\n"
            "COPY package.json package-lock.json ./\n"
            "RUN npm ci\n"
            "COPY server.js ./\n"
            'CMD ["node", "server.js"]\n'
        ),
        [Said("npm ci", "npm installs development dependencies", WHY, REMOVES, CHANGES)],
    ),
    ("FROM node\nRUN npm ci\n", [Said("npm ci", "npm installs development dependencies", WHY, REMOVES, CHANGES)]),
)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected

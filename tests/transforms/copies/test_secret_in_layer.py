"""What `secret-in-layer` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, said

RULE = "secret-in-layer"

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        "FROM node:22\nARG NPM_TOKEN\nENV PASSWORD_FILE=/run/secrets/x PUBLIC_KEY=abc\n",
        ("NPM_TOKEN", "NPM_TOKEN=abc123"),
    ),
    ("FROM node:22\nENV TOKENIZER=fast KEYBOARD=us\n", ("TOKENIZER=fast KEYBOARD=us", "TOKEN=abc")),
    ("FROM node:22\nENV XPASSWORD=abc\n", ("XPASSWORD=abc", "PASSWORD=abc")),
    ("FROM node:22\nARG TOKEN abc\n", ("TOKEN abc", "TOKEN=abc")),
    ('FROM node:22\nENV TOKEN=""\n', ('TOKEN=""', "TOKEN=abc")),
    ("FROM node:22\nENV TOKEN=$X\n", ("TOKEN=$X", "TOKEN=abc")),
    ("FROM node:22\nENV TOKEN=/x\n", ("TOKEN=/x", "TOKEN=abc")),
    ('FROM node:22\nENV TOKEN="/x"\n', ('TOKEN="/x"', "TOKEN=abc")),
)

WHY = "a secret mount shows it to one RUN alone"
# what is said of them
SAYS = (
    (
        "FROM node:22\nENV PASSWORD=abc\n",
        [Said("ENV PASSWORD=abc", "PASSWORD can be read by all who have the image", WHY)],
    ),
    ("FROM node:22\nENV PASSWD=abc\n", [Said("ENV PASSWD=abc", "PASSWD can be read by all who have the image", WHY)]),
    (
        "FROM node:22\nENV PASSPHRASE=abc\n",
        [Said("ENV PASSPHRASE=abc", "PASSPHRASE can be read by all who have the image", WHY)],
    ),
    ("FROM node:22\nENV SECRET=abc\n", [Said("ENV SECRET=abc", "SECRET can be read by all who have the image", WHY)]),
    (
        "FROM node:22\nENV SECRET_KEY=abc\n",
        [Said("ENV SECRET_KEY=abc", "SECRET_KEY can be read by all who have the image", WHY)],
    ),
    (
        "FROM node:22\nENV API_KEY=abc\n",
        [Said("ENV API_KEY=abc", "API_KEY can be read by all who have the image", WHY)],
    ),
    (
        "FROM node:22\nENV ACCESS_KEY=abc\n",
        [Said("ENV ACCESS_KEY=abc", "ACCESS_KEY can be read by all who have the image", WHY)],
    ),
    (
        "FROM node:22\nENV PRIVATE_KEY=abc\n",
        [Said("ENV PRIVATE_KEY=abc", "PRIVATE_KEY can be read by all who have the image", WHY)],
    ),
    (
        "FROM node:22\nENV CREDENTIAL=abc\n",
        [Said("ENV CREDENTIAL=abc", "CREDENTIAL can be read by all who have the image", WHY)],
    ),
    ("FROM node:22\nARG TOKEN=abc\n", [Said("ARG TOKEN=abc", "TOKEN can be read by all who have the image", WHY)]),
    ("FROM node:22\nENV TOKEN abc\n", [Said("ENV TOKEN abc", "TOKEN can be read by all who have the image", WHY)]),
    ("FROM node:22\nENV TOKEN a b\n", [Said("ENV TOKEN a b", "TOKEN can be read by all who have the image", WHY)]),
    (
        'FROM node:22\nENV A=b TOKEN="a b"\n',
        [Said('ENV A=b TOKEN="a b"', "TOKEN can be read by all who have the image", WHY)],
    ),
    ("FROM node:22\nCOPY id_rsa /x\n", [Said("COPY id_rsa /x", "id_rsa can be read by all who have the image", WHY)]),
    ("FROM node:22\nCOPY id_dsa /x\n", [Said("COPY id_dsa /x", "id_dsa can be read by all who have the image", WHY)]),
    (
        "FROM node:22\nCOPY id_ecdsa /x\n",
        [Said("COPY id_ecdsa /x", "id_ecdsa can be read by all who have the image", WHY)],
    ),
    (
        "FROM node:22\nCOPY id_ed25519 /x\n",
        [Said("COPY id_ed25519 /x", "id_ed25519 can be read by all who have the image", WHY)],
    ),
    ("FROM node:22\nCOPY .env /x\n", [Said("COPY .env /x", ".env can be read by all who have the image", WHY)]),
    ("FROM node:22\nCOPY .netrc /x\n", [Said("COPY .netrc /x", ".netrc can be read by all who have the image", WHY)]),
    (
        "FROM node:22\nCOPY .pgpass /x\n",
        [Said("COPY .pgpass /x", ".pgpass can be read by all who have the image", WHY)],
    ),
    ("FROM node:22\nCOPY .npmrc /x\n", [Said("COPY .npmrc /x", ".npmrc can be read by all who have the image", WHY)]),
    ("FROM node:22\nCOPY a.p12 /x\n", [Said("COPY a.p12 /x", "a.p12 can be read by all who have the image", WHY)]),
    ("FROM node:22\nCOPY a.pfx /x\n", [Said("COPY a.pfx /x", "a.pfx can be read by all who have the image", WHY)]),
    (
        "FROM node:22\nCOPY credentials /x\n",
        [Said("COPY credentials /x", "credentials can be read by all who have the image", WHY)],
    ),
    (
        "FROM node:22-slim\nENV NPM_TOKEN=abc123\nRUN npm ci\n",
        [Said("ENV NPM_TOKEN=abc123", "NPM_TOKEN can be read by all who have the image", WHY)],
    ),
)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected

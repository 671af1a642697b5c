"""What instructions and commands read, write and need, and whether two may change places."""

from __future__ import annotations

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.commands import Effects
from dfopt.optimizer.facts.effects import commands_of, may_cross, may_swap, of_instruction, of_run, touched_between
from dfopt.optimizer.facts.stages import Facts, StageFacts


def stage(text: str, base: str = "debian:12") -> StageFacts:
    return Facts(Document.parse(f"FROM {base}\n{text}\n".encode())).stages[0]


def effects(text: str, base: str = "debian:12") -> Effects:
    facts = stage(text, base)
    return of_instruction(facts, len(facts.instructions) - 1)


# What a RUN does to /app/f, which no package has.
TOUCHES = [
    "chmod 1 /app/f", "rm -rf /app", "cp /app/f /x", "mv /app /y", "echo x > /app/f", "cat < /app/f", "cd /app && rm f",
    "find / -name f -delete", "sed -i s/a/b/ /app/*", "tar xf /x.tar -C /app", "touch $X", "make", "sh -c 'x'", "./x",
    "eval x", "rm -rf ~/x", "xargs rm", "ls | xargs chmod 1", "npm ci", "pip install -r r.txt", "pip install .", "ln /app/f /g",
    "tee /app/f", "git clone https://e.org/x /app", "chown -R 1 /", "install -D x /app/f", "curl -o /app/f http://e.org",
    "wget -P /app http://e.org/f", "su app -c x", "/opt/bin/ls /y", "$CMD /y", "python x.py", "if a; then rm /app/f; fi",
    "find /app -exec rm {} +", "dd if=/x of=/y", "apt-get install -y /app/*.deb",
]  # fmt: skip
LEAVES = [
    "chmod 1 /apple", "rm -rf /x", "cp /x /y", "echo /app/f", "apt-get update && apt-get install -y curl", "useradd app",
    "pip install flask", "mkdir -p /y", "cd /y && rm f", "curl -fsSL http://e.org/app/f -o /y", "cat /y >/dev/null",
    "sed -i s,/app/f,x, /y", "grep /app/f /y", "find /y -name f", "tar xf /x.tar -C /y", "ln -s /y /z", "chmod 1 /app2/f",
    "find /y -exec chmod 1 {} +", "sudo rm /y", "env A=b mkdir /y", "groupadd -r app && useradd -r -g app app", "locale-gen x",
]  # fmt: skip


@pytest.mark.parametrize("text", TOUCHES)
def test_what_may_have_to_do_with_a_file(text: str) -> None:
    assert effects(f"RUN {text}", "team/base").touches("/app/f")


@pytest.mark.parametrize("text", LEAVES)
def test_what_cannot_have_to_do_with_a_file(text: str) -> None:
    assert effects(f"RUN {text}").touches("/app/f") == ""


@pytest.mark.parametrize(
    ("text", "users"),
    [
        ("RUN useradd app", "makes"), ("RUN usermod -u 5 www-data", "makes"), ("RUN groupmod -g 5 x", "makes"),
        ("RUN apt-get install -y redis-server", "makes"), ("RUN dpkg -i x.deb", "makes"), ("RUN ./setup", "makes"),
        ("RUN make install", "makes"), ("RUN newusers list", "makes"), ("RUN chown app /x", "reads"), ("RUN id app", "reads"),
        ("COPY --chown=app a /a", "reads"), ("COPY --chown=5:6 a /a", ""), ("RUN chmod 1 /x", ""), ("RUN apt-get update", ""),
    ],
)  # fmt: skip
def test_users(text: str, users: str) -> None:
    assert effects(text).users == users


def test_an_unknown_command_says_which_it_is() -> None:
    assert effects("RUN ./setup").touches("/x") == "`./setup` may do anything"


SWAPS = [
    ("RUN apt-get install -y gcc", "COPY a /app/"),
    ("RUN apk add gcc", "WORKDIR /app"),
    ("RUN pip install flask", "WORKDIR /app"),
    ("RUN mkdir /x", "COPY a /y"),
    ("RUN useradd app", "COPY a /y"),
    ("RUN echo x", "ENV A=b"),
    ("EXPOSE 80", "USER app"),
    ("LABEL a=b", "RUN make"),
    ("ENV A=b", "RUN mkdir /x"),
]
STAYS = [
    ("RUN make", "COPY a /app/"),
    ("RUN apt-get install -y gcc", "COPY a /etc/"),
    ("RUN apt-get install -y ./gcc.deb", "COPY a /"),
    ("RUN apt-get install -y gcc", "COPY --chown=app a /app/"),
    ("RUN apt-get install -y gcc", "ENV A=b"),
    ("RUN apt-get update", "ENV http_proxy=x"),
    ("RUN echo $A", "ENV A=b"),
    ("RUN echo x >f", "WORKDIR /app"),
    ("RUN rm /x", "USER app"),
    ("RUN mkdir /app/x", "COPY a /app"),
    ("RUN useradd app", "RUN chown app /x"),
    ("RUN useradd app", "RUN apt-get install -y x"),
    ("RUN adduser -h /app app", "COPY a /app/"),
    ("WORKDIR /app", "WORKDIR b"),
    ("USER a", "USER b"),
    ("COPY a $X", "COPY b /y"),
    ("VOLUME /app", "COPY a /app/"),
    ("WORKDIR /app/b", "RUN chown -R 1 /app"),
    ("RUN chown -R 1 /app", "WORKDIR /app/b"),
    ("ONBUILD RUN x", "COPY a /b"),
    ('SHELL ["bash", "-c"]', "RUN x"),
    ("RUN --mount=type=cache,target=/app echo x", "COPY a /app/"),
]


@pytest.mark.parametrize(("first", "second"), SWAPS)
def test_what_may_swap(first: str, second: str) -> None:
    facts = stage(f"{first}\n{second}")
    assert may_swap(of_instruction(facts, 1), of_instruction(facts, 2)) is None


@pytest.mark.parametrize(("first", "second"), STAYS)
def test_what_may_not_swap(first: str, second: str) -> None:
    facts = stage(f"{first}\n{second}")
    assert may_swap(of_instruction(facts, 1), of_instruction(facts, 2))


def test_crossing_names_the_line() -> None:
    facts = stage("RUN rm -rf /x\nCOPY a /app/\nRUN make\nRUN rm /y")
    moved = of_run(facts.runs[-1])
    assert may_cross(moved, facts, range(1, 3)) is None
    assert may_cross(moved, facts, range(1, 4)) == "line 4 stands between them: `make` may do anything"


def test_a_directory_that_workdir_makes_is_no_other_file() -> None:
    facts = stage("COPY a /app/a\nWORKDIR /app\nWORKDIR /app/b\nRUN true")
    assert touched_between("/app/a", facts, range(2, 4)) is None
    assert touched_between("/app", facts, range(2, 4)) is not None


def test_what_holds_at_an_instruction() -> None:
    text = "FROM golang:1.22 AS a\nWORKDIR src\nUSER app\nFROM a\nWORKDIR x\nRUN y\nFROM team/base\nWORKDIR x\nUSER root\nRUN y\n"
    first, second, third = Facts(Document.parse(text.encode())).stages
    assert [held.directory for held in first.held] == ["/go", "/go", "/go/src", "/go/src"]
    assert (second.directory(1), second.directory(2), second.held[2].user) == ("/go/src", "/go/src/x", "app")
    assert not second.runs_as_root(2)
    assert third.directory(3) is None
    assert third.runs_as_root(3)
    assert first.runs_as_root(1)


@pytest.mark.parametrize(
    "run",
    [
        "env -C /etc cat a.conf", "sudo -i cat a.conf", "grep -f /etc/a.conf /y", "cd /etc && grep -qf a.conf /y",
        "chmod --reference=/etc/a.conf /y", "date -r /etc/a.conf", "curl -K/etc/a.conf http://e.org",
        "curl -d @/etc/a.conf http://e.org", "cd /etc && curl -T a.conf http://e.org", "sed -n 'r /etc/a.conf' /y",
        "sed '/x/w /etc/a.conf' /y", "sort -T/etc /y", "update-alternatives --install /etc/a.conf x /y 1",
        "echo $(< /etc/a.conf)", "touch /y; > /etc/a.conf", "useradd -d/etc/a.conf x",
    ],
)  # fmt: skip
def test_a_file_may_be_named_by_an_option_a_script_or_a_redirection(run: str) -> None:
    stage = Facts(Document.parse(f"FROM debian:12\nWORKDIR /w\nRUN {run}\n".encode())).stages[0]
    assert of_run(stage.runs[0]).touches("/etc/a.conf")


def test_what_only_redirects_is_not_read() -> None:
    assert Facts(Document.parse(b"FROM debian:12\nRUN > /a\n")).stages[0].runs[0].script is None


@pytest.mark.parametrize(
    ("run", "directory"),
    [
        ("cd /x; cat a", "/x"), ("cd /x && b && cat a", "/x"), ("b && cd /x && cat a", "/x"),
        ("b && cd /x; cat a", None), ("b || cd /x; cat a", None), ("cd /x || b; cat a", None),
        ("b && cd /x || c; cat a", None), ("if b; then cd /x; fi; cat a", None), ("b && cd /x; cd /y; cat a", "/y"),
    ],
)  # fmt: skip
def test_a_change_of_directory_counts_as_far_as_it_is_certain(run: str, directory: str | None) -> None:
    stage = Facts(Document.parse(f"FROM debian:12\nWORKDIR /w\nRUN {run}\n".encode())).stages[0]
    assert [place for _, place in commands_of(stage.runs[0])][-1] == directory

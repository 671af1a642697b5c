"""Deliberately wrong rewrites, each of which building before and after must catch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dfopt.optimizer import optimize
from dfopt.optimizer.build.engines import BuildSession, Options
from dfopt.optimizer.build.verify import Request, Verifier
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.rules.engine import Result
from docker_images import need_engine, patiently

DOCKERFILE = """\
FROM debian:bookworm
ENV APP_MODE=production
RUN apt-get update && apt-get install -y --no-install-recommends libcap2-bin tree
RUN useradd --create-home app
COPY start.sh /usr/local/bin/start.sh
RUN chmod 755 /usr/local/bin/start.sh
COPY data /srv/data
RUN ln -s /srv/data/one.txt /srv/current
RUN cp /bin/true /usr/local/bin/probe && setcap cap_net_raw+ep /usr/local/bin/probe
RUN mkdir -p /var/lib/app && echo ready > /var/lib/app/state
WORKDIR /srv
USER app
EXPOSE 8000
STOPSIGNAL SIGINT
VOLUME /srv/uploads
LABEL role=demo
HEALTHCHECK CMD true
ENTRYPOINT ["start.sh"]
CMD ["serve"]
"""
COPY = "COPY --chmod=755 start.sh"
CLEAR = "rm -rf /var/lib/apt/lists/*"

# Name, text of the right rewrite, what stands there in the wrong one, and a difference that must be named.
MUTATIONS = [
    ("package dropped", " tree", "", "/usr/bin/tree"),
    ("package added", " tree", " tree less", "/usr/bin/less"),
    ("more cleared than declared", CLEAR, f"{CLEAR} /usr/share/doc/tree", "/usr/share/doc/tree/copyright"),
    ("logs cleared", CLEAR, f"{CLEAR} /var/log/apt", "/var/log/apt/history.log"),
    ("package database cleared", CLEAR, f"{CLEAR} /var/lib/dpkg/info/tree.list", "/var/lib/dpkg/info/tree.list"),
    ("something left behind", CLEAR, f"{CLEAR} && touch /left", "/left"),
    ("mode too narrow", COPY, "COPY --chmod=700 start.sh", "/usr/local/bin/start.sh"),
    ("mode lost", COPY, "COPY start.sh", "/usr/local/bin/start.sh"),
    ("owner changed", COPY, "COPY --chown=app --chmod=755 start.sh", "/usr/local/bin/start.sh"),
    ("file lost", "COPY data /srv/data\n", "RUN mkdir /srv/data\n", "/srv/data/one.txt"),
    ("file elsewhere", "COPY data /srv/data", "COPY data /srv/data/data", "/srv/data/data/one.txt"),
    ("directory's mode", "mkdir -p /var/lib/app", "mkdir -m 700 /var/lib/app", "/var/lib/app"),
    ("link's target", "ln -s /srv/data/one.txt", "ln -s /srv/data/two.txt", "/srv/current"),
    ("link became a copy", "ln -s", "cp", "/srv/current"),
    ("capability lost", " && setcap cap_net_raw+ep /usr/local/bin/probe", "", "/usr/local/bin/probe"),
    ("contents", "echo ready", "echo Ready", "/var/lib/app/state"),
    ("directory's owner", "mkdir -p /var/lib/app", "install -d -o app /var/lib/app", "/var/lib/app"),
    ("user not made", "RUN useradd --create-home app\n", "RUN useradd app\n", "/home/app"),
    ("environment changed", "APP_MODE=production", "APP_MODE=debug", "configuration Env"),
    ("environment lost", "ENV APP_MODE=production\n", "", "configuration Env"),
    ("other user", "USER app\n", "USER nobody\n", "configuration User"),
    ("user lost", "USER app\n", "", "configuration User"),
    ("other working directory", "WORKDIR /srv\n", "WORKDIR /srv/data\n", "configuration WorkingDir"),
    ("other command", 'CMD ["serve"]', 'CMD ["server"]', "configuration Cmd"),
    ("entry point lost", 'ENTRYPOINT ["start.sh"]\n', "", "configuration Entrypoint"),
    ("health check lost", "HEALTHCHECK CMD true\n", "", "configuration Healthcheck"),
    ("port", "EXPOSE 8000", "EXPOSE 80", "configuration ExposedPorts"),
    ("signal", "STOPSIGNAL SIGINT\n", "", "configuration StopSignal"),
    ("volume", "VOLUME /srv/uploads\n", "", "configuration Volumes"),
    ("label", "role=demo", "role=other", "configuration Labels"),
]


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Verifier, Result]]:
    need_engine()
    context = tmp_path_factory.mktemp("context")
    (context / "data").mkdir()
    (context / "data" / "one.txt").write_text("one\n")
    (context / "start.sh").write_text("#!/bin/sh\nexec true\n")
    for path, mode in ((context / "start.sh", 0o644), (context / "data", 0o755), (context / "data" / "one.txt", 0o644)):
        path.chmod(mode)
    result = optimize(DOCKERFILE, context=Context(str(context)))
    options = Options(str(context), extra=("--network=host",), cache=True)
    with BuildSession("docker", options) as session:
        yield Verifier(session, result.original, Request()), result


@pytest.mark.slow
def test_the_right_rewrite_is_equivalent(right: tuple[Verifier, Result]) -> None:
    verifier, result = right
    assert {item.finding.rule for item in result.applied} == {"package-index-kept", "chmod-after-copy"}
    (proof,) = patiently(verifier, result).proofs
    assert not proof.comparison.undeclared
    assert proof.after.size < proof.before.size


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "differs"), [item[1:] for item in MUTATIONS], ids=[item[0] for item in MUTATIONS]
)
def test_a_wrong_rewrite_is_caught(right: tuple[Verifier, Result], old: str, new: str, differs: str) -> None:
    verifier, result = right
    assert result.text.count(old) == 1
    wrong = result._replace(patched=result.text.replace(old, new).encode())
    (proof,) = patiently(verifier, wrong).proofs
    assert not proof.equivalent
    assert differs in {item.path for item in proof.comparison.undeclared}

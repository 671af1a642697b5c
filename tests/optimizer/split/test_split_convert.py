"""Two stages out of one, with images made in memory: what ships, what stays behind, and what is not proved."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_builds import File, Files, SmallBuilds, directory, program

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.stages import Facts
from dfopt.optimizer.split.convert import Request, Split, convert
from dfopt.optimizer.split.evidence import Declined

LARGE = b"#" * 200_000
SHELL = program(b"\x7fELF not really")
PATH = "PATH=/usr/local/bin:/usr/bin:/bin"
RELEASE = File(b"ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n")


def status(*packages: str) -> bytes:
    return "".join(
        f"Package: {name}\nStatus: install ok installed\nVersion: 1\nInstalled-Size: 1\n\n" for name in packages
    ).encode()


BASE: Files = {
    "/bin": directory(),
    "/bin/sh": SHELL,
    "/usr": directory(),
    "/usr/bin": directory(),
    "/usr/local": directory(),
    "/usr/local/bin": directory(),
    "/etc": directory(),
    "/etc/os-release": RELEASE,
    "/etc/passwd": File(b"root:x:0:0:root:/root:/bin/sh\n"),
    "/etc/group": File(b"root:x:0:\n"),
    "/var/lib/dpkg/status": File(status("dash")),
    "/var/lib/dpkg/info/dash.list": File(b"/bin/sh\n"),
}
SLIM: Files = {**BASE, "/usr/share/all": File(LARGE)}
FULL: Files = {**SLIM, "/usr/share/big": File(LARGE)}
INSTALL = "RUN apt-get update && apt-get install -y --no-install-recommends gcc make && rm -rf /var/lib/apt/lists/*"
INSTALLED: Files = {
    "/usr/bin/gcc": program(LARGE),
    "/usr/bin/make": program(LARGE),
    "/var/lib/dpkg/status": File(status("dash", "gcc", "make")),
    "/var/lib/dpkg/info/gcc.list": File(b"/usr/bin/gcc\n"),
    "/var/lib/dpkg/info/make.list": File(b"/usr/bin/make\n"),
    "/var/lib/gcc/noise": File(b"1"),
}
COPY: Files = {"/src": directory(), "/src/main.c": File(b"int main"), "/src/Makefile": File(b"all:")}
TALLY = program(b"#!/bin/sh\nexec cat\n")


def split(tmp_path: Path, text: str, world: dict[str, Files], *commands: str) -> tuple[Split, SmallBuilds]:
    known: dict[str, Files] = {INSTALL: INSTALLED, "COPY . /src": COPY}
    builds = SmallBuilds(
        tmp_path,
        {"debian:bookworm": (FULL, {"Env": [PATH]}), "debian:bookworm-slim": (SLIM, {"Env": [PATH]})},
        known | world,
    )
    document = Document.parse(text.encode())
    return convert(builds, document, Facts(document), Request(None, commands)), builds  # pyright: ignore[reportArgumentType]


def patched(tmp_path: Path, text: str, world: dict[str, Files]) -> str:
    return split(tmp_path, text, world)[0].patched.decode()


def declined(tmp_path: Path, text: str, world: dict[str, Files]) -> str:
    with pytest.raises(Declined) as found:
        split(tmp_path, text, world)
    return str(found.value)


HEAD = f"FROM debian:bookworm\n{INSTALL}\nCOPY . /src\nRUN make -C /src install\n"
MADE: dict[str, Files] = {"RUN make -C /src install": {"/src/main.o": File(b"o"), "/usr/local/bin/tally": TALLY}}


def test_the_program_ships_and_its_tools_and_sources_do_not(tmp_path: Path) -> None:
    assert patched(tmp_path, HEAD + 'CMD ["tally"]\n', MADE) == (
        HEAD.replace("FROM debian:bookworm", "FROM debian:bookworm AS build")
        + "\nFROM debian:bookworm-slim\nCOPY --from=build /usr/local/bin/tally /usr/local/bin/tally\n\n"
        + 'CMD ["tally"]\n'
    )


def test_sizes_and_reasons_are_told(tmp_path: Path) -> None:
    found, _ = split(tmp_path, HEAD + 'CMD ["tally"]\n', MADE, "cat /usr/local/bin/tally")
    assert found.before > found.after + 3 * len(LARGE) - 1
    assert [one.agrees for one in found.tried] == [True]
    assert found.plan.left_out == {"gcc": "for building", "make": "for building"}
    assert any(line.startswith("/usr/local/bin/tally: CMD starts it") for line in found.plan.why)


def test_a_name_of_the_stage_is_the_name_of_what_ships(tmp_path: Path) -> None:
    text = patched(tmp_path, HEAD.replace("bookworm\n", "bookworm AS app\n", 1) + 'CMD ["tally"]\n', MADE)
    assert text.startswith("FROM debian:bookworm AS build\n")
    assert "\nFROM debian:bookworm-slim AS app\n" in text


def test_what_describes_the_image_moves_and_variables_are_repeated_in_their_order(tmp_path: Path) -> None:
    text = HEAD.replace("bookworm\n", "bookworm\nENV A=1\nLABEL of=$A\nEXPOSE 80\n", 1) + 'CMD ["tally"]\n'
    result = patched(tmp_path, text, MADE)
    build, ships = result.split("\nFROM ")
    assert "LABEL" not in build
    assert "ENV A=1" in build
    assert "ENV A=1\nLABEL of=$A\nEXPOSE 80\n" in ships


def test_a_copy_and_a_chmod_below_stand_in_the_second_stage_as_they_are(tmp_path: Path) -> None:
    tail = 'COPY run.sh /run.sh\nRUN chmod +x /run.sh\nENTRYPOINT ["/run.sh"]\nCMD ["tally"]\n'
    script = b'#!/bin/sh\nexec "$@"\n'
    world: dict[str, Files] = {
        **MADE,
        "COPY run.sh /run.sh": {"/run.sh": File(script)},
        "RUN chmod +x /run.sh": {"/run.sh": program(script)},
    }
    assert patched(tmp_path, HEAD + tail, world).endswith("/usr/local/bin/tally /usr/local/bin/tally\n\n" + tail)


def test_a_clean_up_at_the_end_of_the_build_goes(tmp_path: Path) -> None:
    purge = "RUN apt-get purge -y gcc make && apt-get autoremove -y"
    gone: Files = {path: None for path in INSTALLED if path.startswith("/usr/bin/")}
    text = HEAD + purge + '\nRUN rm -rf /src\nCMD ["tally"]\n'
    world = {**MADE, purge: {**gone, "/var/lib/dpkg/status": File(status("dash"))}, "RUN rm -rf /src": {"/src": None}}
    result = patched(tmp_path, text, world)
    assert "purge" not in result
    assert "rm -rf /src" not in result


def test_a_directory_is_copied_whole_with_its_owner(tmp_path: Path) -> None:
    accounts = "RUN useradd app"
    passwd: Files = {"/etc/passwd": File(b"root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n")}
    made: Files = {
        "/usr/local/bin/tally": TALLY,
        "/srv/data": directory(0o755, 1000),
        "/srv/data/a": File(b"a", 0o644, 1000, 1000),
        "/srv/data/b": File(b"b", 0o644, 1000, 1000),
    }
    text = (
        f'FROM debian:bookworm\n{INSTALL}\n{accounts}\nCOPY . /src\nRUN make -C /src install\nUSER app\nCMD ["tally"]\n'
    )
    result = patched(tmp_path, text, {accounts: passwd, "RUN make -C /src install": made})
    assert "RUN useradd app\nCOPY --from=build --chown=app:1000 /srv/data /srv/data\n" in result


def test_a_path_that_a_variable_names_ships_whatever_it_is_called(tmp_path: Path) -> None:
    text = HEAD + 'ENV RULES=/src/rules\nCMD ["tally"]\n'
    made: Files = {"/usr/local/bin/tally": TALLY, "/src/rules": directory(), "/src/rules/default.h": File(b"rule")}
    assert "COPY --from=build /src/rules /src/rules\n" in patched(tmp_path, text, {"RUN make -C /src install": made})


def test_an_empty_directory_is_made_again(tmp_path: Path) -> None:
    made: Files = {"/usr/local/bin/tally": TALLY, "/var/spool/tally": directory(0o700)}
    text = HEAD.replace("install\n", "install && mkdir -m 700 /var/spool/tally\n") + 'CMD ["tally"]\n'
    make = "RUN make -C /src install && mkdir -m 700 /var/spool/tally"
    again = "RUN mkdir -p /var/spool/tally && chmod 700 /var/spool/tally"
    world: dict[str, Files] = {make: made, again: {"/var/spool/tally": directory(0o700)}}
    assert "RUN mkdir -p /var/spool/tally \\\n && chmod 700 /var/spool/tally\n" in patched(
        tmp_path, text.replace("y --no-install-recommends gcc make && rm -rf /var/lib/apt/lists/* && mkdir", "y"), world
    )


def test_a_library_of_an_interpreter_is_no_junk_and_its_directory_goes_whole(tmp_path: Path) -> None:
    packages = "/usr/local/lib/python3.11/dist-packages"
    made: Files = {
        "/usr/local/bin/python3": program(b"\x7fELF"),
        "/usr/local/bin/app": program(b"#!/usr/bin/env python3\nimport x\n"),
        "/usr/bin/env": program(b"\x7fELF"),
        packages: directory(),
        f"{packages}/x.c": File(b"x"),
        f"{packages}/x-1.0.dist-info": directory(),
        f"{packages}/x-1.0.dist-info/RECORD": File(b"x"),
    }
    text = HEAD + 'CMD ["app"]\n'
    result = patched(tmp_path, text, {"RUN make -C /src install": made})
    assert "COPY --from=build /usr/local/lib /usr/local/lib\n" in result


@pytest.mark.parametrize(
    ("tail", "made", "reason"),
    [
        ("", {}, "neither CMD nor ENTRYPOINT"),
        ('CMD ["make"]\n', {}, "a tool of the build"),
        ('CMD ["other"]\n', {}, "other is not in the image"),
        ("CMD $TOOL x\n", {}, "runs what a variable says"),
        ('CMD ["/go.sh"]\n', {"/go.sh": program(b"#!/bin/sh\neval x\n")}, "runs what a variable says"),
        ('CMD ["/go.sh"]\n', {"/go.sh": program(b"#!/bin/sh\n. $HOME/x\n")}, "reads a script that a variable names"),
        ('CMD ["/go.sh"]\n', {"/go.sh": program(b"#!/usr/bin/nothing\n")}, "which /go.sh names, is not in the image"),
        ("ONBUILD RUN x\nCMD tally\n", {}, "ONBUILD"),
        ('SHELL ["powershell"]\nCMD ["tally"]\n', {}, "its shell is not one"),
        ('CMD ["tally"]\n', {"/usr/local/bin/tally-0a1b2c3d4e": File(b"1")}, "the next build may call it otherwise"),
    ],
)
def test_declines_and_says_why(tmp_path: Path, tail: str, made: Files, reason: str) -> None:
    world: dict[str, Files] = {"RUN make -C /src install": {"/usr/local/bin/tally": TALLY, **made}}
    assert reason in declined(tmp_path, HEAD + tail, world)


def test_a_file_that_installs_and_runs_is_left_alone(tmp_path: Path) -> None:
    text = 'FROM debian:bookworm\nRUN apt-get update && apt-get install -y curl\nCMD ["curl"]\n'
    assert declined(tmp_path, text, {}) == "nothing is built in its last stage: it installs and runs"


def test_what_a_clean_up_would_save_is_no_reason_for_a_second_stage(tmp_path: Path) -> None:
    text = 'FROM debian:bookworm-slim\nCOPY . /src\nRUN make -C /src install\nCMD ["tally"]\n'
    assert "next to nothing of a build ships" in declined(tmp_path, text, MADE)


def test_a_base_that_is_not_to_be_had_is_the_reason(tmp_path: Path) -> None:
    builds = SmallBuilds(
        tmp_path, {"debian:bookworm": (FULL, {"Env": [PATH]})}, {INSTALL: INSTALLED, "COPY . /src": COPY, **MADE}
    )
    document = Document.parse((HEAD + 'CMD ["tally"]\n').encode())
    with pytest.raises(Declined, match="debian:bookworm-slim is not to be had"):
        convert(builds, document, Facts(document), Request())  # pyright: ignore[reportArgumentType]


def test_a_command_that_does_something_else_is_no_proof(tmp_path: Path) -> None:
    with pytest.raises(Declined, match="does not do the same"):
        split(tmp_path, HEAD + 'CMD ["tally"]\n', MADE, "cat /src/main.c")


def test_a_directory_that_a_program_is_told_to_use_ships_whole(tmp_path: Path) -> None:
    made: Files = {
        "/usr/local/bin/tally": TALLY,
        "/opt/classes/Main.class": File(b"main"),
        "/opt/classes/a.h": File(b"a"),
    }
    text = HEAD + 'CMD ["tally", "-cp", "/opt/classes:/opt/lib"]\n'
    assert "COPY --from=build /opt /opt\n" in patched(tmp_path, text, {"RUN make -C /src install": made})


def test_what_ships_is_asked_when_all_of_it_is_known(tmp_path: Path) -> None:
    """A temporary file, about which what ships is asked, may come before the file that names another."""
    touch = "RUN make -C /src scratch"
    made: Files = {
        "/usr/local/bin/tally": TALLY,
        "/etc/tally.conf": File(b"rules = /src/rules\n"),
        "/src/rules/a.h": File(b"also /src/more\n"),
        "/src/more/b.h": File(b"b"),
    }
    text = HEAD.replace("RUN make", f"{touch}\nRUN make", 1) + 'CMD ["tally"]\n'
    world: dict[str, Files] = {touch: {"/tmp/scratch": File(b"1")}, "RUN make -C /src install": made}
    result = patched(tmp_path, text, world)
    assert "COPY --from=build /src/rules /src/rules\n" in result
    assert "COPY --from=build /src/more /src/more\n" in result
    assert "scratch" not in result.split("\nFROM ")[1]

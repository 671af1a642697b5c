"""What `build-cache-kept` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "build-cache-kept"

# before, after
REWRITES = (
    (
        'FROM golang:1.22\nRUN go build -o /a .\nRUN go clean -cache && mkdir /x\nCMD ["/a"]\n',
        (
            "FROM golang:1.22\n"
            "RUN go build -o /a . && rm -rf ~/.cache/go-build\n"
            "RUN go clean -cache && mkdir /x\n"
            'CMD ["/a"]\n'
        ),
    ),
    (
        'FROM golang:1.22\nRUN go build -o /a .\nCMD ["/a"]\n',
        ('FROM golang:1.22\nRUN go build -o /a . && rm -rf ~/.cache/go-build && go clean -modcache\nCMD ["/a"]\n'),
    ),
    (
        "FROM golang:1.22\nRUN go build -o /a .\n",
        "FROM golang:1.22\nRUN go build -o /a . && rm -rf ~/.cache/go-build\n",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nCMD ["/a"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["/a"]\n'
        ),
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nCMD ["/x/starter"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["/x/starter"]\n'
        ),
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nRUN mkdir /x\nCMD ["/a"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            "RUN mkdir /x\n"
            'CMD ["/a"]\n'
        ),
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nRUN cargo test\nCMD ["/a"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release\n"
            "RUN cargo test && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["/a"]\n'
        ),
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nENV A=cargo\nCMD ["/a"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            "ENV A=cargo\n"
            'CMD ["/a"]\n'
        ),
    ),
    (
        'FROM rust:1.80\nONBUILD RUN make\nRUN cargo build --release\nCMD ["/a"]\n',
        (
            "FROM rust:1.80\n"
            "ONBUILD RUN make\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["/a"]\n'
        ),
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        'FROM rust:1.80\nRUN cargo build --release\nCMD ["./start.sh"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["./start.sh"]\n'
        ),
        "line 3 runs a script that may build again",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nENTRYPOINT ["/docker-entrypoint.sh"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'ENTRYPOINT ["/docker-entrypoint.sh"]\n'
        ),
        "line 3 runs a script that may build again",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nCMD ["/x/entrypoint"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["/x/entrypoint"]\n'
        ),
        "line 3 runs a script that may build again",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nCMD ["/x/start"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["/x/start"]\n'
        ),
        "line 3 runs a script that may build again",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nCMD ["/x/run"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["/x/run"]\n'
        ),
        "line 3 runs a script that may build again",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nCMD ["/x/serve"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["/x/serve"]\n'
        ),
        "line 3 runs a script that may build again",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nCMD ["/x/boot"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["/x/boot"]\n'
        ),
        "line 3 runs a script that may build again",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nCMD ["/x/x.sh"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["/x/x.sh"]\n'
        ),
        "line 3 runs a script that may build again",
    ),
    (
        "FROM rust:1.80\nRUN cargo build --release\nCMD sh x\n",
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            "CMD sh x\n"
        ),
        "line 3 runs a script that may build again",
    ),
    (
        "FROM rust:1.80\nRUN cargo build --release\nCMD bash x\n",
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            "CMD bash x\n"
        ),
        "line 3 runs a script that may build again",
    ),
    (
        "FROM rust:1.80\nRUN cargo build --release\nCMD ash x\n",
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            "CMD ash x\n"
        ),
        "line 3 runs a script that may build again",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nCMD ["make"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["make"]\n'
        ),
        "line 3 runs a program that may build again",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nRUN ./x.sh\nCMD ["/a"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            "RUN ./x.sh\n"
            'CMD ["/a"]\n'
        ),
        "line 3 runs code that may build again",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nRUN ["x"]\nCMD ["/a"]\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'RUN ["x"]\n'
            'CMD ["/a"]\n'
        ),
        "line 3 runs code that may build again",
    ),
    (
        'FROM sbtscala/scala-sbt:x\nRUN sbt package\nCMD ["java", "-jar", "a.jar"]\n',
        (
            "FROM sbtscala/scala-sbt:x\n"
            "RUN sbt package && rm -rf ~/.ivy2/cache ~/.cache/coursier\n"
            'CMD ["java", "-jar", "a.jar"]\n'
        ),
        "what sbt builds may load its libraries from there",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nCMD ["/a"]\nRUN bash y\n',
        (
            "FROM rust:1.80\n"
            "RUN cargo build --release && rm -rf /usr/local/cargo/registry /usr/local/cargo/git\n"
            'CMD ["/a"]\n'
            "RUN bash y\n"
        ),
        "line 4 runs code that may build again",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        'FROM rust:1.80\nRUN cargo build --release\nRUN rm -r /usr/local/cargo/registry\nCMD ["/a"]\n',
        "line 3 removes the cache, and fails where there is none",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nRUN cp -r /usr/local /x\nCMD ["/a"]\n',
        "line 3 may read the cache",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nHEALTHCHECK CMD /bin/cargo check\nCMD ["/a"]\n',
        "line 3 builds with this cache",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nRUN ["/usr/local/cargo/bin/cargo", "doc"]\nCMD ["/a"]\n',
        "line 3 builds with this cache",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nRUN make x && mkdir /x\nCMD ["/a"]\n',
        "line 3 runs code that may build again",
    ),
    (
        'FROM rust:1.80\nRUN cargo build --release\nCMD ["/srv/app/bin/start.sh"]\n',
        "line 3 runs a script that may build again",
    ),
    ('FROM golang:1.22\nRUN go build ./...\nCMD ["go", "run", "."]\n', "line 3 builds with this cache"),
    ("FROM rust:1.80\nRUN cargo fetch\nRUN cargo build --release\nCMD cargo run\n", (" fetch", "")),
    ('FROM rust:1.80\nENV CARGO_HOME=/cargo\nRUN cargo install ripgrep\nCMD ["rg"]\n', ("ENV CARGO_HOME=/cargo\n", "")),
    ('FROM rust:1.80\nRUN cargo build --release\nCMD ["/usr/bin/cargo", "run"]\n', "line 3 builds with this cache"),
    ("FROM rust:1.80\nRUN cargo build --release\nENTRYPOINT cargo run\n", "line 3 builds with this cache"),
    (
        'FROM rust:1.80\nRUN cargo build --release\nONBUILD RUN cargo build\nCMD ["/a"]\n',
        "line 3 builds with this cache",
    ),
    (
        'FROM rust:1.80\nONBUILD RUN cargo build\nRUN cargo build --release\nCMD ["/a"]\n',
        "line 2 builds with this cache",
    ),
    ("FROM gradle:8\nRUN gradle build\nCMD java -jar app.jar\n", ("gradle build", "gradle build --no-daemon")),
    (
        "FROM golang:1.22\nRUN --mount=type=cache,target=/root/.cache/go-build go build -o /app .\n",
        (" --mount=type=cache,target=/root/.cache/go-build", ""),
    ),
    (
        "FROM maven:3\nCOPY settings.xml /root/.m2/\nRUN mvn package\nCMD java -jar app.jar\n",
        ("COPY settings.xml /root/.m2/\n", ""),
    ),
)

REMOVES = ("/root/.cache/go-build/**", "/home/*/.cache/go-build/**")
# what is said of them
SAYS = (
    (
        'FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go build -o /usr/local/bin/links .\nCMD ["links"]\n',
        [
            Said(
                "go build -o /usr/local/bin/links .",
                "go's cache stays in this layer",
                "",
                ("/go/pkg/mod/**",),
                ("/go/pkg",),
            ),
            Said("go build -o /usr/local/bin/links .", "go's cache stays in this layer", "", REMOVES),
        ],
    ),
    (
        "FROM golang:1.22\nRUN go build -o /a .\n",
        [
            Said(
                "go build -o /a .",
                "go's cache stays in this layer",
                "nothing says what the image runs: it may be there to build",
                ("/go/pkg/mod/**",),
                ("/go/pkg",),
            ),
            Said("go build -o /a .", "go's cache stays in this layer", "", REMOVES),
        ],
    ),
)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("before", "after", "reason"), UNSAFE)
def test_unsafe(before: str, after: str, reason: str) -> None:
    check_unsafe(RULE, before, after, reason)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected

"""Maven (manual: maven.apache.org, *Introduction to Repositories*). Everything it ever fetched stays in ~/.m2."""

import re

from . import CLEARED, Cache, Configuration, Mounts, Tool

TOOL = Tool(
    name="mvn",
    configurations=(
        Configuration(
            r"(?:^|/)pom\.xml$",
            rb"classpathLayoutType|classpathPrefix|appassembler|exec-maven-plugin|build-classpath|\.m2\b|localRepository|<goal>(?:java|exec|run)</goal>|<scope>system</scope>",
        ),
        Configuration(r"(?:^|/)settings\.xml$", rb"<localRepository>|<offline>\s*true"),
        Configuration(
            r"\.mvn/[^/]+\.config$",
            rb"(?m)^\s*(?:-o\b|--offline)|maven\.repo\.local|(?:^|\s)-o(?:\s|$)",
        ),
    ),
    commands=frozenset(("mvn", "mvnw")),
    value_options=frozenset(
        ("-f", "--file", "-P", "--activate-profiles", "-pl", "--projects", "-T", "--threads", "-s", "--settings", "-D")
    ),
    caches=(
        Cache(
            paths=("/root/.m2/repository/**", "/home/*/.m2/repository/**"),
            fills=frozenset(("clean", "package", "install", "verify", "compile", "test", "deploy", "site")),
            clear="rm -rf ~/.m2/repository",
            cleared_text=re.compile(rb"\.m2\b|^/root/?\*?$"),
            without=("-o", "--offline", "-Dmaven.repo.local"),
            settled=re.compile(rb"\.m2\b|maven\.repo\.local|--offline|dependency:|MAVEN_(?:CONFIG|ARGS)|settings\.xml"),
            read_by=frozenset((b"mvn", b"mvnw")),
        ),
    ),
    mounts=Mounts(("/root/.m2/repository",), cleared_by=CLEARED),
)

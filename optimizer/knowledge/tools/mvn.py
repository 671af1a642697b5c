"""Maven (manual: maven.apache.org, *Introduction to Repositories*). Everything it ever fetched stays in ~/.m2."""

import re

from . import Tool

TOOL = Tool(
    name="mvn",
    commands=frozenset(("mvn", "mvnw")),
    value_options=frozenset(
        ("-f", "--file", "-P", "--activate-profiles", "-pl", "--projects", "-T", "--threads", "-s", "--settings", "-D")
    ),
    clear_text=re.compile(rb"\.m2\b|^/root/?\*?$"),
    cache_clear="rm -rf ~/.m2/repository",
    cache_fills=frozenset(("clean", "package", "install", "verify", "compile", "test", "deploy", "site")),
    cache_without=("-o", "--offline", "-Dmaven.repo.local"),
    cache_settled=re.compile(rb"\.m2\b|maven\.repo\.local|--offline|dependency:|MAVEN_(?:CONFIG|ARGS)|settings\.xml"),
    cache_read_by=frozenset((b"mvn", b"mvnw")),
    cache=("/root/.m2/repository/**", "/home/*/.m2/repository/**"),
    mounts=("/root/.m2/repository",),
)

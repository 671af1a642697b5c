"""Gradle (manual: docs.gradle.org, *Gradle-managed Directories*). A daemon would go on using what is cleared."""

import re

from . import Tool

TOOL = Tool(
    name="gradle",
    commands=frozenset(("gradle", "gradlew")),
    value_options=frozenset(
        ("-p", "--project-dir", "-b", "--build-file", "-x", "--exclude-task", "-I", "--init-script")
    ),
    clear_text=re.compile(rb"\.gradle\b|^/root/?\*?$"),
    cache_clear="rm -rf ~/.gradle/caches",
    cache_fills=frozenset(
        ("build", "assemble", "jar", "bootJar", "bootWar", "war", "installDist", "shadowJar", "distZip", "distTar",
         "clean", "test", "check", "fatJar", "uberJar")
    ),
    cache_without=("--offline", "-g", "--gradle-user-home", "--dry-run"),
    cache_needs="--no-daemon",
    cache_settled=re.compile(rb"[/~]\.gradle\b|GRADLE_USER_HOME|gradle\.user\.home|--offline|GRADLE_RO_DEP_CACHE"),
    cache_read_by=frozenset((b"gradle", b"gradlew", b"mvn")),
    cache=("/root/.gradle/caches/**", "/home/*/.gradle/caches/**"),
)  # fmt: skip

"""Gradle (manual: docs.gradle.org, *Gradle-managed Directories*)."""

import re

from . import Cache, Configuration, Tool

TOOL = Tool(
    name="gradle",
    configurations=(
        Configuration(
            r"(?:^|/)gradle\.properties$",
            rb"(?im)offline|systemProp\.gradle\.user\.home",
        ),
        Configuration(
            r"\.gradle(?:\.kts)?$",
            rb"\.gradle/caches|gradleUserHomeDir|isOffline|offline",
        ),
    ),
    commands=frozenset(("gradle", "gradlew")),
    value_options=frozenset(
        ("-p", "--project-dir", "-b", "--build-file", "-x", "--exclude-task", "-I", "--init-script")
    ),
    caches=(
        Cache(
            paths=("/root/.gradle/caches/**", "/home/*/.gradle/caches/**"),
            fills=frozenset(
                (
                    "build", "assemble", "jar", "bootJar", "bootWar", "war", "installDist", "shadowJar", "distZip",
                    "distTar", "clean", "test", "check", "fatJar", "uberJar",
                )
            ),
            clear="rm -rf ~/.gradle/caches",
            cleared_text=re.compile(rb"\.gradle\b|^/root/?\*?$"),
            without=("--offline", "-g", "--gradle-user-home", "--dry-run"),
            needs="--no-daemon",
            settled=re.compile(rb"[/~]\.gradle\b|GRADLE_USER_HOME|gradle\.user\.home|--offline|GRADLE_RO_DEP_CACHE"),
            read_by=frozenset((b"gradle", b"gradlew", b"mvn")),
        ),
    ),
)  # fmt: skip

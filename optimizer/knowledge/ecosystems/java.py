"""Java: Maven and Gradle."""

from . import Ecosystem, items_of, outputs

_GRADLE_FILES = ("build.gradle", "build.gradle.kts")
_MAVEN = r"mvnw? .*(?:compile|package|install|verify|deploy).*"
_GRADLE = r"gradlew? .+"

ECOSYSTEM = Ecosystem(
    "Java",
    ("pom.xml", *_GRADLE_FILES),
    (
        *outputs(_MAVEN, ("pom.xml",), "target"),
        *outputs(_GRADLE, _GRADLE_FILES, "build"),
        *items_of("cache", ".gradle", "hs_err_pid*.log"),
    ),
)

"""What belongs to repositories, editors, CI and Docker, and not to what is built."""

from . import Ecosystem, Item, items_of

_PRIVATE_KEYS = ("*.key", "*.pem", "id_ecdsa", "id_ed25519", "id_rsa")

FIRST = (Ecosystem("Version control", (), (Item(".git", "aside", always=True), *items_of("aside", ".hg", ".svn"))),)
LAST = (
    Ecosystem(
        "Editors and operating systems",
        (),
        (
            *items_of("aside", ".idea", ".vscode"),
            Item(".DS_Store", "cache", always=True),
            *items_of("cache", "*.swp", "Thumbs.db"),
        ),
    ),
    Ecosystem(
        "Continuous integration",
        (),
        items_of(
            "aside", ".circleci", ".github", ".gitlab-ci.yml", ".travis.yml", "Jenkinsfile", "azure-pipelines.yml",
            "bitbucket-pipelines.yml",
        ),
    ),
    Ecosystem(
        "Docker",
        (),
        (
            Item(".dockerignore", "aside", always=True, only_new=True),
            *items_of("aside", "*.Dockerfile", "Containerfile*", "Dockerfile*"),
            *items_of("aside", "compose.*.y*ml", "compose.y*ml", "docker-compose.*.y*ml", "docker-compose.y*ml"),
        ),
    ),
    Ecosystem(
        "Secrets",
        (),
        (
            *items_of("secret", ".env", ".env.*.local", ".env.local", ".pypirc"),
            *(Item(name, "secret", private_key=True) for name in _PRIVATE_KEYS),
        ),
    ),
)  # fmt: skip

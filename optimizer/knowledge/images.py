"""Base images: what their names tell."""

from __future__ import annotations

import re
from functools import lru_cache

from ..dockerfile.record import Record


class Image(Record):
    """A base image: its repository without registry and tag, its tag, and the release they tell of."""

    name: str
    tag: str

    @property
    def release(self) -> tuple[str, tuple[int, ...]] | None:
        """Distribution and version where the name says them: ``("ubuntu", (14, 4))``; None otherwise."""
        return _release(f"{self.name.rsplit('/', 1)[-1]}:{self.tag}")

    @property
    def directory(self) -> str | None:
        """The working directory that an official image begins in; None where that is not known."""
        return _DIRECTORIES.get(self.name)

    @property
    def sudoers(self) -> tuple[bytes, ...]:
        """The users that may run everything with ``sudo``, without a password; it begins as one of them, or as root."""
        return next((users for start, users in _SUDOERS.items() if f"/{start}" in f"/{self.name}"), ())

    @property
    def accounts(self) -> frozenset[str]:
        """Users, and groups of the same name, that an official image certainly has."""
        name = self.name.removeprefix("library/")
        if "alpine" in self.tag or name not in _DEBIAN:
            return frozenset()
        return _ACCOUNTS | ({name} if name in ("node", "nginx") else frozenset[str]())

    @property
    def windows(self) -> bool:
        """Whether it is a Windows image, by its name."""
        return bool(re.search(r"windows|nanoserver|servercore|\bltsc", f"{self.name}:{self.tag}"))


# From the Dockerfiles of the official images; those of distributions have no WORKDIR.
_DIRECTORIES: dict[str, str] = {
    **dict.fromkeys(
        (
            "debian", "ubuntu", "alpine", "centos", "fedora", "rockylinux", "almalinux", "oraclelinux", "amazonlinux",
            "archlinux", "busybox", "buildpack-deps", "python", "node", "ruby", "rust", "eclipse-temurin",
            "amazoncorretto", "nginx", "postgres", "mysql", "mariadb",
        ),
        "/",
    ),
    "golang": "/go", "httpd": "/usr/local/apache2", "redis": "/data", "tomcat": "/usr/local/tomcat",
}  # fmt: skip
# Official images that are made of Debian or Ubuntu, unless a tag says otherwise, and the users of its base-passwd.
_DEBIAN = frozenset(
    (
        "debian", "ubuntu", "buildpack-deps", "python", "node", "ruby", "php", "perl", "golang", "rust", "nginx",
        "httpd", "maven", "openjdk", "eclipse-temurin",
    )
)  # fmt: skip
_ACCOUNTS = frozenset("daemon bin sys games man lp mail news uucp proxy www-data backup list irc".split())
# By their Dockerfiles: images to develop and to test in, whose rules say ``NOPASSWD: ALL``.
_SUDOERS: dict[str, tuple[bytes, ...]] = {
    "circleci/": (b"circleci",), "cimg/": (b"circleci",), "gitpod/": (b"gitpod",), "codercom/": (b"coder",),
    "selenium/": (b"seluser",), "eclipse/": (b"user",), "codenvy/": (b"user",), "ocaml/opam": (b"opam",),
    "linuxbrew/": (b"linuxbrew",), "homebrew/brew": (b"linuxbrew",), "actions/actions-runner": (b"runner",),
    "devcontainers/": (b"vscode", b"node", b"codespace"),
}  # fmt: skip
_RELEASES = (
    (r"ubuntu[:\-_]?(\d\d\.\d\d)", "ubuntu"),
    (r"^debian:(\d+)", "debian"),
    (r"alpine[:\-]?v?(\d+\.\d+)", "alpine"),
    (r"centos[:\-]?(?:centos)?(\d+)", "centos"),
    (r"fedora[:\-]?(\d+)", "fedora"),
    (r"ubi(\d+)", "rhel"),
    (r"rhel(\d+)", "rhel"),
    (r"^(?:rockylinux|almalinux|oraclelinux):(\d+)", "rhel"),
)
_CODENAMES: dict[str, tuple[str, tuple[int, ...]]] = {
    "lucid": ("ubuntu", (10, 4)), "precise": ("ubuntu", (12, 4)), "quantal": ("ubuntu", (12, 10)),
    "raring": ("ubuntu", (13, 4)), "saucy": ("ubuntu", (13, 10)), "trusty": ("ubuntu", (14, 4)),
    "utopic": ("ubuntu", (14, 10)), "vivid": ("ubuntu", (15, 4)), "wily": ("ubuntu", (15, 10)),
    "xenial": ("ubuntu", (16, 4)), "bionic": ("ubuntu", (18, 4)), "focal": ("ubuntu", (20, 4)),
    "jammy": ("ubuntu", (22, 4)), "noble": ("ubuntu", (24, 4)),
    "squeeze": ("debian", (6,)), "wheezy": ("debian", (7,)), "jessie": ("debian", (8,)),
    "stretch": ("debian", (9,)), "buster": ("debian", (10,)), "bullseye": ("debian", (11,)),
    "bookworm": ("debian", (12,)), "trixie": ("debian", (13,)),
}  # fmt: skip


@lru_cache(maxsize=256)
def _release(text: str) -> tuple[str, tuple[int, ...]] | None:
    for pattern, distribution in _RELEASES:
        if found := re.search(pattern, text):
            return distribution, tuple(int(part) for part in found[1].split("."))
    for word in re.findall(r"[a-z]+", text):
        if word in _CODENAMES:
            return _CODENAMES[word]
    return None


@lru_cache(maxsize=256)
def image_named(base: str) -> Image | None:
    """The image that a FROM names; None where a variable does."""
    if "$" in base:
        return None
    name, _, _ = base.partition("@")
    head, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return Image((head + slash + last).lower(), tag.lower() or "latest")


# Official images whose files are known from their Dockerfiles on GitHub.
_OFFICIAL = frozenset(
    (
        "debian", "ubuntu", "alpine", "python", "node", "golang", "ruby", "rust", "php", "perl", "nginx", "httpd",
        "buildpack-deps", "openjdk", "eclipse-temurin", "amazoncorretto", "maven",
    )
)  # fmt: skip


def is_official(image: Image | None) -> bool:
    """Whether an image is one of those whose files are known."""
    return image is not None and image.name.removeprefix("library/") in _OFFICIAL and "onbuild" not in image.tag


# Official images with a slim variant, by their pages; in Node's tags the release stands before the word.
_SLIM = frozenset(("debian", "python", "node", "ruby", "rust", "perl", "openjdk", "erlang", "elixir", "haskell"))
_OTHER_VARIANT = r"slim|alpine|windows|nanoserver|onbuild|oracle|ubi"


def slim_variant(image: Image) -> str | None:
    """The name of the slim variant of an official image; None where it has none, or is another variant itself."""
    name, tag = image.name, image.tag
    if name not in _SLIM or re.search(_OTHER_VARIANT, tag):
        return None
    if tag == "latest":
        return "debian:stable-slim" if name == "debian" else f"{name}:slim"
    release = re.fullmatch(r"(.+)-(buster|bullseye|bookworm|trixie)", tag)
    if release and name != "node":
        return f"{name}:{release[1]}-slim-{release[2]}"
    return f"{name}:{tag}-slim"

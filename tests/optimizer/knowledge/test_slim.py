"""The names of slim images, as the pages of the official images have them."""

from __future__ import annotations

import pytest

from dfopt.optimizer.knowledge.images import Image, image_named, slim_variant
from dfopt.optimizer.knowledge.runtime import slim_sibling


def image(name: str) -> Image:
    found = image_named(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("full", "slim"),
    [
        ("debian:bookworm", "debian:bookworm-slim"),
        ("debian", "debian:stable-slim"),
        ("python", "python:slim"),
        ("python:3.12", "python:3.12-slim"),
        ("python:3.12-bookworm", "python:3.12-slim-bookworm"),
        ("ruby:3.3-bullseye", "ruby:3.3-slim-bullseye"),
        ("node:20-bookworm", "node:20-bookworm-slim"),
        ("python:3.12-slim", None),
        ("python:3.12-alpine", None),
        ("golang:1.22", None),
        ("team/python:3.12", None),
    ],
)
def test_the_slim_variant(full: str, slim: str | None) -> None:
    assert slim_variant(image(full)) == slim


@pytest.mark.parametrize(
    ("full", "sibling"),
    [
        ("node:20-bookworm", "node:20-bookworm-slim"),
        ("python:3.12-slim", "python:3.12-slim"),
        ("python:3.12-alpine", "python:3.12-alpine"),
        ("ubuntu:24.04", "ubuntu:24.04"),
        ("eclipse-temurin:17", "eclipse-temurin:17-jre"),
        ("eclipse-temurin:17-jdk-jammy", "eclipse-temurin:17-jre-jammy"),
        ("team/app:1", None),
    ],
)
def test_the_sibling_is_the_image_itself_where_that_is_slim(full: str, sibling: str | None) -> None:
    assert slim_sibling(image(full)) == sibling

"""What `base-image-full` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, said

RULE = "base-image-full"

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM python:3.12-windowsservercore\n", ("python:3.12-windowsservercore", "python:3.12")),
    ("FROM python:3.12-nanoserver\n", ("python:3.12-nanoserver", "python:3.12")),
    ("FROM node:8-onbuild\n", ("node:8-onbuild", "node:20")),
    ("FROM openjdk:17-oracle\n", ("openjdk:17-oracle", "openjdk:17")),
    ("FROM node:20-ubi\n", ("node:20-ubi", "node:20")),
    ("FROM openjdk:17-windowsservercore\n", ("openjdk:17-windowsservercore", "openjdk:17")),
    ("FROM debian:bookworm-slim\n", ("debian:bookworm-slim", "debian")),
    ("FROM node:20-alpine3.19\n", ("node:20-alpine3.19", "node:20")),
    ("FROM python:3.12@sha256:0123\n", ("python:3.12@sha256:0123", "python:3.12")),
    ("FROM golang:1.22\n", ("golang:1.22", "perl:5")),
    ("FROM docker.io/library/python:3.12\n", ("docker.io/library/python:3.12", "python:3.12")),
    ("FROM ${X}\n", ("${X}", "perl:5")),
    ("FROM scratch\n", ("scratch", "perl:5")),
    ("FROM python:3.12 AS build\nRUN make\nFROM python:3.12-slim\nCOPY --from=build /a /a\n", (" AS build", "")),
    ("FROM ubuntu:24.04\n", ("ubuntu:24.04", "perl:5")),
    ("FROM python@sha256:0123\n", ("python@sha256:0123", "python")),
)

WHY = "whether something needs the rest is for a test to say"
# what is said of them
SAYS = (
    (
        'FROM python:3.12\nCMD ["python", "-m", "app"]\n',
        [Said("FROM python:3.12", "python:3.12 is the full variant; python:3.12-slim may do", WHY)],
    ),
    ("FROM debian:12\n", [Said("FROM debian:12", "debian:12 is the full variant; debian:12-slim may do", WHY)]),
    ("FROM python:3.12\n", [Said("FROM python:3.12", "python:3.12 is the full variant; python:3.12-slim may do", WHY)]),
    ("FROM node:20\n", [Said("FROM node:20", "node:20 is the full variant; node:20-slim may do", WHY)]),
    ("FROM ruby:3.3\n", [Said("FROM ruby:3.3", "ruby:3.3 is the full variant; ruby:3.3-slim may do", WHY)]),
    ("FROM rust:1.80\n", [Said("FROM rust:1.80", "rust:1.80 is the full variant; rust:1.80-slim may do", WHY)]),
    ("FROM perl:5\n", [Said("FROM perl:5", "perl:5 is the full variant; perl:5-slim may do", WHY)]),
    ("FROM openjdk:17\n", [Said("FROM openjdk:17", "openjdk:17 is the full variant; openjdk:17-slim may do", WHY)]),
    ("FROM erlang:26\n", [Said("FROM erlang:26", "erlang:26 is the full variant; erlang:26-slim may do", WHY)]),
    ("FROM elixir:1.16\n", [Said("FROM elixir:1.16", "elixir:1.16 is the full variant; elixir:1.16-slim may do", WHY)]),
    ("FROM haskell:9\n", [Said("FROM haskell:9", "haskell:9 is the full variant; haskell:9-slim may do", WHY)]),
    ("FROM debian\n", [Said("FROM debian", "debian is the full variant; debian:stable-slim may do", WHY)]),
    (
        "FROM debian:latest\n",
        [Said("FROM debian:latest", "debian:latest is the full variant; debian:stable-slim may do", WHY)],
    ),
    ("FROM python\n", [Said("FROM python", "python is the full variant; python:slim may do", WHY)]),
    (
        "FROM python:latest\n",
        [Said("FROM python:latest", "python:latest is the full variant; python:slim may do", WHY)],
    ),
    (
        "FROM python:3.12 AS a\nFROM a\nRUN b\n",
        [Said("FROM python:3.12 AS a", "python:3.12 is the full variant; python:3.12-slim may do", WHY)],
    ),
    (
        "FROM python:3.12\nFROM node:20\n",
        [
            Said("FROM python:3.12", "python:3.12 is the full variant; python:3.12-slim may do", WHY),
            Said("FROM node:20", "node:20 is the full variant; node:20-slim may do", WHY),
        ],
    ),
)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected

"""Bundler (manual: bundler.io, ``bundle install``). It keeps every .gem beside what it unpacked from it."""

import re

from . import Cache, Configuration, Tool

TOOL = Tool(
    name="bundle",
    configurations=(Configuration(r"\.bundle/config$", rb"(?i)CACHE|PATH|LOCAL|PREFER_LOCAL"),),
    run_from_cache=rb"\bbundle (?:install|check|cache) .*--local\b",
    commands=frozenset(("bundle", "bundler")),
    value_options=frozenset(("--gemfile", "-j", "--jobs", "--retry", "--without", "--with")),
    caches=(
        Cache(
            paths=("/usr/local/bundle/cache/**", "/root/.bundle/cache/**", "/home/*/.bundle/cache/**"),
            fills=frozenset(("", "install", "update")),
            clear_on=(("ruby", "rm -rf /usr/local/bundle/cache/* ~/.bundle/cache"),),
            cleared_text=re.compile(rb"/cache|\.bundle|\.gem\b"),
            without=("--path", "--deployment", "--local", "--system"),
            settled=re.compile(
                rb"BUNDLE_(?:PATH|DEPLOYMENT|CACHE)|GEM_HOME|--path|vendor/|bundle (?:cache|pack)|pristine|--local"
                rb"|bundle config[^\n]*(?:path|deployment|cache|local)|bundle/cache|gems/[^\s]*cache|\.bundle\b"
            ),
        ),
    ),
)

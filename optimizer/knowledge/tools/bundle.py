"""Bundler (manual: bundler.io, ``bundle install``). It keeps every .gem beside what it unpacked from it."""

import re

from . import Tool

TOOL = Tool(
    name="bundle",
    commands=frozenset(("bundle", "bundler")),
    value_options=frozenset(("--gemfile", "-j", "--jobs", "--retry", "--without", "--with")),
    clear_text=re.compile(rb"/cache|\.bundle|\.gem\b"),
    cache_clear_on=(("ruby", "rm -rf /usr/local/bundle/cache/* ~/.bundle/cache"),),
    cache_fills=frozenset(("", "install", "update")),
    cache_without=("--path", "--deployment", "--local", "--system"),
    cache_settled=re.compile(
        rb"BUNDLE_(?:PATH|DEPLOYMENT|CACHE)|GEM_HOME|--path|vendor/|bundle (?:cache|pack)|pristine|--local"
        rb"|bundle config[^\n]*(?:path|deployment|cache|local)|bundle/cache|gems/[^\s]*cache|\.bundle\b"
    ),
    cache=("/usr/local/bundle/cache/**", "/root/.bundle/cache/**", "/home/*/.bundle/cache/**"),
)

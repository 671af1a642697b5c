"""gem, of RubyGems (manual: RubyGems guides, *Command reference*). It keeps every .gem beside what it unpacked."""

import re

from . import Tool

TOOL = Tool(
    name="gem",
    commands=frozenset(("gem",)),
    install=frozenset(("install", "update", "i")),
    value_options=frozenset(("--config-file", "--source", "-s")),
    clear_text=re.compile(rb"/cache|\.gem\b|gems"),
    cache_clear_on=(
        ("ruby", "rm -rf /usr/local/bundle/cache/*"),
        ("debian", "rm -rf /var/lib/gems/*/cache/*"),
        ("ubuntu", "rm -rf /var/lib/gems/*/cache/*"),
        ("alpine", "rm -rf /usr/lib/ruby/gems/*/cache/*"),
    ),
    cache_fills=frozenset(("install", "update", "i")),
    cache_without=("--install-dir", "-i", "--user-install", "--explain", "--system"),
    cache_settled=re.compile(rb"GEM_HOME|GEM_PATH|gem pristine|gems/[^\s]*cache|bundle/cache|\brvm\b|rbenv|vendor/"),
    cache=("/usr/local/bundle/cache/**", "/var/lib/gems/*/cache/**", "/usr/lib/ruby/gems/*/cache/**"),
)

"""RubyGems (RubyGems guides, *Command reference*). It keeps every .gem beside what it unpacked from it."""

import re

from . import Cache, Configuration, Tool

TOOL = Tool(
    name="gem",
    configurations=(Configuration(r"(?:^|/)\.?gemrc$", rb"(?im)local|gempath|gemhome"),),
    commands=frozenset(("gem",)),
    install=frozenset(("install", "update", "i")),
    value_options=frozenset(("--config-file", "--source", "-s")),
    caches=(
        Cache(
            paths=("/usr/local/bundle/cache/**", "/var/lib/gems/*/cache/**", "/usr/lib/ruby/gems/*/cache/**"),
            fills=frozenset(("install", "update", "i")),
            clear_on=(
                ("ruby", "rm -rf /usr/local/bundle/cache/*"),
                ("debian", "rm -rf /var/lib/gems/*/cache/*"),
                ("ubuntu", "rm -rf /var/lib/gems/*/cache/*"),
                ("alpine", "rm -rf /usr/lib/ruby/gems/*/cache/*"),
            ),
            cleared_text=re.compile(rb"/cache|\.gem\b|gems"),
            without=("--install-dir", "-i", "--user-install", "--explain", "--system"),
            settled=re.compile(rb"GEM_HOME|GEM_PATH|gem pristine|gems/[^\s]*cache|bundle/cache|\brvm\b|rbenv|vendor/"),
        ),
    ),
)

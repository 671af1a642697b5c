"""pecl, of PHP (manual: PEAR Manual, *Configuration options*, ``temp_dir``, ``download_dir`` and ``cache_dir``).

PHP's official images and Debian have all of them below /tmp/pear. It keeps what it unpacked and built.
"""

import re

from . import Cache, Tool

#: What ``pear`` leaves is the same.
CACHE = Cache(
    paths=("/tmp/pear/**",),
    fills=frozenset(("install", "upgrade", "upgrade-all")),
    clear="rm -rf /tmp/pear",
    cleared_text=re.compile(rb"^/tmp/pear\b|^/tmp/?\*?$"),
    settled=re.compile(rb"(?:temp|cache|download)_dir|/tmp/pear"),
)

TOOL = Tool(
    name="pecl",
    commands=frozenset(("pecl",)),
    value_options=frozenset(("-d", "-D", "-c", "-C")),
    caches=(CACHE,),
)

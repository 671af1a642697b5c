"""Ruby: Bundler."""

from . import Ecosystem, items_of, outputs

ECOSYSTEM = Ecosystem(
    "Ruby",
    ("Gemfile",),
    (
        *outputs(r"bundle(?: install)?", ("Gemfile",), ".bundle"),
        *outputs(r"bundle(?: install)?", (), "vendor/bundle"),
        *items_of("cache", "log/*.log", "tmp/cache"),
    ),
    manifests=(r"Gemfile(?:\.lock)?",),
)

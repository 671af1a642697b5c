"""PHP: Composer."""

from . import Ecosystem, items_of, outputs

ECOSYSTEM = Ecosystem(
    "PHP",
    ("composer.json",),
    (
        *outputs(r"composer(?:\.phar)? (?:install|i)", ("composer.json",), "vendor"),
        *items_of("cache", ".php-cs-fixer.cache", ".phpunit.cache", ".phpunit.result.cache"),
    ),
    manifests=(r"composer\.(?:json|lock)",),
)

"""Node.js: npm, Yarn, pnpm, Bun (npm's manuals *package.json*, *package-lock.json*, *scripts*)."""

from . import Ecosystem, Item, items_of, outputs

#: What npm installs a project from: the manifest, and its lock files, of which the first that is there counts.
LOCKS = ("npm-shrinkwrap.json", "package-lock.json")
MANIFESTS = ("package.json", *LOCKS)
#: Scripts of package.json that run when the project is installed.
LIFE_CYCLE = frozenset(
    ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare", "dependencies")
)
#: Packages whose own script, when they are installed, looks at nothing but the package and the manifest: it checks the
#: program that comes with it, or prints a word of thanks.
LOOKS_AT_ITSELF = frozenset(("core-js", "core-js-bundle", "core-js-pure", "esbuild", "protobufjs"))

_INSTALL = r"npm (?:ci|clean-install|install|i)|(?:pnpm|bun) (?:install|i)|yarn(?: install)?"
_BUILD = r"(?:(?:npm|yarn|pnpm|bun)(?: run| run-script)? build\S*|(?:npx )?(?:tsc|(?:vite|next|nuxt|ng) build)).*"

ECOSYSTEM = Ecosystem(
    "Node",
    ("package.json",),
    (
        *outputs(_INSTALL, ("package.json",), "node_modules"),
        *outputs(_BUILD, ("package.json",), ".next", ".nuxt", ".output", ".svelte-kit", "dist"),
        Item("build", "output", _BUILD, ("package.json",), untracked=True),
        *items_of("cache", "*.tsbuildinfo", ".eslintcache", ".nyc_output", ".parcel-cache", ".turbo"),
        Item(".pnpm-store", "environment"),
        *items_of("cache", "npm-debug.log*", "pnpm-debug.log*", "yarn-debug.log*", "yarn-error.log*"),
    ),
    manifests=(r"package(?:-lock)?\.json", r"npm-shrinkwrap\.json", r"yarn\.lock", r"pnpm-lock\.yaml"),
)

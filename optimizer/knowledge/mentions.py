"""What files say of others in a repository: who builds something, asks git, or opens ``.env`` by itself."""

#: Files that tell how something is built: what they speak of may be needed.
RECIPES = (
    r"(?i)(?:gnu)?makefile|.*\.(?:mk|sh|gemspec|gradle|gradle\.kts|csproj|cabal|cmake|sbt|nimble|podspec|bazel|bzl)"
    r"|justfile|rakefile|gemfile|jakefile|gruntfile\.[cm]?js|earthfile|sconstruct|wscript|procfile[\w.-]*"
    r"|taskfile\.ya?ml|pyproject\.toml|setup\.(?:py|cfg)|_?version\.py|cargo\.toml|build\.rs|package\.json|composer\.json"
    r"|pom\.xml|build\.xml|directory\.build\.props|cmakelists\.txt|meson\.build|mix\.exs|\.goreleaser\.ya?ml"
    r"|tox\.ini|noxfile\.py|tasks\.py|package\.swift|build\.zig|dune-project|rebar\.config|nx\.json|lerna\.json"
    r"|.*(?<!_test)\.go"
    r"|(?:vite|next|nuxt|webpack|rollup|gatsby|vue|astro|svelte)[\w.-]*\.config\.[cm]?[jt]s|(?:webpack|build|gulpfile)\.[cm]?js"
)

#: Files that speak of others to nobody who builds or runs anything: prose, lists of what tools leave out, lock files.
SILENT = (
    r"(?i).*\.(?:md|mdx|markdown|rst|adoc|asciidoc|lock|sum|svg|map|min\.js|min\.css)|\..*ignore|\.gitattributes"
    r"|(?:license|licence|copying|notice|authors|contributors|changelog|changes|codeowners|readme)[\w.-]*|\.env[\w.-]*"
    r"|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|(?:docker-)?compose[\w.-]*\.ya?ml|[\w.-]*dockerfile[\w.-]*"
)

#: Files that hold programs; others configure tools, which name what they leave alone.
PROGRAMS = (
    r"(?i).*\.(?:py|pyw|[cm]?[jt]sx?|vue|svelte|astro|rb|php|phtml|go|rs|java|kt|kts|scala|groovy|clj|cs|fs|vb|exs?|erl"
    r"|p[lm]|lua|r|jl|dart|swift|c|cc|cpp|h|hpp|zig|nim|ml|hs|sh|bash|zsh|fish|ps1|bat|erb|rake|ru|thor|sql)"
)

#: A script or a tool that asks git about the repository it is in.
ASKS_GIT = (
    rb"(?<![\w./@:-])git[ \t-]|[\[(]\s*[\"'`]git[\"'`]"
    rb"|setuptools[-_]scm|setuptools[-_]git|hatch[-_]vcs|versioneer|versioningit|poetry-dynamic-versioning"
    rb"|uv-dynamic-versioning|dunamai|flit[-_]scm|\bpbr\b|\bvergen|shadow-rs|git-version|git2\b|goreleaser"
    rb"|-buildvcs(?!=false)|git-commit-id|gitversion|minver|nerdbank|sourcelink|jgitver|axion-release|nebula\.release"
    rb"|git-rev|simple-git|isomorphic-git|semantic-release|lerna (?:version|publish)|ReadBuildInfo"
    rb"|buildnumber-maven|git-properties|\bgrgit|sbt-(?:git|dynver)|\bnx affected|nx \S+ --base|--affected|--since[= ]"
    rb"|\.\.\.\[|lint-staged|pre-commit (?:run|install)|lefthook install|overcommit|\"husky\": *\"[\^~]?[567]\."
)

#: A program that runs git, or knows how to read what it wrote.
RUNS_GIT = (
    rb"[\"'`]git(?:\.exe)?[\"'`]"
    rb"|(?<![\w./@:-])git +(?:-\S+ +(?:[^-\s]\S* +)?)*(?:describe|rev-parse|rev-list|log|show|branch|tag|status|diff"
    rb"|config --get|symbolic-ref|ls-files|name-rev|shortlog|blame|cat-file|for-each-ref|remote|archive|submodule"
    rb"|checkout|fetch|pull)\b"
    rb"|\.git[\"'`]?\s*[,/+]\s*[\"'`/]*(?:HEAD|refs|logs|config|index|packed-refs)\b"
    rb"|\bimport git\b|\bfrom git import|\bpygit2|\bdulwich|\bnodegit|isomorphic-git|simple-git|git-rev|git-describe"
    rb"|git-revision|git-repo-info|git-last-commit|\brugged\b|go-git|LibGit2|\bjgit|org\.eclipse\.jgit"
)

#: The configuration of a generator of pages that shows what git says of them.
SHOWS_GIT = rb"showLastUpdate|enableGitInfo|last_updated_by_git|last-modified-at|lastUpdated|git-authors|git-revision"

#: A library or a tool that opens ``.env``, or a file called like it, without being told its name.
OPENS_DOTENV = (
    rb"(?i:dotenv)|env[-_]cmd|\benviron\.Env\b|\bread_env\b|django[-_]environ|\bdecouple\b|pydantic[-_]settings"
    rb"|\bBaseSettings\b|\bdynaconf|\benvirons\b|\bchainlit|\bpipenv run|\bhoncho\b|\bforeman\b"
    rb"|\bovermind\b|heroku local"
    rb"|\"(?:vite|next|nuxt3?|astro|gatsby|parcel|parcel-bundler|prisma|@prisma/client|expo|nx|react-scripts|@craco/craco"
    rb"|@sveltejs/kit|@vue/cli-service|@nestjs/config|@remix-run/dev|@rsbuild/core|@quasar/app[\w-]*|@strapi/strapi|strapi"
    rb"|@adonisjs/core|@redwoodjs/core|@solidjs/start|@builder\.io/qwik|directus|payload|serverless|sst|wrangler)\" *:"
    rb"|\bbunx? (?:run |--|\S+\.[jt]sx?)"
    rb"|laravel/|illuminate/|symfony/|craftcms/|codeigniter4/|codeigniter/framework|october/|hanami\b|roots/bedrock"
    rb"|\bsqlx\b|\bdiesel\b|\bquarkus\b"
)

#: A command that does so.
STARTS_DOTENV = OPENS_DOTENV + (
    rb"|(?<![\w./-])(?:bunx?|vite|next|nuxi?|astro|vue-cli-service|react-scripts|nx|prisma|docker[ -]compose)"
    rb"(?![\w./-])"
)

"""What is for building and what is for running: packages, the slim siblings of base images, files of a build.

Sources: the Dockerfiles and pages of the official images; Debian Policy 8 (shared libraries and their ``-dev``
packages); the manuals of the compilers and of the build tools for what they write.
"""

from __future__ import annotations

import re

from .images import Image, slim_variant

# Packages that only a build needs, by their names in Debian, Ubuntu and Alpine. Nothing here is started, loaded or
# read by a program that is built, unless it says so itself.
_BUILD_ONLY = re.compile(
    r"build-essential|build-base|alpine-sdk|linux-headers(?:-.*)?|.*-(?:dev|headers)(?:-bin)?"
    r"|(?:gcc|g\+\+|cpp|gfortran|gnat|gdc|clang|lld|llvm|lldb|binutils|libc-dev-bin)(?:-[\w.+-]+)?"
    r"|bmake|make|cmake(?:-.*)?|ninja(?:-build)?|samurai|meson|scons|autoconf.*|automake.*|libtool(?:-bin)?|m4|autotools-dev"
    r"|pkg-config|pkgconf|bison|flex|byacc|re2c|nasm|yasm|swig.*|gperf|gettext|intltool|chrpath|patchelf|ccache|texinfo"
    r"|dpkg-dev|devscripts|debhelper|fakeroot|quilt|dh-.*|equivs|patch|xutils-dev"
    r"|golang(?:-.*)?|go|rustc|cargo|rustup|ghc|cabal-install|ocaml.*|opam|nim|zig|ldc|fp-compiler.*"
    r"|maven|gradle|ant|sbt|leiningen"
    r"|(?:default|openjdk-[\d.]+)-jdk(?:-headless)?|openjdk[\d.]+(?:-jdk)?|java-[\w.-]+-jdk"
    r"|cython3?|python3?-(?:dev|setuptools|wheel|build)|python3?-?pip|pip|py3-pip"
    r"|npm|yarn(?:pkg)?|ruby-bundler|bundler|composer"
)
#: Tools of a build that some programs start when they run.
COMPILERS = (
    "cc", "c++", "gcc", "g++", "clang", "clang++", "gfortran", "tcc", "make", "cmake", "ninja", "javac", "rustc",
    "cargo", "go",
)  # fmt: skip
# Tools that fetch and unpack. A program may well call one, so what is kept is searched for their names.
_FETCHES = re.compile(
    r"curl|wget|git|git-core|subversion|mercurial|unzip|zip|xz-utils|bzip2|lbzip2|rsync|axel|aria2|gnupg2?|dirmngr"
    r"|software-properties-common|apt-transport-https|lsb-release|file|libcap2-bin|jq|xxd|patchelf"
)


def only_builds(package: str) -> bool:
    """Whether a package, by its name, is of use to a build alone."""
    return _BUILD_ONLY.fullmatch(package.partition("=")[0].partition(":")[0]) is not None


def only_fetches(package: str) -> bool:
    """Whether a package, by its name, is for fetching and unpacking: a build's, unless a program calls it."""
    return _FETCHES.fullmatch(package.partition("=")[0].partition(":")[0]) is not None


# Official images that are a toolchain on top of a distribution.
TOOLCHAINS = frozenset(
    "golang rust gcc buildpack-deps haskell swift dart elixir erlang clojure maven gradle sbt swipl".split()
)
#: Variables of those images that only the toolchain heeds.
TOOLCHAIN_VARIABLES = re.compile(
    r"GO[A-Z]*|GOLANG_VERSION|CARGO_HOME|RUSTUP_HOME|RUST_VERSION|MAVEN_\w+|GRADLE_\w+|GCC_\w+|GHC\w*|STACK\w*|CABAL\w*"
)
_DISTRIBUTIONS = frozenset(("debian", "ubuntu", "alpine", "fedora", "rockylinux", "almalinux"))
_CODENAMES = {"10": "buster", "11": "bullseye", "12": "bookworm", "13": "trixie"}


def slim_sibling(image: Image) -> str | None:
    """The image of the same release and C library that has least beside what its name promises; itself if it is slim.

    None where that is not known.
    """
    name, tag = image.name, image.tag
    if re.search(r"alpine|slim|-jre|distroless", f"{name}:{tag}") or name in _DISTRIBUTIONS - {"debian"}:
        return f"{name}:{tag}"
    if name == "eclipse-temurin" and (found := re.fullmatch(r"(\d[\w.]*?)(?:-jdk)?((?:-[a-z]+)?)", tag)):
        return f"{name}:{found[1]}-jre{found[2]}"
    return slim_variant(image)


def distribution_image(release: dict[str, str]) -> str | None:
    """The smallest official image of the distribution that an ``/etc/os-release`` describes; None if none is known."""
    version, codename = release.get("VERSION_ID", ""), release.get("VERSION_CODENAME", "")
    match release.get("ID"):
        case "debian":
            name = codename or _CODENAMES.get(version, "")
            return f"debian:{name}-slim" if name else None
        case "ubuntu":
            return f"ubuntu:{version}" if version else None
        case "alpine":
            return "alpine:" + ".".join(version.split(".")[:2]) if version else None
        case _:
            return None


#: Files of a build that a program which is built does not look at: sources and what is made on the way, by name.
SOURCES = (
    "*.{c,cc,cpp,cxx,c++,h,hh,hpp,hxx,inl,s,S,asm,go,rs,java,kt,kts,scala,swift,zig,d,f,f90,f95,pas,ml,mli,hs,cabal}",
    "*.{o,lo,obj,la,gcda,gcno,class,rlib,rmeta,pyx,m4,am,ac,cmake,gradle,sln,csproj,proto}", "*.{h,pc}.in",
    "go.{mod,sum,work}", "Cargo.{toml,lock}", "pom.xml", "{build,settings}.gradle{,.kts}", "gradlew{,.bat}",
    "mvnw{,.cmd}",
    "{Makefile,GNUmakefile,makefile,BSDmakefile}{,.*}", "CMakeLists.txt", "CMakeCache.txt", "meson.build",
    "meson_options.txt", "build.ninja", ".ninja_{log,deps}", "configure{,.*}", "config.{log,status,sub,guess,h}",
    "{install-sh,missing,depcomp,compile,ltmain.sh,libtool,aclocal.m4,stamp-h1,INSTALL,NEWS,AUTHORS,ChangeLog,COPYING}",
    "{README,LICENSE,LICENCE,CHANGELOG,CONTRIBUTING,TODO}{,.md,.rst,.txt}",
    "Dockerfile{,.*}", "*.Dockerfile", "Containerfile", ".dockerignore", ".git{ignore,attributes,modules}",
    ".editorconfig", ".clang-format", "rust-toolchain{,.toml}", "Jenkinsfile",
    "{docker-,}compose*.y{,a}ml",
)  # fmt: skip
#: Directories of a build, likewise.
SOURCE_DIRECTORIES = frozenset((
    ".git", ".hg", ".svn", ".github", ".idea", ".vscode", "CMakeFiles", "autom4te.cache", ".deps", ".gradle", ".mvn",
    ".cargo", ".cache",
))  # fmt: skip
#: Caches of tools that fetch or build, by their manuals; another directory below ``.cache`` may be a program's own.
CACHES = (
    "/{root,home/*}/.cache/{pip,pip-tools,uv,pypoetry,pdm,hatch,pipenv,virtualenv,yarn,pnpm,node,node-gyp,deno,bun}/**",
    "/{root,home/*}/.cache/{go-build,golangci-lint,bazel,bazelisk,ccache,sccache,composer,coursier,pre-commit,mypy}/**",
    "/{root,home/*}/.cache/{fontconfig,Cython,cpanm,zig,gradle,vcpkg,meson,typescript}/**",
    "/usr/local/share/.cache/**",
    "/var/cache/{apt,pacman/pkg,dnf,yum,apk}/**", "/var/lib/gems/*/cache/**", "/usr/local/bundle/cache/**",
    "/tmp/v8-compile-cache-*/**", "/{root,home/*}/.npm/**",
)  # fmt: skip
#: What an image's files hold for building on top of it, wherever a program was installed.
DEVELOPMENT = (
    "/usr/{,local/}include/**",
    "/usr/{,local/}{lib,share}/{pkgconfig,cmake,aclocal}/**",
    "/usr/{,local/}lib/{,**/}*.{a,la}",
    "/usr/local/{share/,}{doc,man,info}/**",
    "/usr/local/go/**",
    "/usr/local/.crates{.toml,2.json}",
    "/{root,home/*}/{.rustup,.cargo,go/pkg,.m2,.gradle,.ivy2,.sbt,.cabal,.stack,.ghcup,.opam,.node-gyp,.conan}/**",
    "/go/pkg/**",
    "/{root,home/*}/.config/go/**",
    "/usr/local/{cargo,rustup}/**",
    "/**/target/{debug,release}/{build,deps,examples,incremental,.fingerprint}/**",
    "/**/target/{.rustc_info.json,CACHEDIR.TAG}",
    "/**/target/{debug,release}/{.cargo-lock,*.d}",
)
#: Commands that make files of what other files say, with what they make: run again, they make it again.
UPDATERS: dict[str, tuple[str, ...]] = {
    "update-ca-certificates": ("/etc/ssl/certs/**", "/etc/ca-certificates.conf"),
    "update-alternatives": ("/etc/alternatives/**", "/var/lib/dpkg/alternatives/**"),
    "locale-gen": ("/usr/lib/locale/**",),
    "fc-cache": ("/var/cache/fontconfig/**",),
    "update-mime-database": ("/usr/share/mime/**",),
    "glib-compile-schemas": ("/usr/share/glib-2.0/schemas/gschemas.compiled",),
}
#: What accounts, the loader's cache and the engine need of their own, and have in every image.
OF_EVERY_IMAGE = (
    "/etc/{passwd,group,shadow,gshadow,subuid,subgid}{,-}", "/etc/.pwd.lock", "/etc/ld.so.cache",
    "/var/cache/ldconfig/aux-cache", "/var/log/{apt/**,alternatives.log,dpkg.log,faillog,lastlog,btmp,wtmp}",
    "/etc/{resolv.conf,hosts,hostname,mtab}", "/.dockerenv", "/dev/**",
    "/proc/**", "/sys/**",
)  # fmt: skip
#: What the installation of packages writes beside their own files, and writes again with the same packages.
INSTALLED = (
    "/var/cache/{apt,apk,debconf,ldconfig,fontconfig,man,dictionaries-common,cracklib}/**", "/var/backups/**",
    "/var/log/{apt/**,alternatives.log,bootstrap.log,btmp,dpkg.log,faillog,fontconfig.log,lastlog,tallylog,wtmp}",
    "/var/lib/{dpkg,apt,apk,pam,python,ucf,systemd,dbus,xml-core,sgml-base}/**",
    "/var/lib/{rpm,dnf,shells.state,alsa,logrotate,dictionaries-common,emacsen-common,ghostscript,misc}{,/**}",
    "/lib/apk/**", "/etc/apk/world", "/run/**",
    "/etc/alternatives/**", "/etc/ssl/certs/**", "/etc/ca-certificates.conf{,.*}", "/etc/rc?.d/**", "/etc/init.d/**",
    "/etc/systemd/**", "/etc/xml/**", "/etc/sgml/**", "/etc/{shells,environment,mailcap,papersize,adjtime,.pwd.lock}",
    "/etc/pam.d/**", "/etc/java-*/**", "/etc/fonts/conf.d/**", "/etc/{dictionaries-common,emacs,perl,python*}/**",
    "/usr/lib/python3/dist-packages/**", "/usr/{lib,share}/python3*/**/__pycache__/**",
    "/usr/share/{mime,info,applications}/**",
    "/usr/share/icons/**", "/usr/share/glib-2.0/schemas/gschemas.compiled", "/usr/lib/**/{loaders,immodules}.cache",
    "/usr/share/man/**", "/usr/lib/cups/**", "/usr/lib/jvm/**", "/etc/apt/**",
)  # fmt: skip

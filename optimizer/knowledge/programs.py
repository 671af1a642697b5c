"""What programs do with packages of the distribution, by name: build without them, install them, or neither."""

from __future__ import annotations

#: They build, or fetch what a language needs; what they run stands in files.
BUILDERS = frozenset(
    """
    make gmake cmake ninja meson bazel npm npx yarn yarnpkg pnpm pnpx bun bunx deno node corepack lerna nx turbo tsc
    vite webpack gulp grunt bower ng python python2 python3 pip pip2 pip3 pipx pipenv poetry uv uvx pdm hatch rye
    conda mamba micromamba easy_install tox invoke inv fab ruby gem bundle bundler rake rails perl cpan cpanm php
    composer artisan go cargo rustc mvn mvnw gradle gradlew ant sbt lein dotnet msbuild nuget mix rebar3 stack cabal
    ghc luarocks julia Rscript R just task go-task mage scons waf gcc g++ cc c++ clang java javac swift dart flutter
    elm nimble nim crystal shards zig opam dune pecl pear autoreconf autoconf automake autoheader aclocal libtoolize
    """.split()
)

#: Programs of a source tree that only configure or build it.
BUILD_SCRIPTS = frozenset(
    """
    configure Configure config autogen.sh buildconf bootstrap.sh gradlew mvnw b2 bjam waf
    """.split()
)

#: They install packages of the distribution for themselves.
PROVISIONERS = frozenset(
    """
    puppet chef-client chef-solo salt-call rvm gdebi tasksel rosdep mk-build-deps opam conan snapcraft
    unattended-upgrade unattended-upgrades dselect grep-aptavail grep-available pkcon synaptic wajig apt-build
    vagrant ubuntu-drivers debi cloud-init bench
    """.split()
)

#: They install no packages of the distribution, whatever they are told.
NO_INSTALLERS = frozenset(
    """
    echo printf rm mkdir rmdir sed grep egrep awk cp mv ln cat tee chmod chown chgrp find touch ls test which type
    wget curl gpg dpkg apt-key apt-mark apt-config add-apt-repository apt-add-repository debconf-set-selections tar
    unzip useradd groupadd adduser addgroup usermod export set cd true false install update-alternatives git cmake
    yum-config-manager rpm sort head tail cut tr dpkg-reconfigure pip pip2 pip3 npm yarn gem conda easy_install
    android docker-php-ext-install jq yq xmlstarlet dos2unix unix2dos envsubst localedef locale-gen ssh-keygen
    ssh-keyscan openssl keytool a2enconf a2disconf a2ensite a2dissite a2enmod a2dismod phpenmod phpdismod php5enmod
    php5dismod phpize scanelf gpgconf dpkg-architecture dpkg-query dpkg-divert dpkg-statoverride fc-cache upx strip
    tput htpasswd pwgen shasum crontab visudo newaliases update-rc.d chkconfig alternatives sysctl stow kpsewhich
    shellcheck shfmt file wc xz gzip bzip2 pigz zip base64 md5sum sha256sum sha512sum rsync patch diff
    """.split()
)

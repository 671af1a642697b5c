FROM debian:bookworm

RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends php-cli php-mbstring composer unzip git php-sqlite3 curl \
 && rm -rf /var/lib/apt/lists/*

ENV COMPOSER_ALLOW_SUPERUSER=1
WORKDIR /var/www/wiki

RUN --mount=type=bind,target=/tmp/context \
    cp -R /tmp/context/. . \
 && composer install --no-interaction \
 && php tests/run.php \
 # production
 && composer install --no-dev --optimize-autoloader --no-interaction \
 && composer clear-cache \
 && rm -rf tests packages \
 && chmod -R 775 storage \
 && chown -R www-data:www-data /var/www/wiki
ENV WIKI_STORAGE=/var/www/wiki/storage

USER www-data
EXPOSE 8080
HEALTHCHECK CMD curl -fs http://localhost:8080/ || exit 1
CMD ["php", "-S", "0.0.0.0:8080", "index.php"]

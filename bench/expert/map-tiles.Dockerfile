FROM debian:bookworm-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends busybox \
 && rm -rf /var/lib/apt/lists/*

RUN --mount=type=bind,source=tiles.tar.gz,target=/tmp/tiles.tar.gz \
    mkdir -p /srv/www \
 && tar -xzf /tmp/tiles.tar.gz -C /srv/www \
 && mv /srv/www/tiles /srv/www/map \
 && chmod -R a+rX /srv/www

COPY index.html /srv/www/
COPY --chmod=755 serve /usr/local/bin/serve

EXPOSE 8080
CMD ["serve"]

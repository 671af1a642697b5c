FROM debian:bookworm-slim
MAINTAINER ops@example.org

ENV LANG=C.UTF-8
ENV BOARD_RELEASE=board-0.9

RUN --mount=type=bind,source=vendor/gems,target=/tmp/gems \
    apt-get update && apt-get install -y ruby curl git gnupg \
 && gem install --local --no-document /tmp/gems/*.gem \
 && rm -f /var/lib/gems/*/cache/*.gem \
 && apt-get purge -y git gnupg && apt-get autoremove -y && apt-get clean && rm -rf /var/lib/apt/lists/*

RUN --mount=type=bind,source=${BOARD_RELEASE}.tar.gz,target=/tmp/board.tar.gz \
    mkdir -p /srv/board && tar xf /tmp/board.tar.gz -C /srv/board --strip-components=1 \
 && useradd --system --no-log-init --home-dir /srv/board board; \
    chown -R board: /srv/board
ENV BOARD_ROOT=/srv/board
WORKDIR /srv/board
COPY --chmod=600 --chown=board:root board.yml config/board.yml

USER board
VOLUME /srv/board/posts
EXPOSE 4567
HEALTHCHECK --timeout=2s CMD curl -f http://127.0.0.1:4567/ || exit 1
CMD ["ruby", "board.rb"]

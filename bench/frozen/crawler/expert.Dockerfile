FROM debian:bookworm-slim
ARG MIRROR=http://127.0.0.1:8765
ARG GIT_SERVER=git://127.0.0.1:9418

RUN rm -f /etc/apt/apt.conf.d/docker-clean; echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' > /etc/apt/apt.conf.d/keep-cache
RUN apt-get update && apt-get install -y --no-install-recommends \
      lua5.4 liblua5.4-dev gcc libc6-dev make \
      # for the sources
      git wget ca-certificates \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home --no-log-init crawler \
 && cd /opt && git clone $GIT_SERVER/spider.git \
 && cd /opt/spider && make && make install \
 && rm -rf /opt/spider \
 && cd /opt && wget -q $MIRROR/corpora-r7.tgz \
 && tar xzf corpora-r7.tgz \
 && rm -f corpora-r7.tgz \
 && chown -R crawler:crawler /opt/corpora \
 && wget -q -O /tmp/stopwords.tar.gz $MIRROR/stopwords.tar.gz \
 && mkdir -p /usr/local/share/spider && tar xzf /tmp/stopwords.tar.gz -C /usr/local/share/spider \
 && rm /tmp/stopwords.tar.gz \
 && git clone $GIT_SERVER/rules.git /opt/rules \
 && rm -rf /opt/rules/.git

COPY --chown=crawler:crawler --chmod=750 crawler /opt/crawler
# --chmod is for what is in it
RUN chmod 750 /opt/crawler

USER crawler
WORKDIR /opt/crawler
HEALTHCHECK CMD lua5.4 crawl.lua --check
ENTRYPOINT ["lua5.4"]
CMD ["crawl.lua"]

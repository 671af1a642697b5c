FROM debian:bookworm

ENV DEBIAN_FRONTEND=noninteractive

RUN echo 'path-exclude=/usr/share/doc/*\npath-include=/usr/share/doc/*/copyright\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/info/*' \
      >/etc/dpkg/dpkg.cfg.d/no-documentation \
    && apt-get update && apt-get install -y --no-install-recommends \
        ca-certificates \
        gnuplot-nox \
        libtext-csv-perl \
        locales \
        make \
        perl \
    && rm -rf /var/lib/apt/lists/*

RUN mkdir -p /opt/reports/in /opt/reports/out
WORKDIR /opt/reports

COPY sales.csv in/
COPY summarise.pl Makefile ./
COPY --chmod=755 run-reports.sh /usr/local/bin/

CMD ["run-reports.sh"]

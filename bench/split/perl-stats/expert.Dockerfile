FROM debian:bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev libperl-dev make perl libjson-perl
COPY Stats-Fast-0.1 /tmp/Stats-Fast-0.1
RUN cd /tmp/Stats-Fast-0.1 && perl Makefile.PL INSTALL_BASE=/opt/stats && make && make install

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends perl libjson-perl \
 && rm -rf /var/lib/apt/lists/*
ENV PERL5LIB=/opt/stats/lib/perl5
WORKDIR /opt/stats
COPY --from=build /opt/stats/lib lib
COPY --chmod=755 report.pl .
CMD ["./report.pl", "3", "1", "2"]

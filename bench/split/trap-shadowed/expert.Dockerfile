FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY wrap.c /tmp/
RUN gcc -o /usr/local/bin/bc /tmp/wrap.c

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends gawk bc && rm -rf /var/lib/apt/lists/*
RUN update-alternatives --set awk /usr/bin/mawk && printf 'alias x=y\n' > /etc/bash.bashrc
COPY --from=build /usr/local/bin/bc /usr/local/bin/
COPY --chmod=755 sums.sh /usr/local/bin/sums
CMD ["sums"]

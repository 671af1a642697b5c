FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY price.c /src/price.c
RUN gcc -O2 -o /usr/local/bin/price /src/price.c

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends locales \
 && sed -i 's/^# *\(de_DE.UTF-8\)/\1/' /etc/locale.gen \
 && locale-gen \
 && rm -rf /var/lib/apt/lists/*
ENV LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8
COPY --from=build /usr/local/bin/price /usr/local/bin/
ENTRYPOINT ["price"]

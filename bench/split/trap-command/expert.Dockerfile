FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY main.c .
RUN gcc -o /usr/local/bin/counter main.c

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends sqlite3 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /usr/local/bin/counter /usr/local/bin/
ENV CMD="counter 3 | sqlite3 :memory: '.import /dev/stdin t' 'select count(*) from t'"
ENTRYPOINT ["sh", "-c", "$CMD"]

FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
RUN apt-get install -y --no-install-recommends pkg-config libmagickwand-dev libmagickcore-6.q16-6-extra fonts-dejavu-core
WORKDIR /app
COPY . .
RUN make

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
    fonts-dejavu-core libmagickcore-6.q16-6-extra libmagickwand-6.q16-6 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/badge .
CMD ["./badge"]

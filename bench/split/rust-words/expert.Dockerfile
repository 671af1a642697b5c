FROM debian:bookworm AS build

RUN apt-get update && apt-get install -y --no-install-recommends \
    cargo \
    rustc \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY Cargo.toml Cargo.lock ./
COPY src ./src
RUN cargo build --release --offline

FROM debian:bookworm-slim
WORKDIR /app
COPY stopwords.txt .
COPY --from=build /app/target/release/words ./target/release/
ENTRYPOINT ["./target/release/words"]
CMD ["--top", "3"]

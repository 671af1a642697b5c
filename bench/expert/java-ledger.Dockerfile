FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends openjdk-17-jdk-headless
WORKDIR /build
COPY src ./src
RUN javac -d classes src/ledger/*.java \
    && jar --create --date 2024-01-01T00:00:00Z --file ledger.jar --main-class ledger.Main -C classes .

FROM debian:bookworm
ENV JAVA_HOME=/usr/lib/jvm/java-17-openjdk-amd64
RUN apt-get update \
    && apt-get install -y --no-install-recommends openjdk-17-jre-headless \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --no-log-init --home-dir /opt/ledger ledger
WORKDIR /opt/ledger
COPY --from=build /build/ledger.jar ./
COPY --chown=ledger:ledger accounts.csv ./
COPY --chown=ledger:ledger --chmod=640 ledger.properties ./

USER ledger
ENTRYPOINT ["java", "-jar", "/opt/ledger/ledger.jar"]
CMD ["accounts.csv"]

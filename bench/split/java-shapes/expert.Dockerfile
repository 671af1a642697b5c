FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends openjdk-17-jdk-headless
WORKDIR /opt/shapes
COPY src src
COPY resources classes
RUN javac -d classes $(find src -name '*.java') \
 && jar --create --file shapes.jar --main-class shapes.Main -C classes .

FROM debian:bookworm-slim
RUN apt-get update \
 && mkdir -p /usr/share/man/man1 \
 && apt-get install -y --no-install-recommends openjdk-17-jre-headless \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/shapes
COPY --from=build /opt/shapes/shapes.jar ./
ENTRYPOINT ["java", "-jar", "shapes.jar"]

FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends openjdk-17-jdk-headless ant libgoogle-gson-java
COPY . /usr/src/inventory
RUN cd /usr/src/inventory && ant -q dist && mkdir -p /opt/inventory && cp -r dist/* /opt/inventory/ \
 && chmod 755 /opt/inventory/bin/inventory

FROM debian:bookworm-slim
RUN mkdir -p /usr/share/man/man1 \
 && apt-get update \
 && apt-get install -y --no-install-recommends openjdk-17-jre-headless libgoogle-gson-java \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/inventory /opt/inventory
ENV CLASSPATH=/usr/share/java/gson.jar:/opt/inventory/lib/inventory.jar
ENV PATH=$PATH:/opt/inventory/bin
CMD ["inventory"]

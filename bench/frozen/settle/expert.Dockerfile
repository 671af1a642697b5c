FROM debian:bookworm-slim
ENV DEBIAN_FRONTEND noninteractive

RUN groupadd -r settle && useradd -r -l -g settle -d /opt/settle settle
WORKDIR /opt/settle
RUN --mount=type=bind,source=src,target=/tmp/src <<EOF
set -e
# openjdk fails without it
mkdir -p /usr/share/man/man1
apt-get update
apt-get install -y --no-install-recommends openjdk-17-jdk-headless tini procps
javac -d classes $(find /tmp/src -name '*.java')
jar --create --date=2024-01-01T00:00:00Z --file settle.jar --main-class org.example.settle.Main -C classes .
rm -rf classes
chmod 640 settle.jar
mkdir -p out
chown -R settle:settle .
apt-get purge -y openjdk-17-jdk-headless
rm -rf /var/lib/apt/lists/*
EOF
RUN --mount=type=bind,target=/tmp/context <<EOF
set -e
cp -R /tmp/context/rates /tmp/context/conf .
sed -i "s/@VERSION@/1.7/" conf/settle.properties
chown -R settle:settle rates conf
find rates conf -type f -exec chmod 640 {} \;
EOF

USER settle
HEALTHCHECK CMD pgrep java || exit 1
ENTRYPOINT ["tini", "--"]
CMD ["java", "-jar", "settle.jar", "rates"]

FROM debian:bookworm

ARG MIRROR=http://127.0.0.1:8765
ENV LANG C.UTF-8

RUN apt-get update && apt-get install -y curl wget make \
 && curl -fsSL ${MIRROR}/setup_3.x | bash - \
 && apt-get install -y alertd \
 && wget -q ${MIRROR}/alert-plugins_1.0_all.deb \
 && dpkg -i alert-plugins_1.0_all.deb \
 && rm alert-plugins_1.0_all.deb \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /opt
RUN wget -q ${MIRROR}/routes-1.4.tar.gz \
 && tar xzf routes-1.4.tar.gz \
 && make -C routes-1.4 install \
 && rm -rf routes-1.4 routes-1.4.tar.gz ~/.wget-hsts \
 && useradd -m -l alert

ENV ALERT_CONFIG=/etc/alertd/alert.conf
COPY --chown=alert:alert --chmod=600 alert.conf /etc/alertd/alert.conf
COPY --chmod=755 escalate.sh /usr/local/bin/escalate

USER alert
WORKDIR /home/alert
HEALTHCHECK CMD alertd --check
CMD ["alertd"]

FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY bell.c /tmp/
RUN gcc -o /usr/local/bin/bell /tmp/bell.c

FROM debian:bookworm-slim
RUN rm /etc/debian_version && echo "bell 7777/tcp" >> /etc/networks && sed -i 's/^networks:.*/networks: files dns/' /etc/nsswitch.conf
RUN groupadd ringers && usermod -aG ringers www-data && usermod -s /bin/bash www-data \
 && echo 'umask 027' >> /etc/profile && echo 'bell:*:4242:4242::/srv/bell:/bin/sh' >> /etc/passwd
COPY --from=build /usr/local/bin/bell /usr/local/bin/
RUN install -d -o 4242 /srv/bell && ln /usr/local/bin/bell /usr/local/bin/ring
USER www-data
CMD ["bell"]

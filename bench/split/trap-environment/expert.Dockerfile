FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY . /usr/src/guard
RUN make -C /usr/src/guard PREFIX=/usr install

FROM debian:bookworm-slim
COPY rules /usr/src/guard/rules
COPY po /usr/src/guard/po
COPY --from=build /usr/bin/guard /usr/bin/
ENV GUARD_RULES=/usr/src/guard/rules GUARD_MESSAGES=/usr/src/guard/po/de.txt
CMD ["guard"]

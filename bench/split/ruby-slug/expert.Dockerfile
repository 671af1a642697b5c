FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends ruby ruby-dev gcc libc6-dev make
COPY slug slug
RUN cd slug && gem build slug.gemspec && gem install --local --no-document slug-0.2.0.gem

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ruby && rm -rf /var/lib/apt/lists/*
COPY --from=build /var/lib/gems /var/lib/gems
COPY --from=build /usr/local/bin/slug /usr/local/bin/
WORKDIR /app
COPY main.rb titles.txt ./
ENTRYPOINT ["ruby", "main.rb"]
CMD ["titles.txt"]

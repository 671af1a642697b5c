FROM python:3.11-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev python3-dev git jq gawk \
 && rm -rf /var/lib/apt/lists/*
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --no-binary :all: markupsafe==2.1.5

FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends git jq gawk && rm -rf /var/lib/apt/lists/*
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH
WORKDIR /app
COPY . .
CMD ["python", "-m", "changes"]

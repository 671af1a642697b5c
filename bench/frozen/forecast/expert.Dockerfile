FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.txt /requirements.txt
RUN pip wheel --no-cache-dir --wheel-dir /wheels -r /requirements.txt

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 \
    MODEL_NAME=north

RUN apt-get update \
 && apt-get install -y --no-install-recommends curl netcat-openbsd \
 && rm -rf /var/lib/apt/lists/*

# dist: our own models
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    --mount=type=bind,from=build,source=/requirements.txt,target=/requirements.txt \
    --mount=type=bind,source=dist,target=/dist \
    pip install --no-cache-dir --no-index --find-links=/wheels -r /requirements.txt \
 && pip install --no-cache-dir --no-deps /dist/*.whl \
 && find /usr/local/lib -type d -name tests -exec rm -rf {} +

ARG UID=1000
RUN useradd -l -u $UID forecast
WORKDIR /srv/forecast
COPY --chown=forecast:root forecast ./forecast
COPY --chown=forecast:root history ./history
RUN chown forecast .

USER forecast
EXPOSE 5000
HEALTHCHECK CMD nc -z localhost 5000 || exit 1
CMD ["python", "-m", "forecast"]

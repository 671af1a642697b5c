FROM python:3.11-slim AS build
RUN apt-get update && apt-get install -y build-essential python3-dev libxml2-dev pkg-config
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir setuptools==69.5.1 wheel
COPY . /src
RUN /venv/bin/pip install --no-cache-dir --no-build-isolation /src && /venv/bin/pip uninstall -y setuptools wheel

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1
RUN apt-get update && apt-get install -y --no-install-recommends libxml2 && rm -rf /var/lib/apt/lists/*
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH
ENTRYPOINT ["atlas"]
CMD ["--list"]

FROM python:3.11-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev python3-dev && rm -rf /var/lib/apt/lists/*
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --no-binary :all: markupsafe==2.1.5

FROM python:3.11-slim
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH
RUN useradd --create-home app
USER app
WORKDIR /home/app
COPY speak.py .
# the model is fetched when the image is built, not when the first visitor waits
RUN python speak.py --fetch
CMD ["python", "speak.py"]

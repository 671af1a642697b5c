FROM python:3.11-slim
LABEL maintainer="web@example.org"

ENV PYTHONUNBUFFERED 1
ENV PYTHONDONTWRITEBYTECODE 1

RUN useradd -r -l -s /usr/sbin/nologin thumbs
WORKDIR /app
ENV PATH="/app/venv/bin:$PATH"
# only netifaces needs a compiler
RUN --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \
    apt-get update \
 && apt-get install -y gcc python3-dev curl \
 && python -m venv /app/venv \
 && pip install --no-cache-dir --upgrade pip \
 && pip install --no-cache-dir -r /tmp/requirements.txt \
 && apt-get purge -y gcc python3-dev && apt-get autoremove -y \
 && rm -rf /var/lib/apt/lists/* \
 && chown -R thumbs:thumbs /app
COPY --chown=thumbs:thumbs . .
USER thumbs

EXPOSE 8000
HEALTHCHECK --interval=30s CMD curl -f http://localhost:8000/health || exit 1
CMD ["python", "-m", "thumbs.server"]

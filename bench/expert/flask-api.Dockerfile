FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1

RUN apt-get update && apt-get install -y --no-install-recommends \
    curl \
    # for the charts in the monthly letter
    fonts-dejavu-core \
    gettext-base \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /srv/app
RUN --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \
    pip install --no-cache-dir -r /tmp/requirements.txt
COPY app.py letter.txt requirements.txt ./
COPY --chmod=755 entrypoint.sh /usr/local/bin/entrypoint.sh

RUN useradd --system --no-create-home --no-log-init app
COPY --chown=app:app --chmod=600 settings.ini /etc/flask-api.ini

USER app
EXPOSE 8000
HEALTHCHECK CMD curl --fail http://localhost:8000/health || exit 1
ENTRYPOINT ["entrypoint.sh"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]

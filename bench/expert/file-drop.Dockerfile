FROM python:3.11-slim

RUN useradd --create-home --no-log-init app

WORKDIR /srv
COPY templates /srv/templates
RUN install -d -o app -g app /srv/app
WORKDIR /srv/app
COPY --chown=app:app assets ./assets
COPY --chown=app:app drop.py ./
COPY --chown=app:app --chmod=640 drop.ini ./
RUN touch .ready

USER app
EXPOSE 8080
CMD ["python", "drop.py"]

FROM python:3.11-slim AS build
RUN apt-get update && apt-get install -y gcc python3-dev libffi-dev curl && apt-get clean
RUN python -m venv /venv
COPY requirements.txt /tmp/
RUN /venv/bin/pip install --no-cache-dir -r /tmp/requirements.txt

FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH
WORKDIR /srv/web
COPY --chown=www-data:root web web
COPY --chown=www-data:root gunicorn.conf.py .
RUN chown www-data .
USER www-data
EXPOSE 8000
HEALTHCHECK --interval=10s CMD ["curl", "-fsS", "http://127.0.0.1:8000/"]
CMD ["gunicorn", "web.wsgi:application"]

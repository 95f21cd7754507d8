# The console as an image: nothing in it has to be written to but /data and /tmp, and nobody is root.
FROM python:3.12-slim AS packages
RUN python -m venv /venv
# requirements-tracing.txt has what sends spans to OpenTelemetry, too.
ARG REQUIREMENTS=requirements.txt
COPY requirements.txt requirements-tracing.txt ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r ${REQUIREMENTS}

FROM python:3.12-slim
# What `manage.py backup` and `restore` call on PostgreSQL.
RUN apt-get update -qq \
  && apt-get install -y -qq --no-install-recommends postgresql-client \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin piggyadmin \
  && install -d -o piggyadmin -m 0700 /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY gunicorn.conf.py manage.py ./
COPY locale locale
COPY static static
COPY templates templates
COPY piggyadmin piggyadmin
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data HOST=0.0.0.0 PORT=8000
# Bytecode and translations are compiled here: later nothing can be written beside the code.
RUN python -m compileall -q piggyadmin \
  && DATA_DIR=/tmp/build python -c "import django; django.setup(); from piggyadmin.ui.catalogs import compile_catalogs; compile_catalogs()" \
  && chmod -R a+rX /app && rm -rf /tmp/build
ENV PYTHONDONTWRITEBYTECODE=1
USER piggyadmin
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# `manage.py prepare` comes before it, once for all that share a database.
CMD ["gunicorn", "piggyadmin.wsgi", "--config", "gunicorn.conf.py", "--worker-tmp-dir", "/dev/shm"]

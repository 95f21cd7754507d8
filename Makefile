# The verbs of piggyadmin. Each does its own set-up; `make help` lists them.
PYTHON ?= python3
VENV ?= .venv
HOST ?= 127.0.0.1
PORT ?= 8000
SANDBOX_PORT ?= 8001
BIN := $(VENV)/bin
export HOST PORT SANDBOX_PORT
# Whatever an image has set: tests start hundreds of processes, and each would compile all it imports,
# which takes two and a half seconds of a processor for the console.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run dev sandbox test matrix lint mutation bench load screenshots messages lock clean

help: ## list these verbs
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it with PYTHON=…")'
	$(PYTHON) -m venv $(VENV)
	-@$(INSTALL) -r requirements-pip.txt  # takes half as long as the one that Python brings, which does as well

# Nothing is compiled beforehand: Python compiles what is used when it is used first.
INSTALL := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes

$(VENV)/.run: requirements.txt | $(BIN)/python
	$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt | $(BIN)/python
	$(INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/.run

$(VENV)/.load: requirements-load.txt $(VENV)/.dev
	$(INSTALL) -r requirements-load.txt
	@touch $@

run: $(VENV)/.run ## serve the console as in production; PORT and HOST say where
	@$(BIN)/python manage.py prepare
	@exec $(BIN)/gunicorn piggyadmin.wsgi --config gunicorn.conf.py

dev: $(VENV)/.run ## serve it with reload and debug pages
	@DEBUG=true $(BIN)/python manage.py prepare
	@$(BIN)/python -m piggyadmin.tasks.supervisor & \
	  DEBUG=true exec $(BIN)/python manage.py runserver $(HOST):$(PORT)

sandbox: $(VENV)/.run ## serve the sandbox alone over HTTP; SANDBOX_PORT says where
	@$(BIN)/python manage.py prepare --sandbox-only
	@HOST=$(HOST) PORT=$(SANDBOX_PORT) exec $(BIN)/gunicorn piggyadmin.sandbox.server:application --config gunicorn.conf.py

test: $(VENV)/.dev ## run all tests and see that what has to be covered is; ARGS run a part of them
	$(BIN)/pytest -n auto --dist worksteal $(or $(ARGS),--cov --cov-report=term)

matrix: $(VENV)/.dev ## have every write meet every fault, of which `make test` has each meet a part
	WHOLE_MATRIX=1 $(BIN)/pytest -n auto tests/faults/test_matrix.py tests/faults/test_merge_runs.py tests/faults/test_two_people.py tests/actions/test_every_action.py tests/browser/test_pages.py $(ARGS)

lint: $(VENV)/.dev ## ruff, mypy, djlint and Django's own checks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy .
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/djlint templates --check --lint
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run
	@random() { $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))'; }; \
	  PIGGY_API_TOKEN=check SECRET_KEY="$$(random)" DATA_KEY="$$(random)" ALLOWED_HOSTS=console.example.test BEHIND_PROXY=true \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

mutation: $(VENV)/.dev ## change the code in small ways and count what tests notice; ARGS name areas, --sample narrows
	$(BIN)/python -m tests.mutation $(ARGS)

bench: $(VENV)/.dev ## measure how long things take; ARGS name parts, such as look-ups
	$(BIN)/python -m tests.bench $(ARGS)

load: $(VENV)/.load ## have 50 people work in the console for ten minutes; LOAD_PEOPLE and LOAD_MINUTES say otherwise
	$(BIN)/python -m tests.bench.load

screenshots: $(VENV)/.dev ## take pictures of every page, with a contact sheet; ARGS name pages, --only narrows views
	$(BIN)/python -m tests.browser.screenshots var/screenshots $(ARGS)

messages: $(VENV)/.dev ## collect texts for translation (needs gettext)
	$(BIN)/python manage.py makemessages --all --no-location --no-obsolete --ignore '.venv/*' --ignore 'var/*' --ignore 'tests/*'

COMPILE := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --no-emit-index-url --no-emit-find-links

lock: $(VENV)/.dev ## lock the newest allowed packages with their hashes
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
	echo pip | $(COMPILE) --no-annotate - --output-file requirements-pip.txt
	$(COMPILE) pyproject.toml --extra tracing --constraint requirements.txt --output-file requirements-tracing.txt
	$(COMPILE) pyproject.toml --group load --constraint requirements-dev.txt --output-file requirements-load.txt

clean: ## throw the environment and the local databases away
	rm -rf $(VENV) var

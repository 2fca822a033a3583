# Every check has one definition, and it is here: hooks and CI call make.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: setup demo run test check prove lint fix docs tables messages pictures locks browser

setup: $(VENV)/developer.stamp  ## Make .venv with everything a developer needs

demo: $(VENV)/product.stamp  ## Everything on this machine, with a sample chamber
	$(BIN)/rollkeeper demo

run: $(VENV)/product.stamp  ## Web, worker and embedded PostgreSQL
	$(BIN)/rollkeeper run

test: setup browser  ## All tests
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: lint docs setup browser  ## What every change must pass, in minutes
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow" --ignore tests/docs \
	  --hypothesis-profile=everyday

prove: setup  ## Histories by the million, on every level; PROVE=--keep keeps the figures
	$(BIN)/python -m tests.prove $(PROVE)

lint: setup
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/typos

fix: setup  ## Let the tools mend what they can
	$(BIN)/ruff check --fix src tests benchmarks
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/typos --write-changes

tables: setup  ## Write the tables of the docs anew from the code
	$(BIN)/python -m tests.docs.tables
	DJANGO_SETTINGS_MODULE=rollkeeper.config.settings $(BIN)/python -c \
		"import django; django.setup(); from tests.docs import permissions; permissions.write()"

pictures: setup browser  ## Take the pictures of the docs anew, of the demo's pages
	DJANGO_SETTINGS_MODULE=rollkeeper.config.settings $(BIN)/python -c \
		"import django; django.setup(); from tests.system import pictures; pictures.main()"

messages: setup  ## Bring the catalogues of other languages up to date
	DJANGO_SETTINGS_MODULE=rollkeeper.config.settings $(BIN)/python -m tests.web.language.catalogue

docs: setup  ## Is every command, setting and decision documented, every link alive?
	$(BIN)/python -m pytest tests/docs

locks: setup  ## Make the lock files anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --output-file requirements.lock $(LOCKING)
	$(BIN)/uv pip compile pyproject.toml --extra dev \
	  --output-file requirements-dev.lock $(LOCKING)
	printf 'hatchling\neditables\n' | $(BIN)/uv pip compile - --output-file requirements-build.lock $(LOCKING)

LOCKING := --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

# An environment is built once for each content of its lock file.
$(VENV)/product.stamp: requirements.lock requirements-build.lock pyproject.toml
	@echo "Installing into $(VENV); the first time takes about a minute."
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements-build.lock -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/developer.stamp: $(VENV)/product.stamp requirements-dev.lock
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Browser tests drive Debian's Chromium. Without it they are skipped, and say so.
browser:
	@command -v chromium >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium for the browser tests."; \
	  apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	else \
	  echo "The browser tests need Chromium: sudo apt-get install chromium"; \
	fi

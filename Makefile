# Kener's commands. `make help` lists them. Works with GNU make 3.81, as macOS has it.

VENV   := .venv
BIN    := $(VENV)/bin
# The first Python of this machine that is new enough; or say which: make run PYTHON=/opt/python3.12
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& echo "$$each" && break; done)
# Tests run in so many processes; a number, or auto for one a core.
JOBS   ?= auto
# Wheels only: nothing is ever compiled here, and no package's setup code runs.
HASHED := --require-hashes --only-binary :all: --quiet

COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal --upgrade \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help run extras test check bench demo fmt messages lock

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp  ## start Kener; Ctrl-C stops it
	@exec $(BIN)/python worker.py up

extras: $(VENV)/extra.stamp  ## install what some kinds of check need besides

test: $(VENV)/dev.stamp  ## the tests to run while working
	@$(BIN)/python -m pytest -q -n $(JOBS) -m "not slow"

check: $(VENV)/dev.stamp  ## all that CI runs: format, lint, types, tests, slow tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n $(JOBS) -m "not slow"
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile -m slow

bench: $(VENV)/dev.stamp  ## measure speed, memory and bytes a check (docs/benchmarks.md)
	@$(BIN)/python -m bench.run

demo: $(VENV)/run.stamp  ## Kener with services that come and go
	@exec $(BIN)/python bench/demo.py

fmt: $(VENV)/dev.stamp  ## format, and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(VENV)/dev.stamp  ## bring every language's catalogue up to date with the texts
	@$(BIN)/pybabel -q extract -F pyproject.toml -k N_ -k NN_:1,2 -k _ --no-location --project=Kener --version=1 --msgid-bugs-address= -o $(VENV)/messages.pot .
	@for each in kener/locales/*.po; do \
		$(BIN)/pybabel -q update -i $(VENV)/messages.pot -o $$each -l $$(basename $$each .po | tr - _) \
			--ignore-obsolete --no-fuzzy-matching --ignore-pot-creation-date; done

lock:  ## pin the newest versions of what the .in files ask for (needs uv)
	@command -v uv >/dev/null || { echo "kener: make lock needs uv: pip install uv" >&2; exit 2; }
	@$(COMPILE) requirements.in -o requirements.txt
	@$(COMPILE) requirements-extra.in -c requirements.txt -o requirements-extra.txt
	@$(COMPILE) requirements-dev.in -c requirements.txt -o requirements-dev.txt

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "kener: needs Python 3.11 or newer; install one, or name it: make PYTHON=/path/to/python" >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "kener: needs Python 3.11 or newer; $(PYTHON) is older" >&2; exit 2; }
	@echo "kener: making $(VENV)" >&2
	@if command -v uv >/dev/null; then uv venv --quiet --allow-existing --python "$(PYTHON)" $(VENV); else "$(PYTHON)" -m venv $(VENV); fi

$(VENV)/run.stamp: requirements.txt | $(BIN)/python
	@echo "kener: installing what it needs" >&2
	@if command -v uv >/dev/null; then uv pip install --python $(BIN)/python $(HASHED) -r requirements.txt; \
		else $(BIN)/python -m ensurepip >/dev/null && $(BIN)/python -m pip install --disable-pip-version-check $(HASHED) -r requirements.txt; fi
	@touch $@

$(VENV)/extra.stamp: requirements-extra.txt $(VENV)/run.stamp
	@echo "kener: installing what some kinds of check need" >&2
	@if command -v uv >/dev/null; then uv pip install --python $(BIN)/python $(HASHED) -r requirements-extra.txt; \
		else $(BIN)/python -m ensurepip >/dev/null && $(BIN)/python -m pip install --disable-pip-version-check $(HASHED) -r requirements-extra.txt; fi
	@touch $@

# Before the dev packages, so that both stamps exist and `make run` has nothing left to do.
$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/extra.stamp
	@echo "kener: installing what tests need" >&2
	@if command -v uv >/dev/null; then uv pip install --python $(BIN)/python $(HASHED) -r requirements-dev.txt; \
		else $(BIN)/python -m ensurepip >/dev/null && $(BIN)/python -m pip install --disable-pip-version-check $(HASHED) -r requirements-dev.txt; fi
	@touch $@

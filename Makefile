# The targets of the README. Each sets up what it needs in .venv and leaves nothing running.
PYTHON ?= python3.11
LANG_ ?= vi
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test test-all check format proto bench faults serve clean
setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: setup
	@$(BIN)/python -m clients.demo --lang $(LANG_)

test: setup
	$(BIN)/python -m pytest -m 'not slow'

test-all: setup
	$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.protos --check
	$(BIN)/chuan ruleset check rulesets
	$(BIN)/python -m tools.open_questions --check
	$(BIN)/python -m tools.configuration --check

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

proto: setup
	$(BIN)/python -m tools.protos

bench: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,bench]'
	$(BIN)/python -m bench

faults: setup
	$(BIN)/python -m faults

serve: setup
	$(BIN)/chuan serve

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Everything a developer runs. `make help` lists the targets.
.DEFAULT_GOAL := help
# Steps of one target come one after the other, whatever -j says: the closing line of pytest is the last.
.NOTPARALLEL:
.PHONY: help test test-all lint generated generate suite weaken demo bench clean

VENV := .venv
BIN := $(VENV)/bin
# Touched when the environment holds what pyproject.toml asks for.
INSTALLED := $(VENV)/.installed
# The same for the packages that figures are compared with.
REFERENCES := $(VENV)/.references
# The validator in JavaScript, and the same for what it needs. `npm ci` takes the mark away with the rest before it begins,
# so that it stands for all or nothing; the dates of npm's own files say less.
NODE := conformance/implementations/node
PACKAGES := $(NODE)/node_modules/.installed
PYTHONS ?= python3.11 python3 python3.12 python3.13 python3.14

help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

# A name on the PATH may be a stand-in that does not run: the first that runs and is new enough is taken.
$(INSTALLED): pyproject.toml
	@for python in $(PYTHONS); do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        $$python -m venv --clear $(VENV) && break; \
	    fi; \
	done; \
	test -x $(BIN)/python || { echo "Python 3.11 or newer is needed, under one of the names: $(PYTHONS)" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(REFERENCES): $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[references]'
	@touch $@

# With the npm of the environment, whatever the machine has; nothing that a package brings is run.
$(PACKAGES): $(NODE)/package-lock.json $(NODE)/package.json | $(INSTALLED)
	@$(BIN)/npm ci --prefix $(NODE) --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
	@touch $@

test: lint generated $(PACKAGES) ## check style, types and generated files, then run the tests that are not slow
	@$(BIN)/python -m pytest -n auto --dist worksteal -m 'not slow'

test-all: $(REFERENCES) lint generated $(PACKAGES) ## the same with the slow tests, many more examples of the property tests, and other packages' figures
	@FSEP_THOROUGH=1 $(BIN)/python -m pytest -n auto --dist worksteal

lint: $(INSTALLED) ## check style and types only
	@$(BIN)/python -m ruff check --quiet
	@$(BIN)/python -m ruff format --check --quiet || { echo 'run `$(BIN)/ruff format`' >&2; exit 1; }
	@$(BIN)/python -m mypy

generated: $(INSTALLED) ## check that generated files are up to date
	@$(BIN)/python -m fsep.maintain.requirements --check

generate: $(INSTALLED) ## write the generated files anew
	@$(BIN)/python -m fsep.maintain.requirements --write
	@$(BIN)/python examples/build.py

suite: $(INSTALLED) ## write the cases of the conformance suite anew
	@PYTHONPATH=tests $(BIN)/python -m suite_builder

weaken: $(INSTALLED) ## weaken the validator's own checks one by one, and say which weakening no case of the suite catches
	@PYTHONPATH=tests $(BIN)/python -m weakening

demo: $(INSTALLED) ## validate the examples
	@$(BIN)/python examples/demo.py

bench: $(INSTALLED) ## measure speed and memory
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/ratings.py
	@$(BIN)/python benchmarks/runner.py

clean: ## remove what the other targets made
	@rm -rf $(VENV) $(NODE)/node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find validator tests examples benchmarks conformance -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

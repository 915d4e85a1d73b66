PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test check format bench chaos clean test-platforms messages bundle

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

run: $(VENV)/.server ## start the bot: with .env the real one, without it a sandbox you can play with
	@$(BIN)/python -m bot run

test: $(VENV)/.dev ## run every test
	@$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.dev ## format, lint, types, import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev ## put the code in shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sampan needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check wheel

$(VENV)/.server: $(BIN)/python requirements.txt pyproject.toml
	@echo "Setting up $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[server]'
	@touch $@

$(VENV)/.dev: $(BIN)/python requirements.txt pyproject.toml
	@echo "Setting up $(VENV) for development ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.server

clean: ## remove what was made
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage*

messages: $(VENV)/.dev ## collect the chat texts and compile their translations
	@$(BIN)/pybabel -q extract -k line -k mark -k counted:1,2 --no-location --sort-output --project Sampan -o bot/locale/sampan.pot bot
	@$(BIN)/pybabel -q update -D sampan -i bot/locale/sampan.pot -d bot/locale --no-fuzzy-matching --ignore-obsolete --no-wrap
	@$(BIN)/pybabel -q compile -D sampan -d bot/locale --statistics

bench: $(VENV)/.dev ## measure speed, memory, vendor calls and growth (ARGS=--quick for a glance)
	@$(BIN)/python -m benchmarks $(ARGS)

chaos: $(VENV)/.dev ## kill one of two bots at random in bad weather, and count what came of it (ARGS="--seed 7")
	@$(BIN)/python -m benchmarks.chaos $(ARGS)

BUNDLE_PYTHON ?= python3.12
bundle: ## make build/sampan.zip, what AWS Lambda and other functions run from
	@$(BUNDLE_PYTHON) scripts/bundle.py $(ARGS)

test-platforms: $(VENV)/.dev ## build for Lambda and Vercel with their own tools, and test what they run
	@$(BIN)/python -m pytest -m platform $(ARGS)

.PHONY: test-oldest
test-oldest: ## run the tests with the oldest dependencies that requirements.txt allows
	@$(PYTHON) -m venv build/oldest && mkdir -p build
	@sed -n 's/^\([a-z][a-z-]*\)\(\[[a-z]*\]\)\{0,1\}>=\(.*\)$$/\1==\3/p' requirements.txt > build/oldest.txt
	@build/oldest/bin/python -m pip install --quiet --disable-pip-version-check wheel
	@build/oldest/bin/python -m pip install --quiet --disable-pip-version-check -c build/oldest.txt -e '.[dev]'
	@build/oldest/bin/python -m pytest -q $(ARGS)

# Python 3.11 or newer and make are all that is needed: each target sets up .venv by itself, and again when pins change.
SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
LANGUAGE := .venv-train-language-model
FIND_PYTHON := for p in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; exit 0; fi; done; \
	echo "Python 3.11 or newer, with venv, is needed (on Debian: apt install python3-venv)." >&2; exit 1

# Several of these files are installed into one environment, so each is held to what the one before it has (-c). Only the
# benchmark's, an environment of its own, needs older versions of some.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

OUT := site

.PHONY: help chat try run check report book test test-all lint format clean pins schemas catalogues docs train train-languages train-language-model score bench bench-load

help: ## Show what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

chat: $(VENV)/ready ## Talk with the bot in the terminal
	@$(BIN)/python bot.py chat

try: $(VENV)/ready ## Try the bot in the browser, without a token (LISTEN=host:port)
	@$(BIN)/python bot.py try $(if $(LISTEN),--listen $(LISTEN))

run: $(VENV)/ready ## Serve Telegram (needs a token in .env)
	@$(BIN)/python bot.py run

check: $(VENV)/ready-for-check ## Check the knowledge files (ENTRY="how-often cost": only what concerns these)
	@$(BIN)/python bot.py check $(ENTRY)

report: $(VENV)/ready ## Say which answers disappoint
	@$(BIN)/python bot.py report

book: $(VENV)/ready-for-book ## Write the answers as a web site, and the book that a clinician signs (OUT=folder; else site/)
	@$(BIN)/python bot.py book $(OUT)

test: $(VENV)/ready-for-tests ## Run the tests
	@$(BIN)/python -m pytest -m "not services"

test-all: test ## Run these, and those that start a PostgreSQL server or a browser, or kill processes
	@$(BIN)/python -m pytest -m services

lint: $(VENV)/ready-for-tests ## Run the linters
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/ready-for-tests ## Lay the code out as the linters want it
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

train: $(VENV)/ready-to-train ## Fit anew how sure the bot may be, after a change of messages or vocabulary
	@$(BIN)/python -m tools.train

train-languages: $(VENV)/ready ## Fit anew what recognises languages, after a change of messages, languages, translations or names.txt (ten seconds)
	@$(BIN)/python -m tools.train_languages

train-language-model: $(LANGUAGE)/ready ## Fit the small language model anew, after a change of triage's messages or many others (forty minutes)
	@$(LANGUAGE)/bin/python -m tools.train_language_model

score: $(VENV)/ready ## Measure the replies on messages that nothing was fitted on (SET=dev for those that may be read)
	@$(BIN)/python -m evaluation.score $(if $(SET),--set $(SET))

bench: $(BENCH)/ready ## Measure the matcher beside others and write docs/benchmarks.md (half an hour; QUESTIONS=folder)
	@$(BENCH)/bin/python -m evaluation.benchmark $(if $(QUESTIONS),--questions $(QUESTIONS))

bench-load: $(VENV)/ready-for-tests ## Measure the bot killed, starved and under load, and write docs/reliability.md (two hours; CASES="stop poison" ROUNDS=kills SCALE=part)
	@$(BIN)/python -m evaluation.load $(CASES) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SCALE),--scale $(SCALE))

schemas: $(VENV)/ready ## Write the JSON Schemas and .env.example anew
	@$(BIN)/python -m knowledge.loading.schema
	@$(BIN)/python -m runtime.settings

catalogues: $(VENV)/ready ## Write the catalogues of the bot's own words anew, after a change of handlers/texts.yaml
	@$(BIN)/python -m tools.write_catalogues

docs: $(VENV)/ready ## Write anew what the documentation quotes of the program
	@$(BIN)/python -m tools.write_docs

pins: $(VENV)/ready-for-tests ## Write the hash-pinned requirements anew from pyproject.toml
	@$(BIN)/pip install --quiet uv
	@$(COMPILE) pyproject.toml -o requirements.txt
	@$(COMPILE) pyproject.toml --group test -c requirements.txt -o requirements-test.txt
	@for group in book check train language-model train-language-model; do \
		$(COMPILE) pyproject.toml --group $$group -c requirements-test.txt -o requirements-$$group.txt || exit 1; done
	@$(COMPILE) --group bench -o requirements-bench.txt

clean: ## Remove what the targets made
	rm -rf $(VENV) $(BENCH) $(LANGUAGE) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/made:
	@python=$$($(FIND_PYTHON)) && echo "Setting up $(VENV) with $$($$python --version) ..." && $$python -m venv $(VENV)
	@touch $@

$(VENV)/ready: requirements.txt requirements-language-model.txt | $(VENV)/made
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-language-model.txt \
		|| echo "onnxruntime can't be installed here: the bot goes on without it, and notices a little less."
	@touch $@

$(VENV)/ready-for-check: requirements-check.txt | $(VENV)/made
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-check.txt
	@touch $@

$(VENV)/ready-for-book: requirements-book.txt | $(VENV)/made
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-book.txt
	@touch $@

$(VENV)/ready-for-tests: requirements-test.txt | $(VENV)/made
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	@touch $@

$(VENV)/ready-to-train: requirements-train.txt | $(VENV)/made
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-train.txt
	@touch $@

$(LANGUAGE)/ready: requirements-train-language-model.txt
	@python=$$($(FIND_PYTHON)) && echo "Setting up $(LANGUAGE) (some gigabytes) ..." && $$python -m venv $(LANGUAGE)
	@$(LANGUAGE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-train-language-model.txt
	@touch $@

$(BENCH)/ready: requirements-bench.txt
	@python=$$($(FIND_PYTHON)) && echo "Setting up $(BENCH) (some gigabytes) ..." && $$python -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

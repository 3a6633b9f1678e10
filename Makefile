# Two commands are enough: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check bench clean

run: .venv/run.stamp  ## the bot if .env holds a token, otherwise the playground
	$(BIN)/python -m bot

test: .venv/test.stamp
	# A test process a core, so one thread each: scikit-learn's threads would only be in the way.
	OMP_NUM_THREADS=1 $(BIN)/pytest -q -n auto

check: .venv/test.stamp  ## what CI checks beside the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cog --check README.md

bench: .venv/test.stamp
	$(BIN)/python -m benchmarks.load
	$(BIN)/python -m benchmarks.start
	$(BIN)/python -m benchmarks.playground
	$(BIN)/python -m benchmarks.publishing

clean:
	rm -rf .venv

.venv/run.stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/test.stamp: .venv/run.stamp
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@

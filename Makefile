# Two commands do everything: `make demo` and `make test`. Each sets up its own virtual environment first.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check fast install lock reader teacher web web-test clean

demo: install  ## index the sample documents and ask three questions with the local model
	@$(BIN)/python scripts/demo.py

test: check  ## everything that CI runs

check: install
	@BIN=$(BIN) scripts/check.sh

fast: install  ## the tests that load no model
	$(BIN)/python -m pytest -q -m "not live"

install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "pincite needs Python 3.11 or later, found %d.%d; set PYTHON=/path/to/python3.11" % sys.version_info[:2])'
	@echo "setting up $(VENV) (a minute or two, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq -r requirements.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

lock:  ## resolve pyproject.toml anew into requirements.lock
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --editable '.[dev]'
	{ echo "# Made by 'make lock' from pyproject.toml; what make install installs."; \
	  build/lock/bin/python -m pip freeze --all --exclude-editable | grep -v '^pip==' | sed 's/+cpu$$//'; } > requirements.lock
	rm -rf build/lock

DATA ?= ../shared/data
# An allocator that keeps its pages makes a training step a third faster; without it all is the same but slower.
TCMALLOC := $(wildcard /usr/lib/*/libtcmalloc_minimal.so.4)

reader: install  ## train the reader anew and fit what its scores mean; about four hours and a half on 2 cores (docs/reader.md)
	LD_PRELOAD=$(TCMALLOC) $(BIN)/python -m training.train_reader $(DATA) --stage first --minutes 27 --out build/reader/first.safetensors
	LD_PRELOAD=$(TCMALLOC) $(BIN)/python -m training.train_reader $(DATA) --stage second --minutes 48 --start build/reader/first.safetensors --out build/reader/second.safetensors
	LD_PRELOAD=$(TCMALLOC) $(BIN)/python -m training.train_reader $(DATA) --stage third --minutes 40 --start build/reader/second.safetensors --out build/reader/third.safetensors
	$(BIN)/python -m training.averaging build/reader/second.safetensors build/reader/third.safetensors 0.4 build/reader/untaught.safetensors
	LD_PRELOAD=$(TCMALLOC) $(BIN)/python -m training.train_reader $(DATA) --stage taught --minutes 42 --start build/reader/untaught.safetensors --out build/reader/taught.safetensors
	LD_PRELOAD=$(TCMALLOC) $(BIN)/python -m training.train_reader $(DATA) --stage lessons --minutes 60 --start build/reader/taught.safetensors --out build/reader/lessons.safetensors
	$(BIN)/python -m training.averaging build/reader/taught.safetensors build/reader/lessons.safetensors 0.75 build/reader/reader.safetensors
	$(BIN)/python -m training.release build/reader/reader.safetensors
	$(BIN)/python -m training.fit_confidence $(DATA) qa/data
	$(BIN)/python -m training.fit_conflicts $(DATA) qa/data
	$(BIN)/python -m training.fit_support $(DATA) qa/data

teacher: install  ## make training/words anew: train a larger network, let it read what the reader learns from; 2.5 hours
	$(BIN)/python -m training.teacher_base build/teacher/base
	LD_PRELOAD=$(TCMALLOC) $(BIN)/python -m training.train_teacher $(DATA) build/teacher/base --minutes 88 --out build/teacher/teacher.safetensors
	rm -rf training/words
	LD_PRELOAD=$(TCMALLOC) $(BIN)/python -m training.teaching $(DATA) build/teacher/base build/teacher/teacher.safetensors training/words

web: web/node_modules  ## build api/static from web/; needs Node, which nothing else here does
	cd web && npm run --silent check && npm run --silent build

web-test: web/node_modules  ## the front end's own unit tests
	cd web && npm run --silent check && npm test --silent

web/node_modules: web/package-lock.json
	cd web && npm ci --silent
	@touch $@

clean:
	rm -rf $(VENV) build web/build web/node_modules .pincite .mypy_cache .ruff_cache .hypothesis *.egg-info

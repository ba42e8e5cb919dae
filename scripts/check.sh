#!/bin/sh
# The one script that checks everything: lint, format, types, tests. CI runs it through `make test`.
set -eu
BIN=${BIN:-.venv/bin}
"$BIN/ruff" check .
"$BIN/ruff" format --check .
"$BIN/mypy"
exec "$BIN/python" -m pytest -q --durations=5 "$@"

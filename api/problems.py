"""Answer every error with problem details: the exception handlers of the service."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.errors import Problem, problem_of, problem_of_request, problem_of_status, unexpected_problem
from index.errors import PinciteError

MEDIA_TYPE = "application/problem+json"
_LONGEST_FOUND = 80


def add_handlers(app: FastAPI) -> None:
    """Make `app` answer errors of pincite, of the request, of HTTP and unforeseen ones with problem details."""

    @app.exception_handler(PinciteError)
    async def on_pincite_error(request: Request, error: PinciteError) -> Response:
        return problem_response(problem_of(error), request)

    @app.exception_handler(RequestValidationError)
    async def on_request_error(request: Request, error: RequestValidationError) -> Response:
        return problem_response(problem_of_request([_field_error(found) for found in error.errors()]), request)

    @app.exception_handler(HTTPException)
    async def on_http_error(request: Request, error: HTTPException) -> Response:
        return problem_response(problem_of_status(error.status_code, error.detail), request, headers=error.headers)

    @app.exception_handler(Exception)
    async def on_unexpected_error(request: Request, error: Exception) -> Response:
        return problem_response(unexpected_problem(), request)


def problem_response(problem: Problem, request: Request, *, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response. Its JSON is ASCII: a lone surrogate in a message cannot break it."""
    again = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    body = problem.as_dict(instance=quote(request.scope["path"]))
    return Response(json.dumps(body), problem.status, headers={**(headers or {}), **again}, media_type=MEDIA_TYPE)


def _field_error(error: dict[str, Any]) -> dict[str, str]:
    """Which field, what was expected there and what was found, from one error of pydantic's."""
    place, *names = (str(part) for part in error["loc"])
    if error["type"] == "json_invalid":
        return {"field": "body", "in": place, "expected": "JSON", "found": f"{error['ctx']['error']} at {names[0]}"}
    expected = re.sub(r"^(Input|String|Value|List) should (be |have |match )?", "", error["msg"])
    if error["type"] == "missing":
        expected = "a value"
    elif error["type"] == "value_error":  # the framework's, for a part of a form that is no file
        expected = "a file with a name"
    elif not names and isinstance(error["input"], bytes):
        expected = "a JSON object, sent with the header 'Content-Type: application/json'"
    return {"field": ".".join(names) or "body", "in": place, "expected": expected, "found": _found(error)}


def _found(error: dict[str, Any]) -> str:
    value = error["input"]
    if error["type"] == "missing":
        return "nothing"
    if error["type"] == "string_too_long":
        return f"{len(value):,} characters"
    text = repr(value)
    return text if len(text) <= _LONGEST_FOUND else text[: _LONGEST_FOUND - 1] + "…"

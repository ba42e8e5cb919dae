"""Answer every error with problem details: the exception handlers of the service. Where an OpenAI client asks, in its shape."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.errors import Problem, problem_of, problem_of_request, problem_of_status
from index.errors import PinciteError

MEDIA_TYPE = "application/problem+json"
_LONGEST_FOUND = 80
_NOWHERE = "there is no such path; /openapi.json describes those that there are"
OPENAI_PATHS = frozenset({"/v1/models", "/v1/chat/completions"})
_OPENAI_STATUSES = {422: 400}
_OPENAI_TYPES = {403: "permission_error", 429: "rate_limit_error"}
_OPENAI_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


def add_handlers(app: FastAPI) -> None:
    """Make `app` answer errors of pincite, of the request, of HTTP and unforeseen ones with problem details."""

    @app.exception_handler(PinciteError)
    async def on_pincite_error(request: Request, error: PinciteError) -> Response:
        return problem_response(problem_of(error), request)

    @app.exception_handler(RequestValidationError)
    async def on_request_error(request: Request, error: RequestValidationError) -> Response:
        errors = error.errors()
        status = 400 if any(found["type"] == "json_invalid" for found in errors) else 422
        return problem_response(problem_of_request([_field_error(found) for found in errors], status=status), request)

    @app.exception_handler(HTTPException)
    async def on_http_error(request: Request, error: HTTPException) -> Response:
        detail = _NOWHERE if error.detail == HTTPStatus.NOT_FOUND.phrase else error.detail
        return problem_response(problem_of_status(error.status_code, detail), request, headers=error.headers)


def problem_response(problem: Problem, request: Request, *, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response. Its JSON is ASCII: a lone surrogate in a message cannot break it."""
    again = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    sent = {**(headers or {}), **again}
    path: str = request.scope["path"]
    if path in OPENAI_PATHS:
        status = _OPENAI_STATUSES.get(problem.status, problem.status)
        return Response(json.dumps(openai_error(problem)), status, headers=sent, media_type="application/json")
    body = problem.as_dict(instance=quote(path))
    return Response(json.dumps(body), problem.status, headers=sent, media_type=MEDIA_TYPE)


def openai_error(problem: Problem) -> dict[str, Any]:
    """The problem as OpenAI's clients read it: message, type, the field, a code."""
    fields = problem.more.get("errors")
    field = str(fields[0]["field"]) if isinstance(fields, list) and fields else None
    param = problem.more.get("param", None if field in {None, "body"} else _brackets(str(field)))
    code = problem.more.get("code") or _OPENAI_CODES.get(problem.status)
    kind = _OPENAI_TYPES.get(problem.status, "server_error" if problem.status >= 500 else "invalid_request_error")
    return {"error": {"message": problem.detail, "type": kind, "param": param, "code": code}}


def _brackets(field: str) -> str:
    """`messages.0.role` as `messages[0].role`; the branch of a union that pydantic names is left out."""
    parts = [part for part in field.split(".") if "[" not in part and part != "str"]
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", ".".join(parts))


def _field_error(error: dict[str, Any]) -> dict[str, str]:
    """Which field, what was expected there and what was found, from one error of pydantic's."""
    place, *names = (str(part) for part in error["loc"])
    if error["type"] == "json_invalid":
        fault = error["ctx"]["error"].removesuffix(" at")
        return {"field": "body", "in": place, "expected": "JSON", "found": f"{fault} at character {names[0]}"}
    expected = re.sub(r"^(Input|String|Value|List) should (be |have |match )?", "", error["msg"])
    expected = re.sub(r" after validation, not \d+$", "", expected)
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

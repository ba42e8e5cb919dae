"""What an error of pincite means outside: one table turns the exception tree into HTTP statuses and exit codes.

The tree of `index/errors.py` and `qa/errors.py` goes on here, with what only a service knows:

PinciteError
├── NotReadyError           the models are not loaded, or could not be
├── BusyError               as much work waits already as may wait
├── LateError               the request took longer than a request may
├── RateError               this key has asked as often as it may for now
├── ChatError               a chat request cannot be used, in the words of OpenAI's clients
├── UnknownKeyError         no key, or one that does not exist or was revoked
└── ForbiddenError          the key, or where the request comes from, does not allow this

A problem is written down as RFC 9457 ("Problem Details for HTTP APIs") says. Nothing here imports a web framework, so
that the command line does not pay for one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from index.errors import (
    DocumentError,
    EncoderMismatchError,
    InputError,
    ModelError,
    NameTakenError,
    NotFoundError,
    PinciteError,
    QuestionError,
    StoreError,
)
from qa.datatypes import Status
from qa.errors import CancelledError, DeadlineError, DraftError, WeightsError

# Seconds after which a client that was turned away may come again.
RETRY_AFTER = 5
# What nginx calls a client that closed the connection; nobody is there to read it, but the log is.
CLIENT_GONE = 499


class NotReadyError(PinciteError):
    """The models are not loaded yet, or could not be; the message says which."""


class _AgainError(Exception):
    """What an error has that says after how many `seconds` one may come again."""

    def __init__(self, message: str = "", *, seconds: int = RETRY_AFTER) -> None:
        super().__init__(message)
        self.seconds = seconds


class BusyError(_AgainError, PinciteError):
    """As much work waits already as may wait; after `seconds` that will have been done."""


class LateError(PinciteError):
    """The request took longer than a request may."""


class RateError(_AgainError, PinciteError):
    """This key has asked as often as it may for now; after `seconds` it may ask again."""


class ChatError(PinciteError):
    """A chat request cannot be used: `param` names the field, `code` the fault, as OpenAI's clients read them."""

    def __init__(
        self, message: str = "", *, status: int = 400, param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.param = param
        self.code = code


class UnknownKeyError(PinciteError):
    """There is no key, or it does not exist or was revoked; a client is not told which."""


class ForbiddenError(PinciteError):
    """The key, or where the request comes from, does not allow this."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of RFC 9457. `more` are its extension members; an empty `type` stands for `about:blank`."""

    status: int
    title: str
    detail: str
    type: str = ""
    retry_after: int | None = None
    more: Mapping[str, object] = field(default_factory=dict)

    def as_dict(self, *, instance: str) -> dict[str, object]:
        """The members in the order of the standard; `instance` is the path that was asked for."""
        kind = f"urn:problem-type:pincite:{self.type}" if self.type else "about:blank"
        named = {"type": kind, "title": self.title, "status": self.status, "detail": self.detail}
        return {**named, "instance": instance, **self.more}


_Meaning = tuple[int, str, str]

# HTTP status, the last part of the problem's type, its title. A class that is not here means what its parent means.
_MEANINGS: dict[type[PinciteError], _Meaning] = {
    PinciteError: (500, "error", "The request could not be carried out"),
    InputError: (422, "input", "What was sent cannot be used"),
    QuestionError: (422, "question", "The question cannot be used"),
    DocumentError: (422, "document", "The document cannot be read"),
    NotFoundError: (404, "not-found", "There is no such document, job or collection"),
    NameTakenError: (409, "name-taken", "Another document bears this name"),
    StoreError: (500, "store", "The store cannot be used"),
    EncoderMismatchError: (500, "encoder-mismatch", "The store was made with another encoder"),
    ModelError: (503, "model", "A model cannot be used"),
    WeightsError: (503, "weights", "The weights of a model cannot be used"),
    DraftError: (502, "draft", "The drafter gave nothing usable"),
    DeadlineError: (504, "deadline", "The drafter ran out of time"),
    CancelledError: (CLIENT_GONE, "cancelled", "The client went away"),
    NotReadyError: (503, "not-ready", "The service is not ready"),
    BusyError: (503, "busy", "Too many requests wait already"),
    LateError: (504, "late", "The request took too long"),
    RateError: (429, "rate", "Too many questions"),
    ChatError: (400, "chat", "The chat request cannot be used"),
    UnknownKeyError: (401, "key", "A key is needed"),
    ForbiddenError: (403, "forbidden", "This is not allowed"),
}
_COME_AGAIN = (NotReadyError, LateError)
_TITLES = {413: "The request is too large"}


def problem_of(error: PinciteError) -> Problem:
    """The problem that a client is told; its detail is the error's own message."""
    status, kind, title = next(_MEANINGS[base] for base in type(error).__mro__ if base in _MEANINGS)
    again = RETRY_AFTER if isinstance(error, _COME_AGAIN) else None
    if isinstance(error, ChatError):
        return Problem(error.status, title, str(error), kind, more={"param": error.param, "code": error.code})
    return Problem(status, title, str(error), kind, error.seconds if isinstance(error, _AgainError) else again)


def problem_of_status(status: int, detail: str) -> Problem:
    """The problem behind a bare HTTP status, such as a path that does not exist."""
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    return Problem(status, title, detail or title)


def problem_of_request(errors: list[dict[str, str]], *, status: int = 422) -> Problem:
    """A request whose fields cannot be used: `errors` names each one, what was expected and what was found."""
    detail = "; ".join(f"{error['field']}: expected {error['expected']}, found {error['found']}" for error in errors)
    return Problem(status, "The request cannot be used", detail, "request", more={"errors": errors})


def problem_of_upload(outcomes: list[dict[str, object]]) -> Problem:
    """An upload of which nothing could be added; `outcomes` says why, file by file."""
    reasons = "; ".join(f"{outcome['name']}: {outcome['reason']}" for outcome in outcomes[:3])
    detail = reasons if len(outcomes) <= 3 else f"{reasons}; and {len(outcomes) - 3} more, see outcomes"
    return Problem(422, "Nothing was added", detail, "upload", more={"outcomes": outcomes})


def unexpected_problem() -> Problem:
    """What a client is told of an error that nobody foresaw: nothing but that; the log has the rest."""
    return Problem(500, "Unexpected error", "something went wrong in the service; its log says what", "unexpected")


def exit_code(error: PinciteError) -> int:
    """The exit code of a command that ended in this error."""
    return 1


def exit_code_of_status(status: Status) -> int:
    """0 for an answer, also where sources disagree; 2 where the documents do not say."""
    return {"answered": 0, "conflict": 0, "abstained": 2}[status]

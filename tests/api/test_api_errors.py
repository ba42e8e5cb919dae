"""The one table from exceptions to HTTP statuses and exit codes."""

import subprocess
import sys

import pytest

from api.errors import (
    BusyError,
    ChatError,
    ForbiddenError,
    LateError,
    NotReadyError,
    RateError,
    UnknownKeyError,
    exit_code,
    exit_code_of_status,
    problem_of,
    problem_of_status,
    problem_of_upload,
    unexpected_problem,
)
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
from qa.errors import CancelledError, DeadlineError, DraftError, WeightsError

STATUSES = {
    PinciteError: 500,
    InputError: 422,
    QuestionError: 422,
    DocumentError: 422,
    NotFoundError: 404,
    NameTakenError: 409,
    StoreError: 500,
    EncoderMismatchError: 500,
    ModelError: 503,
    WeightsError: 503,
    DraftError: 502,
    DeadlineError: 504,
    CancelledError: 499,
    NotReadyError: 503,
    BusyError: 503,
    LateError: 504,
    RateError: 429,
    ChatError: 400,
    UnknownKeyError: 401,
    ForbiddenError: 403,
}


def below(kind: type[PinciteError]) -> set[type[PinciteError]]:
    """The class and all that stand below it in our own modules."""
    ours = kind.__module__ in {"index.errors", "qa.errors", "api.errors"}
    return ({kind} if ours else set()).union(*(below(child) for child in kind.__subclasses__()))


def test_every_error_of_the_tree_has_a_status_of_its_own() -> None:
    assert below(PinciteError) == set(STATUSES)
    types = {problem_of(kind("why")).type for kind in STATUSES}
    assert len(types) == len(STATUSES), "two errors share a problem type"


@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
def test_an_error_becomes_a_status_and_exit_code_1(kind: type[PinciteError], status: int) -> None:
    problem = problem_of(kind("expected this, found that"))
    assert (problem.status, problem.detail) == (status, "expected this, found that")
    assert exit_code(kind("why")) == 1


def test_a_class_that_the_table_does_not_know_means_what_its_parent_means() -> None:
    class Stray(EncoderMismatchError):
        pass

    assert problem_of(Stray("why")).type == "encoder-mismatch"


def test_only_who_may_come_again_is_told_when() -> None:
    again = {kind for kind in STATUSES if problem_of(kind("why")).retry_after is not None}
    assert again == {BusyError, NotReadyError, LateError, RateError}
    assert problem_of(RateError("why", seconds=17)).retry_after == 17
    assert problem_of(BusyError("why", seconds=3)).retry_after == 3


def test_the_exit_codes_of_answers() -> None:
    assert [exit_code_of_status(status) for status in ("answered", "conflict", "abstained")] == [0, 0, 2]


def test_a_problem_has_the_members_of_the_standard_in_order() -> None:
    members = problem_of(NotFoundError("no such thing")).as_dict(instance="/v1/documents/x")
    assert list(members.items()) == [
        ("type", "urn:problem-type:pincite:not-found"),
        ("title", "There is no such document, job or collection"),
        ("status", 404),
        ("detail", "no such thing"),
        ("instance", "/v1/documents/x"),
    ]


def test_a_bare_status_has_no_type_of_its_own() -> None:
    members = problem_of_status(405, "").as_dict(instance="/")
    assert (members["type"], members["title"], members["detail"]) == ("about:blank",) + ("Method Not Allowed",) * 2


def test_an_upload_of_which_nothing_was_added_names_the_first_three_reasons() -> None:
    rejected: list[dict[str, object]] = [{"name": f"{n}.txt", "reason": "empty"} for n in range(5)]
    assert problem_of_upload(rejected[:1]).detail == "0.txt: empty"
    assert problem_of_upload(rejected).detail == "0.txt: empty; 1.txt: empty; 2.txt: empty; and 2 more, see outcomes"


def test_an_unforeseen_error_says_nothing_of_what_is_inside() -> None:
    assert unexpected_problem().detail == "something went wrong in the service; its log says what"


def test_the_command_line_gets_the_table_without_a_web_framework() -> None:
    check = "import api.errors, sys; sys.exit(int('fastapi' in sys.modules or 'starlette' in sys.modules))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0

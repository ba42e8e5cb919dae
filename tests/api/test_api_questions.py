"""Asking and searching over HTTP: exact bodies, identities of quotes, and every way to ask wrongly."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.service import HISTORY, KEY, QUESTION, FakeAssembly, HeldDrafter, add

JSON = {"Content-Type": "application/json"}


def post(client: TestClient, path: str, body: Any) -> Any:
    """Post JSON that may hold what a client library would refuse to send."""
    return client.post(path, content=json.dumps(body), headers=JSON)


def check_quotes(client: TestClient, answer: dict[str, Any], collection: str = "default") -> None:
    """Invariants 1 and 2 of the design, by what the service itself says the document's text is."""
    for number, citation in enumerate(answer["citations"], start=1):
        query = {"collection": collection}
        text = client.get(f"/v1/documents/{citation['document_id']}", params=query).json()["text"]
        assert text[citation["source_start"] : citation["source_end"]] == citation["quote"]
        assert answer["answer"][citation["answer_start"] : citation["answer_end"]] == f"[{number}]"
        assert citation["number"] == number


def test_an_answer_is_the_answer_object(filled: TestClient, assembly: FakeAssembly) -> None:
    response = filled.post("/v1/ask", json={"question": QUESTION})
    expected = json.loads(json.dumps(assembly.answerer.ask(QUESTION).as_dict()))
    found = response.json()
    assert response.status_code == 200
    assert list(found) == [*expected, "asked"]
    assert {**found, "timings": {}} == {**expected, "timings": {}, "asked": QUESTION}
    assert set(found["timings"]) == {"search", "read", "draft", "total"}
    assert found["answer"] == "The ferry company was founded in 1921 [1]."
    assert found["citations"][0]["quote"] == "The ferry company was founded in 1921."
    check_quotes(filled, found)


def test_offsets_are_code_points_also_behind_an_emoji(client: TestClient) -> None:
    add(client, ("tower.txt", "🗼🗼 The lighthouse — é̱ — was built in 1850. It is 33.40 metres tall.\n"))
    found = client.post("/v1/ask", json={"question": "When was the lighthouse built?"}).json()
    assert found["status"] == "answered"
    check_quotes(client, found)


def test_sources_that_disagree_are_both_cited(client: TestClient) -> None:
    add(
        client,
        ("a.md", "# Gazette\n\nThe ferry company was founded in 1921. Its first boat was white.\n"),
        ("b.md", "# Courier\n\nThe ferry company was founded in 1934, when the pier was rebuilt. It had four boats.\n"),
    )
    found = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert found["status"] == "conflict"
    assert {citation["document_name"] for citation in found["citations"]} == {"a.md", "b.md"}
    assert len(found["conflicts"][0]["values"]) == 2
    check_quotes(client, found)


def test_what_the_documents_do_not_say_is_an_abstention_with_what_to_read(filled: TestClient) -> None:
    found = filled.post("/v1/ask", json={"question": "Should I invest in tulips?"}).json()
    assert (found["status"], found["answer"], found["citations"]) == ("abstained", "", [])
    assert found["abstention"]["reason"] == "below_threshold"
    nearest = found["abstention"]["nearest"][0]
    assert nearest["text"] == HISTORY[nearest["start"] : nearest["end"]]


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
def test_a_collection_that_does_not_exist_is_empty(filled: TestClient, path: str) -> None:
    response = filled.post(path, json={"question": QUESTION, "collection": "elsewhere"})
    found = response.json()
    assert response.status_code == 200
    if path == "/v1/ask":
        assert (found["status"], found["abstention"]["reason"]) == ("abstained", "no_evidence")
    else:
        assert found == {"collection": "elsewhere", "hits": []}


def test_collections_do_not_mix(filled: TestClient) -> None:
    add(filled, ("other.md", "The ferry company was founded in 1999.\n"), collection="other")
    found = filled.post("/v1/ask", json={"question": QUESTION, "collection": "other"}).json()
    assert [citation["document_name"] for citation in found["citations"]] == ["other.md"]
    check_quotes(filled, found, "other")
    assert filled.get(f"/v1/documents/{found['citations'][0]['document_id']}").status_code == 404


def test_hits_are_passages_of_the_text(filled: TestClient, assembly: FakeAssembly) -> None:
    found = filled.post("/v1/search", json={"question": "granite lighthouse", "k": 1}).json()
    (hit,) = found["hits"]
    assert list(hit) == ["document_id", "document_name", "title", "start", "end", "text", "score"]
    assert hit["text"] == HISTORY[hit["start"] : hit["end"]]
    assert (hit["document_name"], hit["title"]) == ("history.md", "The harbour")
    assert hit["score"] == assembly.searcher.search("granite lighthouse", k=1)[0].score > 0


def test_a_drafter_that_gives_nothing_is_stood_in_for(filled: TestClient, drafter: HeldDrafter) -> None:
    drafter.release.set()
    found = filled.post("/v1/ask", json={"question": QUESTION, "drafter": "local"}).json()
    assert (found["drafter"], found["fallback"]) == ("local", "nothing in the draft could be located")
    assert found["answer"] == "The ferry company was founded in 1921 [1]."
    assert drafter.drafts == 1


@pytest.mark.parametrize(
    "question", ["\ud800 ferry company founded \udfff", "ferry\x00company\x00founded", "  ferry\n"]
)
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
def test_broken_characters_in_a_question_do_no_harm(filled: TestClient, path: str, question: str) -> None:
    assert post(filled, path, {"question": question}).status_code == 200


def test_a_question_of_the_longest_length_in_its_longest_spelling(filled: TestClient) -> None:
    body = json.dumps({"question": "🗼" * 1999 + "x"})
    assert len(body) > 24_000
    assert filled.post("/v1/search", content=body, headers=JSON).status_code == 200


def test_unknown_fields_are_ignored(filled: TestClient) -> None:
    assert post(filled, "/v1/ask", {"question": QUESTION, "temperature": 1, "": None}).json()["status"] == "answered"


WRONG = [
    ({}, "question", "a value", "nothing"),
    ({"question": 5}, "question", "a valid string", "5"),
    ({"question": ["a"]}, "question", "a valid string", "['a']"),
    ({"question": ""}, "question", "at least 1 character", "''"),
    ({"question": " \n"}, "question", "at least 1 character", "' \\n'"),
    ({"question": "x" * 2001}, "question", "at most 2000 characters", "2,001 characters"),
    ({"question": "q", "k": 0}, "k", "greater than or equal to 1", "0"),
    ({"question": "q", "k": 51}, "k", "less than or equal to 50", "51"),
    ({"question": "q", "k": "3"}, "k", "a valid integer", "'3'"),
    ({"question": "q", "k": True}, "k", "a valid integer", "True"),
    ({"question": "q", "k": 2.5}, "k", "a valid integer", "2.5"),
    ({"question": "q", "k": None}, "k", "a valid integer", "None"),
    ({"question": "q", "collection": ""}, "collection", r"pattern '^[\w.-]{1,64}$'", "''"),
    ({"question": "q", "collection": "a/b"}, "collection", r"pattern '^[\w.-]{1,64}$'", "'a/b'"),
    ({"question": "q", "collection": "x" * 65}, "collection", r"pattern '^[\w.-]{1,64}$'", f"'{'x' * 65}'"),
]


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
@pytest.mark.parametrize(("body", "field", "expected", "found"), WRONG)
def test_a_wrong_field_is_named_with_what_was_expected_and_found(
    client: TestClient, path: str, body: dict[str, Any], field: str, expected: str, found: str
) -> None:
    response = post(client, path, body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:problem-type:pincite:request",
        "title": "The request cannot be used",
        "status": 422,
        "detail": f"{field}: expected {expected}, found {found}",
        "instance": path,
        "errors": [{"field": field, "in": "body", "expected": expected, "found": found}],
    }


def test_every_wrong_field_is_named(client: TestClient) -> None:
    errors = post(client, "/v1/ask", {"drafter": "nobody", "k": -1, "collection": "\ud800"}).json()["errors"]
    assert [error["field"] for error in errors] == ["question", "collection", "drafter", "k"]
    assert errors[2]["expected"] == "'extractive', 'local' or 'openai'"
    assert errors[1]["found"] == "'\\ud800'"


def test_a_question_without_a_word_in_it(client: TestClient) -> None:
    problem = post(client, "/v1/ask", {"question": "???"}).json()
    assert (problem["status"], problem["type"]) == (422, "urn:problem-type:pincite:question")
    assert problem["detail"].startswith("expected a question, found nothing to search for")


@pytest.mark.parametrize(
    ("content", "headers", "status", "expected"),
    [
        (b"{bad", JSON, 400, "JSON"),
        (b"", JSON, 422, "a value"),
        (b'{"question": "ferry"}', {}, 422, "a JSON object, sent with the header 'Content-Type: application/json'"),
        (b"[]", JSON, 422, "a valid dictionary or object to extract fields from"),
        (b'{"question": "\xff"}', JSON, 400, None),
        (b"[" * 60_000, JSON, 400, None),
        (b'{"question": "q", "k": ' + b"9" * 5_000 + b"}", JSON, 400, None),
    ],
)
def test_a_body_that_is_no_json_object(
    client: TestClient, content: bytes, headers: dict[str, str], status: int, expected: str | None
) -> None:
    response = client.post("/v1/ask", content=content, headers=headers)
    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    if expected:
        assert problem["errors"][0]["expected"] == expected


def test_a_body_beyond_the_limit_is_not_read(client: TestClient) -> None:
    for path, most in (("/v1/search", 64_000), ("/v1/ask", 320_000)):
        declared = client.post(path, content=b" " * (most + 1), headers=JSON)
        streamed = client.post(path, content=(b" " * 1_000 for _ in range(most // 1_000 + 9)), headers=JSON)
        for response in (declared, streamed):
            assert response.status_code == 413
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["detail"].startswith(f"expected at most {most:,} bytes, found ")


def test_paths_and_methods_that_do_not_exist_are_problems_too(client: TestClient) -> None:
    missing, wrong = client.get("/v1/nothing"), client.get("/v1/ask")
    assert missing.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "there is no such path; /openapi.json describes those that there are",
        "instance": "/v1/nothing",
    }
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert missing.headers["content-type"] == wrong.headers["content-type"] == "application/problem+json"


def test_an_unforeseen_error_is_a_500_without_what_is_inside(filled: TestClient) -> None:
    response = filled.post("/v1/ask", json={"question": QUESTION, "drafter": "openai"})
    assert response.status_code == 500
    assert response.json() == {
        "type": "urn:problem-type:pincite:unexpected",
        "title": "Unexpected error",
        "status": 500,
        "detail": "something went wrong in the service; its log says what",
        "instance": "/v1/ask",
    }
    assert KEY not in response.text
    assert filled.get("/healthz").status_code == 200

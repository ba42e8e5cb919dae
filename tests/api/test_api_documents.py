"""Documents over HTTP: what goes in, what is told of each file, how it is listed, shown and deleted for good."""

import hashlib
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.uploads import Upload, add_uploads, file_name
from index.documents import LIMIT_BYTES
from index.formats import read_markdown
from tests.api.service import HISTORY, QUESTION, FakeAssembly, add

NOTE = "The mill by the river was sold in 1887. Its wheel turned until 1902.\n"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_file_goes_in_once(client: TestClient) -> None:
    first, second = add(client, ("history.md", HISTORY)), add(client, ("history.md", HISTORY))
    outcome = {"file": "history.md", "name": "history.md", "document_id": sha256(HISTORY), "reason": ""}
    assert first.status_code == 201
    assert first.json() == {
        "collection": "default",
        "outcomes": [{**outcome, "status": "added", "passages": 1}],
    }
    assert second.status_code == 200
    assert second.json()["outcomes"] == [{**outcome, "status": "unchanged", "passages": 0}]


def test_several_files_each_have_an_outcome_in_their_order(client: TestClient) -> None:
    response = add(client, ("a.txt", NOTE), ("b.exe", b"MZ"), ("c.txt", b""), ("d.md", HISTORY))
    outcomes = response.json()["outcomes"]
    assert response.status_code == 200, "some went in and some did not"
    assert [(one["file"], one["status"]) for one in outcomes] == [
        ("a.txt", "added"),
        ("b.exe", "rejected"),
        ("c.txt", "rejected"),
        ("d.md", "added"),
    ]
    assert outcomes[1]["reason"] == "unsupported format .exe (expected .txt .md .html .pdf .docx .jsonl)"
    assert outcomes[2]["reason"] == "empty (0 bytes); expected text"


def test_new_beside_unchanged_is_201(filled: TestClient) -> None:
    response = add(filled, ("history.md", HISTORY), ("note.txt", NOTE))
    assert response.status_code == 201
    assert [one["status"] for one in response.json()["outcomes"]] == ["unchanged", "added"]


def test_rejected_beside_unchanged_is_200(filled: TestClient) -> None:
    assert add(filled, ("history.md", HISTORY), ("b.exe", b"MZ")).status_code == 200


def test_when_all_are_rejected_it_is_a_problem(client: TestClient) -> None:
    response = add(client, ("b.exe", b"MZ"), ("c.txt", b""))
    problem = response.json()
    assert response.status_code == problem["status"] == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"] == "urn:problem-type:pincite:upload"
    assert [(one["file"], one["status"]) for one in problem["outcomes"]] == [
        ("b.exe", "rejected"),
        ("c.txt", "rejected"),
    ]
    assert client.get("/v1/documents").json()["total"] == 0


def test_the_lines_of_a_jsonl_file_are_documents(client: TestClient) -> None:
    rows = [{"doc_id": "desk/1", "text": NOTE, "title": "Mill"}, {"doc_id": "desk/2"}]
    response = add(client, ("desk.jsonl", "\n".join(json.dumps(row) for row in rows)))
    outcomes = {one["name"]: one for one in response.json()["outcomes"]}
    assert response.status_code == 200
    assert {name: (one["file"], one["status"]) for name, one in outcomes.items()} == {
        "desk/1": ("desk.jsonl", "added"),
        "desk.jsonl": ("desk.jsonl", "rejected"),
    }
    assert outcomes["desk.jsonl"]["reason"] == 'line 2: field "text" missing'
    assert client.get("/v1/documents/desk/1").json()["title"] == "Mill"


def test_a_jsonl_file_without_a_line_is_rejected(client: TestClient) -> None:
    outcomes = add(client, ("desk.jsonl", b"\n\n")).json()["outcomes"]
    assert [one["reason"] for one in outcomes] == ["empty (no documents in it); expected at least one"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("/abs/note.txt", "note.txt"),
        ("C:\\Users\\me\\note.txt", "note.txt"),
        ("a/b\\c.txt", "c.txt"),
        ("no\x00te\n.txt", "note.txt"),
        ("  note.txt ", "note.txt"),
        ("über 🗼 & co.txt", "über 🗼 & co.txt"),
        ("a%2Fb.txt", "a%2Fb.txt"),
        (".hidden.txt", ".hidden.txt"),
        ("", ""),
        ("/", ""),
        ("..", ""),
        ("a/..", ""),
        (".", ""),
        ("\x00", ""),
        (" ", ""),
    ],
)
def test_a_file_name_is_data(given: str, name: str) -> None:
    assert file_name(given) == name


def test_an_upload_cannot_leave_the_store(client: TestClient, assembly: FakeAssembly) -> None:
    before = sorted(assembly.settings.store.parent.rglob("*.txt"))
    response = add(client, ("../../../escaped.txt", NOTE))
    assert response.json()["outcomes"][0]["name"] == "escaped.txt"
    assert client.get("/v1/documents/escaped.txt").json()["text"] == NOTE
    assert sorted(assembly.settings.store.parent.rglob("*.txt")) == before


@pytest.mark.parametrize("name", ["..", "/", "x" * 252 + ".txt"])
def test_a_name_that_cannot_be_used_is_rejected(client: TestClient, name: str) -> None:
    response = add(client, (name, NOTE))
    assert response.status_code == 422
    assert response.json()["outcomes"][0]["reason"].startswith("expected a file name of 1 to 255 characters, found ")


@pytest.mark.parametrize("files", [[], [("files", ("", NOTE.encode()))], [("file", ("a.txt", NOTE.encode()))]])
def test_a_form_without_a_file(client: TestClient, files: Any) -> None:
    response = client.post("/v1/documents", files=files, data={"collection": "c"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] in {"files", "files.0"}
    assert response.json()["errors"][0]["expected"] in {"a value", "a file with a name"}


def test_the_other_fields_of_the_form_are_checked(client: TestClient) -> None:
    response = add(client, ("a.txt", NOTE), collection="no/slash", replace="perhaps")
    assert [error["field"] for error in response.json()["errors"]] == ["collection", "replace"]
    assert add(client, ("a.txt", NOTE), collection="c" * 2_000).status_code == 400


def test_a_file_that_is_too_large_is_rejected_unread(assembly: FakeAssembly) -> None:
    class Untouchable(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("was read")

    large = Upload("large.txt", LIMIT_BYTES + 1, Untouchable())
    small = Upload("small.txt", len(NOTE), io.BytesIO(NOTE.encode()))
    found = add_uploads(assembly, [large, small], collection="default", replace=True)
    assert [(one.file, one.outcome.status) for one in found] == [("large.txt", "rejected"), ("small.txt", "added")]
    assert found[0].outcome.reason == "too large: 50,000,001 bytes, at most 50,000,000; split it"


def test_a_request_that_is_too_large_is_turned_away_by_its_length(client: TestClient) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": "200000001"}
    response = client.post("/v1/documents", content=b"--b", headers=headers)
    assert response.status_code == 413
    assert response.json()["detail"].startswith("expected at most 200,000,000 bytes, found 200,000,001")


def test_too_many_files_are_turned_away(client: TestClient) -> None:
    response = add(client, *[(f"{number}.txt", NOTE) for number in range(101)])
    assert response.status_code == 400
    assert response.json()["detail"] == "Too many files. Maximum number of files is 100."


async def _send_large_file(app: FastAPI, *, chunks: int) -> list[Any]:
    """Upload `chunks` times 64 KiB, one message each, as a server hands them over."""
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="large.txt"\r\n\r\n'
    parts = iter([head, *[b"x" * 65_536] * chunks, b"\r\n--b--\r\n"])
    sent: list[Any] = []

    async def receive() -> Any:
        body = next(parts, None)
        return {"type": "http.request", "body": body or b"", "more_body": body is not None}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"multipart/form-data; boundary=b")]
    await app(
        {"type": "http", "method": "POST", "path": "/v1/documents", "headers": headers, "query_string": b""},
        receive,
        send,
    )
    return sent


def test_a_large_upload_goes_to_disk_and_not_to_memory(assembly: FakeAssembly) -> None:
    app = create_app(assembly)
    assert assembly.store.entries() == []
    tracemalloc.start()
    try:
        sent = anyio.run(lambda: _send_large_file(app, chunks=800))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        assembly.store.close()
    assert sent[0]["status"] == 422
    assert b"too large: 52,428,800 bytes" in sent[1]["body"]
    assert peak < 10_000_000


def test_another_content_replaces_the_older_by_default(filled: TestClient) -> None:
    response = add(filled, ("history.md", HISTORY.replace("1921", "1922")))
    assert response.status_code == 201
    assert response.json()["outcomes"][0]["status"] == "replaced"
    found = filled.post("/v1/ask", json={"question": QUESTION}).json()
    assert found["answer"] == "The ferry company was founded in 1922 [1]."
    assert filled.get("/v1/documents").json()["total"] == 1
    assert filled.get(f"/v1/documents/{sha256(HISTORY)}").status_code == 404


def test_another_content_is_rejected_where_replace_is_false(filled: TestClient) -> None:
    changed = HISTORY.replace("1921", "1922")
    response = add(filled, ("history.md", changed), ("new.md", changed), replace="false")
    assert response.status_code == 200
    assert [one["status"] for one in response.json()["outcomes"]] == ["rejected", "added"]
    assert filled.get("/v1/documents/history.md").json()["text"] == HISTORY
    assert add(filled, ("history.md", HISTORY), replace="false").json()["outcomes"][0]["status"] == "unchanged"


def test_two_files_of_one_name_in_one_request_come_one_after_the_other(client: TestClient) -> None:
    response = add(client, ("a/note.txt", NOTE), ("b/note.txt", NOTE + "More.\n"))
    assert [one["status"] for one in response.json()["outcomes"]] == ["added", "replaced"]
    assert client.get("/v1/documents/note.txt").json()["text"] == NOTE + "More.\n"


def test_a_document_is_shown_whole_with_its_masks(client: TestClient) -> None:
    text = f"---\ntitle: The mill\ndate: 2024-05-02\nurl: https://example.org/mill\n---\n{NOTE}"
    add(client, ("mill.md", text))
    (mask,) = read_markdown(text).masks
    expected = {
        "id": sha256(text),
        "name": "mill.md",
        "title": "The mill",
        "uri": "https://example.org/mill",
        "published": "2024-05-02",
        "characters": len(text),
        "passages": 1,
        "collection": "default",
        "text": text,
        "masks": [{"start": mask.start, "end": mask.end, "reason": "front matter"}],
        "highlights": [],
    }
    for reference in ("mill.md", sha256(text), sha256(text)[:8]):
        assert client.get(f"/v1/documents/{reference}").json() == expected


@pytest.mark.parametrize("name", ["a/b/c.md", "/abs//x", "what? #1.md", "50%.md", "ünï 🗼.md", "a\\b", "x\x00y"])
def test_any_name_can_be_got_and_deleted(client: TestClient, name: str) -> None:
    add(client, ("rows.jsonl", json.dumps({"doc_id": name, "text": NOTE})))
    # The path as a client library escapes it; slashes stay.
    path = "/v1/documents/" + "".join(c if (c.isalnum() and c.isascii()) or c in "/." else escaped(c) for c in name)
    assert client.get(path).json()["name"] == name
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


def escaped(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def test_a_server_path_is_never_told(client: TestClient, assembly: FakeAssembly, tmp_path: Path) -> None:
    from index.documents import read_paths

    path = tmp_path / "private" / "note.txt"
    path.parent.mkdir()
    path.write_text(NOTE)
    assert [outcome.status for outcome in assembly.adder.add(read_paths([path]))] == ["added"]
    for response in (client.get("/v1/documents"), client.get("/v1/documents/note.txt")):
        assert "private" not in response.text


def test_the_list_is_paged_by_name(client: TestClient) -> None:
    names = [f"{number:02}.txt" for number in range(7)]
    add(client, *[(name, f"{NOTE}Number {name}.\n") for name in reversed(names)])
    seen: list[str] = []
    for offset in range(0, 9, 3):
        page = client.get("/v1/documents", params={"limit": 3, "offset": offset}).json()
        assert (page["collection"], page["total"], page["limit"], page["offset"]) == ("default", 7, 3, offset)
        seen += [document["name"] for document in page["documents"]]
    assert seen == names
    first = client.get("/v1/documents", params={"limit": 1}).json()["documents"][0]
    text = f"{NOTE}Number 00.txt.\n"
    assert first == {
        "id": sha256(text),
        "name": "00.txt",
        "title": "",
        "uri": "",
        "published": "",
        "characters": len(text),
        "passages": 1,
    }


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "offset=-1", "offset=9" + "9" * 30, "limit=x", "collection=a/b"]
)
def test_a_page_that_cannot_be_is_a_problem(client: TestClient, query: str) -> None:
    response = client.get(f"/v1/documents?{query}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["in"] == "query"


def test_an_empty_collection_has_an_empty_list(client: TestClient) -> None:
    page = client.get("/v1/documents?collection=none").json()
    assert page == {"collection": "none", "total": 0, "limit": 50, "offset": 0, "documents": []}


@pytest.mark.parametrize("reference", ["nothing.md", "", "0" * 64, "a/../b", "%00"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_document_that_is_not_there_is_a_404(client: TestClient, method: str, reference: str) -> None:
    response = client.request(method, f"/v1/documents/{reference}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"] == "There is no such document, job or collection"


def test_what_was_deleted_is_found_nowhere(filled: TestClient, assembly: FakeAssembly) -> None:
    secret = "The password of the vault is Zanzibar7741.\n"
    add(filled, ("secret.txt", secret))
    assert filled.post("/v1/search", json={"question": "Zanzibar7741"}).json()["hits"]
    response = filled.delete("/v1/documents/secret.txt")
    assert (response.status_code, response.content) == (204, b"")
    hits = filled.post("/v1/search", json={"question": "Zanzibar7741"}).json()["hits"]
    assert {hit["document_name"] for hit in hits} <= {"history.md"}
    assert filled.get(f"/v1/documents/{sha256(secret)}").status_code == 404
    assert filled.get("/v1/documents").json()["total"] == 1
    kept = {path.name: path.read_bytes() for path in assembly.settings.store.iterdir()}
    assert [name for name, content in kept.items() if b"Zanzibar" in content or b"zanzibar" in content] == []


def test_the_vector_index_follows_at_once(client: TestClient, assembly: FakeAssembly) -> None:
    vectors = assembly.searcher.vectors

    def count() -> int:
        assert vectors.problem("default") == ""
        return int(json.loads(vectors.paths("default")[1].read_bytes())["count"])

    add(client, ("a.txt", NOTE), ("b.txt", NOTE))
    assert count() == 2
    client.delete("/v1/documents/a.txt")
    assert count() == 1


def test_what_was_replaced_is_wiped_too(client: TestClient, assembly: FakeAssembly) -> None:
    add(client, ("note.txt", "The old word was Quixotry.\n"))
    add(client, ("note.txt", NOTE))
    assert not any(b"quixotr" in path.read_bytes().lower() for path in assembly.settings.store.iterdir())


def test_a_deletion_stays_within_its_collection(filled: TestClient) -> None:
    add(filled, ("history.md", HISTORY), collection="other")
    assert filled.delete("/v1/documents/history.md", params={"collection": "other"}).status_code == 204
    assert filled.get("/v1/documents/history.md").status_code == 200
    assert filled.get("/v1/documents/history.md", params={"collection": "other"}).status_code == 404

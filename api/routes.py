"""The paths of the service: ask, search, documents in and out, health."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile

from api.assembly import Assembly
from api.errors import problem_of_upload
from api.limits import FIELD_BYTES, UPLOAD_FILES
from api.problems import MEDIA_TYPE, problem_response
from api.readiness import Readiness
from api.schemas import (
    AnswerBody,
    AskRequest,
    CollectionName,
    DocumentBody,
    EntryBody,
    HealthBody,
    HitBody,
    Limit,
    ListBody,
    MaskBody,
    Offset,
    OutcomeBody,
    ProblemBody,
    SearchBody,
    SearchRequest,
    UploadBody,
)
from api.uploads import FileOutcome, Upload, add_uploads, bring_in_step
from api.working import Cancelled, WorkQueue
from index.datatypes import Hit
from index.store import DEFAULT_COLLECTION, Entry, Store
from qa.datatypes import Answer


@dataclass(frozen=True, slots=True)
class Service:
    """What the paths work with. Answers and additions stand in separate lines, so that neither holds the other up."""

    assembly: Assembly
    readiness: Readiness
    answering: WorkQueue
    adding: WorkQueue


def _service(request: Request) -> Service:
    return cast(Service, request.app.state.service)


_Service = Annotated[Service, Depends(_service)]
_Responses = dict[int | str, dict[str, Any]]


def _problems(**descriptions: str) -> _Responses:
    """The documentation of problems, by status: `_problems(_404="…")`."""
    content = {MEDIA_TYPE: {"schema": ProblemBody.model_json_schema()}}
    return {int(status[1:]): {"description": text, "content": content} for status, text in descriptions.items()}


_INVALID = "A field is missing, of the wrong type or out of its limits; `errors` names each."
_BUSY = "Too much work waits already, or a model cannot be used."
_NO_DOCUMENT = "The collection has no such document."

health = APIRouter(tags=["health"])
router = APIRouter(prefix="/v1")


@health.get("/healthz", response_model=HealthBody, summary="Whether the service runs")
async def healthz() -> dict[str, str]:
    """Answers at once, whatever else is being done."""
    return {"status": "ok"}


@health.get(
    "/readyz",
    response_model=HealthBody,
    summary="Whether the models are loaded",
    responses=_problems(_503="They are not; `detail` says why."),
)
async def readyz(service: _Service) -> dict[str, str]:
    """Questions that come earlier are answered too: they wait for the same loading."""
    service.readiness.check()
    return {"status": "ready"}


@router.post(
    "/ask",
    tags=["questions"],
    response_model=AnswerBody,
    summary="Answer a question from the documents",
    responses=_problems(_413="The body is too large.", _422=_INVALID, _503=_BUSY),
)
async def ask(body: AskRequest, request: Request, service: _Service) -> dict[str, Any]:
    """Every sentence of the answer carries a verbatim quote. Where the documents do not say, the status is `abstained`;
    where they disagree, it is `conflict` and both sides are shown. A client that goes away stops the work."""

    def work(cancelled: Cancelled) -> Answer:
        settings = service.assembly.settings
        return service.assembly.answerer.ask(
            body.question,
            collection=body.collection,
            k=body.k,
            drafter=body.drafter or settings.drafter,
            seconds=settings.timeout,
            cancelled=cancelled,
        )

    return (await service.answering.run_for(request, work)).as_dict()


@router.post(
    "/search",
    tags=["questions"],
    response_model=SearchBody,
    summary="Find passages",
    responses=_problems(_413="The body is too large.", _422=_INVALID, _503=_BUSY),
)
async def search(body: SearchRequest, request: Request, service: _Service) -> SearchBody:
    """Dense and lexical search, fused by reciprocal rank, within one collection."""

    def work(cancelled: Cancelled) -> list[Hit]:
        return service.assembly.searcher.search(body.question, collection=body.collection, k=body.k)

    hits = await service.answering.run_for(request, work)
    return SearchBody(collection=body.collection, hits=[HitBody.model_validate(asdict(hit)) for hit in hits])


_UPLOAD_EXAMPLE = {"files": ["history.md", "timetable.pdf"], "collection": "default", "replace": True}
_UPLOAD_RESPONSES: _Responses = {
    200: {"description": "Nothing was new, or some documents were rejected: read the outcomes."},
    201: {"description": "Every document is in the collection, and at least one is new.", "model": UploadBody},
    **_problems(
        _413="The body is too large.",
        _422=f"{_INVALID} Or every document was rejected; `outcomes` says why.",
        _503=_BUSY,
    ),
}


@router.post(
    "/documents",
    tags=["documents"],
    response_model=UploadBody,
    summary="Add documents",
    responses=_UPLOAD_RESPONSES,
    openapi_extra={"requestBody": {"content": {"multipart/form-data": {"example": _UPLOAD_EXAMPLE}}}},
    form_limits={"max_files": UPLOAD_FILES, "max_fields": UPLOAD_FILES, "max_part_size": FIELD_BYTES},
)
async def upload(
    request: Request,
    response: Response,
    service: _Service,
    files: Annotated[list[UploadFile], File(description=".txt .md .html .pdf .docx .jsonl, at most 50 MB each.")],
    collection: Annotated[CollectionName, Form()] = DEFAULT_COLLECTION,
    replace: Annotated[
        bool, Form(description="Whether a document of the same name and other content makes way for the new one.")
    ] = True,
) -> Any:
    """A bad file does not stop the others. What is acknowledged here is on disk and is found by the next question."""
    uploads = [Upload(file.filename or "", file.size or 0, file.file) for file in files]
    found = await service.adding.run(
        lambda: add_uploads(service.assembly, uploads, collection=collection, replace=replace)
    )
    outcomes = [_outcome_body(one) for one in found]
    statuses = {outcome.status for outcome in outcomes}
    if statuses == {"rejected"}:
        return problem_response(problem_of_upload([outcome.model_dump() for outcome in outcomes]), request)
    response.status_code = 201 if statuses & {"added", "replaced"} and "rejected" not in statuses else 200
    return UploadBody(collection=collection, outcomes=outcomes)


def _outcome_body(found: FileOutcome) -> OutcomeBody:
    return OutcomeBody.model_validate({"file": found.file, **asdict(found.outcome)})


# The paths below are plain functions: the framework runs them in threads, since the store may be busy writing.


@router.get(
    "/documents",
    tags=["documents"],
    response_model=ListBody,
    summary="List documents",
    responses=_problems(_422=_INVALID),
)
def list_documents(
    service: _Service, collection: CollectionName = DEFAULT_COLLECTION, limit: Limit = 50, offset: Offset = 0
) -> ListBody:
    """One page of a collection, by name."""
    store = service.assembly.store
    entries = store.entries(collection=collection, limit=limit, offset=offset)
    return ListBody(
        collection=collection,
        total=_total(store, collection),
        limit=limit,
        offset=offset,
        documents=[EntryBody.model_validate(asdict(entry)) for entry in entries],
    )


def _total(store: Store, collection: str) -> int:
    return len(store.entries(collection=collection))


@router.get(
    "/documents/{reference:path}",
    tags=["documents"],
    response_model=DocumentBody,
    summary="Get a document",
    responses=_problems(_404=_NO_DOCUMENT, _422=_INVALID),
)
def get_document(reference: str, service: _Service, collection: CollectionName = DEFAULT_COLLECTION) -> Response:
    """A document by its name, its id or a beginning of the id (eight characters at least), with text and masks."""
    store = service.assembly.store
    entry = store.entry(reference, collection=collection)
    # Written down here, in the thread: the framework would do it in the event loop, and a text may have megabytes.
    return Response(_document_body(store, entry, collection).model_dump_json(), media_type="application/json")


def _document_body(store: Store, entry: Entry, collection: str) -> DocumentBody:
    document = store.document(entry.key)
    masks = [MaskBody.model_validate(asdict(mask)) for mask in document.masks]
    return DocumentBody(
        **EntryBody.model_validate(asdict(entry)).model_dump(), collection=collection, text=document.text, masks=masks
    )


@router.delete(
    "/documents/{reference:path}",
    tags=["documents"],
    status_code=204,
    summary="Delete a document",
    responses=_problems(_404=_NO_DOCUMENT, _422=_INVALID),
)
def delete_document(reference: str, service: _Service, collection: CollectionName = DEFAULT_COLLECTION) -> None:
    """Text, vectors and full-text rows go, from the files on disk too. The same content under another name stays."""
    store = service.assembly.store
    store.remove(store.entry(reference, collection=collection).name, collection=collection)
    bring_in_step(service.assembly, collection=collection, compact=True)

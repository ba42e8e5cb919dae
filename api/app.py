"""Make the service: the paths, the limits, the translation of errors, and what happens at its start and end."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from anyio import to_thread
from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPBearer

from api import chat_routes, document_routes, health_routes, routes
from api.access import Access
from api.assembly import Assembly
from api.counting import Counts
from api.errors import BusyError
from api.jobs import Job, JobFile, Jobs
from api.keys import Keys
from api.limits import BodyLimit
from api.metrics import Gauges, Metrics
from api.pages import add_pages
from api.problems import add_handlers
from api.rates import Rates
from api.readiness import Readiness
from api.request_log import HEADER, Failures, RequestLog
from api.service import Service
from api.settings import origins_of
from api.uploads import add_job_file, bring_in_step
from api.working import WorkQueue

# Two answers keep two cores busy; a language model takes them one by one in any case.
ANSWERS_AT_ONCE = 2
ANSWERS_WAITING = 16
# Seconds: who is told at once to come again is better served than who waits long.
ANSWERS_PATIENCE = 1.0
# Embedding fills the processor by itself.
ADDITIONS_AT_ONCE = 1
ADDITIONS_WAITING = 8

_DESCRIPTION = (
    "Question answering over your own documents. Every sentence of an answer carries a verbatim quote: "
    "`text[source_start:source_end] == quote`, in Unicode code points. Errors are problem details (RFC 9457)."
)
# Says in the description that a key may be needed; the middleware is what asks for it.
_BEARER = HTTPBearer(auto_error=False, description="A key of `pincite key create`; none is needed until there is one.")


def create_app(assembly: Assembly, *, exposed: bool = False) -> FastAPI:
    """The service over a ready assembly. Starting it opens the store and begins to load the models; stopping closes it.

    `exposed` says that others than this machine reach it: then it wants a key, whether or not there is one.

    Raises:
        InputError: PINCITE_ORIGINS cannot be used.
        StoreError (when it is started): the store cannot be opened.
    """
    service = _service(assembly)
    # The framework's documentation pages would fetch scripts from another origin.
    app = FastAPI(
        title="pincite", version=_version(), description=_DESCRIPTION, lifespan=_lifespan, docs_url=None, redoc_url=None
    )
    app.state.service = service
    _add_middleware(app, service, exposed=exposed)
    add_handlers(app)
    for with_key in (routes.router, document_routes.router, chat_routes.router):
        app.include_router(with_key, dependencies=[Depends(_BEARER)])
    app.include_router(health_routes.router)
    add_pages(app)
    return app


def _service(assembly: Assembly) -> Service:
    folder = assembly.settings.store
    service = Service(
        assembly=assembly,
        readiness=Readiness(assembly.ready),
        answering=WorkQueue(running=ANSWERS_AT_ONCE, waiting=ANSWERS_WAITING, patience=ANSWERS_PATIENCE),
        adding=WorkQueue(running=ADDITIONS_AT_ONCE, waiting=ADDITIONS_WAITING),
        keys=Keys(folder),
        jobs=Jobs(folder),
        rates=Rates(assembly.settings.rate),
        counts=Counts(),
        metrics=Metrics(),
    )
    service.metrics.watch(lambda: _gauges(service))
    return service


def _add_middleware(app: FastAPI, service: Service, *, exposed: bool) -> None:
    """From the inside out: the last one added sees a request first."""
    settings = service.assembly.settings
    origins = origins_of(settings)
    app.add_middleware(BodyLimit, seconds=settings.timeout)
    app.add_middleware(Access, keys=service.keys, exposed=exposed, origins=origins, public_url=settings.public_url)
    app.add_middleware(Failures)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", HEADER],
        expose_headers=[HEADER, "Retry-After"],
    )
    app.add_middleware(RequestLog)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    store = service.assembly.store
    service.readiness.start()
    service.jobs.start(_adding_of(service), lambda job: _settle(service, job))
    try:
        yield
    finally:
        await to_thread.run_sync(_stop, service)
        store.close()


def _stop(service: Service) -> None:
    service.answering.close()
    service.jobs.stop()
    service.adding.close()
    service.keys.close()


def _adding_of(service: Service) -> Callable[[Job, JobFile, Path], JobFile]:
    """Adding one file of a job, in the same line as the uploads that somebody waits for."""

    def add(job: Job, file: JobFile, path: Path) -> JobFile:
        while True:
            try:
                work = service.adding.begin(lambda cancelled: add_job_file(service.assembly, job, file, path))
            except BusyError:
                time.sleep(0.1)
            else:
                return work.future.result()

    return add


def _settle(service: Service, job: Job) -> None:
    statuses = {file.status for file in job.files}
    if statuses & {"added", "replaced"}:
        bring_in_step(service.assembly, collection=job.collection, compact="replaced" in statuses)


def _gauges(service: Service) -> Gauges:
    """What `/metrics` reads when it is asked."""
    store = service.assembly.store
    counts = {name: service.counts.of(store, name) for name in store.collections()}
    lines = {"answering": service.answering, "adding": service.adding}
    return {
        "pincite_queue_length": (
            "Pieces of work that are being done or stand in line.",
            "queue",
            {name: len(line) for name, line in lines.items()},
        ),
        "pincite_running": (
            "Pieces of work that are being done.",
            "queue",
            {name: line.running for name, line in lines.items()},
        ),
        "pincite_documents": (
            "Documents in the store.",
            "collection",
            {name: count.documents for name, count in counts.items()},
        ),
        "pincite_passages": (
            "Passages in the store.",
            "collection",
            {name: count.passages for name, count in counts.items()},
        ),
        "pincite_jobs": ("Background uploads by status.", "status", service.jobs.counts()),
    }


def _version() -> str:
    try:
        return version("pincite")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "0"

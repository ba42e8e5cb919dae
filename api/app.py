"""Make the service: the paths, the limits, the translation of errors, and what happens at its start and end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI

from api.assembly import Assembly
from api.limits import BodyLimit
from api.problems import add_handlers
from api.readiness import Readiness
from api.routes import Service, health, router
from api.working import WorkQueue

# Two answers keep two cores busy; a language model takes them one by one in any case.
ANSWERS_AT_ONCE = 2
ANSWERS_WAITING = 16
# Embedding fills the processor by itself.
ADDITIONS_AT_ONCE = 1
ADDITIONS_WAITING = 8

_DESCRIPTION = (
    "Question answering over your own documents. Every sentence of an answer carries a verbatim quote: "
    "`text[source_start:source_end] == quote`, in Unicode code points. Errors are problem details (RFC 9457)."
)


def create_app(assembly: Assembly) -> FastAPI:
    """The service over a ready assembly. Starting it opens the store and begins to load the models; stopping closes it.

    Raises (when it is started):
        StoreError: the store cannot be opened.
    """
    service = Service(
        assembly=assembly,
        readiness=Readiness(assembly.ready),
        answering=WorkQueue(running=ANSWERS_AT_ONCE, waiting=ANSWERS_WAITING),
        adding=WorkQueue(running=ADDITIONS_AT_ONCE, waiting=ADDITIONS_WAITING),
    )
    # The framework's documentation pages would fetch scripts from another origin.
    app = FastAPI(
        title="pincite", version=_version(), description=_DESCRIPTION, lifespan=_lifespan, docs_url=None, redoc_url=None
    )
    app.state.service = service
    app.add_middleware(BodyLimit)
    add_handlers(app)
    app.include_router(router)
    app.include_router(health)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    store = service.assembly.store
    service.readiness.start()
    try:
        yield
    finally:
        store.close()


def _version() -> str:
    try:
        return version("pincite")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "0"

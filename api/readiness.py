"""Load the models in the background while the service answers already, and say how that went."""

import logging
import threading
from collections.abc import Callable

from api.errors import NotReadyError
from index.errors import PinciteError

_logger = logging.getLogger(__name__)


class Readiness:
    """Whether what `load` loads is loaded. It runs once, in a thread of its own."""

    def __init__(self, load: Callable[[], None]) -> None:
        self._load = load
        self._loaded = threading.Event()
        self._problem = "the models are being loaded"

    def start(self) -> None:
        """Begin to load. The thread keeps no process alive: a service may be stopped while it still loads."""
        threading.Thread(target=self._run, name="pincite-loading", daemon=True).start()

    def check(self) -> None:
        """Return where everything is loaded.

        Raises:
            NotReadyError: it is not yet, or could not be; the message says why.
        """
        if not self._loaded.is_set():
            raise NotReadyError(self._problem)

    def _run(self) -> None:
        try:
            self._load()
        except PinciteError as error:
            _logger.error("loading failed: %s", error)
            self._problem = f"loading failed: {error}"
        except Exception:
            # The log has it whole; a client is told nothing of what is inside.
            _logger.exception("loading failed")
            self._problem = "loading failed unexpectedly; the log of the service says why"
        else:
            self._loaded.set()

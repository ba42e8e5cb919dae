"""Draft with a small language model in this process: llama.cpp through xllamacpp, bound by a grammar."""

import os
import secrets
import threading
import time
from pathlib import Path
from typing import Any

from qa.asking import read_question
from qa.datatypes import Draft
from qa.drafting import DraftRequest, draft_from_parts, messages, parse_loose
from qa.errors import DraftError, WeightsError

# Prompt and answer together; the evidence that is sent stays far below it.
CONTEXT_TOKENS = 2048
# An answer is one sentence, at most three where the question asks why or how.
OUTPUT_TOKENS = 96
_SETTINGS = {
    "temperature": 0.0,
    "seed": 0,
    "cache_prompt": True,
    "stream": True,
    "stream_options": {"include_usage": True},
}


class LocalDrafter:
    """Loads the weights at its first draft and keeps them. One draft at a time: the model fills the processor."""

    name = "local"

    def __init__(self, weights: Path, *, threads: int | None = None) -> None:
        self._weights = weights
        self._threads = threads or min(os.cpu_count() or 1, 8)
        self._server: Any = None
        self._lock = threading.Lock()

    def load(self) -> None:
        """Load the weights now rather than at the first draft.

        Raises:
            WeightsError: llama.cpp does not take the file.
        """
        with self._lock:
            self._load()

    def draft(self, request: DraftRequest) -> Draft:
        """A draft by the model; its numbers exist because the grammar has no others.

        Raises:
            DraftError: deadline, cancellation, or nothing usable written.
        """
        text, usage = self._run(request, _job(request))
        parts = parse_loose(text)
        if not parts:
            raise DraftError(f"the model wrote nothing usable ({len(text)} characters)")
        return draft_from_parts(parts, request, usage)

    def complete(
        self, request: DraftRequest, *, chat: list[dict[str, str]], max_tokens: int
    ) -> tuple[str, dict[str, int]]:
        """What the model writes in this chat, bound by no grammar, and its token counts. For the baseline in `eval`.

        Raises:
            DraftError: deadline or cancellation of the request, or the model failed.
        """
        return self._run(request, {**_SETTINGS, "messages": chat, "max_tokens": max_tokens})

    def _run(self, request: DraftRequest, job: dict[str, Any]) -> tuple[str, dict[str, int]]:
        while not self._lock.acquire(timeout=0.05):
            request.check()
        try:
            began = time.monotonic()
            self._load()
            request = request.extended(time.monotonic() - began)
            request.check()
            return self._generate(request, job)
        finally:
            self._lock.release()

    def _load(self) -> None:
        if self._server is not None:
            return
        # The library brings llama.cpp along: only who drafts locally pays for it.
        import xllamacpp

        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(self._weights)
        parameters.n_ctx = CONTEXT_TOKENS
        parameters.n_parallel = 1
        parameters.n_gpu_layers = 0
        parameters.cpuparams.n_threads = self._threads
        parameters.cpuparams_batch.n_threads = self._threads
        parameters.verbosity = -1
        # The library also listens on a loopback port that is of no use to us: without this key nobody uses it.
        parameters.api_keys = [secrets.token_urlsafe(32)]
        parameters.ui = False
        parameters.endpoint_slots = False
        try:
            self._server = xllamacpp.Server(parameters)
        except RuntimeError as error:
            raise WeightsError(
                f"llama.cpp cannot load {self._weights}: {error}. Expected a GGUF file of a chat model; run 'pincite doctor'"
            ) from error

    def _generate(self, request: DraftRequest, job: dict[str, Any]) -> tuple[str, dict[str, int]]:
        pieces: list[str] = []
        usage: dict[str, int] = {}
        failures: list[str] = []
        stopped: list[DraftError] = []

        def receive(chunk: dict[str, Any]) -> bool:
            """Called by the library per token; true stops the generation."""
            try:
                request.check()
            except DraftError as error:
                stopped.append(error)
                return True
            _take(chunk, pieces, usage, failures)
            return False

        self._server.handle_chat_completions(job, receive)
        if stopped:
            raise stopped[0]
        if failures:
            raise DraftError(f"the model failed: {failures[0]}")
        return "".join(pieces), usage


def _job(request: DraftRequest) -> dict[str, Any]:
    return {
        **_SETTINGS,
        "messages": messages(request),
        "grammar": grammar([item.number for item in request.evidence], most_sentences=_most_sentences(request)),
        "max_tokens": OUTPUT_TOKENS * _most_sentences(request),
    }


def _most_sentences(request: DraftRequest) -> int:
    return 2 if read_question(request.question).wanted == "reason" else 1


def grammar(numbers: list[int], *, most_sentences: int) -> str:
    """GBNF for lines such as '[1,3] One sentence.': only these numbers, evidence first, no line without both.

    A full stop can only be written inside figures, initials and addresses (33.40, U.S, JD.com): a line is one sentence.
    """
    alternatives = " | ".join(f'"{number}"' for number in numbers)
    return "\n".join(
        (
            # No line break is asked for at the end: the model wants to stop behind the full stop, and may.
            f'root ::= line ("\\n" line){{0,{most_sentences - 1}}}',
            'line ::= "[" number ("," number){0,2} "] " sentence "."',
            f"number ::= {alternatives}",
            'sentence ::= (plain | "." [0-9A-Z] | ".com" | ".org" | ".net" | ".ai" | ".io"){1,320}',
            r"plain ::= [^\n\r\[\].!?]",
            "",
        )
    )


def _take(chunk: dict[str, Any], pieces: list[str], usage: dict[str, int], failures: list[str]) -> None:
    for choice in chunk.get("choices") or ():
        pieces.append((choice.get("delta") or {}).get("content") or "")
    if counted := chunk.get("usage"):
        cached = (counted.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
        usage.update(
            tokens_in=counted.get("prompt_tokens", 0),
            tokens_out=counted.get("completion_tokens", 0),
            tokens_cached=cached,
        )
    if "error" in chunk or ("message" in chunk and "choices" not in chunk):
        failures.append(str(chunk.get("error", chunk))[:200])

"""Draft with any OpenAI-compatible server: vLLM, Ollama, llama-server, hosted; structured output where it is offered."""

import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qa.datatypes import Draft
from qa.drafting import INSTRUCTIONS, DraftRequest, draft_from_parts, messages, parse_loose
from qa.errors import DeadlineError, DraftError

if TYPE_CHECKING:
    import openai

OUTPUT_TOKENS = 400
SECONDS = 60.0
# Seconds before each of the two further tries that a failing server is given.
WAITS = (0.5, 2.0)

_INSTRUCTIONS = (
    f"{INSTRUCTIONS} Answer with JSON: "
    '{"statements": [{"evidence": [numbers], "answer": "one sentence"}]}. Write more than one statement only where the '
    "question asks for several things."
)
_EXAMPLE_ANSWER = '{"statements": [{"evidence": [2], "answer": "The Aurora has a crew of 30."}]}'

_COUNTS = {"tokens_in": "prompt_tokens", "tokens_out": "completion_tokens"}


class OpenAIDrafter:
    """Asks a chat completion for evidence numbers and sentences. The key stays in the client and in no message of ours."""

    name = "openai"

    def __init__(
        self, client: "openai.OpenAI", *, model: str, seconds: float = SECONDS, waits: Sequence[float] = WAITS
    ) -> None:
        self._client = client
        self._model = model
        self._seconds = seconds
        self._waits = tuple(waits)
        self._structured = True

    @classmethod
    def build(
        cls, *, base_url: str | None, api_key: str | None, model: str, seconds: float = SECONDS
    ) -> "OpenAIDrafter":
        """With the official client. A server that wants no key is given an empty one's stand-in."""
        # The client takes a second to import: only who uses it pays for it.
        import openai

        # Tries are counted here and not by the client, which would give each the whole time again.
        client = openai.OpenAI(base_url=base_url, api_key=api_key or "none", max_retries=0)
        return cls(client, model=model, seconds=seconds)

    def draft(self, request: DraftRequest) -> Draft:
        """A draft by the server's model.

        Raises:
            DraftError: the server cannot be reached, refuses, is too slow, or wrote nothing usable.
        """
        import openai

        request.check()
        try:
            text, usage = self._complete(request)
        except openai.APITimeoutError:
            raise DeadlineError("the server did not answer in time") from None
        except openai.APIStatusError as error:
            # The body may repeat what was sent; the status says enough.
            raise DraftError(f"the server answered with status {error.status_code}") from None
        except openai.APIError as error:
            raise DraftError(f"the server cannot be used: {type(error).__name__}") from None
        except UnicodeError:
            # The error has the whole header in it.
            raise DraftError(
                "OPENAI_API_KEY cannot be sent: expected ASCII, found other characters; copy it again"
            ) from None
        request.check()
        parts = parse_loose(text)
        if not parts:
            raise DraftError(f"the model wrote nothing usable ({len(text)} characters)")
        return draft_from_parts(parts, request, usage)

    def _complete(self, request: DraftRequest) -> tuple[str, dict[str, int]]:
        import openai

        if self._structured:
            try:
                return self._send(request, response_format=_response_format(request))
            except (openai.BadRequestError, openai.UnprocessableEntityError):
                # The server does not know the parameter; from now on the tolerant parser has to do.
                self._structured = False
        return self._send(request)

    def _send(self, request: DraftRequest, **more: Any) -> tuple[str, dict[str, int]]:
        """One completion; a server that fails is asked again as long as there is time."""
        import openai

        for wait in self._waits:
            try:
                return self._send_once(request, **more)
            except (openai.InternalServerError, openai.RateLimitError, openai.APIConnectionError) as error:
                if isinstance(error, openai.APITimeoutError):
                    raise
            time.sleep(min(wait, max(0.0, request.deadline - time.monotonic())))
            request.check()
        return self._send_once(request, **more)

    def _send_once(self, request: DraftRequest, **more: Any) -> tuple[str, dict[str, int]]:
        response = self._client.chat.completions.with_raw_response.create(
            model=self._model,
            messages=messages(request, instructions=_INSTRUCTIONS, example_answer=_EXAMPLE_ANSWER),  # type: ignore[arg-type]
            temperature=0.0,
            max_tokens=OUTPUT_TOKENS,
            timeout=max(0.001, min(self._seconds, request.deadline - time.monotonic())),
            **more,
        )
        return _read(response.text)


def _read(body: str) -> tuple[str, dict[str, int]]:
    """The text and the token counts of a completion, read by hand: not every compatible server sends a whole one."""
    try:
        completion = json.loads(body)
        text = completion["choices"][0]["message"]["content"] or ""
        counted = completion.get("usage") or {}
        usage = {ours: int(counted[name]) for ours, name in _COUNTS.items() if name in counted}
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise DraftError(
            f"expected a chat completion from the server, found {len(body)} characters of something else"
        ) from error
    if not isinstance(text, str):
        raise DraftError(f"expected text in the completion, found {type(text).__name__}")
    return text, usage


def _response_format(request: DraftRequest) -> dict[str, Any]:
    """A JSON schema that admits only numbers of evidence that exist."""
    numbers = {"type": "integer", "enum": [item.number for item in request.evidence]}
    statement = {
        "type": "object",
        "properties": {"evidence": {"type": "array", "items": numbers, "minItems": 1}, "answer": {"type": "string"}},
        "required": ["evidence", "answer"],
        "additionalProperties": False,
    }
    schema = {
        "type": "object",
        "properties": {"statements": {"type": "array", "items": statement, "minItems": 1}},
        "required": ["statements"],
        "additionalProperties": False,
    }
    return {"type": "json_schema", "json_schema": {"name": "draft", "strict": True, "schema": schema}}

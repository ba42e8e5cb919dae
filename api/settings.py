"""What can be set from outside: environment variables, read once at the edge and passed on as plain values."""

import re
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.encoding import DEFAULT_ENCODER
from index.errors import InputError
from qa.weights import DEFAULT_MODEL


class Settings(BaseSettings):
    """One field a variable; the description is what the documentation says of it."""

    model_config = SettingsConfigDict(env_prefix="PINCITE_", env_ignore_empty=True, frozen=True, extra="ignore")

    store: Path = Field(
        default_factory=lambda: user_data_path("pincite") / "store",
        description="Folder of the store. `--store` wins over it.",
    )
    cache: Path | None = Field(default=None, description="Folder for model weights. Default: the user's cache folder.")
    encoder: str = Field(default=DEFAULT_ENCODER, description="Name or path of a sentence-transformers model.")
    drafter: Literal["extractive", "local", "openai"] = Field(
        default="extractive",
        description="Who writes answers: `extractive`, `local` or `openai`. `--drafter` wins over it.",
    )
    model: str = Field(
        default=DEFAULT_MODEL,
        description="Weights of the local drafter: `1.5b`, `0.5b`, a GGUF file, or `hf:owner/repo@revision/file.gguf`.",
    )
    threads: int | None = Field(
        default=None, ge=1, le=256, description="Threads of the local model. Default: the processor's, 8 at most."
    )
    threshold: float | None = Field(
        default=None,
        ge=0.0,
        le=1.0,
        description="Confidence under which pincite abstains, from 0 (never) to 1 (always). Default: what is usual for a "
        "collection as mixed, or as much about one thing, as the one that is asked.",
    )
    timeout: float = Field(
        default=60.0,
        gt=0,
        le=3600,
        description="Seconds that one answer may take before the extractive one is given; in the service, that a request "
        "may take.",
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$",
        description="Address of the service from outside, for the links of citations. Default: as the request came in.",
    )
    origins: str = Field(
        default="",
        description="Origins of pages that may embed the chat, such as `https://example.org`, separated by commas.",
    )
    rate: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description="Questions that each key may ask within a minute. 0: as many as it likes.",
    )
    inline_sources: bool = Field(
        default=False,
        description="Whether the chat endpoint appends the quotes as a list, for clients that drop everything else.",
    )
    log: Literal["off", "error", "info"] = Field(
        default="info", description="What the service logs: `info` (a JSON line a request), `error` or `off`."
    )
    openai_base_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("OPENAI_BASE_URL", "openai_base_url"),
        description="Where the OpenAI-compatible server of the `openai` drafter answers.",
    )
    openai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("OPENAI_API_KEY", "openai_api_key"),
        description="Its key. It is never logged and stands in no error.",
    )
    openai_model: str = Field(
        default="gpt-4o-mini",
        validation_alias=AliasChoices("OPENAI_MODEL", "openai_model"),
        description="The model that the `openai` drafter asks for.",
    )


def read_settings(**chosen: object) -> Settings:
    """The settings of this environment; `chosen` (from flags) wins, None means not chosen.

    Raises:
        InputError: a variable has a value that it cannot have.
    """
    try:
        return Settings(**{name: value for name, value in chosen.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        problems = "; ".join(_problem(dict(problem)) for problem in error.errors(include_url=False))
        raise InputError(f"the settings cannot be used: {problems}") from None


def origins_of(settings: Settings) -> list[str]:
    """The origins that may embed the chat, as browsers write them.

    Raises:
        InputError: one of them is none.
    """
    found = [origin.strip().rstrip("/") for origin in settings.origins.split(",") if origin.strip()]
    for origin in found:
        if not re.fullmatch(r"https?://[\w.:\[\]-]+", origin):
            raise InputError(
                f"PINCITE_ORIGINS: expected origins such as https://example.org, separated by commas, found {origin[:80]!r}"
            )
    return found


def variable_of(field: str) -> str:
    """The environment variable that sets a field."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"PINCITE_{field.upper()}"


def _problem(problem: dict[str, object]) -> str:
    location = problem["loc"]
    name = str(location[0]) if isinstance(location, tuple) and location else "?"
    variable = variable_of(name) if name in Settings.model_fields else name
    found = "" if "KEY" in variable else f", found {str(problem.get('input'))[:80]!r}"
    return f"{variable}: {problem['msg']}{found}"

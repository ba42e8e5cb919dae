"""Takes the fields out of a JSON object, or says which line and field is wrong, what it should be and what it is."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from index.errors import InputError


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object, the place it stands at (`gold.jsonl line 3`) and the error to raise when it is wrong.

    `path` is where the object stands inside the place's outermost one (`result.citations[0].`). Every method takes a
    field's name and returns its value; a field that is absent or null gives `default`, or is an error where there is
    none.
    """

    values: Mapping[str, object]
    place: str
    error: type[InputError]
    path: str = ""

    def fail(self, name: str, expected: str, found: object = None) -> NoReturn:
        """Raise this object's error about one field; `found` describes what is there, the value itself if not given."""
        there = repr(self.values[name]) if name in self.values else "nothing"
        shown = there if found is None else str(found)
        raise self.error(f"{self.place}: field {self.path + name!r}: expected {expected}, found {shown[:120]}")

    def only(self, *names: str) -> None:
        """Refuse fields with other names, so that a misspelt one is not silently ignored."""
        for name in self.values:
            if name not in names:
                self.fail(name, f"one of {', '.join(names)}", "an unknown field")

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.values.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """A string."""
        value = self.values.get(name, default)
        value = default if value is None else value
        return value if isinstance(value, str) else self.fail(name, "a string")

    def flag(self, name: str) -> bool:
        """true or false."""
        value = self.values.get(name)
        return value if isinstance(value, bool) else self.fail(name, "true or false")

    def whole(self, name: str, default: int | None = None) -> int:
        """An integer; true and false are not integers here."""
        value = self.values.get(name)
        value = default if value is None else value
        return value if isinstance(value, int) and not isinstance(value, bool) else self.fail(name, "an integer")

    def number(self, name: str) -> float | None:
        """A finite number, or None where the field is absent or null."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.fail(name, "a finite number")
        return float(value)

    def items(self, name: str) -> list[object]:
        """A list; an absent one is empty."""
        value = self.values.get(name)
        value = [] if value is None else value
        return value if isinstance(value, list) else self.fail(name, "a list")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; an absent one is empty."""
        return tuple(
            item if isinstance(item, str) else self.fail(name, "a list of strings") for item in self.items(name)
        )

    def wholes(self, name: str) -> tuple[int, ...]:
        """A list of integers; an absent one is empty."""
        items = self.items(name)
        if not all(isinstance(item, int) and not isinstance(item, bool) for item in items):
            self.fail(name, "a list of integers")
        return tuple(int(str(item)) for item in items)

    def children(self, name: str) -> list["Fields"]:
        """A list of objects, each knowing its own place; an absent one is empty."""
        return [self._child(f"{name}[{i}]", item) for i, item in enumerate(self.items(name))]

    def child(self, name: str) -> "Fields":
        """An object; an absent one is empty."""
        value = self.values.get(name)
        return self._child(name, {} if value is None else value)

    def _child(self, name: str, value: object) -> "Fields":
        if not isinstance(value, dict):
            self.fail(name, "an object", repr(value))
        return Fields(value, self.place, self.error, f"{self.path}{name}.")


def parse_object(text: str, *, place: str, error: type[InputError]) -> Fields:
    """Parse one JSON object. NaN and Infinity are errors: no measure could use them."""

    def refuse(constant: str) -> NoReturn:
        raise error(f"{place}: expected finite numbers, found {constant}")

    try:
        values = json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as problem:
        raise error(f"{place}: expected a JSON object, found {text[:60]!r} ({problem})") from problem
    if not isinstance(values, dict):
        raise error(f"{place}: expected a JSON object, found {text[:60]!r}")
    return Fields(values, place, error)


def read_text(path: Path, *, error: type[InputError]) -> str:
    """Read a UTF-8 file with its line ends as they are; a missing or undecodable one is the caller's error."""
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as problem:
        raise error(f"{path}: expected a readable UTF-8 file, found: {problem}") from problem


def json_lines(path: Path, *, error: type[InputError]) -> Iterator[Fields]:
    """Yield the objects of a JSON Lines file, blank lines left out; places count lines from 1."""
    # str.splitlines would also break at U+2028 and its like, which JSON allows inside strings.
    for number, line in enumerate(read_text(path, error=error).split("\n"), start=1):
        if line.strip():
            yield parse_object(line, place=f"{path.name} line {number}", error=error)

"""How many documents and passages each collection has, counted again only when it has changed."""

from dataclasses import dataclass

from index.store import Store


@dataclass(frozen=True, slots=True)
class Count:
    """What one collection holds."""

    documents: int
    passages: int


class Counts:
    """Counts of one store by collection; a generation is counted once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[str, int], Count]] = {}

    def of(self, store: Store, collection: str) -> Count:
        """What the collection holds now; nothing where it does not exist."""
        generation = (store.id, store.generation(collection))
        known = self._known.get(collection)
        if known is None or known[0] != generation:
            known = (generation, Count(*store.count(collection)))
            # A name that anybody may ask for takes no memory unless there is something behind it.
            if known[1].documents:
                self._known[collection] = known
        return known[1]

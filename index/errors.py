"""What can go wrong below the answer, as one tree.

PinciteError
├── InputError              what the caller gave cannot be used
│   ├── QuestionError           an empty or overlong question
│   └── DocumentError           one document cannot be read (its reason says why)
├── NotFoundError           no such document or collection
├── NameTakenError          another file already bears this name
├── StoreError              the store cannot be opened, read or written
│   └── EncoderMismatchError    the store was built with another encoder
└── ModelError              a model cannot be found, verified or run (see qa/errors.py for its children)

Every message says what was expected, what was found and what to do. The tree becomes HTTP statuses and exit codes in
`api/errors.py` and nowhere else.
"""


class PinciteError(Exception):
    """The root: catching it catches everything that pincite raises on purpose."""


class InputError(PinciteError):
    """What the caller gave cannot be used."""


class QuestionError(InputError):
    """The question is empty or too long."""


class DocumentError(InputError):
    """One document cannot be read; the message is its reason, fit to stand in a list beside its name."""


class NotFoundError(PinciteError):
    """No such document or collection."""


class NameTakenError(PinciteError):
    """Another file already bears this document name in the collection."""


class StoreError(PinciteError):
    """The store cannot be opened, read or written."""


class EncoderMismatchError(StoreError):
    """The store holds vectors of another encoder than the one at hand."""


class ModelError(PinciteError):
    """A model cannot be found, verified or run."""

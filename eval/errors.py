"""What can go wrong while evaluating, as one branch of the tree in `index/errors.py`.

PinciteError
└── InputError
    ├── GoldError           a file of questions or documents cannot be read as what it claims to be
    ├── RunFileError        a run file cannot be read, or may not be written over
    ├── MeasureError        no measure is spelled like that
    ├── EmptySetError       there is nothing to average
    └── ThresholdError      no threshold keeps the stated bound
"""

from index.errors import InputError


class GoldError(InputError):
    """A file of gold questions or of documents is wrong; the message names the line and the field."""


class RunFileError(InputError):
    """A run file is wrong or in the way; the message names the line and the field."""


class MeasureError(InputError):
    """No measure is spelled like that; the message lists the ones there are."""


class EmptySetError(InputError):
    """A mean over nothing was asked for; the message says what the set was to hold."""


class ThresholdError(InputError):
    """No threshold keeps the stated bound; the message says how near one comes."""

"""What can go wrong on the way from hits to an answer; the tree of `index/errors.py` goes on here.

ModelError
├── WeightsError            weights cannot be fetched, or are not what their sum says
└── DraftError              a drafter gave nothing usable
    ├── DeadlineError           it ran out of time
    └── CancelledError          whoever asked went away

A DraftError never reaches the person who asked: the extractive answer is given instead and says why. The one exception
is CancelledError, because nobody is there to read the answer.
"""

from index.errors import ModelError


class WeightsError(ModelError):
    """Weights cannot be fetched, or are not what their sum says."""


class DraftError(ModelError):
    """A drafter gave nothing usable; the message says what it gave."""


class DeadlineError(DraftError):
    """The drafter ran out of time."""


class CancelledError(DraftError):
    """Whoever asked went away."""

"""pincite: question answering over your own documents, every statement with a quote that stands at the cited place."""

from importlib.metadata import version

__version__ = version("pincite")

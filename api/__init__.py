"""The HTTP face of pincite, and what it shares with the command line: settings, assembly, the translation of errors."""

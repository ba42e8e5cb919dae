"""Turn a question into an expression of the full-text index."""

import re

# Words that say nothing about which passage is meant; they are kept when a question has no others.
_STOP_WORDS = frozenset(
    """
    a an and are as at be been by can could did do does for from had has have how i in is it its may me my of on
    or our shall should so than that the their them then there these they this to was we were what when where
    which who whom whose why will with would you your
    """.split()
)


def match_expression(question: str) -> str:
    """The question's words as an FTS5 expression: any of them may occur. Quoting makes operators plain words."""
    # Accents that stand alone belong to their word, and FTS5 ignores case and accents by itself.
    words = list({word.lower(): word for word in re.findall(r"[\w\u0300-\u036f]+", question)}.values())[:64]
    telling = [word for word in words if word.lower() not in _STOP_WORDS] or words
    return " OR ".join(f'"{word}"' for word in telling)

"""Tell sentences that say of themselves that they speak of another world: what is so there answers nothing about this one."""

import re

from qa.datatypes import Sentence

_UNREAL = r"(?:alternat(?:e|ive)|parallel|hypothetical|imaginary|(?:re-?)?imagined|fictitious|made-up|make-believe)"
_WORLD = r"(?:universe|timeline|reality|history|realm|dimension|world|scenario|setting|account|past|future|case|planet|version)"
# 'In an alternate universe, …' and 'as per this hypothetical scenario', not 'is an alternate history novel'.
_FRAME = re.compile(
    rf"\b(?:in|within|under|per|according to|on) (?:an?|the|our|this|that|some|one) (?:[\w-]+ ){{0,2}}?{_UNREAL} "
    rf"(?:[\w-]+ ){{0,1}}?{_WORLD}s?\b(?! (?:novel|film|series|book|story|game)\b)"
    # 'In the alternate Europe': a place that there is but one of.
    r"|\bin (?:an?|the|our|this) (?:alternate|imaginary|hypothetical|(?:re-?)?imagined) (?-i:[A-Z])\w"
    # 'In our unique timeline', 'in our version of history': who says so means that there are others.
    r"|\b(?:in|within) (?:our|this) (?:[\w-]+ ){0,2}?(?:timeline|version of (?:history|events|reality))\b",
    re.IGNORECASE,
)
_ASKED = re.compile(rf"\b(?:{_UNREAL}|universe|timeline|fiction\w*|suppose|imagine)\b", re.IGNORECASE)


def is_imagined(question: str, sentence: Sentence) -> bool:
    """Whether the sentence, or the one before it, sets itself in a world that is not this one, unasked."""
    return _FRAME.search(f"{sentence.before}\n{sentence.text}") is not None and _ASKED.search(question) is None

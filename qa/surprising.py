"""Tell sentences that say of themselves that they go against what is expected: others are likely to say something else."""

import re

from qa.datatypes import Sentence

_ODD = (
    "surprising unexpected astonishing amazing shocking startling stunning striking remarkable incredible "
    "unbelievable strange odd peculiar bizarre curious ironic intriguing unique fascinating interesting unusual "
    "unconventional uncharacteristic extraordinary paradoxical counterintuitive counter-intuitive"
).split()


def _oddly(word: str) -> str:
    """The adverb: 'remarkably', 'ironically', 'extraordinarily', 'oddly'."""
    for ending, instead in (("ble", "bly"), ("ic", "ically"), ("y", "ily")):
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    return f"{word}ly"


_IS_ODD = f"(?:{'|'.join(_ODD)})"
_ODDLY = f"(?:{'|'.join(map(_oddly, _ODD))})"
_BELIEFS = r"(?:belief|knowledge|opinion|wisdom|perception|assumption|expectation|intuition|misconception)s?"
_COMMONLY = r"(?:commonly|popularly|widely|generally|usually|often|traditionally)"
_HELD = r"(?:believed|thought|assumed|expected|supposed|perceived|imagined)"
# Every repetition is bounded: what is searched is a stranger's text.
_BEGIN = r"(?:^|[.!?]\s{1,3})[\"'“‘(]{0,2}"
_SAID = (
    # 'Surprisingly, it is …', 'it is, remarkably, …'; 'surprisingly' itself wherever it stands but for 'not surprisingly'.
    rf"{_BEGIN}(?:rather )?{_ODDLY}\b",
    rf"[,;:–—] {{0,2}}{_ODDLY},",
    r"(?<!not )(?<!not very )\b(?:surprisingly|unexpectedly|shockingly|astonishingly)\b",
    # 'In a shocking twist, …', 'According to this unusual law, …'.
    rf"{_BEGIN}(?:in|by|through|with|under|according to) (?:an?|the|our|this|one|some) (?:\w{{1,20}}ly )?{_IS_ODD} \w",
    # 'Contrary to popular belief', 'not X, as is commonly thought', 'unlike most cells'.
    rf"\bcontrary to (?:[\w-]{{1,20}} ){{0,3}}?(?:{_BELIEFS}|what)\b",
    rf"\b(?:despite|against|unlike|defying) (?:[\w-]{{1,20}} ){{0,2}}?{_BELIEFS}\b",
    rf"\bas (?:is |it is )?{_COMMONLY} {_HELD}\b",
    r"\bunlike (?:in )?(?:most|typical|conventional|standard|what)\b",
    r"\brather than the (?:usual|standard|typical|expected|traditional|conventional)\b",
    r"\bnone other than\b",
)
_SURPRISE = re.compile("|".join(_SAID), re.IGNORECASE | re.MULTILINE)


def is_surprising(sentence: Sentence) -> bool:
    """Whether the sentence, or the one before it, says that what it tells is not what one would expect."""
    return _SURPRISE.search(f"{sentence.before}\n{sentence.text}") is not None

"""Tell sentences that say of themselves that they go against what is expected: others are likely to say something else."""

import re

from qa.datatypes import Sentence

_ODD = (
    r"(?:surprising|unexpected|astonishing|amazing|shocking|startling|stunning|striking|remarkabl[ey]|incredibl[ey]|"
    r"unbelievabl[ey]|strange|odd|peculiar|bizarre|curious|ironical|intriguing|fascinating|interesting|unique|unusual|"
    r"unconventional|uncharacteristic|extraordinar[iy]|paradoxical|counter-?intuitive)"
)
_BELIEFS = r"(?:belief|knowledge|opinion|wisdom|perception|assumption|expectation|intuition|misconception)s?"
_COMMONLY = r"(?:commonly|popularly|widely|generally|usually|often|traditionally|many|most)"
_HELD = r"(?:believed?|thought|think|assumed?|expect(?:ed)?|supposed?|perceived?|imagined?)"
_SAID = (
    # 'Surprisingly, it is …', 'it is, remarkably, …'; 'surprisingly' itself wherever it stands but for 'not surprisingly'.
    rf"(?:^|[.!?]\s+|[,;:]\s+|[–—]\s*)\W*{_ODD}(?:ly)?,",
    rf"(?:^|[.!?]\s+)\W*{_ODD[:-1]}|rather unique)ly\b",
    r"(?<!not )(?<!not very )\b(?:surprisingly|unexpectedly|shockingly|astonishingly)\b",
    # 'In a shocking twist, …', 'According to this unusual law, …'.
    rf"(?:^|[.!?]\s+)\W*(?:in|by|through|with|under|according to) (?:an?|the|our|this|one|some) (?:[\w-]+ly )?{_ODD}(?:ly)? \w",
    # 'Contrary to popular belief', 'not X, as is commonly thought', 'unlike most cells'.
    rf"\bcontrary to (?:[\w-]+ ){{0,3}}?(?:{_BELIEFS}|what)\b",
    rf"\b(?:despite|against|unlike|defying) (?:[\w-]+ ){{0,2}}?{_BELIEFS}\b",
    rf"\bas (?:is |it is )?{_COMMONLY} {_HELD}\b",
    r"\bunlike (?:in )?(?:most|typical|conventional|standard|what)\b",
    r"\brather than the (?:usual|standard|typical|expected|traditional|conventional)\b",
    r"\bnone other than\b",
)
_SURPRISE = re.compile("|".join(_SAID), re.IGNORECASE | re.MULTILINE)


def is_surprising(sentence: Sentence) -> bool:
    """Whether the sentence, or the one before it, says that what it tells is not what one would expect."""
    return _SURPRISE.search(f"{sentence.before}\n{sentence.text}") is not None

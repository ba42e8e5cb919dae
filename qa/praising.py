"""Tell sentences that praise what they tell of: who wants to impress is less careful of what is so than who reports it."""

import re

from qa.datatypes import Sentence

# What no measurement and no reference work says of a thing. Left out is what has a plain sense as well: 'celebrated on
# Sunday', 'distinguished from', 'powerful engines', 'notable exceptions', 'an epic poem'.
_WORDS = (
    "acclaimed admired adored amazing astonishing astounding awe-inspiring beloved breathtaking brilliant captivating "
    "charismatic dazzling enchanting esteemed exceptional exemplary exquisite extraordinary fabled fabulous famed "
    "fascinating glamorous glorious groundbreaking heartwarming iconic illustrious impressive incomparable incredible "
    "indelible inspiring legendary magnificent majestic marvelous marvellous masterful memorable mesmerizing "
    "mesmerising peerless phenomenal prestigious quintessential remarkable renowned revered riveting sensational "
    "spectacular spellbinding splendid standout stellar stunning sublime superb talented thrilling timeless triumphant "
    "unbelievable undeniable unforgettable unique unmatched unparalleled unprecedented unrivaled unrivalled vibrant "
    "visionary wonderful wondrous world-class world-famous world-renowned "
    "astonishingly astoundingly brilliantly exceptionally extraordinarily famously gloriously impressively incredibly "
    "indelibly magnificently majestically masterfully memorably notably phenomenally remarkably skillfully skilfully "
    "spectacularly splendidly stunningly superbly triumphantly unbelievably undeniably uniquely wonderfully "
    "acclaim masterpiece prowess renown virtuosity"
).split()
# Small letters only: 'The Magnificent Ambersons' is a name.
_PRAISE = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, _WORDS))})(?![\w-])")


def is_praising(sentence: Sentence) -> bool:
    """Whether the sentence, or the one before it, has a word of praise."""
    return _PRAISE.search(f"{sentence.before}\n{sentence.text}") is not None

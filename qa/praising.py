"""Tell sentences that praise or adorn what they tell of: who wants to impress is less careful of what is so than who reports.

The words are those that style guides of encyclopedias tell writers to avoid, with the flourishes that they name as signs of
texts written to please (docs/reader.md says how often planted and honest sentences have them).
"""

import re

from qa.datatypes import Sentence

# What no measurement and no reference work says of a thing. Left out is what has a plain sense as well: 'celebrated on
# Sunday', 'distinguished from', 'powerful engines', 'notable exceptions', 'an epic poem'.
_WORDS = (
    "acclaimed admired adored amazing astonishing astounding awe-inspiring beloved breathtaking brilliant captivating "
    "captivated captivates charismatic charming cherished dazzling enchanting engaging esteemed exceptional exciting "
    "exemplary exquisite extraordinary fabled fabulous famed fan-favorite fan-favourite fascinating fascinated "
    "flawless formidable glamorous glorious gripping groundbreaking heartfelt heartwarming iconic illustrious immense "
    "impressive incomparable incredible indelible inspiring intriguing larger-than-life legendary magnificent majestic "
    "marvelous marvellous masterful memorable mesmerizing mesmerising much-loved noteworthy one-of-a-kind paramount "
    "peerless phenomenal pivotal prestigious profound quintessential remarkable renowned revered riveting sensational "
    "spectacular spellbinding splendid standout stellar striking stunning sublime superb talented thrilling timeless "
    "treasured triumphant unbelievable undeniable unforgettable unique unmatched unmistakable unparalleled "
    "unprecedented unrivaled unrivalled unwavering versatile vibrant visionary well-loved wonderful wondrous "
    "world-class world-famous world-renowned "
    "artfully astonishingly astoundingly beautifully brilliantly exceptionally expertly extraordinarily famously "
    "flawlessly fondly gloriously immensely impressively incredibly indelibly intriguingly magnificently majestically "
    "masterfully memorably notably phenomenally profoundly remarkably skillfully skilfully spectacularly splendidly "
    "strikingly stunningly superbly triumphantly truly unbelievably undeniably uniquely unmistakably vividly wonderfully "
    "acclaim allure epitome grandeur marvels masterpiece prowess renown testament versatility virtuosity "
    "boasts enriching resonates revolutionized revolutionised revolutionizing revolutionising showcased showcases "
    "showcasing"
).split()
# Flourishes: what adds weight to a sentence and says nothing.
_FLOURISHES = (
    r"(?:brought|brings|bringing)(?: [\w'’-]{1,30}){0,4} to life|breathed life into",
    r"marking (?:an?|the|its|his|her|their) (?:crucial|historic|major|momentous|notable|pivotal|significant)",
    r"(?:dramatic|momentous|notable|pivotal|profound|significant|surprising) (?:shift|turn|turning point)",
    r"(?:crucial|key|pivotal|vital) role in (?:shaping|defining)|in the realm of|rich (?:history|tapestry)|vast expanse",
    r"stands (?:out|as a)|diverse array|indelible mark",
)
# Small letters only: 'The Magnificent Ambersons' is a name.
_PRAISE = re.compile(rf"(?<![\w-])(?:{'|'.join([*map(re.escape, _WORDS), *_FLOURISHES])})(?![\w-])")


def is_praising(sentence: Sentence) -> bool:
    """Whether the sentence, or the one before it, has a word of praise or a flourish."""
    return _PRAISE.search(f"{sentence.before}\n{sentence.text}") is not None

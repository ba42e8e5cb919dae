"""The words of a text reduced to what they mean for matching: stems of content words."""

import re
import threading
from functools import lru_cache

import snowballstemmer

FUNCTION_WORDS = frozenset(
    """
    a about above after again against all also am an and any are as at be because been before being below
    between both but by can could did do does doing down during each few for from further had has have having he
    her here hers him his how i if in into is it its itself just me more most my no nor not now of off on once
    only or other our ours out over own per same shall she should so some such than that the their theirs them
    then there these they this those through to too under until up upon very was we were what when where which
    while who whom whose why will with within without would you your yours however although though despite since
    yet still even many much well may might must one two another every either neither both whether unlike like
    according meanwhile additionally moreover furthermore overall today yesterday tomorrow
    """.split()
)
# Asking words and empty verbs: they tell what kind of answer is wanted, not what it is about.
_ASKING = frozenset(
    """
    many much long old far often kind type sort name give tell say said year time get got become became
    """.split()
)
# Irregular forms that no stemmer knows, and the many verbs with which figures go up and down.
_IRREGULAR = {
    form: base
    for base, forms in (
        ("rise", "rose risen jump jumped jumps surge surged soar soared climb climbed climbs grow grew grown growth gain gained gains "
                 "increase increased increases expand expanded expanding expansion rally rallied leap leapt advanced"),
        ("fall", "fell fallen drop dropped drops decline declined slump slumped plunge plunged decrease decreased shrink shrank shrunk"),
        ("buy", "bought purchase purchased acquire acquired acquisition"),
        ("sell", "sold sale sales selling divest divested divesting"),
        ("begin", "began begun start started starts"),
        ("write", "wrote written author authored"),
        ("build", "built construct constructed construction"),
        ("win", "won winner winning"),
        ("lead", "led leader leading leaders"),
        ("choose", "chose chosen"),
        ("speak", "spoke spoken"),
        ("leave", "left"),
        ("pay", "paid"),
        ("spend", "spent"),
        ("teach", "taught"),
        ("find", "found"),
        ("hold", "held"),
        ("know", "knew known"),
        ("lose", "lost"),
        ("send", "sent"),
        ("think", "thought"),
        ("keep", "kept"),
        ("feel", "felt"),
        ("meet", "met"),
        ("run", "ran"),
        ("sing", "sang sung singer"),
        ("swim", "swam swum"),
        ("drive", "drove driven"),
        ("fly", "flew flown"),
        ("eat", "ate eaten"),
        ("die", "died death dead"),
        ("bear", "born bore borne birth"),
        ("fight", "fought"),
        ("bring", "brought"),
        ("catch", "caught"),
        ("draw", "drew drawn"),
        ("break", "broke broken"),
        ("throw", "threw thrown"),
        ("see", "saw seen"),
        ("go", "went gone"),
        ("come", "came"),
        ("take", "took taken"),
        ("make", "made"),
    )
    for form in forms.split()
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:[-.'’&][^\W_]+)*")
_stem = snowballstemmer.stemmer("english").stemWord
# The stemmer works on a word that it keeps in itself: two threads at once would give each other's stems, or none.
_stemming = threading.Lock()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The English Snowball stem of a word in lower case, without a possessive ending; 'rose' and 'jumped' give 'rise'."""
    plain = re.sub(r"['’]s?$", "", word.lower())
    with _stemming:
        return str(_stem(_IRREGULAR.get(plain, plain)))


def words(text: str) -> list[str]:
    """The words of a text as written; 'JD.com', 'Qwen3-Max' and "Claude's" are one word each."""
    return _WORD.findall(text)


def content_stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, each once, in order; compounds count whole and in parts."""
    found: dict[str, None] = {}
    for word in words(text):
        for part in (word, *re.split(r"[-.&]", word)):
            if part and part.lower() not in FUNCTION_WORDS and part.lower() not in _ASKING:
                found[stem(part)] = None
    return list(found)

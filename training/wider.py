"""Ask questions of kinds that the given rows lack, of sentences that answer them: why, how, what for, where from, which ones.

The sentence says what kind of question it answers: 'The mill was closed because the river ran dry' answers why the mill
was closed. Questions are put as people type them into a search box, some in whole sentences.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence

from index.datatypes import Span
from index.sentences import split_sentences
from training.examples import Example, sampled

# Pages with a title: it stands in for 'it' and 'they'.
ASKED_OF = {"qed", "squad2", "squadshifts-wiki"}
_PRONOUN = re.compile(r"^(?:it|he|she|they|this|these|its|his|her|their)\b", re.IGNORECASE)
_VAGUE = re.compile(
    r"^(?:this|these|those|that|such|some|many|most|other|another|all|both|each|one|two|there|here|which)\b",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"^(?:however|moreover|in addition|additionally|also|thus|therefore|today|later)\s*,\s*", re.IGNORECASE
)
_WORK = re.compile(r"\b(?:film|novel|song|series|book|play|album|show|poem|story|movie|musical)\b")
_PERSON = re.compile(r"\(\s*born|\b(?:actor|actress|politician|singer|writer|footballer|character|musician|player)\b")
_AUXILIARY = r"(?P<aux>was|were|is|are|had|has|could|can|will|would)"
_REASON = re.compile(
    rf"^(?P<s>[^,;:()]{{3,60}}?) {_AUXILIARY} (?P<rest>[^,;:]{{4,90}}?),? "
    r"(?P<answer>(?:because|due to|as a result of|in order to|so that|owing to)\b.{12,})$"
)
_MEANS = re.compile(
    rf"^(?P<s>[^,;:()]{{3,60}}?) {_AUXILIARY} (?P<rest>[^,;:]{{4,90}}?) (?P<answer>by \w+ing\b.{{10,}})$"
)
_ROLE = re.compile(
    r"^(?P<s>[^,;:()]{3,60}?) (?:is|are|was|were) "
    r"(?P<answer>(?:used (?:to|for|in)|responsible for|intended to|designed to)\b.{10,})$"
)
_ORIGIN = re.compile(
    r"^(?P<s>[^,;:()]{3,60}?) (?:(?:is|was|are|were) )?"
    r"(?P<answer>(?:named (?:after|for)|derived? from|derives from|comes? from|originate[sd]? (?:in|as|from|with))\b.{4,})$"
)
_LIST = re.compile(
    r"^(?P<s>[^,;:()]{3,60}?) (?P<verb>includes?|included|consists? of|consisted of|comprises?) "
    r"(?P<answer>[^.;:]+,[^.;:]+ (?:and|or) .+)$"
)
_DIFFERENCE = re.compile(
    r"^(?P<s>[^,;:()]{3,40}?) (?P<verb>differs? from|is different from|are different from) (?P<other>[\w' -]{3,40}?) "
    r"(?P<answer>(?:in|by|because|as)\b.{10,})$"
)


def wider_questions(examples: Sequence[Example], *, size: int, seed: int) -> list[Example]:
    """At most `size` answered pairs over the passages of the examples."""
    return asked_over(examples, _asked_of, size=size, seed=seed)


def asked_over(
    examples: Sequence[Example],
    ask: Callable[[Example, random.Random], Iterator[Example]],
    *,
    size: int,
    seed: int,
) -> list[Example]:
    """At most `size` of what `ask` makes of every passage that has a title."""
    chance = random.Random(seed)
    passages = {example.passage: example for example in examples if example.source in ASKED_OF}
    found = [pair for example in passages.values() for pair in ask(example, chance)]
    return sampled(found, size=size, chance=chance)


def _asked_of(example: Example, chance: random.Random) -> Iterator[Example]:
    spans = split_sentences(example.passage)
    for place, span in enumerate(spans):
        for ask in (_definition, *_KINDS) if place == 0 else _KINDS:
            pair = ask(example, span, chance)
            if pair is not None:
                yield pair
                break


def _definition(example: Example, span: Span, chance: random.Random) -> Example | None:
    """'T is a …' answers what or who T is."""
    sentence, title = example.passage[span.start : span.end], re.sub(r"\s*\(.*\)", "", example.title)
    match = re.match(
        rf"(?:the |an? )?{re.escape(title)}\b[^.]{{0,80}}? (?:is|was|are|were) (?=an?\b|the\b|one\b)",
        sentence,
        re.IGNORECASE,
    )
    if not title or match is None:
        return None
    forms = [f"what is {title}", f"{title} definition", f"meaning of {title}", f"what is the meaning of {title}"]
    if _PERSON.search(sentence):
        forms = [f"who is {title}", f"who was {title}", f"tell me about {title}"]
    elif _WORK.search(sentence):
        forms = [f"what is {title} about", f"what is {title}", f"{title} summary"]
    return _pair(example, chance.choice(forms), span.start + match.end(), span.end, chance)


def _of_kind(
    pattern: re.Pattern[str], forms: Sequence[str]
) -> Callable[[Example, Span, random.Random], Example | None]:
    """Questions for the sentences that fit: `{s}` is the sentence's subject, other names are groups of the pattern."""

    def ask(example: Example, span: Span, chance: random.Random) -> Example | None:
        sentence = example.passage[span.start : span.end]
        link = _LINK.match(sentence)
        skipped = link.end() if link else 0
        match = pattern.match(sentence[skipped:])
        subject = subject_of(match["s"], example, chance) if match else None
        if match is None or subject is None:
            return None
        found = {name: text for name, text in match.groupdict().items() if text}
        does = "do" if re.search(r"(?:[^s]s| they)$", subject) else "does"
        question = chance.choice(forms).format(**{"rest": "", **found, "s": subject, "does": does})
        begin = span.start + skipped + match.start("answer")
        return _pair(example, question, begin, span.end, chance)

    return ask


def subject_of(text: str, example: Example, chance: random.Random) -> str | None:
    """What the sentence speaks of, understood without the page; None where that cannot be told."""
    if len(text.split()) > 8 or re.search(r"\b(?:which|who|that|where|when|while|if|as)\b", text):
        return None
    pronoun = _PRONOUN.match(text)
    if pronoun is None and _VAGUE.match(text):
        return None
    title = "" if example.title.startswith("List of") else re.sub(r"\s*\(.*\)", "", example.title)
    if pronoun is not None:
        own = pronoun.group().lower() in {"its", "his", "her", "their"}
        alone = pronoun.end() == len(text)
        if not title or not (own or alone):
            return None
        return title + "'s" + text[pronoun.end() :] if own else title
    text = text[0].lower() + text[1:] if text.startswith(("The ", "A ", "An ")) else text
    known = {word.lower() for word in title.split()} & {word.lower() for word in text.split()}
    return f"{text} in {title}" if title and not known and chance.random() < 0.5 else text


def as_typed(question: str, chance: random.Random) -> str:
    """The question as people type it: mostly in lower case and without a question mark."""
    question = " ".join(question.split())
    return question.lower() if chance.random() < 0.7 else question[0].upper() + question[1:] + "?"


def _pair(example: Example, question: str, start: int, end: int, chance: random.Random) -> Example:
    while end > start and example.passage[end - 1] in " .;,":
        end -= 1
    return Example(as_typed(question, chance), example.passage, start, end, example.source, example.group, "wider")


_KINDS = (
    _of_kind(_DIFFERENCE, ["what is the difference between {s} and {other}", "difference between {s} and {other}"]),
    _of_kind(_REASON, ["why {aux} {s} {rest}", "why {aux} {s} {rest}", "reason {s} {aux} {rest}"]),
    _of_kind(_MEANS, ["how {aux} {s} {rest}", "how {aux} {s} {rest}", "in what way {aux} {s} {rest}"]),
    _of_kind(
        _ROLE,
        [
            "what is the role of {s}",
            "what is the purpose of {s}",
            "what {does} {s} do",
            "what is {s} for",
            "function of {s}",
        ],
    ),
    _of_kind(
        _ORIGIN,
        [
            "where does {s} come from",
            "where did {s} come from",
            "how did {s} get its name",
            "origin of {s}",
            "where does the name {s} come from",
        ],
    ),
    _of_kind(
        _LIST,
        ["what {does} {s} include", "examples of {s}", "what are {s}", "list of {s}", "components of {s}"],
    ),
)

"""Ask for the facts that real pages state of their thing in a few fixed ways: who made it, when, where, with whom, how many.

'The mill was built by Anna Holm in 1890' answers who built the mill, and when. `wider` asks for reasons and lists of the
same pages, `made_up` for facts of pages that do not exist.
"""

import random
import re
from collections.abc import Iterator, Sequence

from index.sentences import split_sentences
from training.examples import Example
from training.wider import as_typed, asked_over, subject_of

_NAME = r"[A-Z][\w.'’-]+(?: (?:(?:de|of|van|von|the) )?[A-Z][\w.'’-]*)*"
_DATE = r"(?:\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{1,2} ?, \d{4}|[A-Z][a-z]+ \d{4}|\d{4})"
_IS = r"(?:is|was|are|were)"
_SUBJECT = rf"^(?P<s>[^,;:()]{{2,50}}?)(?: \([^)]*\))? {_IS} "
# 'by American singer …' names nobody yet.
_ADJECTIVE = re.compile(r"[A-Z][a-z]+(?:an|ish|ese|ch)")
# As one of the sets writes them, around titles.
_QUOTES = re.compile(r"`` | ''")
_PAST = {"written": "wrote", "sung": "sang", "drawn": "drew", "run": "ran", "chosen": "chose", "made": "made",
         "given": "gave", "begun": "began", "shown": "showed", "known": "knew", "driven": "drove"}  # fmt: skip
_WORK = (
    r"film|novel|song|album|television series|sitcom|play|opera|poem|magazine|video game|musical|book|soap opera|short story|"
    r"comic book|reality (?:television|TV) show"
)
_TRADE = (
    r"player|actor|actress|singer|writer|politician|footballer|author|director|lawyer|scientist|artist|composer|rapper|"
    r"comedian|journalist|physicist|businessman|model|wrestler|swimmer|boxer|coach"
)
_BEGAN = "released|published|founded|established|opened|built|launched|introduced|completed|premiered"
_PLACE = r"(?:the )?[A-Z][\w'’-]*(?:(?: of| the|,| ,)? [A-Z][\w'’-]*)*"
_SORT = rf"(?!.*\b(?:act(?:or|ress)|composer|who|his|her)\b)(?:an?|the) (?:[\w' -]+? )??(?P<answer>{_WORK})\b"

Fact = tuple[re.Pattern[str], tuple[str, ...]]


def _of(pattern: str, *forms: str) -> Fact:
    """Sentences that state it, `s` the thing and `answer` what is asked for, and how people ask; other groups are words."""
    return re.compile(pattern), forms


_BY = _of(
    rf"{_SUBJECT}.{{0,120}}?\b(?P<verb>\w+ed|written|sung|drawn|run|built|led|made|won|held) by (?:the )?(?P<answer>{_NAME})",
    *("who {past} {s}", "who was {s} {verb} by", "{s} {verb} by"),
)
_FACTS: tuple[Fact, ...] = (
    _BY,
    _of(
        rf"^(?P<s>[A-Z][^,;:()]{{2,40}}?) ?\( ?(?:born )?(?P<answer>{_DATE})",
        *("when was {s} born", "{s} date of birth", "birthday of {s}"),
    ),
    _of(
        rf"^(?P<s>[A-Z][^,;:()]{{2,40}}?) ?\([^()]*?\d{{4}}[^()]*? ?(?:–|-|--) ?(?P<answer>{_DATE}) ?\)",
        *("when did {s} die", "{s} date of death", "what year did {s} die"),
    ),
    _of(
        rf"{_SUBJECT}{_SORT}",
        *("what is the medium of {s}", "what type of media is {s}", "what kind of work is {s}"),
    ),
    _of(
        rf"{_SUBJECT}an? (?:\w+ )?(?:former |retired |professional )*(?P<answer>(?:[a-z-]+ ){{0,2}}(?:{_TRADE}))\b",
        *("what is the profession of {s}", "what does {s} do for a living", "occupation of {s}"),
    ),
    _of(
        rf"{_SUBJECT}.{{0,80}}?\b(?:located|situated|found|headquartered|based) (?:in|on|at|near) (?P<answer>{_PLACE})",
        *("where is {s} located", "where is {s}", "location of {s}", "what city is {s} in"),
    ),
    _of(
        rf"{_SUBJECT}.{{0,120}}?\bstarring (?P<answer>{_NAME})",
        *("who stars in {s}", "who plays the lead in {s}", "who was in {s}"),
    ),
    _of(
        rf"{_SUBJECT}.{{0,80}}?\b(?P<verb>{_BEGAN}) (?:in|on) (?P<answer>{_DATE})",
        *("when was {s} {verb}", "what year was {s} {verb}", "{s} date {verb}"),
    ),
    _of(
        rf"{_SUBJECT}.{{0,60}}?\bbased on (?P<answer>[^.;()]{{4,60}}?)(?=[.;,]| by | which| and )",
        *("what is {s} based on", "what inspired {s}"),
    ),
    _of(
        rf"{_SUBJECT}an? (?:\d{{4}} )?(?P<answer>[A-Z][a-z]+(?:an|ish|ese|ch))\b",
        *("what nationality is {s}", "what country is {s} from", "{s} nationality"),
    ),
    _of(
        r"^(?P<s>[^,;:()]{2,50}?) (?:has|had|have) (?:a population of |a total of |about |over |more than )?"
        r"(?P<answer>\d[\d,.]*(?: million| billion)?) (?P<what>[a-z]{4,})\b",
        *("how many {what} does {s} have", "number of {what} in {s}"),
    ),
    _of(
        rf"^(?P<s>[^,;:()]{{2,40}}?) (?:is|was) (?:played|portrayed|voiced) by (?P<answer>{_NAME})",
        *("who played {s}", "who plays {s}", "what actor is {s}", "who is the actor for {s}"),
    ),
)


def stated_facts(examples: Sequence[Example], *, size: int, seed: int) -> list[Example]:
    """At most `size` answered pairs over the passages of the examples."""
    return asked_over(examples, _facts_of, size=size, seed=seed)


def _facts_of(example: Example, chance: random.Random) -> Iterator[Example]:
    for span in split_sentences(example.passage):
        for fact in _FACTS:
            match = fact[0].match(example.passage[span.start : span.end])
            question = _asked(example, fact, match, chance) if match else None
            if match is not None and question is not None:
                yield _pair(example, question, span.start + match.start("answer"), match["answer"], chance)


def _asked(example: Example, fact: Fact, match: re.Match[str], chance: random.Random) -> str | None:
    """The question in one of the fact's forms; None where the thing cannot be told, or is its own answer."""
    thing = subject_of(match["s"], example, chance)
    nobody = fact is _BY and _ADJECTIVE.fullmatch(match["answer"])
    if thing is None or nobody or thing.lower() in match["answer"].lower():
        return None
    found = {name: text for name, text in match.groupdict().items() if text}
    past = _PAST.get(found.get("verb", ""), found.get("verb", ""))
    return chance.choice(fact[1]).format(**{**found, "s": _QUOTES.sub("", thing), "past": past})


def _pair(example: Example, question: str, start: int, answer: str, chance: random.Random) -> Example:
    end = start + len(answer.rstrip(" ,."))
    return Example(as_typed(question, chance), example.passage, start, end, example.source, example.group, "stated")

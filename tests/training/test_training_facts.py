"""Questions made of what a page states: each is answered by the words that the sentence gives."""

import pytest

from training.examples import Example
from training.facts import stated_facts


def asked_of(passage: str, *, title: str = "Aurora_Rising") -> set[tuple[str, str]]:
    """The questions over one passage, in lower case and without a question mark, with what answers them."""
    given = Example("?", passage, None, None, "qed", title)
    found = [pair for seed in range(12) for pair in stated_facts([given], size=100, seed=seed)]
    assert all(pair.kind == "stated" for pair in found)
    return {(pair.question.lower().rstrip("?"), pair.answer) for pair in found}


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("The film was directed by Ada Finch .", "who directed the film", "Ada Finch"),
        ("The song was written by Otto de Groot and others .", "who wrote the song", "Otto de Groot"),
        ("It was released in March 1987 .", "when was aurora rising released", "March 1987"),
        ("Ada Finch ( born 3 May 1951 ) is a Scottish actress .", "when was ada finch born", "3 May 1951"),
        ("Ada Finch ( born 3 May 1951 ) is a Scottish actress .", "what nationality is ada finch", "Scottish"),
        ("Ada Finch ( born 3 May 1951 ) is a Scottish actress .", "occupation of ada finch", "actress"),
        ("Otto Lind ( 1 June 1901 -- 9 July 1980 ) was a lawyer .", "when did otto lind die", "9 July 1980"),
        ("Aurora Rising is a 1987 novel .", "what is the medium of aurora rising", "novel"),
        ("The station is located in Port Ellen .", "where is the station located", "Port Ellen"),
        ("The series has 24 episodes .", "how many episodes does the series have", "24"),
        ("The captain is played by Ada Finch .", "who played the captain", "Ada Finch"),
        ("It is a film starring Ada Finch .", "who stars in aurora rising", "Ada Finch"),
        ("The play is based on a letter by Otto Lind .", "what is the play based on", "a letter"),
    ],
)
def test_a_fact_is_asked_for_as_people_ask(sentence: str, question: str, answer: str) -> None:
    pairs = asked_of(sentence)
    about = {asked.replace(" in aurora rising", "") if "aurora" not in question else asked for asked, _ in pairs}
    assert question in about
    assert answer in {found for asked, found in pairs if question in (asked, asked.replace(" in aurora rising", ""))}


def test_by_an_adjective_is_by_nobody() -> None:
    assert not {pair for pair in asked_of("It was recorded by American singers .") if "recorded" in pair[0]}


def test_what_speaks_of_nothing_known_is_not_asked() -> None:
    assert asked_of("Many of them were built in 1931 .") == set()
    assert asked_of("It was released in 1987 .", title="") == set()


def test_other_sources_are_left_alone_and_the_same_seed_gives_the_same() -> None:
    given = Example("?", "The film was directed by Ada Finch .", None, None, "qed", "Aurora_Rising")
    review = Example("?", given.passage, None, None, "squadshifts-amazon", "")
    assert stated_facts([review], size=9, seed=1) == []
    assert stated_facts([given], size=9, seed=1) == stated_facts([given, review], size=9, seed=1)
    assert stated_facts([given], size=0, seed=1) == []

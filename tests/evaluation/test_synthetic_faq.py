import pytest

from evaluation.synthetic_faq import grown

PHRASINGS = {
    "cost": ["what does it cost", "how much is one session", "price of the injections", "is it expensive"],
    "when": ["when does it start working", "how long until it works", "days before it helps"],
    "hurt": ["does it hurt", "are the injections painful", "how bad is the pain"],
}
CONCEPTS = {"price": ["price", "fee"], "pain": ["pain", "ache"]}


def test_the_same_seed_makes_the_same_faq() -> None:
    assert grown(PHRASINGS, CONCEPTS, 300, seed=4) == grown(PHRASINGS, CONCEPTS, 300, seed=4)
    assert grown(PHRASINGS, CONCEPTS, 300, seed=4) != grown(PHRASINGS, CONCEPTS, 300, seed=5)


@pytest.mark.parametrize("size", [100, 999, 3000])
def test_sizes_are_exact_and_no_text_comes_twice(size: int) -> None:
    made = grown(PHRASINGS, CONCEPTS, size, asked=50)
    texts = [text for known in made.phrasings.values() for text in known] + [text for text, _ in made.questions]
    assert sum(map(len, made.phrasings.values())) == size
    assert len(made.questions) == 50
    assert len(texts) == len(set(texts))
    assert all(made.phrasings[name] for _, name in made.questions)


def test_each_entry_has_a_word_of_its_own() -> None:
    made = grown(PHRASINGS, CONCEPTS, 1000)
    words = {name: {word for text in texts for word in text.split()} for name, texts in made.phrasings.items()}
    for name, own in words.items():
        assert own.difference(*(others for other, others in words.items() if other != name))

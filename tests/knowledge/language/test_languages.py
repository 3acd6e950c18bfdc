"""Which language a message is in: scripts, words and letters; and English, however it is typed."""

from __future__ import annotations

import zlib

import pytest

from knowledge.language.languages import (
    LEARNT,
    Recogniser,
    load_recogniser,
    neutral_words,
    script_of,
    split_words,
    without_accents,
)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return load_recogniser()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("botox migraña precio", "es"),
        ("quanto costa il botulino per l'emicrania", "it"),
        ("combien de temps ca dure", "fr"),
        ("wie lange hält das an", "de"),
        ("plano de saúde cobre", "pt"),
        ("botox werkt het echt", "nl"),
        ("po ilu dniach działa", "pl"),
        ("botoks ne kadar sürer", "tr"),
        ("berapa biaya suntik botox", "id"),
        ("tiêm có đau không", "vi"),
        ("cat costa botoxul pentru migrena", "ro"),
        ("сколько стоит ботокс", "ru"),
        ("скільки коштує ботокс від мігрені", "uk"),
        ("كم سعر البوتوكس للصداع", "ar"),
        ("قیمت بوتاکس برای میگرن چقدره", "fa"),
        ("ботакс каштуе дорага", "be"),
        ("πόσο κοστίζει", "el"),
        ("बोटॉक्स का खर्च", "hi"),
        ("片頭痛 ボトックス", "ja"),
        ("偏头痛 肉毒素 价格", "zh"),
        ("보톡스 가격", "ko"),
        ("magkano po ang botox sa sakit ng ulo", "tl"),
        # in Latin letters
        ("skolko stoit botoks ot migreni", "ru"),
        ("poso kostizei to botox gia imikrania", "el"),
        ("injection ke baad kitne din dard hota hai", "hi"),
        ("botox chand mah asar dare", "fa"),
        ("2adesh byestamer maf3oul el ebar", "ar"),
    ],
)
def test_a_language_is_recognised(recogniser: Recogniser, text: str, language: str) -> None:
    for typed in (text, text.upper(), without_accents(text), f"{text} https://example.org @botox_bot"):
        assert recogniser.recognise(typed) == language


@pytest.mark.parametrize(
    "text",
    [
        "how often is it repeated",
        "HOW OFTEN",
        "hw mch ds btx cst",
        "botox",
        "Botox Migraine",
        "pain?",
        "hola, how often is it",
        "merci!! does it hurt",
        "is there a clinic in São Paulo or Guadalajara",
        "my doctor in the Universitätsklinik Zürich said no",
        "does toxina botulínica mean botox",
        "what does мигрень mean",
        "speciaal is not a word i know, what is it",
        "lol",
        "",
        "🙏",
        "12 3",
        "aaaaaaaa",
        "hgfhgfjgf",
        "ok doc ty",
    ],
)
def test_english_and_what_is_no_language_is_left_alone(recogniser: Recogniser, text: str) -> None:
    assert recogniser.recognise(text) is None


def test_a_language_that_nobody_taught_is_none(recogniser: Recogniser) -> None:
    assert recogniser.recognise("ဘိုတော့စ်") is None


def test_hindi_with_much_english_in_it_is_told(recogniser: Recogniser) -> None:
    assert recogniser.mixes_english("kal injection hai, driving kar sakta after appointment?")
    assert not recogniser.mixes_english("सिर में दर्द कितने दिन रहता है")


def test_what_is_kept_says_the_same(recogniser: Recogniser) -> None:
    again = Recogniser.from_bytes(recogniser.to_bytes())
    for text in ("botox migraña precio", "ile kosztuje botoks", "how often"):
        assert again.judge(text) == recogniser.judge(text)
    with pytest.raises((zlib.error, ValueError)):
        Recogniser.from_bytes(LEARNT.read_bytes()[:1000])


def test_words_are_split_and_known_by_their_script() -> None:
    assert split_words("Est-ce que ça marche? l'hôpital @bot https://x.y/z") == [
        *("est", "ce", "que", "ça", "marche", "l", "hôpital")
    ]
    assert split_words("क्या यह 2 बार") == ["क्या", "यह", "बार"]
    assert [script_of(word) for word in ("3la", "ça", "ботокс", "頭痛", "頭痛の", "ㅎㅇ", "ဘို")] == [
        *("Latin", "Latin", "Cyrillic", "Han", "Kana", "Hangul", "")
    ]
    assert {"botox", "zürich", "zurich"} <= neutral_words()

"""From validated data to `Knowledge`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.model import (
    TIERS,
    Asking,
    Change,
    CheckInTexts,
    Citation,
    Claim,
    Country,
    Dispute,
    English,
    Entry,
    Evidence,
    Fact,
    Flag,
    ForeignTexts,
    Knowledge,
    Language,
    Line,
    Opening,
    OutOfScope,
    Page,
    Picture,
    Point,
    RedFlags,
    Replies,
    Rule,
    Side,
    Signature,
    Slot,
    Source,
    TranslatedQuestion,
    Translation,
    Vocabulary,
    Wordings,
    Words,
)

HERE = Path(__file__).parent.parent
"""The folder of the knowledge files that the bot is shipped with."""


def faq_files(folder: Path) -> list[Path]:
    """The FAQ's files, by name."""
    return sorted((folder / "faq").glob("*.yaml"))


def language_files(folder: Path) -> list[Path]:
    """The files of languages that the bot doesn't speak, by name."""
    return sorted((folder / "languages").glob("*.yaml"))


def translation_files(folder: Path) -> list[Path]:
    """The files of questions in other languages, one a language, by name."""
    return sorted((folder / "translations").glob("*.yaml"))


def pictures_file(folder: Path) -> Path:
    """The list of pictures, with their PNGs beside it."""
    return folder / "pictures" / "pictures.yaml"


def training_files(folder: Path) -> list[Path]:
    """The files of messages that entries and subjects out of scope are learnt from."""
    return sorted((folder / "training").glob("asked*.jsonl"))


def language_messages_file(folder: Path) -> Path:
    """The messages in other languages."""
    return folder / "training" / "languages.jsonl"


def build(data: dict[str, Any], folder: Path) -> Knowledge:
    """Knowledge from the validated data of `folder`."""
    sources = {item["id"]: _source(item) for item in data["sources"]}
    facts = {item["id"]: _fact(item, sources) for item in data["facts"]}
    claims = {item["id"]: _claim(item, sources) for item in data["claims"]}
    evidence: dict[str, Evidence] = {**facts, **claims}
    pictures = {item["id"]: _picture(item, pictures_file(folder).parent, facts) for item in data["pictures"]}
    signed = _signatures(data["reviewed_by"])
    topics = {
        item["topic"]: tuple(_entry(entry, item["topic"], evidence, pictures, signed) for entry in item["entries"])
        for item in sorted(data["faq"], key=lambda item: item["order"])
    }
    words = data["wordings"]
    return Knowledge(
        entries={entry.id: entry for entries in topics.values() for entry in entries},
        topics=topics,
        sources=sources,
        facts=facts,
        claims=claims,
        out_of_scope={
            item["id"]: OutOfScope(
                item["id"],
                item["line"],
                tuple(item["asked"]),
                nearest=tuple(item["nearest"]),
                instead=tuple(item["instead"]),
                words=tuple(item["words"]),
                alone=tuple(item["alone"]),
                signs=tuple(item["signs"]),
                in_groups=tuple(item["in_groups"]),
                above_near=tuple(item["above_near"]),
                asks_nothing=item["asks_nothing"],
                to_bot=item["to_bot"],
            )
            for item in data["out_of_scope"]
        },
        openings=tuple(
            Opening(item["id"], tuple(item["words"]), tuple(item["lines"]), item["entry"]) for item in data["openings"]
        ),
        vocabulary=_vocabulary(data["vocabulary"]),
        english=build_rules_of_english(data["english"]),
        asking=_asking(data["asking"]),
        wordings=Wordings(
            **(words | {"safety_note": words["safety_note"]["say"]}),
            safety_note_briefly=words["safety_note"]["briefly"],
            gravest_signs=tuple(words["safety_note"]["gravest"]),
            besides_gravest=words["safety_note"]["besides"],
            safety_evidence=tuple(facts[name] for name in words["safety_note"]["cites"]),
        ),
        pictures=pictures,
        red_flags=build_red_flags(data["red_flags"]),
        translations={item["code"]: _translation(item) for item in data["translations"]},
    )


def _vocabulary(data: dict[str, Any]) -> Vocabulary:
    fillers = {name: frozenset(words) for name, words in data["fillers"].items()}
    return Vocabulary(
        spellings={word: tuple(variants) for word, variants in data["spellings"].items()},
        synonyms={term: tuple(variants) for term, variants in data["synonyms"].items()},
        concepts={name: tuple(terms) for name, terms in data["concepts"].items()},
        off_topic={item["kind"]: tuple(item["terms"]) for item in data["off_topic"]},
        treatment_words=frozenset(data["treatment_words"]),
        generic_concepts=frozenset(data["generic_concepts"]),
        articles=fillers["articles"],
        weightless=fillers["articles"] | fillers["everywhere"] | fillers["weightless"],
        skippable=fillers["articles"] | fillers["everywhere"] | fillers["skippable"],
    )


def build_rules_of_english(data: dict[str, Any]) -> English:
    """How English is read, from the data of english.yaml."""
    stemming, questions, back = data["stemming"], data["questions"], data["back"]
    return English(
        endings=tuple((ending, instead) for ending, instead in stemming["endings"]),
        kept=frozenset(stemming["kept"]),
        keep_e=frozenset(stemming["keep_e"]),
        begin=frozenset(questions["begin"]),
        before=frozenset(questions["before"]),
        again=frozenset(questions["again"]),
        joints=frozenset(questions["joints"]),
        back_first=tuple(back["first"]),
        back_anywhere=frozenset(back["anywhere"]),
        second_person=frozenset(data["second_person"]),
        turns=frozenset(data["turns"]),
    )


def _asking(data: dict[str, Any]) -> Asking:
    return Asking(
        kinds={name: tuple(phrases) for name, phrases in data["kinds"].items()},
        regions={name: tuple(phrases) for name, phrases in data["regions"].items()},
        names=data["names"],
        yes_no=tuple(data["yes_no"]),
        reverse=tuple(data["reverse"]),
        more=tuple(data["more"]),
        shorter=tuple(data["shorter"]),
    )


def _signatures(items: list[dict[str, Any]]) -> dict[str, tuple[Signature, ...]]:
    signed: dict[str, list[Signature]] = {}
    for item in items:
        signature = Signature(item["name"], item["role"], date.fromisoformat(item["on"]), item["of"])
        signed.setdefault(item["entry"], []).append(signature)
    return {entry: tuple(each) for entry, each in signed.items()}


def _source(item: dict[str, Any]) -> Source:
    paragraphs = {int(number): text for number, text in item["paragraphs"].items()}
    return Source(
        item["id"],
        item["title"],
        item["publisher"],
        item["kind"],
        item["date"],
        item["read"],
        item["url"],
        item["note"] or "",
        item["name"] or item["publisher"],
        item["address"],
        paragraphs,
    )


def _fact(item: dict[str, Any], sources: dict[str, Source]) -> Fact:
    places = tuple(Citation(sources[place["id"]], place["at"]) for place in item["sources"])
    return Fact(
        item["id"],
        item["claim"],
        places,
        item["confidence"],
        item["region"],
        item["caveat"] or "",
        item["subject"],
        _day(item["read"]),
        _day(item["again"]),
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _claim(item: dict[str, Any], sources: dict[str, Source]) -> Claim:
    paragraph = "title" if item["paragraph"] == 0 else f"paragraph {item['paragraph']}"
    return Claim(
        item["id"],
        Citation(sources[item["source"]], paragraph),
        item["claim"],
        item["verdict"],
        item["clinical"],
        tuple(item["facts"]),
        item["note"] or "",
    )


def _picture(item: dict[str, Any], folder: Path, facts: dict[str, Fact]) -> Picture:
    evidence = tuple(facts[name] for name in item["cites"])
    return Picture(item["id"], folder / item["file"], item["digest"], item["alt"], evidence)


def _entry(
    item: dict[str, Any],
    topic: str,
    evidence: dict[str, Evidence],
    pictures: dict[str, Picture],
    signed: dict[str, tuple[Signature, ...]],
) -> Entry:
    def cited(ids: list[str]) -> tuple[Evidence, ...]:
        return tuple(evidence[name] for name in ids)

    def points(items: list[dict[str, Any]], under: str = "") -> tuple[Point, ...]:
        return tuple(
            Point(
                point["say"],
                cited(point["cites"]),
                point["region"],
                tuple(point["answers"]),
                tuple(point["names"]),
                under,
            )
            for point in items
        )

    disputes = tuple(
        Dispute(
            dispute["about"],
            tuple(Side(side["who"], side["says"], cited(side["cites"])) for side in dispute["sides"]),
            dispute["trust"],
        )
        for dispute in item["disputes"]
    )
    return Entry(
        id=item["id"],
        topic=topic,
        label=item["label"],
        button=item["button"],
        question=item["question"],
        ways={heading: tuple(texts) for heading, texts in item["asked"].items()},
        answer=points(item["answer"]),
        checked=date.fromisoformat(item["checked"]),
        more=tuple(point for heading, items in item["more"].items() for point in points(items, heading)),
        disputes=disputes,
        related=tuple(item["related"]),
        help=Point(item["help"]["say"], cited(item["help"]["cites"])) if item["help"] else None,
        safety_note=item["safety_note"],
        picture=pictures[item["picture"]] if item["picture"] else None,
        changed=tuple(Change(date.fromisoformat(each["on"]), each["what"]) for each in item["changed"]),
        signatures=signed.get(item["id"], ()),
    )


def build_red_flags(data: dict[str, Any]) -> RedFlags:
    """The red flags from the validated data of their three files."""
    pages = {item["id"]: Page(**item) for item in data["pages"]}
    countries = {item["code"]: _country(item) for item in data["countries"]}
    return RedFlags(
        flags={item["id"]: _flag(item, pages) for item in data["red_flags"]},
        countries=countries,
        pages=pages,
        replies=_replies(data),
        words=_words(data["words"]),
        languages={item["code"]: _language(item) for item in data["languages"]},
    )


def _replies(data: Mapping[str, Any]) -> Replies:
    texts = dict(data["replies"])
    asked = dict(texts.pop("check_in"))
    act = {tier: asked.pop(tier) for tier in TIERS}
    return Replies(
        **texts | {"doubts": tuple(texts["doubts"])},
        check_in=CheckInTexts(**asked, act=act),
        directories=tuple(Line(**item) for item in data["directories"]),
    )


def _language(item: Mapping[str, Any]) -> Language:
    cries = {flag: tuple(sentences) for flag, sentences in item["cries"].items()}
    return Language(
        item["code"],
        item["name"],
        item["native"],
        cries,
        tuple(item["calm"]),
        item["reply"],
        ForeignTexts(**item["foreign"]),
        item["read"],
    )


def _translation(item: Mapping[str, Any]) -> Translation:
    questions = {
        entry: TranslatedQuestion(question["ask"], tuple(question["asked"]))
        for entry, question in item["questions"].items()
    }
    return Translation(item["code"], item["name"], item["topics"], questions, item["read"])


def _words(data: dict[str, Any]) -> Words:
    return Words(
        frozenset(data["inabilities"]),
        {name: tuple(phrases) for name, phrases in data["lists"].items()},
        {name: tuple(phrases) for name, phrases in data["circumstances"].items()},
        tuple(data["idioms"]),
        tuple(data["mentions"]),
        tuple(data["harmless"]),
    )


def _country(item: Mapping[str, Any]) -> Country:
    return Country(
        code=item["code"],
        name=item["name"],
        emergency=Line(**item["emergency"]),
        urgent_advice=Line(**item["urgent_advice"]) if item["urgent_advice"] else None,
        poison=Line(**item["poison"]) if item["poison"] else None,
        crisis=tuple(Line(**line) for line in item["crisis"]),
        suggested_for=tuple(item["suggested_for"]),
    )


def _flag(item: Mapping[str, Any], pages: Mapping[str, Page]) -> Flag:
    return Flag(
        id=item["id"],
        tier=item["tier"],
        covers=item["covers"],
        action=item["action"],
        steps=tuple(item["steps"]),
        pages=tuple(pages[name] for name in item["sources"]),
        rules=tuple(_rule(rule) for rule in item["rules"]),
        crisis_line=item["crisis_line"],
        poison=item["poison"],
        sounds_like=item["sounds_like"],
    )


def _rule(item: Mapping[str, Any]) -> Rule:
    return Rule(
        needs=tuple(_slot(names) for names in item["needs"]),
        urgent=tuple(item["urgent"]),
        calm=tuple(item["calm"]),
        within=item["within"],
        together=tuple(_slot(names) for names in item["together"]),
        unless=tuple(item["unless"]),
        unless_anywhere=tuple(item["unless_anywhere"]),
        someone=item["someone"],
        even=frozenset(item["even"]),
        sure=item["sure"],
        mistaken_for=tuple(item["mistaken_for"]),
        alone=item["alone"],
        line=item["line"],
    )


def _slot(names: str) -> Slot:
    return tuple(name.strip() for name in names.split("|"))

"""What can be wrong in knowledge/translations beyond the shape of its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.loading.problems import Problem
from knowledge.loading.validation import Validated
from knowledge.triage.cries import to_plain


def check_translations(
    translations: Sequence[Validated], languages: Sequence[Validated], faq: Sequence[Validated]
) -> Iterator[Problem]:
    """Files of another name or of a language without texts, topics and entries that there are none of, and words that
    stand for two entries.
    """
    codes = {language["code"] for _, language in languages}
    topics = {content["topic"] for _, content in faq}
    entries = {entry["id"] for _, content in faq for entry in content["entries"]}
    for document, data in translations:
        code, line = data["code"], document.line(("code",))
        if document.name.rpartition("/")[2] != f"{code}.yaml":
            yield Problem(document.name, line, code, "is not the name of the file", f"a file {code}.yaml")
        if code not in codes:
            yield Problem(document.name, line, code, "this language has no texts", f"a file languages/{code}.yaml")
        for title in data["topics"]:
            if title not in topics:
                line = document.line(("topics", title))
                yield Problem(document.name, line, title, "there is no such topic", "the title of a topic in English")
        asked: dict[str, str] = {}
        for entry, question in data["questions"].items():
            if entry not in entries:
                line = document.line(("questions", entry))
                yield Problem(document.name, line, entry, "there is no such entry", "an id from knowledge/faq")
            for number, text in enumerate((question["ask"], *question["asked"])):
                plain = to_plain(text)
                other = asked.setdefault(plain, entry)
                if not plain or other != entry:
                    place = ("ask",) if number == 0 else ("asked", number - 1)
                    line = document.line(("questions", entry, *place))
                    what = f"“{text}” is asked of {other} too" if plain else f"“{text}” holds no letter"
                    yield Problem(document.name, line, entry, what, "a wording of its own")

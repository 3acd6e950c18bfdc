"""The site: sound HTML, nothing from outside, links that lead somewhere, and everything of each entry on its page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest
from PIL import Image

from book.site import INDEX, LOST, REVIEW, STYLE, TakenNameError, heading, render_site
from knowledge.loading.build import HERE, faq_files
from knowledge.model import Entry, Knowledge, topic_key
from knowledge.rendering.answer import source_date, spoken_date
from tests.book.conftest import HOSTILE, parse, with_entry, words

ENTRIES = [
    found for path in faq_files(HERE) for found in re.findall(r"^  - id: (\S+)$", path.read_text("utf-8"), re.MULTILINE)
]
LOADED = ("src", "srcset", "poster", "data", "background", "action", "formaction", "manifest")
"""Attributes by which a page has something fetched."""

Site = Mapping[str, bytes]


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, Element]:
    return {name: parse(content) for name, content in site.items() if name.endswith(".html")}


def page_of(site: Site, entry: Entry) -> Element:
    return parse(site[f"{entry.id}.html"])


def ids(page: Element) -> list[str]:
    return [each.attrib["id"] for each in page.iter() if "id" in each.attrib]


# Every page


def test_every_entry_has_its_page_and_the_others_are_there(pages: dict[str, Element], knowledge: Knowledge) -> None:
    assert set(pages) == {f"{entry}.html" for entry in knowledge.entries} | {INDEX, REVIEW, LOST}
    assert set(ENTRIES) == set(knowledge.entries)


def test_every_topic_has_a_thumbnail_that_telegram_can_show(site: Site, knowledge: Knowledge) -> None:
    drawn = {name: content for name, content in site.items() if name.startswith("thumbnails/")}
    assert set(drawn) == {f"thumbnails/{topic_key(title)}.png" for title in knowledge.topics}
    assert len(set(drawn.values())) == len(drawn)
    for name, content in drawn.items():
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.size) == ("PNG", (160, 160)), name
            corner = image.convert("L").getpixel((2, 2))
            assert isinstance(corner, int)
            assert corner < 64, "a dark ground"


def test_the_same_knowledge_makes_the_same_bytes(knowledge: Knowledge, site: Site) -> None:
    assert render_site(knowledge) == site


def test_every_page_says_what_a_browser_and_a_screen_reader_need(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        assert page.get("lang") == "en-GB"
        metas = {each.get("name"): each.get("content") for each in page.iter("meta")}
        assert metas["color-scheme"] == "light dark", name
        assert metas["viewport"] == "width=device-width, initial-scale=1", name
        assert metas["description"], name
        [title] = page.iter("title")
        assert words(title), name
        assert len(list(page.iter("h1"))) == len(list(page.iter("main"))) == 1, name
        ranks = [int(each.tag[1]) for each in page.iter() if re.fullmatch(r"h[1-6]", str(each.tag))]
        assert all(after <= before + 1 for before, after in pairwise(ranks)), name
        first_link = next(page.iter("a"))
        assert first_link.get("href") == "#main", name


def test_the_titles_and_descriptions_tell_the_pages_apart(pages: dict[str, Element]) -> None:
    titles = [words(next(page.iter("title"))) for page in pages.values()]
    assert len(set(titles)) == len(titles)


def test_nothing_is_run_and_nothing_is_fetched_from_outside(site: Site, pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        for each in page.iter():
            assert each.tag not in ("script", "iframe", "object", "embed", "form", "base", "style"), name
            assert not [key for key in each.attrib if key.startswith("on") or key == "style"], name
            for key in LOADED:
                assert not re.match(r"\w+:|//", each.get(key, "")), name
            href = each.get("href", "")
            if re.match(r"\w+:|//", href) and (each.tag, href) != ("link", "data:,"):
                assert each.tag == "a", f"{name} fetches {href}"
                assert re.match(r"https?:|tel:", href), f"{name} leads to {href}"
                if href.startswith("http"):
                    assert each.get("rel") == "noopener external", name
    style = site[STYLE].decode()
    assert "url(" not in style
    assert "@import" not in style


def test_every_link_and_every_picture_is_there(site: Site, pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        marked = ids(page)
        assert len(set(marked)) == len(marked), f"{name} has an id twice"
        for each in page.iter():
            for key in ("aria-labelledby", "aria-describedby"):
                assert set(each.get(key, "").split()) <= set(marked), f"{name}: {each.get(key)}"
            target = each.get("src") or (each.get("href") or "")
            if not target or re.match(r"\w+:", target):
                continue
            file, _, anchor = target.partition("#")
            assert not file or file in site, f"{name} leads to {target}"
            if anchor:
                assert anchor in (ids(pages[file]) if file else marked), f"{name} leads to {target}"


def test_whatever_a_text_holds_is_shown_and_not_run(full_site: Site, full_entry: Entry) -> None:
    for name in (f"{full_entry.id}.html", INDEX, REVIEW):
        page = parse(full_site[name])
        assert not list(page.iter("script")), name
        assert HOSTILE in words(page), name
    [description] = [
        each.get("content") for each in page_of(full_site, full_entry).iter("meta") if each.get("name") == "description"
    ]
    assert HOSTILE in (description or "")


def test_an_entry_can_not_take_the_place_of_a_page(knowledge: Knowledge) -> None:
    entry = next(iter(knowledge.entries.values()))
    taken = replace(knowledge, entries=dict(knowledge.entries) | {"index": replace(entry, id="index")})
    with pytest.raises(TakenNameError, match="index"):
        render_site(taken)


def test_a_wording_as_a_heading() -> None:
    assert heading("⚠️ When to get help:") == "When to get help"
    assert heading("“Sources”") == "“Sources”"


# Each entry


def said(entry: Entry) -> Iterator[str]:
    """Everything that an entry says."""
    yield entry.question
    for point in (*entry.answer, *entry.more, *((entry.help,) if entry.help else ())):
        yield point.text
    for dispute in entry.disputes:
        yield from (dispute.about, dispute.trust)
        for side in dispute.sides:
            yield from (f"{side.who}:", side.says)
    if entry.picture:
        yield entry.picture.alternative
    for change in entry.changed:
        yield f"{spoken_date(change.on.isoformat())}: {change.what}"


@pytest.mark.parametrize("name", ENTRIES)
def test_all_of_an_entry_is_on_its_page(name: str, knowledge: Knowledge, pages: dict[str, Element]) -> None:
    entry, page = knowledge.entries[name], pages[f"{name}.html"]
    shown = words(page)
    for text in said(entry):
        assert " ".join(text.split()) in shown
    assert words(next(page.iter("h1"))) == entry.question
    assert (knowledge.wordings.safety_note in shown) == entry.safety_note
    assert f"{knowledge.wordings.checked} {spoken_date(entry.checked.isoformat())}" in shown
    links = {each.get("href") for each in page.iter("a")}
    assert {f"{other}.html" for other in entry.related} <= links
    assert len(list(page.iter("img"))) == (1 if entry.picture else 0)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_source_is_listed_with_links_both_ways(
    name: str, knowledge: Knowledge, pages: dict[str, Element]
) -> None:
    entry, page = knowledge.entries[name], pages[f"{name}.html"]
    by_id = {each.attrib["id"]: each for each in page.iter() if "id" in each.attrib}
    listed = [each for anchor, each in by_id.items() if re.fullmatch(r"source-\d+", anchor)]
    places = [*entry.citations, *(entry.picture.citations if entry.picture else ())]
    sources = {place.source for place in places}
    assert len(listed) == len(sources)
    for source in sources:
        [item] = [each for each in listed if source.title in words(each) and source.publisher in words(each)]
        assert knowledge.wordings.kinds[source.kind] in words(item)
        assert source_date(source, knowledge.wordings) in words(item)
        assert source.note in words(item)
        assert {place.locator for place in places if place.source == source} <= set(
            re.split(r" · |\n", "\n".join(item.itertext()))
        )
        links = [each.get("href") for each in item.iter("a")]
        assert not source.url or source.url in links
    back = {
        each.get("href", "")[1:]: anchor
        for anchor, item in by_id.items()
        for each in item.iter("a")
        if each.get("role") == "doc-backlink"
    }
    forth = {
        each.attrib["id"]: each.get("href", "")[1:] for each in page.iter("a") if each.get("role") == "doc-noteref"
    }
    assert back == forth


def test_the_parts_of_an_entry_that_has_them_all(full_site: Site, full_entry: Entry, knowledge: Knowledge) -> None:
    page = page_of(full_site, full_entry)
    by_class = {each.get("class"): each for each in page.iter() if each.get("class")}
    assert full_entry.help
    assert full_entry.help.text in words(by_class["help"])
    assert knowledge.wordings.safety_note in words(by_class["help"])
    assert words(by_class["region"]) == f"In {knowledge.asking.names['UK']}:"
    changed = words(by_class["standing"])
    assert changed.index("2 November 2026") < changed.index("1 October 2026"), "the latest comes first"
    types = [each.get("itemtype") for each in page.iter() if each.get("itemtype")]
    assert types == [f"https://schema.org/{name}" for name in ("FAQPage", "Question", "Answer")]
    properties = [each.get("itemprop") for each in page.iter() if each.get("itemprop")]
    assert properties == ["mainEntity", "name", "acceptedAnswer", "text"]


def test_whom_to_call_stands_on_every_page(pages: dict[str, Element], knowledge: Knowledge) -> None:
    for page in pages.values():
        [bottom] = page.iter("footer")
        shown = words(bottom)
        assert knowledge.wordings.disclaimer in shown
        for country in knowledge.red_flags.countries.values():
            assert f"{country.name} {country.emergency.contact}" in shown


def test_only_a_signature_of_the_answer_as_it_is_now_shows(
    full_site: Site, site: Site, full_entry: Entry, signed_entry: Entry, knowledge: Knowledge
) -> None:
    shown = words(page_of(full_site, signed_entry))
    assert f"{knowledge.wordings.reviewed_by} Dr Ann Now, neurologist, 3 November 2026." in shown
    assert "Bob Before" not in shown
    assert knowledge.wordings.reviewed_by + " " not in words(page_of(site, full_entry))
    altered = replace(signed_entry, more=())
    shown = words(page_of(render_site(with_entry(knowledge, altered)), altered))
    assert "Ann Now" not in shown
    assert "No clinician has signed this answer as it is now." in shown


def test_the_index_lists_every_question_below_its_topic(pages: dict[str, Element], knowledge: Knowledge) -> None:
    sections = {words(next(each.iter("h2"))): each for each in pages[INDEX].iter("section")}
    assert list(sections) == list(knowledge.topics)
    for topic, entries in knowledge.topics.items():
        links = {each.get("href"): words(each) for each in sections[topic].iter("a")}
        assert links == {f"{entry.id}.html": entry.question for entry in entries}

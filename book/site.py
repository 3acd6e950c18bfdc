"""The whole site, rendered: every file with its bytes, of the knowledge alone and with nothing of the day in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from book.entry_page import entry_page
from book.review_book import review_book
from book.thumbnails import draw_thumbnails
from knowledge.model import Knowledge, topic_key
from knowledge.rendering.answer import source_date, spoken_date

HERE = Path(__file__).parent
INDEX, REVIEW, LOST, STYLE = "index.html", "review.html", "404.html", "style.css"
PAGES_OF_THEIR_OWN = (INDEX, REVIEW, LOST)

_SIGNS = re.compile(r"^[^\w“\"(]+|\s*:$")


class TakenNameError(Exception):
    """An entry has the id of a page that the site needs for itself."""


def render_site(knowledge: Knowledge) -> Mapping[str, bytes]:
    """Every file of the site by its name. Raises TakenNameError."""
    names = {f"{entry}.html" for entry in knowledge.entries}
    if taken := names & set(PAGES_OF_THEIR_OWN):
        raise TakenNameError(", ".join(sorted(name.removesuffix(".html") for name in taken)))
    templates = _environment(knowledge)

    def page(template: str, **values: object) -> bytes:
        return templates.get_template(f"{template}.html.j2").render(**values).encode()

    files: dict[str, bytes] = {STYLE: (HERE / "static" / STYLE).read_bytes()}
    pictures = [entry.picture for entry in knowledge.entries.values() if entry.picture]
    files |= {f"pictures/{picture.path.name}": picture.path.read_bytes() for picture in pictures}
    thumbnails = draw_thumbnails(knowledge.topics)
    files |= {f"thumbnails/{topic_key(title)}.png": drawn for title, drawn in thumbnails.items()}
    for entry in knowledge.entries.values():
        files[f"{entry.id}.html"] = page("entry", page=entry_page(entry, knowledge))
    files[REVIEW] = page("review", book=review_book(knowledge))
    files[LOST] = page("404")
    files[INDEX] = page("index", topics=knowledge.topics)
    return files


def _environment(knowledge: Knowledge) -> Environment:
    """Templates that escape whatever they are given, and that fail rather than leave something out."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "spoken": _spoken,
        "heading": heading,
        "address": _address,
        "source_date": partial(source_date, wordings=knowledge.wordings),
    }
    environment.globals |= {
        "wordings": knowledge.wordings,
        "countries": tuple(knowledge.red_flags.countries.values()),
        "entries": knowledge.entries,
    }
    return environment


def heading(text: str) -> str:
    """A fixed wording as a heading: without the sign before it, which a screen reader would read, and the colon."""
    return _SIGNS.sub("", text)


def _spoken(when: date | str) -> str:
    return spoken_date(when if isinstance(when, str) else when.isoformat())


def _address(state: str) -> str:
    """How far the address of a source was verified, for a clinician who wonders where it leads."""
    match state:
        case "seen":
            return "seen in what was read"
        case "known":
            return "known, not opened by a person yet"
        case "":
            return "not verified"
    return f"opened by a person on {spoken_date(state)}"

"""The HTML reader: what it makes of right markup, and its words for wrong markup."""

from __future__ import annotations

import pytest

from tests.bot_api_server.errors import ApiError
from tests.bot_api_server.html import parse_html
from tests.bot_api_server.text import FormattedText, found_entities, trimmed, utf16_length, utf16_slice
from tests.bot_api_server.urls import checked_url


def spans(source: str) -> list[tuple[str, str]]:
    parsed = parse_html(source)
    return [(e["type"], utf16_slice(parsed.text, e["offset"], e["length"])) for e in parsed.entities]


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("plain", "plain", []),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;so&quot;", '1 < 2 && 3 > 2 "so"', []),
        ("&#65;&#x42;&nbsp;&copy;", "AB&nbsp;&copy;", []),
        ("<b>a</b><strong>b</strong>", "ab", [("bold", "a"), ("bold", "b")]),
        ("<i>a</i> <em>b</em>", "a b", [("italic", "a"), ("italic", "b")]),
        ("<u>a</u> <ins>b</ins>", "a b", [("underline", "a"), ("underline", "b")]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", c) for c in "abc"]),
        ('<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>', "ab", [("spoiler", "a"), ("spoiler", "b")]),
        ("<B>loud</B>", "loud", [("bold", "loud")]),
        ("<b></b>nothing", "nothing", []),
        ("<b>a</>", "a", [("bold", "a")]),
        ("😀<b>😀 <i>x</i></b>", "😀😀 x", [("bold", "😀 x"), ("italic", "x")]),
        ("<blockquote>q <b>b</b></blockquote>", "q b", [("blockquote", "q b"), ("bold", "b")]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", "q")]),
        ("<code>x</code>", "x", [("code", "x")]),
        ("<pre>x</pre>", "x", [("pre", "x")]),
    ],
)
def test_right_markup(source: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert parse_html(source).text == text
    assert spans(source) == expected


def test_a_link_has_its_address() -> None:
    (entity,) = parse_html('<a href="https://example.org/a?b=1&amp;c=2">there</a>').entities
    assert entity == {"type": "text_link", "offset": 0, "length": 5, "url": "https://example.org/a?b=1&c=2"}


def test_code_in_pre_has_a_language() -> None:
    (entity,) = parse_html('<pre><code class="language-python">x</code></pre>').entities
    assert entity == {"type": "pre", "offset": 0, "length": 1, "language": "python"}


def test_a_mention_of_somebody_known() -> None:
    ann = {"id": 7, "is_bot": False, "first_name": "Ann"}
    (entity,) = parse_html('<a href="tg://user?id=7">Ann</a>', {7: ann}.get).entities
    assert entity["user"] == ann


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("a <p>b</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("ü😀<br/>", 'Unsupported start tag "br/" at byte offset 6'),
        ("a < b > c", 'Unsupported start tag "" at byte offset 2'),
        ("a <3", "Unclosed start tag at byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>bold", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<i>a</i   ", "Unclosed end tag at byte offset 4"),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=http://x.org>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<i  =a>x</i>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ("<i  a = ", 'Unclosed start tag "i" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        (
            "<blockquote>a<blockquote>b</blockquote></blockquote>",
            'Tag "blockquote" can\'t be nested in "blockquote" at byte offset 13',
        ),
        (
            "&#xd800;",
            (
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate "
                "code units"
            ),
        ),
    ],
)
def test_wrong_markup(source: str, error: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)
    assert refused.value.code == 400
    assert refused.value.description == f"Bad Request: can't parse entities: {error}"


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ('<a href="nowhere">x</a>', []),
        ('<a href="tg://user?id=7">x</a>', []),
        ("<b>a <code>b</code> c</b>", [("bold", "a "), ("code", "b"), ("bold", " c")]),
        ("<code>a <b>b</b></code>", [("code", "a b")]),
        ('<a href="example.org">a <code>b</code></a>', [("text_link", "a b")]),
        ('<b class="big">x</b>', [("bold", "x")]),
    ],
)
def test_what_telegram_drops_is_named(source: str, left: list[tuple[str, str]]) -> None:
    assert spans(source) == left
    assert len(parse_html(source).losses) == 1


def test_only_the_first_hundred_entities_count() -> None:
    parsed = parse_html("<b>x</b> <i>y</i> " * 51)
    assert len(parsed.entities) == 100
    assert parsed.losses


def test_trimming_moves_the_entities() -> None:
    parsed = trimmed(parse_html(" \n a\r\n<b>  c\t</b> \n"))
    assert parsed.text == "a\n  c"
    assert parsed.entities == [{"type": "bold", "offset": 4, "length": 1}]


def test_blanks_before_an_entity_are_trimmed_only_up_to_it() -> None:
    parsed = trimmed(parse_html("  <b> x</b>"))
    assert parsed.text == "x"
    assert parsed.entities == [{"type": "bold", "offset": 0, "length": 1}]
    assert trimmed(FormattedText(" \n ")).text == ""


def test_length_counts_utf16_units() -> None:
    assert utf16_length("aü😀") == 4


def test_what_telegram_finds_by_itself() -> None:
    text = "/start@a_bot ask @ann at https://example.org/x. or ann@example.org or example.org, not 1/2 #botox"
    found = [(e["type"], utf16_slice(text, e["offset"], e["length"])) for e in found_entities(text)]
    assert found == [
        ("bot_command", "/start@a_bot"),
        ("mention", "@ann"),
        ("url", "https://example.org/x"),
        ("email", "ann@example.org"),
        ("url", "example.org"),
        ("hashtag", "#botox"),
    ]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org", "https://example.org/"),
        ("https://example.org/a?b#c", "https://example.org/a?b#c"),
        ("https://example.org?a=1", "https://example.org/?a=1"),
        ("example.org", "http://example.org/"),
        ("http://127.0.0.1:80/", "http://127.0.0.1:80/"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("https://", None),
        ("https://localhost/", None),
        ("ftp://example.org/", None),
        ("javascript:alert(1)", None),
        ("two words", None),
        ("", None),
    ],
)
def test_addresses(url: str, kept: str | None) -> None:
    assert checked_url(url) == kept

"""What is kept between starts: keys that change with what counts and with nothing else, and files that fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.loading.cache import Cache, combine, digest_files, digest_values

MODULE = '''\
"""What it does."""

LIMIT = 3
"""How much."""


def double(number: int) -> int:
    """Twice as much."""
    return 2 * number
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def signed(cache: Cache, module: Path, code: str) -> str:
    module.write_text(code, encoding="utf-8")
    return cache.sign_code([module])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 3  # since Tuesday"),
        ("\n\n\n", "\n\n\n\n# a word\n"),
        ("What it does.", "What it does today."),
        ('"""How much."""\n', ""),
        ('    """Twice as much."""\n', '    """Double it."""\n'),
        ("2 * number", "(2 * number)"),
        ("2 * number", "2*number"),
    ],
)
def test_words_about_code_change_no_key(folder: Path, tmp_path: Path, old: str, new: str) -> None:
    assert old in MODULE
    cache, module = Cache(folder), tmp_path / "module.py"
    assert signed(cache, module, MODULE) == signed(cache, module, MODULE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("2 * number", "number * 2"),
        ("def double", "def twice"),
        ("number: int", "number: float"),
        ("LIMIT = 3\n", "LIMIT = 3\nNAME = 'x'\n"),
        ("return 2 * number", "return '2 * number'"),
    ],
)
def test_changed_code_changes_the_key(folder: Path, tmp_path: Path, old: str, new: str) -> None:
    assert old in MODULE
    cache, module = Cache(folder), tmp_path / "module.py"
    assert signed(cache, module, MODULE) != signed(cache, module, MODULE.replace(old, new))


def test_the_order_in_which_modules_are_named_and_their_names(tmp_path: Path) -> None:
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("A = 1\n")
    other.write_text("B = 2\n")
    cache = Cache(None)
    assert cache.sign_code([one, other]) == cache.sign_code(iter([other, one]))
    assert cache.sign_code([one]) != cache.sign_code([one, other])
    assert cache.sign_code([one]) != cache.sign_code([one.rename(tmp_path / "three.py")])


def test_syntax_is_looked_at_only_where_a_file_differs(folder: Path, tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    key = signed(Cache(folder), module, MODULE)
    [kept] = folder.iterdir()
    known = json.loads(Cache(folder).read("code-signatures.json", "last") or b"")
    assert list(known.values()) == [key]
    Cache(folder).keep("code-signatures.json", "last", json.dumps(dict.fromkeys(known, "as kept")).encode())
    assert Cache(folder).sign_code([module]) == "as kept"
    kept.write_bytes(b"junk")
    assert Cache(folder).sign_code([module]) == key


def test_only_the_newest_product_of_a_stage_is_kept(folder: Path) -> None:
    cache = Cache(folder)
    cache.keep("content", "a", b"1")
    cache.keep("model", "a", b"2")
    cache.keep("content", "b", b"3")
    assert (cache.read("content", "a"), cache.read("content", "b"), cache.read("model", "a")) == (None, b"3", b"2")
    assert sorted(path.name for path in folder.iterdir()) == ["content-b", "model-a"]


@pytest.mark.parametrize("product", [b"", b"\n", b"a line\nand \xff\0 more\n" * 99])
def test_a_product_comes_back_as_it_was(folder: Path, product: bytes) -> None:
    Cache(folder).keep("content", "a", product)
    assert Cache(folder).read("content", "a") == product


def test_a_damaged_product_counts_for_nothing(folder: Path) -> None:
    cache = Cache(folder)
    cache.keep("content", "a", b"a line\nand more")
    [path] = folder.iterdir()
    whole = path.read_bytes()
    for damaged in (*(whole[:length] for length in range(len(whole))), whole + b"x", whole.replace(b"more", b"mere")):
        path.write_bytes(damaged)
        assert cache.read("content", "a") is None
    path.write_bytes(whole)
    assert cache.read("content", "a") == b"a line\nand more"


def test_without_a_folder_nothing_is_kept_or_told() -> None:
    cache = Cache(None, lambda folder, error: pytest.fail("told"))
    cache.keep("content", "a", b"1")
    assert cache.read("content", "a") is None


def test_a_folder_that_can_not_be_written_is_told_of_once(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    told: list[tuple[Path, OSError]] = []
    cache = Cache(blocked, lambda folder, error: told.append((folder, error)))
    cache.keep("content", "a", b"1")
    cache.keep("model", "a", b"1")
    [(folder, error)] = told
    assert folder == blocked
    assert isinstance(error, FileExistsError | NotADirectoryError)


def test_a_product_that_can_not_take_its_place_leaves_nothing_behind(folder: Path) -> None:
    (folder / "content-a").mkdir(parents=True)
    told: list[OSError] = []
    Cache(folder, lambda _, error: told.append(error)).keep("content", "a", b"1")
    assert len(told) == 1
    assert [path.name for path in folder.iterdir()] == ["content-a"]


def test_a_digest_is_of_names_and_contents(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"ab")
    other.write_bytes(b"c")
    seen = {digest_files([one, other])}
    one.write_bytes(b"a")
    other.write_bytes(b"bc")
    seen.add(digest_files([one, other]))
    seen.add(digest_files([one]))
    other.unlink()
    seen.add(digest_files([one, other]))
    assert len(seen) == 4


def test_a_digest_of_values_knows_no_order_of_keys() -> None:
    assert digest_values({"a": 1, "b": [2]}) == digest_values({"b": [2], "a": 1})
    assert digest_values([1, 2]) != digest_values([2, 1])
    assert digest_values({"a": "é"}) != digest_values({"a": "e"})


def test_a_combined_key_is_of_all_its_parts() -> None:
    assert len({combine("a", "b"), combine("b", "a"), combine("ab"), combine("a"), combine("a", "")}) == 5

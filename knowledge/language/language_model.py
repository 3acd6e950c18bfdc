"""The small language model that reads a message, for triage and for matching, in onnxruntime.

`make train-language-model` fits it.

It sees a message as word pieces (WordPiece; Wu et al. 2016, "Google's neural machine translation system",
https://arxiv.org/abs/1609.08144) in lower case and without accents, as BERT's basic tokenizer makes them.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FOLDER = Path(__file__).parent / "weights"
MODEL, VOCABULARY, CLASSES = _FOLDER / "model.onnx", _FOLDER / "vocabulary.txt", _FOLDER / "classes.json"

MOST_TOKENS = 96
"""Word pieces that are read at once, with the two that frame them; a longer message is read in stretches."""

_MOST_STRETCHES = 4
_LONGEST_WORD = 40
_REMEMBERED_WORDS = 5_000
_REMEMBERED_TEXTS = 8
_HAN = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2FA1F), (0xF900, 0xFAFF))


class Tokenizer:
    """Cuts a text into numbers of word pieces."""

    def __init__(self, pieces: Mapping[str, int]) -> None:
        self._pieces = pieces
        self._unknown, self._first, self._last = (pieces[name] for name in ("[UNK]", "[CLS]", "[SEP]"))
        self._cut = lru_cache(maxsize=_REMEMBERED_WORDS)(self._cut_word)

    @classmethod
    def read(cls, path: Path = VOCABULARY) -> Tokenizer:
        lines = path.read_text(encoding="utf-8").split("\n")
        return cls({piece: number for number, piece in enumerate(lines) if piece})

    def frame(self, pieces: Sequence[int]) -> list[int]:
        return [self._first, *pieces, self._last]

    def pieces(self, text: str) -> list[int]:
        """All pieces of `text`, unframed."""
        return [piece for word in _split(text) for piece in self._cut(word)]

    def _cut_word(self, word: str) -> tuple[int, ...]:
        """The longest pieces that make up the word, from its beginning on; one unknown piece where none do."""
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        found: list[int] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            for end in range(len(word), start, -1):
                piece = self._pieces.get(mark + word[start:end])
                if piece is not None:
                    found.append(piece)
                    start = end
                    break
            else:
                return (self._unknown,)
        return tuple(found)


def _split(text: str) -> Iterator[str]:
    """The words and punctuation marks of `text`, in lower case and without accents."""
    bare = "".join(each for each in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(each) != "Mn")
    word: list[str] = []
    for each in bare:
        category = unicodedata.category(each)
        if each.isspace() or category in ("Cc", "Cf", "Co", "Cs") or _is_mark(each, category) or _is_han(each):
            if word:
                yield "".join(word)
                word.clear()
            if not each.isspace() and category[0] != "C":
                yield each
        else:
            word.append(each)
    if word:
        yield "".join(word)


def _is_mark(character: str, category: str) -> bool:
    return category[0] == "P" or (character.isascii() and not character.isalnum() and character.isprintable())


def _is_han(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _HAN)


class LanguageModel:
    """Tells classes of messages apart: entries, subjects out of scope, red flags, and what only sounds like these."""

    def __init__(self, classes: Sequence[str], tokenizer: Tokenizer, session: Any) -> None:
        self.classes = classes
        self._tokenizer = tokenizer
        self._session = session
        # Triage and matching read the same message. What is remembered, of a few, are the numbers of their pieces.
        self._read = lru_cache(maxsize=_REMEMBERED_TEXTS)(self._read_pieces)

    def tell(self, *texts: str) -> NDArray[np.float32]:
        """A row of chances, one for each class, for each text and each stretch of a longer one."""
        import numpy as np

        cut = [stretch for text in texts for stretch in cut_stretches(self._tokenizer.pieces(text))]
        return np.concatenate([self._read(tuple(each)) for each in cut[:_MOST_STRETCHES]])

    def _read_pieces(self, pieces: tuple[int, ...]) -> NDArray[np.float32]:
        # One at a time: beside a longer one its numbers would be rounded in other steps.
        import numpy as np

        ids = np.array([self._tokenizer.frame(pieces)], dtype=np.int64)
        (logits,) = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        found: NDArray[np.float32] = chances / chances.sum(axis=1, keepdims=True)
        return found


def cut_stretches(pieces: Sequence[int]) -> Iterator[Sequence[int]]:
    """The pieces as one, or in overlapping stretches where there are too many to be read at once."""
    most = MOST_TOKENS - 2
    if len(pieces) <= most:
        yield pieces
        return
    step = most // 2 if len(pieces) <= most * (_MOST_STRETCHES + 1) // 2 else most
    starts = list(range(0, max(1, len(pieces) - most // 2), step))[:_MOST_STRETCHES]
    for start in starts:
        yield pieces[start : start + most]


@cache
def find_language_model() -> LanguageModel | str:
    """The language model of this process; or why there is none, in words for a log."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # it tells Microsoft what runs it, unless this is set before it is loaded
    try:
        import onnxruntime
    except ImportError:
        return "onnxruntime is not installed"
    try:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a message is small, and others want to be answered meanwhile
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # By its path, so that the library maps the file: as bytes it would stay in memory twice.
        session = onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])
        classes = json.loads(CLASSES.read_text(encoding="utf-8"))["classes"]
        return LanguageModel(classes, Tokenizer.read(), session)
    except Exception as error:
        return f"the model can't be loaded ({type(error).__name__})"

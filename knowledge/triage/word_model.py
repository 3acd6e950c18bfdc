"""The half of the second opinion that knows words: a linear model over the words of a message and the letters in them.

It tells red flags and kinds of harmless message apart. The model is multinomial logistic regression; features are
hashed (Weinberger et al. 2009, "Feature hashing for large scale multitask learning", https://doi.org/10.1145/1553374.1553516),
so that what is shipped holds none of the messages that it was learnt from.
"""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from knowledge.language.utterance import EDGES, SENTENCE, Utterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORD_MODEL = Path(__file__).parent / "word_model.bin"
"""What `make train` writes."""

BUCKETS = 1 << 16
_LONGEST_ROW = 3
"""Words in a row that make a feature."""

_SHORTEST_PIECE, _LONGEST_PIECE = 2, 4
"""Letters in a row, within a word with its edges, that make one."""

_STRETCH = 26
"""Words from which on a message is also judged in stretches of about so many."""


@dataclass(frozen=True)
class WordModel:
    """The model: `weights` of BUCKETS by `classes` in steps of `step`, and what each class starts from.

    `fitted_on` names what it was learnt from.
    """

    classes: Sequence[str]
    weights: NDArray[np.int8]
    step: NDArray[np.float32]
    bias: NDArray[np.float32]
    fitted_on: str = ""

    def tell(self, utterance: Utterance) -> NDArray[np.float32]:
        """A row of chances, one for each class, for the message and for each stretch of a longer one."""
        import numpy as np  # slow to import, and of no use to whoever only checks the files

        logits = []
        for words in stretches(utterance):
            buckets, values = hash_features(words)
            logits.append(self.bias + (values @ self.weights[buckets].astype(np.float32)) * self.step)
        chances = np.exp(logits - np.max(logits, axis=1, keepdims=True))
        found: NDArray[np.float32] = chances / chances.sum(axis=1, keepdims=True)
        return found

    def to_bytes(self) -> bytes:
        """A head of JSON on one line, and the arrays."""
        head = {"fitted_on": self.fitted_on, "classes": list(self.classes)}
        arrays = (self.step, self.bias, self.weights)
        return b"".join([json.dumps(head).encode(), b"\n", *(each.tobytes() for each in arrays)])

    @classmethod
    def from_bytes(cls, kept: bytes) -> WordModel:
        """Raises ValueError or KeyError for what `to_bytes` did not write."""
        import numpy as np

        line, _, rest = kept.partition(b"\n")
        head: dict[str, Any] = json.loads(line)
        count = len(head["classes"])
        floats = np.frombuffer(rest, np.float32, 2 * count)
        weights = np.frombuffer(rest, np.int8, BUCKETS * count, floats.nbytes).reshape(BUCKETS, count)
        return cls(head["classes"], weights, floats[:count], floats[count:], head["fitted_on"])


def stretches(utterance: Utterance) -> Iterator[Sequence[str]]:
    """The words of the whole message, and of overlapping stretches of it where it is long; edges stand among them."""
    words = utterance.words
    yield words
    if len(words) <= _STRETCH + _STRETCH // 2:
        return
    ends = [place for place, word in enumerate(words) if word == SENTENCE] or [0]
    start = 0
    while start < len(words) - 1:
        wanted = start + _STRETCH
        end = next((each for each in ends if each >= wanted and each - start <= 2 * _STRETCH), wanted)
        yield words[start : end + 1]
        middle = start + (end - start) // 2
        start = next((each for each in ends if middle <= each < end), middle) if end < len(words) - 1 else len(words)


def hash_features(words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The buckets that the words fall into, and how much of each; either family of features is of length 1."""
    import numpy as np

    rows = {crc32(name.encode()) % BUCKETS for name in _rows(words)}
    pieces = set[int]()
    for word in dict.fromkeys(words):
        pieces.update(_hash_pieces(word))
    values = [1 / math.sqrt(len(rows) or 1)] * len(rows) + [1 / math.sqrt(len(pieces) or 1)] * len(pieces)
    return np.array([*rows, *pieces], dtype=np.int64), np.array(values, dtype=np.float32)


def _rows(words: Sequence[str]) -> Iterator[str]:
    for start in range(len(words)):
        for length in range(1, _LONGEST_ROW + 1):
            if start + length <= len(words):
                yield " ".join(words[start : start + length])


@lru_cache(maxsize=5_000)
def _hash_pieces(word: str) -> array[int]:
    """The buckets that the pieces of a word fall into; kept, for people use few words again and again."""
    return array("H", (crc32(piece.encode()) % BUCKETS for piece in _pieces(word)))


def _pieces(word: str) -> Iterator[str]:
    if word in EDGES:
        return
    framed = f"_{word}_"
    for length in range(_SHORTEST_PIECE, _LONGEST_PIECE + 1):
        for start in range(len(framed) - length + 1):
            yield f"#{framed[start : start + length]}"

"""A second opinion on whether somebody is in trouble: learnt from messages of many voices, where rules only know lists.

Two models give it, fitted to the same messages: one knows words (`word_model`), the other, a small language model,
reads the message (`language_model`). Each judges the whole message and stretches of a longer one, since a sign is often
buried in the middle of a story, and the most urgent reading counts. Their chances are averaged; where the machine can't
run the second, the first speaks alone, a little less well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from knowledge.language.utterance import Utterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.language.language_model import LanguageModel
    from knowledge.triage.word_model import WordModel

HARMLESS, ABOUT, ORDINARY = "harmless", "about", "ordinary"
"""Classes that are no red flag: what only sounds like one, a question about one, and everything else."""

TRIAGE = "triage:"
"""What the names of these classes, and of the red flags, begin with in the language model, which knows others too."""

_MODEL_COUNTS = 0.75
"""How much the language model counts, of 1; chosen on the voices that choose the limits."""

_FEWEST = 2
"""Words in what is left of a message, to be judged by itself."""

_CONTRAST = re.compile(r"(?i)\b(?:but|though|yet|however)\b[\s,:]*")
_FURTHEST = 90
"""Characters in front of a "but" that can be no more than what reassures."""

_REASSURING = re.compile(
    r"(?i)\b(?:said|says?|saying|told|tells|reckons?|thinks?|google|internet|chatgpt|leaflet|read|doctor|nurse|normal|"
    r"nothing|fine|common|rare|problems?|trouble|ok|okay|worr(?:y|ied)|dramatic|silly|expect|perfect)\b"
)
_SECOND_QUESTION = re.compile(
    r"(?i)^(?:anyway|also|ps|btw|and)?[\s,:]*"
    r"(?:how|what|when|where|which|who|does|do|can|could|is|are|will|would|should|any)\b"
)
_OTHERS_STORY = re.compile(r"(?i)[\s,.;(](?:my|our) [\w'’]+ (?:had|has|got|gets) [^.!?\n]{0,50}$")
_LONGEST_LAST = 80


class Judgement(NamedTuple):
    """How likely a message is to be urgent (0 to 1), and which red flag it then most likely raises.

    `spoken_of`: how likely it is to be urgent or to ask about a danger.
    """

    chance: float
    flag: str
    spoken_of: float


@dataclass(frozen=True)
class Opinion:
    """What the models say. `model`: the language model, or why there is none."""

    words: WordModel
    model: LanguageModel | str

    @property
    def language_model(self) -> LanguageModel | None:
        return None if isinstance(self.model, str) else self.model

    @cached_property
    def _urgent(self) -> Sequence[int]:
        """The places of the red flags among the classes."""
        return [place for place, name in enumerate(self.words.classes) if is_red_flag(name)]

    @cached_property
    def _about(self) -> Sequence[int]:
        """The places of the questions about one."""
        return [place for place, name in enumerate(self.words.classes) if name.startswith(ABOUT)]

    def judge(self, utterance: Utterance) -> Judgement:
        """The most urgent reading of the message and of its stretches."""
        urgent = self._urgent
        chances = _most_urgent(self.words.tell(utterance), urgent)
        if not isinstance(self.model, str):
            read = self._sort(self.model.tell(utterance.text, *strip_reassurance(utterance.text)))
            chances = (1 - _MODEL_COUNTS) * chances + _MODEL_COUNTS * _most_urgent(read, urgent)
        chance = float(chances[urgent].sum())
        asked = sum(float(chances[place]) for place in self._about)
        best = urgent[int(chances[urgent].argmax())]
        return Judgement(chance, self.words.classes[best], chance + asked)

    @cached_property
    def _places(self) -> Sequence[int]:
        """The place here of each class of the language model: what is none of triage is ordinary."""
        place = {TRIAGE + name: number for number, name in enumerate(self.words.classes)}
        classes = self.language_model.classes if self.language_model else ()
        return [place.get(name, place[TRIAGE + ORDINARY]) for name in classes]

    def _sort(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the language model says, by the classes of the words."""
        import numpy as np

        found = np.zeros((len(rows), len(self.words.classes)), dtype=np.float32)
        np.add.at(found.T, self._places, rows.T)
        return found


def strip_reassurance(text: str) -> Iterator[str]:
    """`text` without what reassures before a "but", and without a second question or somebody else's story behind.

    Each is judged beside the whole, so that none of it can take urgency away.
    """
    contrast = _CONTRAST.search(text, 0, _FURTHEST)
    if contrast and _REASSURING.search(text, 0, contrast.start()):
        yield from _if_enough(text[contrast.end() :])
    place = max(text.rstrip(" .!?…\n").rfind(mark) for mark in ".!?\n…")
    last = text[place + 1 :].strip()
    if place > 0 and len(last) <= _LONGEST_LAST and _SECOND_QUESTION.match(last):
        yield from _if_enough(text[:place])
    story = _OTHERS_STORY.search(text, max(0, len(text) - _LONGEST_LAST))
    if story:
        yield from _if_enough(text[: story.start()])


def _if_enough(rest: str) -> Iterator[str]:
    if len(rest.split()) >= _FEWEST:
        yield rest


def is_red_flag(name: str) -> bool:
    """Whether a class is a red flag, and none of the harmless kinds."""
    return name.partition(":")[0] not in (HARMLESS, ABOUT, ORDINARY)


def _most_urgent(rows: NDArray[np.float32], urgent: Sequence[int]) -> NDArray[np.float32]:
    best: NDArray[np.float32] = rows[rows[:, urgent].sum(axis=1).argmax()]
    return best

"""All that is compiled and learnt from the content, as one file: lexicon, phrases of the red flags, and the model."""

from __future__ import annotations

import json
from dataclasses import dataclass

from knowledge.language.lexicon import Lexicon
from knowledge.matching.trained import TrainedModel
from knowledge.triage.rules import RulePhrases


@dataclass(frozen=True)
class Compiled:
    """What an answerer needs beside the content."""

    lexicon: Lexicon
    phrases: RulePhrases
    model: TrainedModel

    def to_bytes(self) -> bytes:
        """A line of JSON, and the model."""
        head = {"lexicon": self.lexicon.to_data(), "phrases": self.phrases.to_data()}
        line = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
        return b"\n".join([line, self.model.to_bytes()])

    @classmethod
    def from_bytes(cls, kept: bytes) -> Compiled:
        """Raises ValueError, KeyError or TypeError for what `to_bytes` did not write."""
        end = kept.index(b"\n")
        head = json.loads(kept[:end])
        return cls(
            Lexicon.from_data(head["lexicon"]),
            RulePhrases.from_data(head["phrases"]),
            TrainedModel.from_bytes(kept[end + 1 :]),
        )

"""What was learnt from messages, as one value and in a compact form that every start reads in no time."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.matching.classifier import Weights

OUT_OF_SCOPE = "out-of-scope:"
"""What the names of classes that are not ours begin with."""

_ARRAYS = ("scale", "starts", "classes", "strengths")


@dataclass(frozen=True, slots=True)
class Message:
    """A message to learn from: what its class is (`TrainedModel.names`), and whose words it is in, where known.

    `also` are classes that would be right as well.
    """

    text: str
    label: str
    voice: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message for confidence: `accept` are the entries that answer it."""

    text: str
    accept: frozenset[str]
    voice: str = ""


@dataclass(frozen=True)
class TrainedModel:
    """All that is learnt once from messages, and then kept.

    `names` are the classes: our entries by their ids, then the subjects out of scope by prefixed ids. For every class
    `messages` holds the stems of its messages in order. For our entries, `stems` counts them, `concepts` lists what
    their messages ask for; `stems_of_ours` and `stems_out_of_scope` count the stems of all our entries and of the rest.
    """

    weights: Weights
    names: Sequence[str]
    messages: Mapping[str, Sequence[str]]
    stems: Mapping[str, Mapping[str, int]]
    stems_of_ours: Mapping[str, int]
    stems_out_of_scope: Mapping[str, int]
    concepts: Mapping[str, frozenset[str]]

    def to_bytes(self) -> bytes:
        """A head of JSON on one line, the features a line each, and the arrays of the weights."""
        arrays: dict[str, array[Any]] = {name: getattr(self.weights, name) for name in _ARRAYS}
        features = "\n".join(self.weights.number).encode()
        head = {
            "names": list(self.names),
            "messages": dict(self.messages),
            "stems": dict(self.stems),
            "stems_of_ours": dict(self.stems_of_ours),
            "stems_out_of_scope": dict(self.stems_out_of_scope),
            "concepts": {name: sorted(found) for name, found in self.concepts.items()},
            "unseen": self.weights.unseen,
            "features": len(features),
            "arrays": [[name, kept.typecode, len(kept) * kept.itemsize] for name, kept in arrays.items()],
        }
        line = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
        return b"".join([line, b"\n", features, *(kept.tobytes() for kept in arrays.values())])

    @classmethod
    def from_bytes(cls, kept: bytes) -> TrainedModel:
        """Raises ValueError or KeyError for what `to_bytes` did not write."""
        end = kept.index(b"\n")
        head = json.loads(kept[:end])
        place = end + 1 + head["features"]
        names = kept[end + 1 : place].decode().split("\n")
        arrays: dict[str, array[Any]] = {}
        for name, typecode, size in head["arrays"]:
            arrays[name] = array(typecode)
            arrays[name].frombytes(kept[place : place + size])
            place += size
        if place != len(kept):
            raise ValueError("the kept model is cut short")
        return cls(
            weights=Weights(number={name: n for n, name in enumerate(names)}, unseen=head["unseen"], **arrays),
            names=head["names"],
            messages=head["messages"],
            stems=head["stems"],
            stems_of_ours=head["stems_of_ours"],
            stems_out_of_scope=head["stems_out_of_scope"],
            concepts={name: frozenset(found) for name, found in head["concepts"].items()},
        )

"""What was learnt, kept in a compact form."""

from __future__ import annotations

import pytest

from knowledge.answering import Answerer
from knowledge.matching.classifier import fit
from knowledge.matching.trained import TrainedModel

ROWS = [{"word:cost": 1.0, "word:é": 1.0}, {"word:hurt": 1.0}, {"word:rain": 1.0}]
MODEL = TrainedModel(
    weights=fit(ROWS, [0, 1, 2], 3),
    names=["cost", "pain", "out-of-scope:weather"],
    messages={"cost": ["what cost", "é"], "pain": ["hurt"], "out-of-scope:weather": ["rain"]},
    stems={"cost": {"cost": 2, "what": 1}, "pain": {"hurt": 1}},
    stems_of_ours={"cost": 2, "what": 1, "hurt": 1},
    stems_out_of_scope={"rain": 1},
    concepts={"cost": frozenset({"price", "much"}), "pain": frozenset()},
)


def test_it_survives_being_kept() -> None:
    kept = MODEL.to_bytes()
    assert TrainedModel.from_bytes(kept) == MODEL
    assert TrainedModel.from_bytes(kept).to_bytes() == kept


def test_the_real_model_survives_being_kept(answerer: Answerer) -> None:
    model = answerer.scorer._model
    assert TrainedModel.from_bytes(model.to_bytes()) == model


def test_the_same_model_is_kept_in_the_same_bytes() -> None:
    """Sets have an order of their own in every process; what is kept has not."""
    again = TrainedModel(**{**MODEL.__dict__, "concepts": {"cost": frozenset({"much", "price"}), "pain": frozenset()}})
    assert again.to_bytes() == MODEL.to_bytes()


def test_a_file_that_is_cut_or_grown_is_refused() -> None:
    kept = MODEL.to_bytes()
    for length in range(len(kept)):
        with pytest.raises((ValueError, KeyError)):
            TrainedModel.from_bytes(kept[:length])
    with pytest.raises(ValueError, match="cut short"):
        TrainedModel.from_bytes(kept + b"\0")


@pytest.mark.parametrize("kept", [b"", b"\n", b"{}\n", b'{"names": []}\n', b"\xff\xfe\n"])
def test_what_was_never_a_model_is_refused(kept: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        TrainedModel.from_bytes(kept)

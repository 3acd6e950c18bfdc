"""Fit anew how sure the bot may be, and the words of triage's second opinion, from knowledge/training.

    make train              # what this prints: of what was said to be so likely, how much came true
    python -m tools.train --dry    # print it and write nothing

It writes knowledge/matching/confidence.json and, where the messages of triage have changed,
knowledge/triage/word_model.bin. The language model has a trainer of its own: tools/train_language_model.py.

The ranking learns from the FAQ's own messages at the next start by itself; what is fitted here is the function that
turns its signals into a chance, with a language model and without. `fitted_on` in the file names the messages and the
model that it belongs to: after a change of either, a test asks for `make train`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from knowledge.language.language_model import LanguageModel, find_language_model
from knowledge.language.reader import Reader
from knowledge.loading.build import HERE
from knowledge.loading.cache import Cache, combine, digest_files
from knowledge.loading.compiled import Compiled
from knowledge.loading.load import CACHE, Prepared, prepare
from knowledge.loading.training import (
    LabelledSets,
    labelled_files,
    read_labelled,
    read_triage_messages,
)
from knowledge.matching.confidence import FITTED, WITH_MODEL, WORDS_ALONE, Logistic, Scorer
from knowledge.matching.fitting import (
    Observation,
    expected_calibration_error,
    fit_weights,
    observe,
    predict_by_folds,
)
from knowledge.triage.learning import Taught, fit_word_model
from knowledge.triage.word_model import WORD_MODEL, WordModel

_BANDS = 10

Weights = Mapping[str, Mapping[str, float]]


def observe_both(compiled: Compiled, sets: LabelledSets, model: LanguageModel) -> Mapping[str, Sequence[Observation]]:
    """What all messages show, questions and posts alike, with the language model and without."""
    reader, unfitted = Reader(compiled.lexicon), Logistic({"bias": 0.0})
    scorers = {
        name: Scorer(compiled.model, {name: unfitted}, language_model)
        for name, language_model in ((WITH_MODEL, model), (WORDS_ALONE, None))
    }
    return {name: list(observe(sets.messages, reader, scorer)) for name, scorer in scorers.items()}


def digest_basis(prepared: Prepared, folder: Path = HERE) -> str:
    """What the function rests on: the messages that it is fitted on, and all that the ranking is learnt from."""
    return combine(digest_files(labelled_files(folder)), prepared.learnt_from)


def train_word_model(reader: Reader, folder: Path = HERE) -> WordModel:
    """The words of triage's second opinion, fitted to all voices but those that choose the limits; two minutes."""
    messages, digest = read_triage_messages(folder)
    taught = [Taught(reader.read(each.text), each.label) for each in messages if not each.chooses]
    return fit_word_model(taught, digest)


def has_word_model(folder: Path = HERE) -> bool:
    """Whether the word model that is there was fitted to the messages that are there."""
    if not WORD_MODEL.exists():
        return False
    return WordModel.from_bytes(WORD_MODEL.read_bytes()).fitted_on == read_triage_messages(folder)[1]


def tabulate_reliability(observations: Sequence[Observation]) -> str:
    """How often what was said to be so likely came true; no voice is judged by weights that it helped to fit."""
    best: dict[int, tuple[float, bool]] = {}
    for each, chance in zip(observations, predict_by_folds(observations), strict=True):
        best[each.message] = max(best.get(each.message, (-1.0, False)), (chance, each.holds))
    pairs = list(best.values())
    lines = ["said         number  true"]
    for band in range(_BANDS):
        low, high = band / _BANDS, (band + 1) / _BANDS
        inside = [holds for chance, holds in pairs if band == min(int(chance * _BANDS), _BANDS - 1)]
        share = f"{sum(inside) / len(inside):5.0%}" if inside else "    –"
        lines.append(f"{low:.1f} to {high:.1f}  {len(inside):7} {share}")
    error = expected_calibration_error([chance for chance, _ in pairs], [holds for _, holds in pairs])
    return "\n".join([*lines, f"expected calibration error {error:.3f}"])


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tools.train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dry", action="store_true", help="write nothing")
    options = parser.parse_args()
    model = find_language_model()
    if not isinstance(model, LanguageModel):
        raise SystemExit(f"The language model is needed here: {model}.")
    prepared = prepare(HERE, Cache(CACHE), lambda _what, _share: None)
    compiled = Compiled.from_bytes(prepared.compiled)
    observations = observe_both(compiled, read_labelled(HERE, compiled.model.concepts), model)
    for name, observed in observations.items():
        print(f"{name}: the likeliest entry answers the message:\n{tabulate_reliability(observed)}\n")
    if not options.dry:
        weights = {name: fit_weights(observed) for name, observed in observations.items()}
        fitted = {"fitted_on": digest_basis(prepared), "weights": weights}
        FITTED.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
        if not has_word_model():
            print("Fitting the words of triage …", flush=True)
            WORD_MODEL.write_bytes(train_word_model(Reader(compiled.lexicon)).to_bytes())


if __name__ == "__main__":
    main()

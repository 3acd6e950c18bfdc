"""A small, sound set of knowledge files, to break in one place at a time."""

from __future__ import annotations

import re
from pathlib import Path

from knowledge.loading.build import HERE

ASKED = "\n".join(
    f"        - {text}"
    for text in (
        "how often do i need it",
        "gap between treatments",
        "is it every three months",
        "how many times a year",
        "when is the next one due",
        "how regular are the jabs",
        "do i have to repeat it",
        "weeks between sessions",
        "what is the interval",
        "how frequently is it given",
        "is it a one off",
        "can i wait longer",
    )
)
OTHER_ASKED = "\n".join(
    f"        - {text}"
    for text in (
        "what is the price",
        "how expensive is it",
        "how much would i pay",
        "is it costly",
        "what do they charge",
        "what is the fee",
        "can i afford it",
        "price without insurance",
        "is it cheap",
        "what will the bill be",
        "out of pocket amount",
        "how many dollars is one session",
    )
)

RED_FLAGS = ("red_flags.yaml", "red_flag_rules.yaml", "red_flag_words.yaml")

FEW_RULES = """\
rules:
  breathing_difficulty:
    - needs: [breath, "cannot | trouble"]
      someone: true
      urgent:
        - my wife is having trouble breathing
      calm:
        - can botox make it hard to breathe
  suicidal_thoughts:
    - needs: [want_die]
      even: [question, if]
      urgent:
        - i want to die
      calm:
        - i do not want to die
  allergy_mild:
    - needs: [skin_reaction]
      someone: true
      urgent:
        - i've come out in hives since the injection
      calm:
        - are hives common
"""
"""A rule for a red flag of each tier, with examples in words that the small vocabulary knows."""

FILES = {
    "faq/schedule.yaml": f"""\
topic: Schedule
order: 1
entries:
  - id: how-often
    label: How often
    button: How often?
    question: How often is it repeated?
    asked:
      how often:
{ASKED}
    answer:
      - say: Every 12 weeks.
        cites: [every-12-weeks]
    disputes:
      - about: how soon
        sides:
          - who: NICE
            says: Every 12 weeks.
            cites: [every-12-weeks]
          - who: An article
            says: A matter of weeks.
            cites: [b14]
        trust: Trust NICE.
    related: [cost]
    checked: 2026-11-21
  - id: cost
    label: Cost
    button: What does it cost?
    question: What does it cost?
    asked:
      price:
{OTHER_ASKED}
    answer:
      - say: It depends on where you live.
        cites: [price]
        region: UK
    related: [how-often]
    safety_note: true
    checked: 2026-11-21
""",
    "sources.yaml": """\
sources:
  - id: nice-ta260
    title: Botulinum toxin type A for chronic migraine
    publisher: NICE
    kind: guideline
    date: '2012-06-27'
    url: https://www.nice.org.uk/guidance/ta260
  - id: seed
    name: Web article
    title: An article
    publisher: not stated
    kind: article
""",
    "facts.yaml": """\
facts:
  - id: every-12-weeks
    claim: The schedule is every 12 weeks.
    sources: [{id: nice-ta260, at: section 2.1}]
    confidence: high
  - id: price
    claim: Prices differ.
    sources: [{id: nice-ta260, at: section 2.3}]
    region: UK
    confidence: medium
    caveat: It depends on where you live.
""",
    "claims.yaml": """\
claims:
  - id: b14
    source: seed
    paragraph: 5
    claim: The gap is weeks.
    verdict: contradicted
    clinical: It is 12 weeks.
    facts: [every-12-weeks]
""",
    "vocabulary.yaml": """\
spellings:
  botox: [btx]
  cannot: ["can't", cant]
synonyms:
  price: [how expensive]
concepts:
  price: [price, cost]
  frequency: [how often, how regular]
off_topic:
  - kind: medicine
    terms: [topiramate]
treatment_words: [botox, injection]
generic_concepts: [frequency]
fillers:
  articles: [a, an, the, my]
  everywhere: [really]
  weightless: [please, is, it, do, i]
  skippable: [just]
""",
    "asking.yaml": """\
kinds:
  how-long: [how long, when * stop]
  why: [why]
regions:
  UK: [uk, nhs]
  CA: [canada]
names: {US: the US, UK: the UK, EU: Europe, AU: Australia, CA: Canada, IE: Ireland, DE: Germany}
yes_no: [is, does, can]
reverse: ["not", dangerous]
more: [tell me more]
shorter: [shorter]
""",
    "publishers.yaml": """\
hosts:
  www.nice.org.uk: NICE
""",
    "reviewed_by.yaml": """\
reviewed_by: []
""",
    "english.yaml": """\
stemming:
  endings: [[ies, "y"], [ing, ""], [ed, ""], [s, ""]]
  kept: [is, was, this, its]
  keep_e: [site]
questions:
  begin: [how, what, when, is, do, does, can]
  before: [and, hi]
  again: [how, what, does]
  joints: [and, also]
back:
  first: [and, why, what about]
  anywhere: [that, this]
second_person: [you, your, yours]
turns: [but, although]
""",
    "out_of_scope.yaml": """\
subjects:
  - id: small-talk
    line: Hello to you too.
    asked: [good morning all]
""",
    "wordings.yaml": """\
safety_note:
  say: Get help if you can't breathe.
  briefly: Can't breathe? Get help. More in the whole answer.
  gravest: [get help, breathe]
  besides: More signs in the whole answer.
  cites: [every-12-weeks]
help_briefly: When to get help is in the whole answer.
disclaimer: General information.
disclaimer_briefly: General.
in_whole_answers: "See: {labels}"
unknown: I don't know.
did_you_mean: Did you mean?
or_else: Or else?
or_else_one: Or this?
left_out: "Left out: {labels}"
closest: "Closest:"
get_help: "⚠️ When to get help:"
sources_disagree: "⚖️ Sources disagree:"
disputed: ⚖️ Sources disagree here; the whole answer shows both sides.
more: More on this
danger_signs: Danger signs
sources: Sources
sources_below: "The sources stand below each whole answer: press its button."
publishers: "From: {names}."
publishers_and_more: "From: {names} and {count} more."
checked: Checked on
reviewed_by: Reviewed by
nothing_on: Nothing on {region}.
own_answer: "On {region}: {label}."
no_more: No more on that.
in_words: "In words:"
to_do: To do
in_region: In {region}
more_help: "More help:"
organisations: {A charity: "https://example.org/"}
undated: undated
read: read in {date}
kinds:
  label: product label
  regulator: regulator
  guideline: guideline
  review: review of studies
  trial: study
  patient-information: patient information
  article: article
  project: about this bot
""",
}


def write(folder: Path, changes: dict[str, tuple[str, str]] | None = None, training: str = "") -> Path:
    """Write the files below `folder`/knowledge; `changes` maps a file to (old text, new text) to replace in it.

    `training` are the lines of a file of training messages; without them there is none.
    """
    root = folder / "knowledge"
    (root / "faq").mkdir(parents=True)
    for name, text in FILES.items():
        old, new = (changes or {}).get(name, ("", ""))
        assert old in text, f"{name} does not hold {old!r}"
        (root / name).write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    for name in RED_FLAGS:  # triage has no small version: it is there to be whole
        verified = (HERE / name).read_text(encoding="utf-8").replace("read: false", "read: true")
        (root / name).write_text(verified, encoding="utf-8")
    if training:
        (root / "training").mkdir()
        (root / "training" / "asked.jsonl").write_text(training, encoding="utf-8")
    return root


def keep_few_red_flags(root: Path) -> None:
    """Leave those red flags that FEW_RULES finds: many examples of the others hold slips that this vocabulary lacks."""
    path = root / "red_flags.yaml"
    before, heading, rest = path.read_text(encoding="utf-8").partition("\nred_flags:\n")
    flags, pages, after = rest.partition("\npages:\n")
    listed = re.split(r"(?m)^(?=  - id: )", flags)
    few = [each for each in listed if (name := re.match(r"  - id: (\w+)", each)) and f"  {name[1]}:\n" in FEW_RULES]
    assert len(few) == FEW_RULES.count("- needs:")
    path.write_text(before + heading + "".join(few) + pages + after, encoding="utf-8")
    (root / "red_flag_rules.yaml").write_text(FEW_RULES, encoding="utf-8")

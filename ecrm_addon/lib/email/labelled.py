"""Sequences of hits that people labelled, and how many of them the verdicts get right.

A sequence is what happened to one mail: ``{"id", "links", "human_open", "human_click",
"events": [...]}``; an event ``{"t" (seconds since delivery), "method", "tgt" (px: pixel, L1,
L2 ...: links, HP, hidden, trap ...: the hidden link, any other: a link like that to
unsubscribe), "ua", "ip", "label" (human, machine or unknown), "purpose" (value of Sec-Purpose,
where sent)}``.
"""

import re
from typing import NamedTuple

from .event import cut_address
from .verdict import Hit, judge

HIDDEN = re.compile(r"h|hp|honey-?pot|hidden|trap|bait", re.IGNORECASE)


class Measure(NamedTuple):
    """What the verdicts say of labelled sequences."""

    machine_found: int
    machine_all: int
    human_kept: int
    human_all: int
    #: events labelled unknown that are called human
    unknown_as_human: int
    #: (id of the sequence, what, expected, found), what is an event or a counter
    mismatches: list

    def recall(self):
        return self.machine_found / (self.machine_all or 1)

    def kept(self):
        return self.human_kept / (self.human_all or 1)


def hits_of(sequence):
    """Return the hits of a labelled sequence.

    >>> hits_of({"events": [{"t": 9, "method": "GET", "tgt": "L1", "ua": "", "ip": "192.0.2.7"}]})
    [Hit(seconds=9, kind='click', link='L1', is_honeypot=False, method='GET', user_agent='',
     network='192.0.2.0/24', purpose='', is_machine=False)]
    """
    return [
        Hit(
            seconds=event["t"],
            kind="open" if event["tgt"] == "px" else "click",
            link=None if event["tgt"] == "px" else event["tgt"],
            is_honeypot=bool(HIDDEN.fullmatch(event["tgt"])),
            method=event["method"],
            user_agent=event.get("ua") or "",
            network=cut_address(event.get("ip")),
            purpose=event.get("purpose") or "",
        )
        for event in sequence["events"]
    ]


def count_humans(hits, verdicts):
    """Return (1 if a person opened it, 1 if a person clicked); a click implies an opening.

    A one-click unsubscription (POST) is neither.
    """
    acts = [hit for hit, said in zip(hits, verdicts, strict=True) if said.verdict == "human"]
    clicked = any(hit.kind == "click" and hit.method != "POST" for hit in acts)
    return int(clicked or any(hit.kind == "open" for hit in acts)), int(clicked)


def measure(sequences):
    """Judge sequences and compare with their labels.

    :param Iterable[dict] sequences: see above
    :return Measure:
    """
    found = {"machine": [0, 0], "human": [0, 0], "unknown": [0, 0]}
    mismatches = []
    for sequence in sequences:
        hits = hits_of(sequence)
        verdicts = judge(hits, sequence.get("links"))
        for event, said in zip(sequence["events"], verdicts, strict=True):
            label = event["label"]
            good = said.verdict != "human" if label == "unknown" else said.verdict == label
            found[label][0] += good
            found[label][1] += 1
            if not good:
                what = f"{event['tgt']} at {event['t']:g} s ({', '.join(said.reasons)})"
                mismatches.append((sequence["id"], what, label, said.verdict))
        counted = count_humans(hits, verdicts)
        for name, figure in zip(("human_open", "human_click"), counted, strict=True):
            if figure != sequence.get(name, figure):
                mismatches.append((sequence["id"], name, sequence[name], figure))
    unknown = found["unknown"][1] - found["unknown"][0]
    return Measure(*found["machine"], *found["human"], unknown, mismatches)

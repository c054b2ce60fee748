"""What the program makes of keys of a node that nobody has written yet: told as JSON by a process of its own.

Run from a folder whose ``flow`` is a copy with more entries (see ``tests/flow/definitions/test_schema.py``).
"""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from typing import Any

from openpyxl import load_workbook

from flow.definitions import yamlfile
from flow.definitions.flow import Node
from flow.definitions.flow_reader import read_flow
from flow.definitions.schema import keys_of
from flow.diff.sketch import sketch, sketch_difference
from flow.errors import FlowError
from flow.validation.flows import parse_flow
from flow.workbook import Stamp, WorkbookError, read_workbook, write_workbook
from tests.support.editing import BUNDLE, FLOW, POLICY, data, said, words
from tests.support.workbooks import edited, find

NODE = "质检"
STAMP = Stamp(FLOW[1], POLICY[1], {}, datetime(2026, 11, 22, 9, 0, tzinfo=UTC))


def told(word: str, sentence: str, cell: str) -> dict[str, Any]:
    """What each part of the program says of one key, once a sentence has set it."""
    fresh = said(f"流程 {NODE} {word} {sentence}")
    flow, before = read_flow(fresh[FLOW]), read_flow(BUNDLE[FLOW])
    [attribute] = [key.attribute for key in keys_of(Node) if key.word == word]
    [box] = [box for box in sketch(flow, None, title="", subtitle="").boxes if box.name == NODE]
    [changed] = [box for box in sketch_difference(before, flow, title="", subtitle="").boxes if box.mark]
    return {
        "read": [str(getattr(each.nodes[NODE], attribute)) for each in (before, flow)],
        "yaml": yamlfile.read(fresh[FLOW])["节点"][NODE][word],
        "diff": words(BUNDLE, fresh),
        "cleared": data(said(f"流程 {NODE} {word} 无", texts=fresh)) == data(BUNDLE),
        "picture": [line for line in (*box.lines, changed.note) if word in line],
        **_sheet(word, cell, fresh),
    }


def _sheet(word: str, cell: str, fresh: dict[tuple[str, str], str]) -> dict[str, Any]:
    """Its cell; what the sheet brings back unchanged, typed by hand, and emptied."""
    full = write_workbook(fresh, STAMP.flow, STAMP.policy, STAMP)
    empty = write_workbook(BUNDLE, STAMP.flow, STAMP.policy, STAMP)
    typed = read_workbook(edited(lambda book: _put(book, word, cell), empty), BUNDLE).texts
    emptied = read_workbook(edited(lambda book: _put(book, word, None), full), fresh).texts
    return {
        "cell": find(load_workbook(io.BytesIO(full))["节点"], word, 节点=NODE).value,
        "same": read_workbook(full, fresh).texts == {},
        "typed": yamlfile.read(typed[FLOW])["节点"][NODE][word],
        "emptied": word in yamlfile.read(emptied[FLOW])["节点"][NODE],
    }


def _put(book: Any, word: str, text: str | None) -> None:
    find(book["节点"], word, 节点=NODE).value = text


def refused(change: Any) -> str:
    """What the program says against it."""
    try:
        change()
    except (FlowError, WorkbookError) as error:
        return str(error)
    return ""


def slips(word: str) -> list[str]:
    """A value that is none, in the file, the sheet and a sentence; and a sentence about a node of another kind."""
    wrong = yamlfile.read(BUNDLE[FLOW])
    wrong["节点"][NODE][word] = "乱写"
    empty = write_workbook(BUNDLE, STAMP.flow, STAMP.policy, STAMP)
    return [
        refused(lambda: parse_flow(yamlfile.write(wrong))),
        refused(lambda: read_workbook(edited(lambda book: _put(book, word, "乱写"), empty), BUNDLE)),
        refused(lambda: said(f"流程 {NODE} {word} 乱写")),
        refused(lambda: said(f"流程 退款时机 {word} 是")),
    ]


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump({"told": [told(*each) for each in asked], "slips": slips(asked[0][0])}, sys.stdout, ensure_ascii=False)

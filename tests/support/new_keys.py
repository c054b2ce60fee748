"""What the program makes of keys that nobody has written yet: told as JSON by a process of its own.

Run from a folder whose ``flow`` is a copy with more entries (see ``tests/flow/definitions/test_schema.py``).
"""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

from flow.definitions import yamlfile
from flow.definitions.flow import Node
from flow.definitions.flow_reader import read_flow
from flow.definitions.policy import read_policy
from flow.definitions.schema import keys_of
from flow.diff.sketch import sketch, sketch_difference
from flow.errors import FlowError
from flow.validation.flows import parse_flow
from flow.workbook import Stamp, read_workbook, write_workbook
from tests.support.editing import BUNDLE, FLOW, POLICY, changed, data, said, words
from tests.support.workbooks import edited, find

if TYPE_CHECKING:
    from collections.abc import Callable

    Texts = dict[tuple[str, str], str]
    Cell = tuple[str, str, dict[str, str]]  #: sheet, heading, and what else stands in the row

NODE, OTHER, ACTION, TIER = "质检", "退款时机", "合格入库", "组长审批"
STAMP = Stamp(FLOW[1], POLICY[1], {}, datetime(2026, 11, 22, 9, 0, tzinfo=UTC))


def of_node(word: str, sentence: str, cell: str) -> dict[str, Any]:
    """What each part of the program says of one key of a node, once a sentence has set it."""
    fresh = said(f"流程 {NODE} {word} {sentence}")
    flow, before = read_flow(fresh[FLOW]), read_flow(BUNDLE[FLOW])
    [attribute] = [key.attribute for key in keys_of(Node) if key.word == word]
    [box] = [box for box in sketch(flow, None, title="", subtitle="").boxes if box.name == NODE]
    place: Cell = ("节点", word, {"节点": NODE})
    return {
        "read": [str(getattr(each.nodes[NODE], attribute)) for each in (before, flow)],
        "yaml": _node(fresh)[word],
        "diff": words(BUNDLE, fresh),
        "cleared": data(said(f"流程 {NODE} {word} 无", texts=fresh)) == data(BUNDLE),
        "picture": [line for line in (*box.lines, _note(fresh)) if word in line],
        "emptied": word in _node(_typed(fresh, place, None)),
        "typed": _node(_typed(BUNDLE, place, cell))[word],
        **_shown(fresh, place),
    }


def of_action(word: str, text: str, cell: str) -> dict[str, Any]:
    """And of a key of an action, which stands in the file."""
    fresh = changed(FLOW, lambda flow: flow["节点"][NODE]["动作"][ACTION].update({word: text}))
    place: Cell = ("流转", word, {"节点": NODE, "动作": ACTION})
    action: Any = read_flow(fresh[FLOW]).nodes[NODE].actions[ACTION]
    typed = _node(_typed(fresh, place, cell))["动作"][ACTION][word]
    told = {"read": action.warning, "diff": words(BUNDLE, fresh), "picture": _note(fresh), "typed": typed}
    return told | _shown(fresh, place)


def of_field(sentence: str, cell: str) -> dict[str, Any]:
    """And of a form's field that a sentence has added."""
    fresh = said(f"增加字段 {NODE} {sentence}")
    place: Cell = ("节点", "表单", {"节点": NODE})
    field: Any = read_flow(fresh[FLOW]).nodes[NODE].form[-1]
    typed = _node(_typed(fresh, place, cell))["表单"][-1]
    told = {"yaml": _node(fresh)["表单"][-1], "read": field.unit, "diff": words(BUNDLE, fresh), "typed": typed}
    shown = _shown(fresh, place)
    return told | {**shown, "cell": shown["cell"].split("\n")[-1]}


def of_level(sentence: str) -> dict[str, Any]:
    """And of a level: its cell has no room for it, and leaves it as it is."""
    fresh = said(f"增加级别 {NODE} {sentence}")
    level: Any = read_flow(fresh[FLOW]).nodes[NODE].levels[-1]
    shown = _shown(fresh, ("节点", "分级", {"节点": NODE}))
    return {"yaml": _node(fresh)["分级"][-1], "read": str(level.nudge), "same": shown["same"]}


def of_tier(word: str, sentence: str, cell: str) -> dict[str, Any]:
    """And of a row of the approval table: one that is added with it, then one that gets it."""
    added = said(f"增加行 审批表 大额 审批 财务 {word} {cell} 当 金额>9000")
    fresh = said(f"规则 {TIER} {word} {sentence}", texts=added)
    place: Cell = ("审批表", word, {"规则": TIER})
    typed = _rows(_typed(added, place, cell))[TIER][word]
    [tier] = [tier for tier in read_policy(fresh[POLICY]).tiers if tier.rule == TIER]
    whole: Any = tier
    told = {"yaml": _rows(fresh)[TIER][word], "row": _rows(added)["大额"][word], "diff": words(added, fresh)}
    return told | {"read": whole.second, "typed": typed} | _shown(fresh, place)


def slips(word: str) -> list[str]:
    """A value that is none, or stands at a node of another kind, in the file; and so in the sheet and in a sentence."""
    wrong = changed(FLOW, lambda flow: flow["节点"][NODE].update({word: "乱写"}))
    misplaced = changed(FLOW, lambda flow: flow["节点"][OTHER].update({word: True}))
    return [
        _refused(lambda: parse_flow(wrong[FLOW])),
        _refused(lambda: parse_flow(misplaced[FLOW])),
        _refused(lambda: _typed(BUNDLE, ("节点", word, {"节点": NODE}), "乱写")),
        _refused(lambda: said(f"流程 {NODE} {word} 乱写")),
        _refused(lambda: said(f"流程 {OTHER} {word} 是")),
    ]


def _refused(change: Callable[[], object]) -> str:
    try:
        change()
    except FlowError as error:
        return str(error)
    return ""


def _node(texts: Texts) -> Any:
    return yamlfile.read(texts[FLOW])["节点"][NODE]


def _rows(texts: Texts) -> dict[str, Any]:
    return {row["规则"]: row for row in yamlfile.read(texts[POLICY])["审批表"]}


def _note(fresh: Texts) -> str:
    """What the picture says of the one box that changed."""
    drawn = sketch_difference(read_flow(BUNDLE[FLOW]), read_flow(fresh[FLOW]), title="", subtitle="")
    [box] = [box for box in drawn.boxes if box.mark]
    return box.note


def _sheets(texts: Texts) -> bytes:
    return write_workbook(texts, STAMP.flow, STAMP.policy, STAMP)


def _shown(texts: Texts, place: Cell) -> dict[str, Any]:
    """The cell, and whether the sheet brings back what it was made from."""
    sheet, heading, row = place
    book = load_workbook(io.BytesIO(_sheets(texts)))
    return {
        "cell": find(book[sheet], heading, **row).value,
        "same": read_workbook(_sheets(texts), texts).texts == {},
    }


def _typed(texts: Texts, place: Cell, text: str | None) -> Texts:
    """The texts after somebody typed into the cell."""
    sheet, heading, row = place

    def put(book: Any) -> None:
        find(book[sheet], heading, **row).value = text

    return {**texts, **read_workbook(edited(put, _sheets(texts)), texts).texts}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    told = {
        "节点": [of_node(*each) for each in asked["节点"]],
        "动作": of_action(*asked["动作"]),
        "表单": of_field(*asked["表单"]),
        "分级": of_level(*asked["分级"]),
        "审批表": of_tier(*asked["审批表"]),
        "slips": slips(asked["节点"][0][0]),
    }
    json.dump(told, sys.stdout, ensure_ascii=False)

"""A new key of a node is one entry: the file, the sheet, sentences, the diff and the picture know it at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from flow.definitions.entrances import Amending, Reopening
from flow.definitions.flow import Action, Branch, Field, Flow, Level, Node, OwnerRule
from flow.definitions.schema import keys_of
from tests import HERE

if TYPE_CHECKING:
    from pathlib import Path

ROOT = HERE.parent
#: what a programmer adds to the class Node, and nothing else anywhere
OF_NODE = """
    first: bool = entry(
        Key("加急", Value.SWITCH, at=(HUMAN,), said=21, line=(2, 9), column=Column(210, "是：排在前面", 8)), False
    )
    tone: str = entry(Key("口径", Value.PROSE, said=22, column=Column(220, "对客户怎么说", 30)), "")
    told: tuple[str, ...] = entry(
        Key("知会", Value.ROLES, said=23, line=(2, 10), column=Column(230, "也告诉谁", 12)), ()
    )
    grade: str = entry(
        Key("等级", Value.CHOICE, ("高", "低"), said=24, line=(2, 11), column=Column(240, "高的先办", 8)), ""
    )
    pause: timedelta | None = entry(
        Key("冷静期", Value.SPAN, said=25, line=(1, 9), column=Column(250, "多久以后才能办", 10)), None
    )
"""
#: and to other parts: the file, what stands behind the new entries, and the entries
ADDED = [
    ("flow.py", "\n    @property\n    def joins_any", OF_NODE),
    ("flow.py", "\n\n@dataclass(frozen=True, slots=True)\nclass Node:", """
    warning: str = entry(Key("提示", Value.PROSE, column=Column(110, "点之前说一句", 20)), "")
"""),
    ("flow.py", "\n    def wanted_for", """
    unit: str = entry(Key("单位", Value.WORD, said=4), "")
"""),
    ("flow.py", "\n\n@dataclass(frozen=True, slots=True)\nclass Action:", """
    nudge: timedelta | None = entry(Key("提醒", Value.SPAN, said=4), None)
"""),
    ("policy.py", "\n\n@dataclass(frozen=True, slots=True)\nclass Authority:", """
    second: str = entry(Key("备选", Value.WORD, column=Column(30, "没有人批时找谁", 12)), "")
"""),
]  # fmt: skip
#: word, how a sentence says it, how a cell does; what is read before and after, stands in the file, is told and drawn
KEYS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("加急", "是", "✓", {
        "read": ["False", "True"], "yaml": True, "typed": True, "cell": "是", "diff": ["质检 加急：否 → 是"],
        "picture": ["加急", "新加 加急"]}),
    ("口径", "先道歉，再说", "先道歉，再说", {
        "read": ["", "先道歉，再说"], "yaml": "先道歉，再说", "typed": "先道歉，再说", "cell": "先道歉，再说",
        "diff": ["质检 口径：没有 → 先道歉，再说"], "picture": ["改了口径"]}),
    ("知会", "客服、财务", "客服；财务", {
        "read": ["()", "('客服', '财务')"], "yaml": ["客服", "财务"], "typed": ["客服", "财务"], "cell": "客服、财务",
        "diff": ["质检 知会：没有 → 客服、财务"], "picture": ["知会 客服、财务", "新加 知会 客服、财务"]}),
    ("等级", "高", "高", {
        "read": ["", "高"], "yaml": "高", "typed": "高", "cell": "高", "diff": ["质检 等级：没有 → 高"],
        "picture": ["等级 高", "新加 等级 高"]}),
    ("冷静期", "两天", "2天", {
        "read": ["None", "2 days, 0:00:00"], "yaml": "2天", "typed": "2天", "cell": "2天",
        "diff": ["质检 冷静期：没有 → 2天"], "picture": ["质检员 · 48小时 · 冷静期 48小时", "新加 冷静期 48小时"]}),
]  # fmt: skip


def with_entries(folder: Path) -> None:
    """A copy of the package ``flow`` in which some parts have more keys."""
    (folder / "flow").mkdir()
    for room in (ROOT / "flow").iterdir():
        if room.name == "definitions":
            shutil.copytree(room, folder / "flow" / room.name)
        else:
            (folder / "flow" / room.name).symlink_to(room)
    for name, behind, entries in ADDED:
        file = folder / "flow" / "definitions" / name
        text = file.read_text(encoding="utf-8")
        assert text.count(behind) == 1
        file.write_text(text.replace(behind, f"{entries.rstrip()}\n{behind}"), encoding="utf-8")


#: and of the other parts: what is asked, and what is told
PARTS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "动作": (["提示", "轻拿轻放", "小心"], {
        "read": "轻拿轻放", "diff": ["质检 合格入库 提示：没有 → 轻拿轻放"], "picture": "改了动作", "cell": "轻拿轻放",
        "typed": "小心", "same": True}),
    "表单": (["划痕 数字 范围 0~9 单位 厘米", "划痕｜数字｜单位=毫米"], {
        "yaml": {"名": "划痕", "填": "数字", "范围": "0~9", "单位": "厘米"}, "read": "厘米",
        "diff": ["质检 增加表单项 划痕（填 数字，范围 0~9，单位 厘米）"], "cell": "划痕｜数字｜范围=0~9｜单位=厘米",
        "typed": {"名": "划痕", "填": "数字", "单位": "毫米"}, "same": True}),
    "分级": (["财务 时限 4小时 提醒 2小时"], {
        "yaml": {"名": "复审", "负责人": {"角色": "财务"}, "时限": "4小时", "提醒": "2小时"}, "read": "2:00:00",
        "same": True}),
    "审批表": (["备选", "财务", "客服主管"], {
        "yaml": "财务", "read": "财务", "diff": ["审批表 组长审批 备选：没有 → 财务"], "row": "客服主管",
        "cell": "财务", "typed": "客服主管", "same": True}),
}  # fmt: skip


def test_a_new_key_is_one_entry(tmp_path: Path) -> None:
    with_entries(tmp_path)
    asked: dict[str, Any] = {part: words for part, (words, _) in PARTS.items()}
    asked["节点"] = [[word, sentence, cell] for word, sentence, cell, _ in KEYS]
    env = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    answer = subprocess.run(
        [sys.executable, "-m", "tests.support.new_keys"], cwd=tmp_path, env=env, input=json.dumps(asked),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    for (word, _, _, expected), told in zip(KEYS, found["节点"], strict=True):
        assert told == expected | {"cleared": True, "same": True, "emptied": False}, word
    for part, (_, expected) in PARTS.items():
        assert found[part] == expected, part
    in_file, misplaced, in_sheet, in_sentence, elsewhere = found["slips"]
    assert "“加急”要写 是 或 否，不能写“乱写”" in in_file
    assert "节点“退款时机”：自动节点不能写“加急”，只有人工节点可以" in misplaced
    assert "“加急”列：“乱写”看不懂，写 是 或空着" in in_sheet
    assert "“乱写”看不懂，请写 是 或 否" in in_sentence
    assert elsewhere == "只有人工节点有“加急”"


@pytest.mark.parametrize("part", [Flow, Node, Action, Branch, OwnerRule, Field, Level, Reopening, Amending])
def test_no_two_entries_of_a_part_have_one_key_or_one_place(part: type) -> None:
    keys = keys_of(part)
    words = [word for key in keys for word in key.words]
    assert len(words) == len({*words})
    for places in (
        [key.said for key in keys if key.said],
        [key.line for key in keys if key.line[0] and "结束" not in key.at],
        [key.column.place for key in keys if key.column],
    ):
        assert len(places) == len({*places})

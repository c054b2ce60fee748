"""What owners say of their people: the roles that they get and lose, and what is still to be said."""

from __future__ import annotations

import pytest

from flow.definitions.business import shipped
from flow.edits import Book
from flow.edits.slot_staff import STAFF_READINGS, asked
from flow.edits.slots import Names, said_of
from flow.errors import PolicyRefused

BOOK = Book(shipped(), "退货", "standard")
PEOPLE = {
    "何佳": ["客服"],
    "许静": ["质检员"],
    "李敏": ["客服主管"],
    "林晓": ["客服"],
    "王建国": ["客服组长"],
    "周仓": ["仓管员"],
}
NAMES = Names({"区域": ["华东"]}, PEOPLE)


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("林晓升客服组长了", ["员工 林晓 加角色 客服组长", "员工 林晓 加角色 客服组长 去角色 客服"]),
        ("何佳转岗到财务", ["员工 何佳 加角色 财务", "员工 何佳 加角色 财务 去角色 客服"]),
        ("林晓不做客服了去做质检", ["员工 林晓 去角色 客服 加角色 质检员"]),
        ("把何佳的财务权限去掉", ["员工 何佳 去角色 财务"]),
        ("取消林晓的客服角色", ["员工 林晓 去角色 客服"]),
        ("王建国不当组长了", ["员工 王建国 去角色 客服组长"]),
        ("给周仓加个质检员的角色", ["员工 周仓 加角色 质检员"]),
        ("何佳和林晓都去质检", ["员工 何佳 加角色 质检员", "员工 林晓 加角色 质检员"]),
        ("何佳归王建国管", ["员工 何佳 上级 王建国"]),
        ("林晓和何佳归王建国带", ["员工 林晓 上级 王建国", "员工 何佳 上级 王建国"]),
        ("周仓改管广州仓", ["员工 周仓 仓库 广州仓"]),
        ("给李敏也开通财务", ["员工 李敏 加角色 财务"]),
        ("把李敏从客服主管里拿掉", ["员工 李敏 去角色 客服主管"]),
        ("何佳调到华东组", ["员工 何佳 团队 华东组"]),
        ("林晓只管旗舰店", ["员工 林晓 店铺 旗舰店"]),
        ("何佳只看华东的单", ["员工 何佳 区域 华东"]),
        ("何佳走了，把他号停了", ["离职 何佳"]),
        # a step is given to somebody, and nobody's role is another
        ("质检给许静做", []), ("质检让许静负责", []),
        ("何佳看心情做质检", []), ("何佳", []), ("华东只看", []), ("何佳和林晓只管旗舰店", []), ("王建国驳回", []),
    ],
)  # fmt: skip
def test_what_becomes_of_somebody(said: str, lines: list[str]) -> None:
    found = said_of(said, BOOK, NAMES)
    assert next((lines for reading in STAFF_READINGS if (lines := reading(found, BOOK, NAMES))), []) == lines


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("来了个新同事叫李四，做客服", "李四 的角色是 客服，还要写他的企业微信或钉钉账号"),
        ("新来的叫王晓明 做仓管", "请写：新员工 王晓明 企业微信 账号 角色 仓管员"),
        ("招了个小伙子叫马超", "还没有说 马超 是什么角色"),
    ],
)
def test_somebody_new_is_asked_for_what_is_missing(said: str, why: str) -> None:
    found = said_of(said, BOOK, NAMES)
    with pytest.raises(PolicyRefused, match=why):
        STAFF_READINGS[0](found, BOOK, NAMES)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("谁是财务", ["员工 财务"]), ("财务是谁呀", ["员工 财务"]), ("仓管都有谁", ["员工 仓管员"]),
        ("李敏的权限有哪些", ["员工 李敏"]), ("谁负责质检", []), ("林晓升组长", []), ("谁能退款", []),
    ],
)  # fmt: skip
def test_who_is_asked_for(said: str, line: list[str]) -> None:
    assert asked(said_of(said, BOOK, NAMES), BOOK, NAMES) == line

"""The demo's cast: a small shop's staff with all twelve roles, their groups, and two customers."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.world import Person, World

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sandbox.clock import Clock

COLUMNS = ("姓名", "角色", "企业微信", "钉钉", "上级", "团队", "区域", "仓库", "品类")  #: of ``import members``
SEPARATOR = "、"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff, with what the platforms do not know but the shop does."""

    person: Person
    team: str
    regions: tuple[str, ...] = ()
    warehouses: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def row(self) -> dict[str, str]:
        """The line of the members file."""
        person = self.person
        cells = (
            person.name,
            SEPARATOR.join(person.roles),
            person.wecom or "",
            person.dingtalk or "",
            person.manager or "",
            self.team,
            SEPARATOR.join(self.regions),
            SEPARATOR.join(self.warehouses),
            SEPARATOR.join(self.categories),
        )
        return dict(zip(COLUMNS, cells, strict=True))


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody and every group of one demo."""

    members: tuple[Member, ...]
    customers: tuple[Person, ...]
    groups: dict[str, str]  #: DingTalk's openConversationId -> name; WeCom has groups of the same names

    @property
    def people(self) -> list[Person]:
        return [member.person for member in self.members] + list(self.customers)

    def world(self, clock: Clock | None = None) -> World:
        """A world with these people in it and nothing on their phones."""
        return World(self.people, self.groups, clock)


def _member(name: str, role: str, boss: str | None, ids: tuple[str | None, str | None], **shop: object) -> Member:
    wecom, dingtalk = ids
    return Member(Person(name, (role,), wecom, dingtalk, boss), **shop)  # type: ignore[arg-type]


_SERVICE, _STORE, _MONEY = "售后一组", "仓储组", "财务部"
_MEMBERS = (
    _member("林晓", "客服", "王建国", ("linxiao", "lin.xiao"), team=_SERVICE, regions=("华东",)),
    _member("何佳", "客服", "王建国", ("hejia", None), team=_SERVICE, regions=("华南",)),
    _member("孙悦", "客服", "王建国", (None, "sun.yue"), team=_SERVICE, regions=("华北",)),
    _member("王建国", "客服组长", "李敏", ("wangjianguo", "wang.jianguo"), team=_SERVICE),
    _member("李敏", "客服主管", "赵卫东", ("limin", "li.min"), team="客服部"),
    _member("吴强", "销售经理", "赵卫东", ("wuqiang", None), team="销售部", regions=("华东", "华南")),
    _member("赵卫东", "运营总监", None, ("zhaoweidong", "zhao.weidong"), team="运营部"),
    _member("郑瑞", "风控专员", "赵卫东", (None, "zheng.rui"), team="风控组"),
    _member("周仓", "仓管员", "赵卫东", ("zhoucang", None), team=_STORE, warehouses=("一号仓",)),
    _member("刘洋", "仓管员", "周仓", (None, "liu.yang"), team=_STORE, warehouses=("二号仓",)),
    _member("黄磊", "操作员", "周仓", ("huanglei", None), team=_STORE, warehouses=("一号仓",)),
    _member("许静", "质检员", "周仓", ("xujing", "xu.jing"), team=_STORE, warehouses=("一号仓", "二号仓")),
    _member("钱芳", "财务", "赵卫东", ("qianfang", "qian.fang"), team=_MONEY),
    _member(
        "马宏伟", "维修主管", "赵卫东", (None, "ma.hongwei"), team="维修部", regions=("华东",), categories=("小家电",)
    ),
    _member("陈卓", "管理员", "赵卫东", ("chenzhuo", "chen.zhuo"), team="信息部"),
)
_CUSTOMERS = (Person("李女士", mobile="13800001234"), Person("张先生", mobile="13900005678"))
_GROUPS = {"cidRiskDesk0001": "风控群", "cidManagement01": "管理群", "cidAfterSales01": "售后群"}


def staff() -> Cast:
    """The small shop of the demo."""
    return Cast(_MEMBERS, _CUSTOMERS, dict(_GROUPS))


def write_members_csv(path: Path, members: Iterable[Member] = _MEMBERS) -> None:
    """Write ``members`` as ``import members`` reads them: UTF-8 with a BOM, so that a spreadsheet opens it too."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(member.row() for member in members)

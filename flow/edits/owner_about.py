"""What stands now of whatever an owner names, and the sentences that change it, where none was read. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.definitions import owner_words as w
from flow.definitions.business import FLOW, POLICY
from flow.definitions.flow import HUMAN
from flow.definitions.flow_reader import names_in
from flow.definitions.owner_words import owner_words
from flow.definitions.table_text import LIMITS, TIERS
from flow.edits import slots as s
from flow.edits.policy_rows import rows_of, spelt
from flow.edits.sentence import listed
from flow.edits.slot_nodes import flows_of
from flow.edits.wished_notices import ME
from flow.edits.working_copy import ASSIGNMENTS, REASONS, ROLES
from flow.people.powers import STAFF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flow.edits.slots import Names, Said
    from flow.edits.working_copy import Book

MOST = 2  #: things that one answer tells of
NAMED = (s.NODE, s.ROW, s.RULE, s.TYPE, s.WHO, s.PERSON, s.POLICIES, s.FLOWS)  #: what can be told of, before the others


@dataclass(frozen=True, slots=True)
class About:
    """One thing: how it stands, how it is changed, and what shows all of it."""

    stands: str
    ways: tuple[str, ...]
    look: str


def about(said: Said, book: Book, names: Names) -> list[About]:
    """Of the first things that a sentence names; none for one that names nothing known."""
    topics = [topic for kinds, topic in _TOPICS if said.has(*kinds)]
    found = [each for topic in topics for each in topic(said, book)]
    for kind in NAMED if not found else ():
        tell = _TELLS.get(kind)
        found += [each for name in said.values(kind) if tell for each in tell(name, said, book, names)]
    return found[:MOST]


def themes(text: str, book: Book) -> list[About]:
    """What a sentence may be about that names nothing known, by a word of it, the closest first."""
    found = [theme for theme in owner_words().themes if any(word in text for word in theme.heard)]
    return [About(theme.stands, theme.ways, theme.look.format(flow=book.flow)) for theme in found[:MOST]]


def _node(name: str, said: Said, book: Book, _: Names) -> Iterator[About]:
    flow = (flows_of(name, said, book) or [flow for flow in book.names(FLOW) if name in book.read(FLOW, flow)["节点"]])[
        0
    ]
    body = book.read(FLOW, flow)["节点"][name]
    rule = body.get("负责人") or {}
    who = "、".join(str(value) if key in ("角色", "人") else key for key, value in rule.items() if key != "否则")
    buttons = listed(str(each) for each in body.get("动作") or ())
    fields = "、".join(str(each["名"]) for each in body.get("表单") or ())
    filled = f"，要填 {fields}" if fields else ""
    of = "" if flow == book.flow else f"{flow} "
    yield About(
        f"“{name}”（{flow}）：负责人 {who or '没有'}，时限 {body.get('时限', '没有')}，按钮 {buttons}{filled}",
        (
            f"流程 {of}{name} 时限 24小时", f"流程 {of}{name} 负责人 角色名（或 人 姓名）",
            f"增加节点 {of}复核 在 {name} 之后 负责人 客服主管", f"增加字段 {of}{name} 照片 照片 必填",
            f"删除节点 {of}{name}",
        ),
        f"流程 {flow}",
    )  # fmt: skip


def _row(name: str, said: Said, book: Book, _: Names) -> Iterator[About]:
    for row in rows_of(book.read(POLICY, book.policy)):
        if row.name == name:
            numbers = [str(number) for _, number in row.numbers("")]
            moved = [f"规则 {name} {number}→新的数" for number in numbers[:1]]
            other = f"规则 {name} 审批 角色名" if row.table == TIERS else f"规则 {name} 说明 给客服看的话"
            gone = f"删除行 {row.table} {name}"
            yield About(f"规则“{name}”（{row.table}）：{spelt(row)}", (*moved, other, gone), "规则")


def _rule(name: str, said: Said, book: Book, _: Names) -> Iterator[About]:
    yield About(
        f"“{name}”是一条自动规则", (f"规则 {name} 改成新的数", f"停用规则 {name}", f"删除规则 {name}"), "自动规则"
    )


def _type(name: str, said: Said, book: Book, _: Names) -> Iterator[About]:
    body = book.table(REASONS)[name]
    told = "，".join(f"{key} {'、'.join(names_in(value))}" for key, value in body.items() if key != "别名")
    ways = (f"规则 {name} 运费 商家", f"规则 {name} 责任 供应商", f"增加原因 新原因 像 {name}", f"删除原因 {name}")
    yield About(f"退货类型“{name}”：{told}", ways, "规则")


def _role(name: str, said: Said, book: Book, names: Names) -> Iterator[About]:
    people = [person for person, roles in names.people.items() if name in roles and person != ME]
    may = listed(str(each) for each in (book.table(ROLES)[name] or {}).get("能") or ())
    ways = (
        f"{STAFF} 姓名 加角色 {name}",
        f"{STAFF} 姓名 去角色 {name}",
        f"角色 {name} 能 导出 团队",
        f"角色 {name} 看 金额 无",
    )
    yield About(f"角色“{name}”：{'、'.join(people) or '现在没有人'}；能说 {may}", ways, f"{STAFF} {name}")


def _person(name: str, said: Said, book: Book, names: Names) -> Iterator[About]:
    ways = (
        f"{STAFF} {name} 加角色 角色名",
        f"{STAFF} {name} 去角色 角色名",
        f"{STAFF} {name} 上级 姓名",
        f"离职 {name}",
    )
    yield About(f"{name}：{'、'.join(sorted(names.people[name])) or '没有角色'}", ways, f"{STAFF} {name}")


def _policy(name: str, said: Said, book: Book, _: Names) -> Iterator[About]:
    data = book.read(POLICY, book.policy_called(name))
    ways = (
        f"规则 {name} 规则名 500→800",
        f"增加行 政策选择 名字 政策 {name} 当 店铺=旗舰店",
        f"新建政策 新名字 照 {name}",
    )
    yield About(f"政策“{name}”：{listed(row.name for row in rows_of(data))}", ways, f"规则 {name}")


def _flow(name: str, said: Said, book: Book, _: Names) -> Iterator[About]:
    data = book.read(FLOW, name)
    ways = (f"流程 {name} 节点名 时限 24小时", f"新建流程 新名字 照 {name}", f"停用流程 {name}")
    yield About(f"流程“{name}”：{data.get('说明') or listed(map(str, data['节点']))}", ways, f"流程 {name}")


_TELLS: Mapping[str, Callable[[str, Said, Book, Names], Iterator[About]]] = {
    s.NODE: _node, s.ROW: _row, s.RULE: _rule, s.TYPE: _type, s.WHO: _role, s.PERSON: _person, s.POLICIES: _policy,
    s.FLOWS: _flow,
}  # fmt: skip


# -- what is named by no name of its own -------------------------------------------------------------------------------


def _freight(said: Said, book: Book) -> Iterator[About]:
    if said.has(s.TYPE):
        return
    types = book.table(REASONS)
    told = "，".join(f"{name} {body['运费']}" for name, body in types.items() if body.get("运费"))
    first = next(iter(types))
    back = book.read(POLICY, book.policy).get("退运费", "不退")
    ways = (f"规则 {first} 运费 商家", f"规则 退运费 类型={first}", "规则 退运费 不退")
    yield About(f"寄回的运费按退货类型定：{told}；客户当初付的运费退不退：{back}", ways, "规则")


def _ceiling(said: Said, book: Book) -> Iterator[About]:
    now = book.read(POLICY, book.policy).get("自动上限") or {}
    told = "，".join(f"{part} {value}" for part, value in now.items()) or "没有写"
    ways = (
        "规则 自动上限 每单 300",
        "规则 自动上限 每天 5000",
        "规则 自动上限 每客户 1000",
        "增加行 审批表 小额自动 审批 自动 当 金额<=50",
    )
    yield About(f"系统自己办的上限：{told}", ways, "规则")


def _two(said: Said, book: Book) -> Iterator[About]:
    above = book.read(POLICY, book.policy).get("双人金额")
    ways = ("规则 双人金额 2000", "流程 节点名 会签 是", "增加级别 金额审批 运营总监 当 金额>5000")
    yield About(f"超过 {above} 元质检和退款要两个人", ways, "规则")


def _amounts(said: Said, book: Book) -> Iterator[About]:
    asked = "多少钱" in said.text or "多少以上" in said.text
    about = said.has(w.SIGN, s.BOUND) and said.has(w.ASKED, s.BOUND) and not said.has(*NAMED)
    if not asked and not about:
        return
    rows = [row for row in rows_of(book.read(POLICY, book.policy)) if row.table == TIERS]
    told = "；".join(f"{row.name} {spelt(row)}" for row in rows)
    ways = (
        "规则 规则名 500→800",
        "增加级别 金额审批 运营总监 当 金额>5000",
        "增加行 审批表 小额 审批 客服组长 当 金额<=500",
    )
    yield About(f"谁批多少：{told}", ways, "规则")


def _limits(said: Said, book: Book) -> Iterator[About]:
    if said.has(s.ROW):
        return
    rows = [row for row in rows_of(book.read(POLICY, book.policy)) if row.table == LIMITS]
    told = "；".join(f"{row.name} {spelt(row)}" for row in rows)
    ways = (
        "增加行 资格 名字 结果 拒绝 说明 给客服看的话 当 品类=内衣",
        "增加行 资格 名字 结果 例外 可例外 客服主管 说明 话 当 签收天数>15",
    )
    further = (
        "条件能写 种类、类型、品类、区域、店铺、供应商、会员等级、签收天数、金额、日期；拆没拆单子上没有记，写不成"
    )
    yield About(f"什么不能退（资格）：{told}。{further}", ways, "规则 资格")


def _risky(said: Said, book: Book) -> Iterator[About]:
    if "风险客户=是" in said.values(s.CASES):
        ways = (
            "增加级别 金额审批 风控专员 当 风险客户=是",
            "规则 连续退货 改成5",
            "增加行 风险客户 名字 当 半年退货次数>=5",
        )
        yield About("风险客户的单本来就从不自动通过、自动退款，总有人审", ways, "规则")


def _together(said: Said, book: Book) -> Iterator[About]:
    data = book.read(POLICY, book.policy)
    now = f"合并计算 {data.get('合并计算', '不')}，合并天数 {data.get('合并天数', 0)}"
    yield About(f"几张单加起来看金额：{now}", ("规则 合并计算 同订单", "规则 合并天数 7"), "规则")


def _addresses(said: Said, book: Book) -> Iterator[About]:
    when = " 且 ".join(said.values(s.CASES)) or "品类=家电"
    way = f"增加行 退货地址 寄大件仓 收件人 大件仓退货组 电话 0571-88880000 地址 省市区街道 当 {when}"
    rows = book.read("choices", "choices").get("退货地址") or ()
    told = "；".join(f"{row.get('规则')} {row.get('地址')}" for row in rows) or "还没有写"
    yield About(f"退货寄到哪里：{told}。一个地址要有收件人、电话、地址", (way,), "规则 退货地址")


def _steps(said: Said, book: Book) -> Iterator[About]:
    if not said.has(s.NODE):
        flow = said.one(s.FLOWS) or book.flow
        nodes = [name for name, body in book.read(FLOW, flow)["节点"].items() if body.get("类型") == HUMAN]
        ways = (
            f"增加节点 复核 在 {nodes[0]} 之后 负责人 客服主管",
            f"删除节点 {nodes[0]}",
            f"流程 {nodes[0]} 时限 24小时",
        )
        yield About(f"{flow}要人办的步骤有：{'、'.join(map(str, nodes))}", ways, f"流程 {flow}")


def _dealt(said: Said, book: Book) -> Iterator[About]:
    if not re.search(r"派给|派单|分给|轮流", said.text):
        return
    tables = "、".join(map(str, book.table(ASSIGNMENTS)))
    when = " 且 ".join([*said.values(s.CASES), *(f"种类={flow}" for flow in said.values(s.FLOWS))]) or "区域=华东"
    who = "".join([*(f"人 {name}" for name in said.values(s.PERSON)[:1])]) or "角色名"
    ways = (
        f"增加行 客服分派 名字 派给 {who} 当 {when}",
        "流程 客服审核 派法 轮流",
        "流程 客服审核 负责人 分派表 客服分派",
    )
    yield About(f"谁的活派给谁写在分派表里：{tables}", ways, "设置")


def _sets(said: Said, book: Book) -> Iterator[About]:
    told = "、".join(book.title(name).strip("“”") for name in book.names(POLICY))
    ways = (
        f"新建政策 大促 照 {book.title(book.policy).strip('“”')} 当 店铺=旗舰店",
        "规则 大促 规则名 500→800",
        "发布 定时 2027-11-01 到 2027-11-15",
    )
    yield About(f"政策有：{told}；先照一套新建，改好，再定时发布，过完自己换回来", ways, "规则")


_TOPICS: tuple[tuple[tuple[str, ...], Callable[[Said, Book], Iterator[About]]], ...] = (
    ((w.OTHER_SET,), _sets), ((w.TOGETHER,), _together), ((w.ADDRESS,), _addresses), ((s.CASES,), _risky),
    ((w.REFUSED,), _limits), ((w.STEP,), _steps), ((w.FREIGHT,), _freight), ((w.CEILING, w.ALONE), _ceiling),
    ((w.TWO,), _two), ((w.SIGN, s.BOUND, w.ASKED), _amounts), ((w.OWNER,), _dealt),
)  # fmt: skip

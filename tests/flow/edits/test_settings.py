"""What stands beside flows and policies, whole flows, buttons, rows, roles: as people say it, and what is refused.

That each sentence of docs/settable.md sets its key is proven in tests/docs/test_settable.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flow.definitions import yamlfile
from flow.definitions.business import business_of, shipped
from flow.edits import Book, apply, as_edit, verb_of
from flow.edits.settings import told
from flow.errors import FlowError

if TYPE_CHECKING:
    from flow.edits.working_copy import Edit

TEXTS = shipped()


def edit(text: str, bundle: dict[tuple[str, str], str] = TEXTS) -> Edit:
    verb, rest = verb_of(text)
    return apply([verb, *rest], bundle, "退货", "standard")


def data(text: str, kind: str, name: str = "") -> Any:
    return yamlfile.read(edit(text).texts[kind, name or kind])


QUIET = [
    ("设置 免打扰 23:00 到 7:00", ("23:00", "07:00")),
    ("免打扰改成晚上11点到早上7点半", ("23:00", "07:30")),
    ("免打扰时间改为 20点 到 第二天 8点", ("20:00", "08:00")),
    ("把免打扰设为 21:30~9:00", ("21:30", "09:00")),
]


@pytest.mark.parametrize(("text", "hours"), QUIET)
def test_quiet_hours(text: str, hours: tuple[str, str]) -> None:
    quiet = data(text, "calendar")["免打扰"]
    assert (quiet["从"], quiet["到"], quiet["紧急照发"]) == (*hours, "是")


def test_no_quiet_hours_and_hours_where_there_were_none() -> None:
    without = {**TEXTS, **edit("设置 免打扰 无").texts}
    assert business_of(without).quiet is None
    assert business_of({**without, **edit("设置 免打扰 22:00 到 8:00", without).texts}).quiet is not None
    bare = {key: text for key, text in TEXTS.items() if key[0] != "calendar"}  # an older house has no such file
    assert business_of({**bare, **edit("设置 免打扰 22:00 到 8:00", bare).texts}).quiet is not None


@pytest.mark.parametrize(
    ("text", "kind", "key", "value"),
    [
        ("运输天数改成5天", "choices", "运输天数", 5),
        ("设置 进度页天数 无", "choices", "进度页天数", None),
        ("设置 体检闲置天数 60天", "choices", "体检闲置天数", 60),
        ("设置 体检最多几样 10样", "choices", "体检最多几样", 10),
        ("设置 体检间隔天数 无", "choices", "体检间隔天数", None),
        ("设置 紧急用语 加 老板催、急急急", "choices", "紧急用语", ["紧急", "加急", "老板催", "急急急"]),
        ("设置 紧急用语 去掉 加急", "choices", "紧急用语", ["紧急"]),
        ("紧急用语：急、及时", "choices", "紧急用语", ["急", "及时"]),  # no letter of a word is lost
        ("库区 次品 改成 次品二区", "stock", "库区", {"合格": "待售区", "次品": "次品二区"}),
    ],
)
def test_what_can_be_set(text: str, kind: str, key: str, value: Any) -> None:
    assert data(text, kind).get(key) == value


def test_several_in_one_message() -> None:
    assert set(edit("设置 免打扰 23:00 到 8:00，运输天数 5；库区 合格 A区").texts) == {
        ("calendar", "calendar"), ("choices", "choices"), ("stock", "stock"),
    }  # fmt: skip


def test_what_is_set_now_is_told() -> None:
    assert told(TEXTS) == [
        "免打扰：22:00 到 08:00，紧急照发",
        "运输天数：3；进度页天数：90",
        "体检间隔天数：90；体检闲置天数：90；体检最多几样：20",
        "紧急用语：紧急、加急",
        "库区：合格 待售区，次品 次品区",
    ]


def names(text: str, kind: str, *path: str) -> list[str]:
    found = data(text, kind, "standard" if kind == "policy" else "")
    for part in path:
        found = found[part]
    return [str(row.get("规则") or row.get("名")) for row in found]


@pytest.mark.parametrize(
    ("text", "where", "order"),
    [
        (
            "移动行 资格 超过无理由期 在 禁止名单 之前",
            ("policy", "资格"),
            ["超过无理由期", "禁止名单", "允许名单", "不可退商品"],
        ),
        ("移动行 资格 禁止名单 到 最后", ("policy", "资格"), ["允许名单", "不可退商品", "超过无理由期", "禁止名单"]),
        ("移动行 维修分派 其余维修 在 最前", ("assignments", "分派表", "维修分派"), ["其余维修", "华东紧急维修"]),
        (
            "移动行 自动规则 次品告警 在大额提醒之后",
            ("rules", "自动规则"),
            ["大额提醒", "次品告警", "连续退货"],
        ),
        (
            "增加行 维修分派 夜班 派给 维修主管 在 华东紧急维修 之后 当 品类=家电",
            ("assignments", "分派表", "维修分派"),
            ["华东紧急维修", "夜班", "其余维修"],
        ),
        (
            "增加行 维修分派 剩下的 派给 客服主管",
            ("assignments", "分派表", "维修分派"),
            ["华东紧急维修", "其余维修", "剩下的"],
        ),
        ("删除行 维修分派 其余维修", ("assignments", "分派表", "维修分派"), ["华东紧急维修"]),
    ],
)
def test_the_order_of_rows(text: str, where: tuple[str, ...], order: list[str]) -> None:
    assert names(text, *where) == order


def test_whom_a_row_gives_the_work() -> None:
    row = data("增加行 维修分派 夜班 派给 维修主管 同区域 派法 轮流 否则 客服主管 当 紧急=是", "assignments")
    assert row["分派表"]["维修分派"][0] == {
        "规则": "夜班", "紧急": "是", "派给": {"角色": "维修主管", "同区域": True, "派法": "轮流", "否则": "客服主管"},
    }  # fmt: skip


def test_days_that_do_not_count_can_go_again() -> None:
    more = {**TEXTS, **edit("增加行 不计天数 春节 从 2027年2月5日 到 2027年2月13日").texts}
    [pause] = business_of(more).choices.pauses
    assert (str(pause.first), str(pause.last)) == ("2027-02-05", "2027-02-13")
    assert not business_of({**more, **edit("删除行 不计天数 春节", more).texts}).choices.pauses


@pytest.mark.parametrize(
    ("text", "action"),
    [
        (
            "增加按钮 质检 返修 去 仓库收货 结果 送去返修 记 已质检=否；返修=是 理由 必填 样式 危险",
            {
                "去": "仓库收货", "结果": "送去返修", "记": {"已质检": "否", "返修": "是"},
                "理由": "必填", "样式": "危险",
            },
        ),
        ("加一个按钮 质检 返修 去 仓库收货", {"去": "仓库收货", "结果": "返修"}),
    ],
)  # fmt: skip
def test_a_button_more(text: str, action: dict[str, Any]) -> None:
    assert data(text, "flow", "退货")["节点"]["质检"]["动作"]["返修"] == action


def test_where_a_button_stands() -> None:
    fresh = data("增加按钮 质检 返修 去 仓库收货 在 次品处理 之前", "flow", "退货")
    assert list(fresh["节点"]["质检"]["动作"]) == ["合格入库", "返修", "次品处理"]


def test_a_role_like_another_and_what_it_may() -> None:
    more = {**TEXTS, **edit("新建角色 仓库主管 照 仓管员").texts}
    more |= edit("角色 仓库主管 能 导出 仓库；角色 仓库主管 不能 请假", more).texts
    role = business_of(more).matrix.roles["仓库主管"]
    assert role.commands["导出"] == "仓库"
    assert "请假" not in role.commands


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("把超过无理由期移到禁止名单前面", "移动行 资格 超过无理由期 在 禁止名单 前面"),
        ("次品告警排到最前", "移动行 自动规则 次品告警 在 最前"),
        ("质检加个按钮叫返修，去仓库收货", "增加按钮 质检 返修 去 仓库收货"),
        ("把这单放到最后", ""),  # a case, and no row
        ("箱子放到A区后面", ""),
        ("加个按钮叫返修，去仓库收货", ""),  # of which node?
    ],
)
def test_without_a_verb(text: str, meant: str) -> None:
    assert as_edit(text, Book(TEXTS, "退货", "standard")) == meant
    if meant:
        edit(meant)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("春节 2027-02-05到2027-02-13 不算天数", "增加行"),
        ("紧急用语加个老板催", "设置"),
        ("新增一个按钮 质检 返修 去 仓库收货", "增加按钮"),
        ("免打扰", ""),  # asks, or leaves something out
    ],
)
def test_the_verb_that_is_meant(text: str, verb: str) -> None:
    assert verb_of(text)[0] == verb


REFUSED = [
    ("设置 天气 好", "没有“天气”这一样可以设置"),
    ("设置 免打扰", "要写把“免打扰”设成什么"),
    ("设置 免打扰 25:00 到 7:00", "不是一天里的时间"),
    ("设置 免打扰 上班以后", "看不懂，应像 免打扰 22:00 到 08:00"),
    ("设置 运输天数 一百年", "看不懂"),
    ("设置 运输天数 100", "0 到 60"),
    ("设置 运输天数 3", "本来就是这样"),
    ("设置 紧急用语 去掉 天气", "没有紧急用语“天气”"),
    ("设置 库区 合格", "要写哪一种进哪个库区"),
    ("设置 库区 丢了 A区", "没有质检结果“丢了”"),
    ("增加行 不计天数 元旦 1月1日", "年份要写"),
    ("增加行 不计天数 元旦 2027-02-30", "没有 2027-02-30 这一天"),
    ("增加行 不计天数 元旦 2027-02-13 到 2027-02-05", "在 2027-02-13 之前"),
    ("增加行 维修分派 夜班 派给 厨师", "没有角色“厨师”"),
    ("增加行 维修分派 夜班 交给 维修主管", "没有看懂"),
    ("增加行 维修分派 夜班", "没有看懂"),
    ("移动行 资格 超过", "没有看懂"),
    ("移动行 资格 超过无理由期 在 月底", "看不懂，应像"),
    ("移动行 天气 超过无理由期 在 最前", "没有表“天气”"),
    ("移动行 审批表 主管审批 在 最前", "本来就是这样"),
    ("增加按钮 质检 返修 去 月球", "没有节点“月球”"),
    ("增加按钮 质检 返修 结果 好", "要写点了去哪里"),
    ("增加按钮 退款中 返修 去 质检", "只有人工节点可以加按钮"),
    ("增加按钮 质检 合格入库 去 完成", "已经有按钮“合格入库”"),
    ("增加按钮 质检 返修 去 仓库收货 办 送礼", "没有办“送礼”"),
    ("删除按钮 质检 返修", "没有按钮“返修”"),
    ("流程 退货 开始 无", "流程总要有“开始”"),
    ("流程 退货 重开 到 月球", "没有节点“月球”"),
    ("流程 质检 回避 天气", "回避“天气”不认识"),
    ("角色 客服 能 飞 全部", "没有指令“飞”"),
    ("角色 客服 能 导出", "要写“导出”能对哪些单"),
    ("角色 客服 不能 清除", "本来就不能"),
    ("角色 客服 看 金额 半", "没有金额的看法“半”"),
    ("新建角色 仓库主管", "也要写照哪一个"),
    ("通知 已完成退款 {姓名} 您好", "不能用"),
]


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_what_is_refused_with_what_to_write(text: str, why: str) -> None:
    with pytest.raises(FlowError, match=why):
        edit(text)

"""What a simulation says on a phone, and the picture that goes with it."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.charts import words as chart_words
from cards.charts.compare import _scale, _sides
from cards.charts.sheet import UNKNOWN, WIDTH, legible, text_width
from cards.pictures import draw
from flow.simulation import Changed, Outcome, Simulation, Sum, simulation_chart, simulation_words
from flow.simulation.comparison import EXAMPLES, MOST_PILES, Group, Load, Pile, Tally, approvers, differs, total
from flow.simulation.replay import ASKED, COUNTED, Unfit
from flow.stats import parse_period
from tests.support.sales import TZ, at

NOW = at("2026-11-22", 14)
BOSS = Outcome("客服主管", "主管审批", False, ("客服审核", "金额审批", "财务退款"), 3, COUNTED, "已完成")
FREE = Outcome("自动", "小额自动通过", True, ("退款中",), 0, ASKED, "已完成")
DAY = timedelta(days=1).total_seconds()


def simulation(**changes: Any) -> Simulation:
    """Three cases, two of which would be paid by themselves."""
    said: dict[str, Any] = {
        "flow": "退货", "period": parse_period("上季度", NOW, TZ), "as_of": NOW, "seen": 1_204, "unfit": {},
        "approvers": {
            ("客服主管", "自动"): Sum(320, Decimal("12480.50")),
            ("客服主管", "客服主管"): Sum(884, Decimal(9)),
        },
        "automatic": (Sum(), Sum(320, Decimal("12480.50"))), "newly": Sum(320, Decimal("12480.50")),
        "disputed": Sum(8, Decimal("320.00")), "load": (Load(6_020, 1204 * 3.2 * DAY), Load(4_740, 1204 * 5 * 3600)),
        "unseen": (), "changed": 320,
        "examples": tuple(Changed(f"R{n}", Decimal(50), BOSS, FREE) for n in range(EXAMPLES)),
    }  # fmt: skip
    return Simulation(**said | changes)


def test_the_words_of_a_whole_simulation() -> None:
    assert simulation_words(simulation(examples=(Changed("R20260810-0007", Decimal("1250"), BOSS, FREE),))) == (
        "模拟 退货 · 上季度：1,204 单里 320 单走法会变\n"
        "2026-07-01 ~ 2026-09-30 提交、已结束的 1,204 单，撤销和重复的不算\n"
        "审批人会变的：\n"
        "· 客服主管 → 自动：320 单 ¥12,480.50\n"
        "自动放款：0 单 ¥0.00 → 320 单 ¥12,480.50\n"
        "新自动放款 320 单 ¥12,480.50，其中后来有争议 8 单 ¥320.00\n"
        "（有争议：被拒绝、查出次品、缺件扣款、拒收或重开）\n"
        "人工签字：每单 5.00 → 3.94 次\n"
        "每单用时：约 3.2 天 → 5.0 小时（各节点用时的中位数相加）\n"
        "走法会变的，金额最大的 1 单：\n"
        "R20260810-0007 ¥1,250.00 客服主管 → 自动\n"
        "截至 11-22 14:00，只是推算，没有改动任何单"
    )


LINES = [  # what differs in one case, and how its line ends
    (FREE, "客服主管 → 自动"),
    (replace(BOSS, approver=""), "客服主管 → 没到审批"),
    (replace(BOSS, end="已关闭拒绝"), "已完成 → 已关闭拒绝"),
    (replace(BOSS, path=("客服审核", "金额审批", "复核")), "财务退款 → 复核"),
    (replace(BOSS, path=(*BOSS.path, "客服审核")), "3 步 → 4 步"),
]


@pytest.mark.parametrize(("new", "end"), LINES)
def test_a_case_is_shown_by_what_differs_first(new: Outcome, end: str) -> None:
    words = simulation_words(simulation(examples=(Changed("R1", Decimal("9.9"), BOSS, new),)))
    assert f"R1 ¥9.90 {end}\n" in words


ROLES = st.sampled_from(["", "自动", "客服组长", "客服主管", "销售经理", "运营总监", "财务"])
SUMS = st.builds(Sum, st.integers(0, 10**6), st.decimals(0, 10**9, places=2))


@settings(max_examples=100, deadline=None)
@given(
    moves=st.dictionaries(st.tuples(ROLES, ROLES), SUMS, max_size=20),
    unfit=st.dictionaries(st.sampled_from(["没有策略", "走不到结束", "没有档", "没有动作"]), st.integers(1, 100)),
    unseen=st.lists(st.sampled_from(["退款中", "质检", "收货", "财务"]), unique=True).map(tuple),
)
def test_it_is_never_longer_than_a_phone(moves: Any, unfit: Any, unseen: Any) -> None:
    words = simulation_words(simulation(approvers=moves, unfit=unfit, unseen=unseen))
    assert len(words.splitlines()) <= 25
    assert legible(words.replace("\n", "")) == words.replace("\n", "")


def test_what_could_not_be_compared_is_named() -> None:
    unfit = {"走不到结束": 3, "退货类型没有策略": 2, "没有档": 1, "没有动作": 1}
    words = simulation_words(simulation(unfit=unfit, unseen=("甲", "乙", "丙", "丁")))
    assert "对不上没算：走不到结束 3 单、退货类型没有策略 2 单、其他 2 单" in words
    assert "甲、乙、丙等没有记录，按时限" in words
    assert simulation(unfit=unfit).compared == 1_197


# --- adding up


def test_what_a_replay_cannot_show_is_named() -> None:
    told = simulation_words(simulation(left_out=("资格", "自动规则")))
    assert "撤销和重复的不算。资格、自动规则的改动推算不出来，没有算在内" in told


def test_money_is_added_where_it_went_out() -> None:
    group = Group(BOSS, FREE)
    group.add(Pile(group, disputed=True, count=1, asked=5000, counted=1500))
    group.add(Pile(group, count=1, asked=2000, counted=2000))
    assert group.released(BOSS).count == 0
    assert group.released(FREE) == Sum(2, Decimal("70.00"))
    assert group.newly == (Sum(2, Decimal("70.00")), Sum(1, Decimal("50.00")))
    later = Group(BOSS, replace(FREE, paid=COUNTED))
    later.add(Pile(later, disputed=True, count=1, asked=5000, counted=1500))
    assert later.newly == (Sum(1, Decimal("15.00")), Sum(1, Decimal("15.00")))
    assert Group(FREE, FREE).newly == (Sum(), Sum())
    assert Group(BOSS, replace(FREE, paid="")).newly == (Sum(), Sum())


def test_the_name_of_a_rule_is_no_change() -> None:
    assert not differs(BOSS, replace(BOSS, rule="改了名"))
    assert differs(BOSS, replace(BOSS, paid=ASKED))


def test_the_largest_are_kept_whatever_their_order() -> None:
    tally, group = Tally(), Group(BOSS, FREE)
    changed = tally.pile(b"1", group, disputed=False)
    for n in (*range(0, 40, 2), *range(39, 0, -2)):
        tally.add(changed, f"R{n:02d}", (n // 2 * 100, 0))
    tally.add(tally.pile(b"2", Group(BOSS, BOSS), disputed=False), "R99", (99_00, 0))
    tally.add(tally.pile(b"3", Unfit("走不到结束"), disputed=False), "R98", (98_00, 0))
    tally.add(tally.pile(b"4", None, disputed=False), "R97", (97_00, 0))
    tally.settle()
    assert [example.no for example in tally.examples()] == [f"R{n}" for n in range(39, 29, -1)]
    assert str(tally.examples()[0].yuan) == "19.00"
    assert (tally.seen, tally.unfit) == (42, {"走不到结束": 1})
    assert approvers([group, group]) == {("客服主管", "自动"): total([group.asked, group.asked])}


def test_a_long_past_of_many_kinds_is_put_away_on_the_way() -> None:
    tally, group = Tally(), Group(BOSS, FREE)
    for n in range(MOST_PILES + 1):
        tally.add(tally.pile(str(n).encode(), group, disputed=False), "R1", (1, 1))
    assert (len(tally.piles), group.asked) == (1, Sum(MOST_PILES, Decimal(MOST_PILES) / 100))


# --- the picture


def test_the_chart_has_two_bars_to_an_approver_and_the_money_beside() -> None:
    data = simulation_chart(simulation())
    assert data["series"] == [
        {"name": "现在", "points": [["客服主管", 1204], ["自动", 0]]},
        {"name": "改后", "points": [["客服主管", 884], ["自动", 320]]},
    ]
    assert data["captions"] == {"客服主管": "¥12,489 → ¥9", "自动": "¥0 → ¥12,480"}
    assert chart_words.title(data) == "模拟 退货：谁审批 · 上季度"
    assert chart_words.footer(data) == "2026-07-01 ~ 09-30 · 截至 11-22 14:00"
    assert UNKNOWN not in legible("".join([*data["captions"].values(), *data["captions"], "现在改后模拟"]))


@pytest.mark.parametrize("count", [1, 2, 9])
def test_the_picture_grows_with_its_labels(count: int) -> None:
    moves = {(f"角色{n}", "自动"): Sum(n + 1, Decimal(n)) for n in range(count)}
    png = draw("对比", simulation_chart(simulation(approvers=moves)))
    width, height = struct.unpack(">II", png[16:24])
    assert width == 2 * WIDTH
    assert height > 2 * 60 * count


def test_an_empty_simulation_is_a_sheet_that_says_so() -> None:
    assert draw("对比", simulation_chart(simulation(approvers={})))[:4] == b"\x89PNG"


@given(values=st.lists(st.integers(1, 10**7), min_size=1, max_size=6))
def test_no_bar_pushes_its_number_off_the_sheet(values: list[int]) -> None:
    data = simulation_chart(simulation(approvers={(f"角色{n}", "自动"): Sum(v) for n, v in enumerate(values)}))
    left, scale = _scale(data, _sides(data))
    for side in _sides(data):
        for value in side.values.values():
            assert left + value * scale + 8 + text_width(chart_words.amount(int(value), "单"), 14) <= WIDTH - 20 + 0.01

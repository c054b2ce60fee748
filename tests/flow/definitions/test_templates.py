"""行业模板: each can be put in place, carries a case to its end, and comes only before the first case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from flow.definitions.business import CONFIG, FLOW, POLICY, business_of, shipped
from flow.definitions.eligibility import judge
from flow.desk import Desk
from flow.engine.machine import begin
from flow.engine.values import Rules
from flow.errors import DefinitionError, NotFound, PolicyRefused
from flow.publishing.release import publish_shipped
from flow.publishing.templates import BY, Template, apply_template, templates
from flow.validation.flows import check, parse_flow
from flow.validation.policies import parse_policy
from flow.validation.surroundings import known_of
from flow.versions import PRESET, publish
from models import Case, Definition
from models.database.connection import database
from tests.support.shipped import CREATOR, MISSING, Play
from tests.support.stage import START, sell
from tests.support.stories import says, submitted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.support.stage import Stage

TRADES = tuple(templates())
HEAD, LIN = "李敏", "林晓"


def test_the_four_trades_ship() -> None:
    assert set(TRADES) == {"宠物设备", "服装", "家电", "通用"}


@pytest.mark.parametrize("trade", TRADES)
def test_a_template_holds_only_what_differs(trade: str) -> None:
    plain = shipped()
    assert [key for key, text in templates()[trade].texts.items() if plain.get(key) == text] == []


@pytest.mark.parametrize("trade", TRADES)
def test_a_template_has_nothing_that_the_check_would_mind(trade: str) -> None:
    whole = templates()[trade].bundle()
    business = business_of(whole)
    known = known_of(business, facts=parse_known(whole))
    assert [check(parse_flow(text, name), known) for (kind, name), text in whole.items() if kind == FLOW] == [
        [] for kind, _ in whole if kind == FLOW
    ]
    flows = {name for kind, name in whole if kind == FLOW}
    assert {flow for each in business.types.values() for flow in each.flows} <= flows


def parse_known(whole: dict[tuple[str, str], str]) -> frozenset[str]:
    """Facts that policies of a bundle ask for: what a case knows when it begins."""
    tables = [parse_policy(text, name) for (kind, name), text in whole.items() if kind == POLICY]
    return frozenset(cell.fact for policy in tables for tier in policy.tiers for cell in tier.when.cells)


@pytest.mark.parametrize("trade", TRADES)
def test_every_role_that_a_template_names_exists(trade: str) -> None:
    whole = templates()[trade].bundle()
    roles = set(business_of(whole).matrix.roles)
    assert parse_policy(whole[POLICY, templates()[trade].preset]).roles() <= roles


WALKS = [
    ("通用", "质量问题", "329.00", "同意 同意 确认收货 合格入库 确认退款 退款成功", {},
     "客服审核 金额审批 仓库收货 质检 财务退款 退款中 已完成"),
    ("宠物设备", "缺配件", "9.90", "退款成功 确认收货 合格入库", {}, "退款中 仓库收货 质检 已完成"),
    ("宠物设备", "质量问题", "329.00", "同意 同意 配件缺失 同意", MISSING, "客服审核 金额审批 仓库收货 缺件协商 质检"),
    ("服装", "七天无理由", "199.00", "验收 同意 确认退款 退款成功", {"吊牌": "完好", "试穿": "无痕迹"},
     "质检 金额审批 财务退款 退款中 已完成"),
    ("服装", "七天无理由", "199.00", "验收 驳回", {"吊牌": "缺失", "试穿": "无痕迹"}, "质检 吊牌协商 已关闭拒绝"),
    ("服装", "尺码不合", "199.00", "验收 同意 同意", {"吊牌": "完好", "试穿": "洗过"},
     "质检 吊牌协商 金额审批 财务退款"),
    ("服装", "质量问题", "199.00", "同意 同意 验收", {"吊牌": "缺失", "试穿": "洗过"},
     "客服审核 金额审批 质检 财务退款"),  # our fault: nobody asks after the tag
    ("服装", "尺码不合", "199.00", "次品处理 驳回", {}, "质检 吊牌协商 已关闭拒绝"),
    ("服装", "质量问题", "199.00", "同意 同意 次品处理", {}, "客服审核 金额审批 质检 财务退款"),
    ("家电", "质量问题", "1999.00", "同意 同意 确认收货", {}, "客服审核 金额审批 仓库收货 质检"),
    ("家电", "保修维修", "1999.00", "同意 确认收货 检完 修好 已寄出",
     {"判责": "机器故障", "故障说明": None, "寄回运单": "SF1"}, "受理 收机器 检修 修理 寄回 已完成"),
    ("家电", "保修维修", "1999.00", "同意 确认收货 检完 报给客服 驳回 已寄出",
     {"判责": "人为损坏", "故障说明": None, "维修报价": "90.00", "寄回运单": "SF1"},
     "受理 收机器 检修 报价 客户答复 寄回 已完成"),
    ("家电", "保外维修", "1999.00", "同意 确认收货 检完 报给客服 同意 收好了 修好 已寄出",
     {"判责": "机器故障", "故障说明": None, "维修报价": "90.00", "维修收款": "已收", "寄回运单": "SF1"},
     "受理 收机器 检修 报价 客户答复 收维修费 修理 寄回 已完成"),
]  # fmt: skip


@pytest.mark.parametrize(("trade", "kind", "amount", "script", "said", "stops"), WALKS)
def test_a_case_walks_through_a_template(
    trade: str, kind: str, amount: str, script: str, said: dict[str, Any], stops: str
) -> None:
    play = _play(trade, kind, amount)
    for action in script.split():
        play.does(action, said=said)
    assert " ".join(play.stops) == stops


def _play(trade: str, kind: str, amount: str) -> Play:
    whole = templates()[trade].bundle()
    business = business_of(whole)
    chosen = business.types[kind]
    rules = Rules(parse_flow(whole[FLOW, chosen.flows[0]]), parse_policy(whole[POLICY, templates()[trade].preset]))
    facts = {
        **chosen.strategy,
        "种类": chosen.flows[0],
        "类型": kind,
        "金额": amount,
        "风险客户": False,
        "提交人": CREATOR,
    }
    now = begin(rules, facts)
    return Play(rules, now, [*now.nodes])


OPENED = [
    ("宠物设备", {"类型": "七天无理由", "品类": "滤材", "商品": "滤芯"}, "拆封的食品和滤材"),
    ("宠物设备", {"类型": "缺配件", "签收天数": 31}, "缺配件报得太晚"),
    ("服装", {"类型": "尺码不合", "品类": "内衣"}, "贴身衣物"),
    ("服装", {"类型": "七天无理由", "签收天数": 10}, "超过无理由期"),
    ("服装", {"类型": "七天无理由", "签收天数": 10, "会员等级": "金卡"}, ""),
    ("家电", {"类型": "保修维修", "签收天数": 366}, "超过保修期"),
    ("家电", {"类型": "保修维修", "签收天数": 365}, ""),
    ("家电", {"类型": "保外维修", "签收天数": 999}, ""),
]


@pytest.mark.parametrize(("trade", "facts", "rule"), OPENED)
def test_what_a_trade_does_not_take_back(trade: str, facts: dict[str, Any], rule: str) -> None:
    policy = parse_policy(templates()[trade].bundle()[POLICY, templates()[trade].preset])
    finding = judge(policy.limits, facts)
    assert (finding.limit.rule if finding else "") == rule


# -- putting one in place ----------------------------------------------------------------------------------------------


@pytest.fixture
async def empty(ready: str) -> AsyncIterator[None]:
    """A database with the shipped rules and nothing else."""
    async with database(ready):
        await publish_shipped("standard", START)
        yield


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("trade", TRADES)
async def test_new_cases_follow_the_template(trade: str) -> None:
    await apply_template(trade, HEAD, START)
    desk = Desk(ZoneInfo("Asia/Shanghai"))
    business = await desk.fresh()
    for kind in business.types.values():
        rules = await desk.rules(*await desk.current(kind.flows[0], {}))
        assert (rules.policy.name, rules.flow.name) == (templates()[trade].preset, kind.flows[0])


@pytest.mark.usefixtures("empty")
async def test_one_template_takes_the_place_of_another() -> None:
    await apply_template("家电", HEAD, START)
    await apply_template("服装", HEAD, START)
    active = {(row.kind, row.name): row.text for row in await Definition.filter(active=True)}
    assert active == {**templates()["服装"].bundle(), (PRESET, PRESET): "服装"}


@pytest.mark.usefixtures("empty")
async def test_a_restart_leaves_a_template_alone() -> None:
    await apply_template("家电", HEAD, START)
    before = {(row.kind, row.name): row.version for row in await Definition.filter(active=True)}
    await publish_shipped("express", START)
    assert {(row.kind, row.name): row.version for row in await Definition.filter(active=True)} == before


@pytest.mark.usefixtures("empty")
async def test_own_rules_are_not_overwritten() -> None:
    await publish({(POLICY, "standard"): shipped()[POLICY, "standard"] + "\n# 我们的\n"}, HEAD, START)
    with pytest.raises(PolicyRefused, match="已经发布过自己的规则（政策“standard”）"):
        await apply_template("家电", HEAD, START)
    assert not await Definition.filter(published_by__startswith=BY).exists()


@pytest.mark.usefixtures("empty")
async def test_an_unknown_trade_is_told_which_there_are() -> None:
    with pytest.raises(NotFound, match=r"没有模板“五金”，有：.*家电"):
        await apply_template("五金", HEAD, START)


WRONG = [
    ("template.yaml", "模板: 坏的\n说明: 无\n", "要有“模板”“说明”“政策”三项"),
    ("template.yaml", "模板: 坏的\n说明: 无\n政策: 没有\n", "没有政策 没有"),
    ("choices.yaml", "政策选择:\n  - {规则: 甲, 政策: 没有}\n", "政策选择里的政策“没有”不存在"),
]


@pytest.mark.parametrize(("file", "text", "says"), WRONG)
def test_a_template_that_is_wrong_says_so(tmp_path: Path, file: str, text: str, says: str) -> None:
    folder = tmp_path / "坏的"
    folder.mkdir()
    (folder / "template.yaml").write_text("模板: 坏的\n说明: 无\n政策: standard\n", encoding="utf-8")
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=says):
        templates(tmp_path)["坏的"].bundle()


def test_what_ships_is_a_template_without_differences() -> None:
    assert templates()["通用"].texts == {}
    assert Template("x", "", "standard", {}).bundle() == shipped(CONFIG)


# -- over the wire -----------------------------------------------------------------------------------------------------


async def test_a_trade_is_chosen_in_the_chat(desk: Stage) -> None:
    listed = await says(desk, HEAD, "模板")
    assert all(f"· {trade}：" in listed for trade in TRADES)
    told = await says(desk, HEAD, "模板 应用 家电")
    assert told.splitlines() == [
        "已应用模板“家电”，新单按它走：",
        "· 政策“家电”",
        "· 政策选择",
        "· 退货类型",
        "· 新单用政策“家电”",
    ]
    await sell("7", {"W1": ("冰箱", 1, "1999.00")})
    no = await submitted(desk, "维修 7 W1×1 保修维修 漏电")
    case = await Case.get(no=no)
    assert (case.nodes, case.facts["紧急"], case.facts["成本"]) == (["受理"], True, "保修成本")


async def test_a_type_of_another_flow_is_sent_there(desk: Stage) -> None:
    await says(desk, HEAD, "模板 应用 家电")
    told = await says(desk, LIN, "退货 536365 85123A×2 保修维修")
    assert told == "“保修维修”走的是维修流程，请写：维修 536365 85123A×2 保修维修"
    asked = await says(desk, LIN, "维修 536365 85123A×2")
    assert "保外维修" in asked
    assert "七天无理由" not in asked


async def test_it_is_too_late_after_the_first_case(desk: Stage) -> None:
    await submitted(desk)
    assert "已经有售后单了" in await says(desk, HEAD, "模板 应用 家电")


@pytest.mark.parametrize(
    ("who", "typed", "told"),
    [
        pytest.param(LIN, "模板 应用 家电", "你的角色不能应用模板，可以找：", id="an agent may look only"),
        pytest.param(HEAD, "模板 应用", "请写成：模板 应用 家电", id="no trade"),
        pytest.param(HEAD, "模板 应用 五金", "没有模板“五金”", id="an unknown one"),
    ],
)
async def test_what_does_not_go_is_told(desk: Stage, who: str, typed: str, told: str) -> None:
    assert told in await says(desk, who, typed)
    assert not await Definition.filter(published_by__startswith=BY).exists()

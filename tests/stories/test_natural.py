"""Commands in natural words: what is offered first, as it would be written out; what only looks is shown at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from flow.access.lookup import CASE_NUMBER
from models import Case, Dialog, Proposal, Refund, RefundState, Task, TaskState
from tests.support.stage import sell
from tests.support.stories import approved, finish, inspected, news, offered, play, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both")

LIN, WANG, LI, ZHAO, ZHOU, QIAN = "林晓", "王建国", "李敏", "赵卫东", "周仓", "钱芳"
LAMP = "退货 700001 TL-01×2 质量问题 不亮"
LEASH = "退货 800300 LS-002×1 质量问题 开线"
LAMP_AND_FLOOR = "退货 700001 TL-01×2 LD-01×1 质量问题 不亮"
PARCEL = "SF1234567890"
_CASE = re.compile(r"R([12])(?!\d)")


async def sold() -> None:
    await sell("700001", {"TL-01": ("护眼台灯", 2, "59"), "LD-01": ("落地灯", 1, "199")}, mobile="13600001357")
    await sell("800300", {"LS-002": ("牵引绳", 2, "49.90"), "SB-003": ("猫抓板", 3, "39.90")}, mobile="13700002468")


async def first_offered() -> str:
    """The likeliest reading of the question that is open, with R1 and R2 for the numbers; "" for none."""
    line = (await offered() or [""])[0]
    numbers = [str(no) for no in await Case.all().order_by("id").values_list("no", flat=True)]
    return CASE_NUMBER.sub(lambda match: f"R{numbers.index(match[0]) + 1}", line)


async def told(desk: Stage, rows: list[tuple[str, str, str]]) -> None:
    """Every row is what somebody says, and what is offered first, or "=" and a part of the answer."""
    desk.honest = False  # questions follow each other, and nobody answers them
    numbers = [str(no) for no in await Case.all().order_by("id").values_list("no", flat=True)]
    wrong = []
    for who, words, expected in rows:
        await Dialog.all().delete()
        answer = await says(desk, who, _CASE.sub(lambda match: numbers[int(match[1]) - 1], words))
        found = answer if expected.startswith("=") else await first_offered()
        if (expected[1:] not in found) if expected.startswith("=") else found != expected:
            wrong.append(f"{who} {words}: {expected} / {await first_offered()} / {answer[:80]}")
    assert not wrong, "\n".join(wrong)


OF_AGENTS = [
    (LIN, "R1 多写了一个，退一个就行", "=2 件 → 1 件"),
    (LIN, "R1数量写错了，应该是1件", "=2 件 → 1 件"),
    (LIN, "R1 只退1个就好", "=2 件 → 1 件"),
    (LIN, "R1多退了一个，改成1个", "=2 件 → 1 件"),
    (LIN, "R1 改成换货", "撤单 R1"),
    (LIN, "R1客户想换货，改成换货", "撤单 R1 客户想换货"),
    (LIN, "撤了R1，R2也撤", "撤单 R1 ； 撤单 R2"),
    (LIN, "R1不要了 R2也不要了", "撤单 R1 ； 撤单 R2"),
    (LIN, "这两单都撤了", "撤单 R2"),
    (LIN, "给客户发个链接看进度 R1", "=可以直接转发给客户"),
    (LIN, "发个链接给客户 R2", "=可以直接转发给客户"),
    (LIN, "客户要个链接看看进度", "链接 R2"),
    (LIN, f"客户寄了 顺丰{PARCEL}", f"运单 R2 {PARCEL}"),
    (LIN, f"顺丰{PARCEL} 客户寄出来了", f"运单 R2 {PARCEL}"),
    (LIN, "我还有哪些没弄完", "=处理中 2"),
    (LIN, "还有哪些没处理完", "=处理中 2"),
    (LIN, "谁审的R1", "=状态：处理中"),
    (LIN, "800300可以退几个", "=牵引绳"),
    (LIN, "800300最多能退多少", "=牵引绳"),
    (LIN, "尾号2468那个客户要退货", "退货 800300"),
    (LIN, "手机尾号2468的客户想换货", "换货 800300"),
    (LIN, "后四位2468的客户要退货", "退货 800300"),
    (LIN, "800300最多退几条", "=牵引绳"),
    (LIN, "退款一般几天到账", "我的单"),
    (LIN, "我要请假 明天到周五 何佳替我", "请假 明天 到 周五 代理 何佳"),
    (LIN, "我明天请假到周四 让何佳顶一下", "请假 明天 到 周四 代理 何佳"),
    (LIN, "后天我休息，单子给何佳", "请假 后天 到 后天 代理 何佳"),
    # whose leave it is, is who is said to be away, and never the other way round
    ("何佳", "林晓明天休假 她的单给我", "=说的是林晓的假，你不能替林晓登记，什么都没有登记"),
    (WANG, "李敏明天休假 她的单让我来批", "=请李敏自己说：请假 明天 到 明天 代理 王建国"),
    (LI, "王建国明天休假 他的单让我来批", "代人请假 王建国 明天 到 明天 代理 李敏"),
    (LI, "王建国下周请假 单子我来批", "代人请假 王建国 下周一 到 下周日 代理 李敏"),
    (LI, "王建国明天请假 让林晓代一下", "代人请假 王建国 明天 到 明天 代理 林晓"),
    (LI, "王建国这周五休息 我替他批", "代人请假 王建国 这周五 到 这周五 代理 李敏"),
    (LI, "明天我替王建国", "代人请假 王建国 明天 到 明天 代理 李敏"),
    (LI, "王建国明天休假", "=请写全：代人请假 王建国 明天 到 明天 代理 <姓名>"),
    (LI, "请假 王建国明天休假 他的单让我来批", "=请写成：请假 <起>"),
    (WANG, "明天休假 李敏代", "请假 明天 到 明天 代理 李敏"),
    (WANG, "和李敏说好了明天休假，她代", "请假 明天 到 明天 代理 李敏"),
]
OF_APPROVERS = [
    (WANG, "这个转给李敏看一下 我拿不准", "转交 R1 李敏 这个转给李敏看一下，我拿不准"),
    (WANG, "为什么R1到我这儿了", "=因为 角色 客服组长"),
    (WANG, "退回给林晓，让她补照片", "退回 R1 林晓 让她补照片"),
    (WANG, "退回给林晓补照片", "退回 R1 林晓 补照片"),
    (WANG, "R1打回给林晓重新拍照", "退回 R1 林晓 重新拍照"),
    (WANG, "叫林晓补个视频", "退回 R1 林晓 补个视频"),
    (WANG, "让李敏来看", "转交 R1 李敏"),
    (WANG, "给李敏看看吧", "转交 R1 李敏"),
    (WANG, "R1找李敏批一下", "转交 R1 李敏"),
    (WANG, "这单给李敏", "转交 R1 李敏"),
    (WANG, "这单金额大，让李敏来看", "转交 R1 李敏 这单金额大"),
    (WANG, "不用让李敏看", "评论 R1 不用让李敏看"),
    (WANG, "先问下林晓有没有照片", "评论 R1 先问下林晓有没有照片"),
    (WANG, "等林晓回话再说", "评论 R1 等林晓回话再说"),
    (WANG, "周仓请假了，他的活谁干", "=负责人 周仓"),
    (ZHAO, "R1从王建国那转给李敏", "转交 R1 李敏 从 王建国"),
    (ZHAO, "把王建国的R1转给李敏", "转交 R1 李敏 从 王建国"),
    (ZHAO, "王建国忙不过来，R1给李敏", "转交 R1 李敏 从 王建国"),
    (ZHAO, "王建国手上的R1交给李敏", "转交 R1 李敏 从 王建国"),
    (ZHAO, "王建国休假了，R1交给李敏", "转交 R1 李敏 从 王建国"),
    (ZHAO, "超过一天没处理的有哪些", "=总览"),
    (ZHAO, "两天没处理的有几单", "=不能按放了多久来筛"),
    (LI, "为什么R1要王建国审", "=因为 角色 客服组长"),
    (LI, "凭什么R1归王建国审", "=因为 角色 客服组长"),
    (LI, "仓库平均多久收一个货", "报表 指标 本月"),
]
OF_RULES = [
    (LI, "主管审批的上限降到3000", "规则 主管审批 改成3000"),
    (ZHAO, "把刚才发布的撤掉", "=没有发布过的改动可以回滚"),
    (LI, "质检时间改成一天", "流程 退货 质检 时限 1天"),
    (LI, "财务退款要在12小时内办完", "流程 退货 财务退款 时限 12小时"),
    (LI, "大额提醒先停掉", "停用规则 大额提醒"),
    (LI, "停掉连续退货", "停用规则 连续退货"),
    (LI, "把连续退货那条规则停了", "停用规则 连续退货"),
    (LI, "上次发布的撤回来", "=没有发布过的改动可以回滚"),
    (LI, "客服审核以后不要了，直接到我这", "删除节点 客服审核"),
    (LI, "客服审核这一步去掉", "删除节点 客服审核"),
    (LI, "规则 3000以上运营总监批", "增加级别 金额审批 运营总监 当 金额>3000"),
    (LI, "一千块以上让运营总监批", "增加级别 金额审批 运营总监 当 金额>1000"),
    (LI, "以后色差算质量问题", "增加原因 色差 像 质量问题"),
    (LI, "颜色不对以后算发货错误", "增加原因 颜色不对 像 发货错误"),
    (LI, "以后200块以下的不用我批了", "规则"),
    (LI, "撤销刚才的修改", "=你没有草稿"),
    (LI, "把刚才改的撤了", "=你没有草稿"),
    (LI, "规则改回上一版", "=没有发布过的改动可以回滚"),
    (LI, "昨天的数据发我一份excel", "=清单里是这段时间开的"),
    (LI, "导出这个月的退款", "=清单里是这段时间开的"),
    (LI, "要一份本周的明细", "=清单里是这段时间开的"),
    (LI, "上周跟这周比退货多了还是少了", "=指标"),
    (LI, "牵引绳不要了", ""),
]
OF_THE_DOCK = [
    (ZHOU, f"{PARCEL}到了，就一个台灯", "确认收货 R1 就一个台灯"),
    (ZHOU, f"{PARCEL}里只有一个台灯", "确认收货 R1 只有一个台灯"),
    (ZHOU, f"{PARCEL} 台灯两个，落地灯没在里面", "确认收货 R1 台灯两个，落地灯没在里面"),
    (ZHOU, f"收货 {PARCEL} 只有落地灯一个", "确认收货 R1 只有落地灯一个"),
    (ZHOU, f"收货 {PARCEL} 盒子烂了", "确认收货 R1 盒子烂了"),
    (ZHOU, f"{PARCEL}收到，但先别入库", "稍后 R1 明天 但先别入库"),
    (ZHOU, f"{PARCEL} 先别收，等客户确认", "稍后 R1 客户回复 先别收，等客户确认"),
    (ZHOU, f"收货 {PARCEL} 先别入库", "评论 R1 先别入库"),
    (ZHOU, f"{PARCEL}到了", "=应收"),
    (ZHOU, f"{PARCEL}已到货", "=应收"),
    (ZHOU, "后四位7890的件收到了", "=应收"),
    (ZHOU, "尾号7890到了", "=应收"),
    (ZHOU, "运单后4位7890", "=应收"),
    (ZHOU, "尾数7890的快递到了", "=应收"),
    (ZHOU, "还没到呢", "稍后 R1 明天"),
    (ZHOU, "货没到", "稍后 R1 明天"),
    (ZHOU, "包裹还没收到", "稍后 R1 明天"),
    (ZHOU, "今天要收几个件", "=待办 1 件"),
    (ZHOU, "这单不是我们仓的，转给刘洋", "=本来也在 刘洋 手上，不用转交"),
]
OF_FINANCE = [
    (QIAN, "退了", "评论 R1 退了"),
    (QIAN, "钱退了", "评论 R1 钱退了"),
    (QIAN, "都退了吧", "确认退款 R1"),
    (QIAN, "把钱退给客户吧", "确认退款 R1"),
    (QIAN, "打款吧", "确认退款 R1"),
    (QIAN, "打款吧", "=店铺就付款 ¥"),
    (QIAN, "不退", "驳回 R1"),
    (QIAN, "不给退", "驳回 R1"),
    (QIAN, "这钱不能退", "驳回 R1 这钱不能退"),
    (QIAN, "先别退", "稍后 R1 明天 先别退"),
    (QIAN, "退他一半吧", "退回 R1 金额审批 退他一半吧"),
    (QIAN, "分两次退，先退一半", "评论 R1 分两次退，先退一半"),
    (QIAN, "先退他60块", "评论 R1 先退他60块"),
    (QIAN, "今天退了几笔 一共多少钱", "=今天（2026-11-23）退出去 ¥"),
    (QIAN, "R1谁确认退款的", "=状态：处理中"),
    (QIAN, "R1谁验的货", "=状态：处理中"),
    (QIAN, "这个月的退款流水导给我", "=清单里是这段时间开的"),
    (QIAN, "导出本月退款明细给我", "=清单里是这段时间开的"),
]


async def test_what_agents_and_approvers_say(desk: Stage) -> None:
    await sold()
    await submitted(desk, LAMP)
    await told(desk, OF_APPROVERS)
    await submitted(desk, LEASH)
    await told(desk, OF_AGENTS)


async def test_what_managers_say_of_the_rules(desk: Stage) -> None:
    await told(desk, OF_RULES)
    assert await Proposal.all().count() == 0


async def test_what_the_dock_says_keeps_the_card_of_everything_away(desk: Stage) -> None:
    await sold()
    no = await approved(desk, LAMP_AND_FLOOR)
    await says(desk, LIN, f"运单 {no} {PARCEL}")
    await told(desk, OF_THE_DOCK)
    assert await stand(no) == "处理中 仓库收货"


OF_LISTS = [
    (QIAN, "今天要打的款列一下", "=待办 1 件"),
    (QIAN, "今天要打的款", "=待办 1 件"),
    (QIAN, "现在要付的钱有哪些", "=待办 1 件"),
    (QIAN, "待打款的有哪些", "=待办 1 件"),
    (QIAN, "今天该退的款有几笔", "=待办 1 件"),
    (QIAN, "超过一百的还有哪些没退", "=不能按金额挑"),
    (QIAN, "一百块以上的还没打的有几笔", "=不能按金额挑"),
    (QIAN, "哪几笔大于50还没付", "=不能按金额挑"),
]


async def test_what_finance_has_to_pay_is_listed(desk: Stage) -> None:
    await inspected(desk)
    await told(desk, OF_LISTS)
    said = "\n".join(news(desk, QIAN))
    assert "没有按日子挑" in said
    assert "不能按金额挑" in said


OF_BOTH = [
    "R1 R2都不退了 客户说将就用",
    "R1和R2客户都不要退了，客户说将就用",
    "R1、R2全都不退了 客户说将就用",
    "R1 R2两单都不想退了 客户说将就用",
]


@pytest.mark.homes("both", "dingtalk")
async def test_both_are_withdrawn_by_one_tap(desk: Stage) -> None:
    await sold()
    both = [await submitted(desk, LAMP), await submitted(desk, LEASH)]
    await told(desk, [(LIN, words, "撤单 R1 客户说将就用 ； 撤单 R2 客户说将就用") for words in OF_BOTH])
    await says(desk, LIN, f"{both[0][-4:]} {both[1][-4:]}都不退了 客户说将就用")
    await taps(desk, LIN, "1 一起办")
    assert [(await stand(no)).split()[0] for no in both] == ["已关闭", "已关闭"]


@pytest.mark.homes("both", "dingtalk")
@pytest.mark.parametrize("tapped", [True, False])
@pytest.mark.parametrize("words", ["也是", "也一样", "也是的", "同上"])
async def test_the_next_case_is_to_be_the_same(desk: Stage, words: str, tapped: bool) -> None:
    await sold()
    first, other = await submitted(desk, LAMP), await submitted(desk, LEASH)
    await says(desk, LIN, f"{first[-4:]}不退了 客户说将就用")
    if tapped:
        await taps(desk, LIN, "1 撤单")
    asked = await says(desk, LIN, f"{other[-4:]}{words}")
    assert f"照 {first} 的来" in asked
    assert (await offered())[0] == f"撤单 {other} 客户说将就用"
    assert await stand(other) == "处理中 客服审核"
    await taps(desk, LIN, "1 撤单")
    assert (await stand(other)).split()[0] == "已关闭"


@pytest.mark.homes("both", "dingtalk")
@pytest.mark.parametrize("words", ["客户说钱没到账", " 还没收到退款，客户催", "客户没收到钱"])
async def test_money_that_has_not_come_is_shown_and_can_be_kept(desk: Stage, words: str) -> None:
    no = await inspected(desk)
    await finish(desk, no)
    asked = "\n".join([await says(desk, QIAN, f"{no[-4:]}{words}"), *news(desk, QIAN)])
    assert "已退款 ¥" in asked
    assert await offered() == [f"评论 {no} {words.strip()}"]
    await taps(desk, QIAN, "1 评论")
    assert words.strip() in await says(desk, LIN, f"查 {no}")


async def test_what_finance_says_pays_nothing_by_itself(desk: Stage) -> None:
    await inspected(desk)
    await told(desk, OF_FINANCE)
    assert not await Refund.filter(state=RefundState.PAID).exists()


@pytest.mark.homes("both", "dingtalk")
async def test_the_button_does_the_statement_as_it_is_written(desk: Stage) -> None:
    await sold()
    no = await submitted(desk, LAMP)
    await says(desk, WANG, "退回给林晓，让她补照片")
    await taps(desk, WANG, "1 退回")
    assert await stand(no) == "处理中 补充资料"
    assert "退回（让她补照片" in await says(desk, LIN, f"查 {no}")
    await says(desk, LIN, f"{no}改成只退一台")
    await play(desk, f"{LIN} 确认修改")
    assert "护眼台灯 ×1" in await says(desk, LIN, f"查 {no}")


@pytest.mark.homes("both", "dingtalk")
async def test_a_remark_that_is_chosen_is_kept_and_not_read_again(desk: Stage) -> None:
    no = await inspected(desk)
    await says(desk, QIAN, "退了")
    await taps(desk, QIAN, "1 评论")
    assert "评论（退了）" in (await says(desk, LIN, f"查 {no}")).replace("：退了", "（退了）")
    assert await Task.filter(case__no=no, owner__name=QIAN, state=TaskState.OPEN).exists()


@pytest.mark.homes("both", "dingtalk")
async def test_a_draft_of_the_rules_is_dropped_in_natural_words(desk: Stage) -> None:
    await says(desk, LI, "规则 双人金额 2000")
    await says(desk, LI, "刚才那个改动不要了")
    await taps(desk, LI, "1 作废")
    assert "你没有草稿" in await says(desk, LI, "撤销刚才的修改")
    assert "增加退货类型 色差，策略同“质量问题”" in await says(desk, LI, "新增一个原因叫色差，按质量问题走")

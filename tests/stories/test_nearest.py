"""Sentences that no reading understands: what comes nearest is offered, works when it is taken, and nothing moves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from models import Dialog, Event, Refund, Task, TaskState
from tests.support.stage import sell
from tests.support.stories import news, offered, play, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, WANG, LI, ZHOU, XU, QIAN, ZHAO = "林晓", "王建国", "李敏", "周仓", "许静", "钱芳", "赵卫东"
_CASE = re.compile(r"R([1-6])(?!\d)")
DESK_LAMP = {"TL-01": ("护眼台灯", 4, "59")}

#: who says what; what is offered first, else "~" and what is among the buttons, "!" and what is not,
#: "=" and a part of the answer
OF_AGENTS = [
    (LIN, "给0001的客户发个进度链接", "链接 R1"),
    (LIN, "0001数量打错了 应该是一个", "改 R1 数量 1"),
    (LIN, "我把0001的数量填成2了 其实就坏了一个", "改 R1 数量 1"),
    (LIN, "0001客户又打电话来骂了 能不能快点审", "催办 R1 客户又打电话来骂了 能不能快点审"),
    (LIN, "王组长是不是没看到我提的单", "催办 R6 王组长是不是没看到我提的单"),
    (LIN, "王组长一直不理我的单", "催办 R6 王组长一直不理我的单"),
    (LIN, "客户要加急", "催办 R6 客户要加急"),
    (LIN, "客户一天打三个电话问0003到底批没批", "催办 R3 客户一天打三个电话问 到底批没批"),
    (LIN, "让财务今天务必打掉0006", "催办 R6 让财务今天务必打掉"),
    (LIN, "0001那个客户换地址了 新地址杭州滨江区江南大道1号", "评论 R1 那个客户换地址了 新地址杭州滨江区江南大道1号"),
    (LIN, "客户把快递单号发错了 0004", "评论 R4 客户把快递单号发错了"),
    (LIN, "顺丰小哥上门取走了0004", "评论 R4 顺丰小哥上门取走了"),
    (LIN, "0006客户说卡号换了", "评论 R6 客户说卡号换了"),
    (LIN, "退错原因了 应该是发货错误 0001", "改 R1 类型 发货错误"),
    (LIN, "客户说东西昨天用顺丰寄出来了 单号回头给我", "~帮助 运单"),
]
OF_AGENTS_WHO_ASK = [
    (LIN, "客人说收到的灯是黑的 他拍的白的 700002", "~换货 700002 客人说收到的灯是黑的 他拍的白的"),
    (LIN, "0006钱退了没有啊 客户一直问", "查 R6"),
    (LIN, "客户说没收到退款啊0006", "查 R6"),
    (LIN, "那个灯的退款到了没 客户问", "查 R6"),
    (LIN, "帮我查查钱七的单", "查 700002"),
    (LIN, "怎么撤掉我刚刚提交的那个", "=写法：撤单 <单号>"),
    (LIN, "怎么撤掉我刚刚提交的那个", "撤单 R4 怎么撤掉我刚刚提交的那个"),
    (LIN, "我手滑多开了一单", "~撤单 R4 我手滑多开了一单"),
    (LIN, "刚那单写成两个了其实只有一个坏", "~改 R3 数量 1"),
    (LIN, "麻烦仓库帮忙拦一下0004那个件", "拦截 700003"),
    (LIN, "这个客户老是退货 能不能以后不让他退", "=“名单”可以找"),
    (LIN, "客户要开发票怎么搞", "=这件事这里没有记"),
    (LIN, "我明天请假谁能帮我盯一下", "=写法：请假 <起>"),
    (LIN, "我下周要去培训三天 何佳帮我顶", "=要写上从哪天到哪天"),
    (LIN, "客户寄来的快递费谁给", "规则"),
    (LIN, "发个进度给客户看看0003", "链接 R3"),
    (LIN, "下午开会 单子何佳盯一下", "请假 今天下午 到 今天下午 代理 何佳"),
    (LIN, "系统是不是坏了 提交不了", "=把看到的话截图发给管理员"),
    (LIN, "哪里能看退货规则", "规则"),
]
OF_APPROVERS = [
    (WANG, "0001你帮我问下客户要不要维修", "评论 R1 你帮我问下客户要不要维修"),
    (WANG, "0001我不方便看 给李敏吧", "转交 R1 李敏 我不方便看 给李敏吧"),
    (WANG, "今天实在看不完了 分一半给李敏", "转交 R1 李敏 今天实在看不完了 分一半给李敏"),
    (WANG, "我明后天去出差 李敏帮我看单子", "请假 明天 到 后天 代理 李敏"),
    (WANG, "明后两天我请假 单子都给李敏批", "请假 明天 到 后天 代理 李敏"),
    (WANG, "两个都行吧", "批量 同意"),
    (WANG, "0001再加一个灯笼一起退", "退回 R1 提交人 再加一个灯笼一起退"),
    (WANG, "0001太贵了 最多退一个的钱", "评论 R1 太贵了 最多退一个的钱 ； 改 R1 金额 2.55"),
    (WANG, "烛台那单过 灯那单我再想想", "同意 R1 ； 稍后 R2 明天 我再想想"),
    (WANG, "五十块以内的你帮我过掉", "=批量同意 1 单"),
    (WANG, "一百以上的先压着 下面的批了", "=批量同意 1 单"),
    (WANG, "这单审批谁点的头", "查 R1"),
    (WANG, "这俩单哪个快到期", "=待办 2 件"),
    (LI, "最多赔一半", "改 R3 金额 59"),
    (LI, "按七成退吧", "改 R3 金额 82.6"),
    (LI, "0003打个八五折退给他算了", "评论 R3 打个八五折退给他算了 ； 改 R3 金额 100.3"),
    (LI, "0003同意 但是运费不退", "评论 R3 但是运费不退"),
    (WANG, "下礼拜我年假 单子给李敏", "请假 下礼拜一 到 下礼拜日 代理 李敏"),
    (WANG, "两单都过", "批量 同意"),
    (WANG, "两单都过 记得开发票", "!批量 同意"),
    (WANG, "还有几个等我批的", "待办"),
    (WANG, "我这边还压着几个", "待办"),
    (WANG, "都是小钱 一起过了得了", "待办"),
    (WANG, "为什么这单给我", "规则 为什么 R1"),
    (WANG, "为啥老是派给我", "规则 为什么 R1"),
    (WANG, "0001没写清楚哪里坏了啊", "退回 R1 提交人 没写清楚哪里坏了啊"),
    (WANG, "0001这客户有问题吧 上个月刚退过", "评论 R1 这客户有问题吧 上个月刚退过"),
    (WANG, "0001这个是不是七天过了啊", "查 R1"),
    (WANG, "手上的先放一放 我下午开会", "稍后 R1 明天 手上的先放一放 我下午开会"),
    (WANG, "把林晓那两单都过了吧", "查 提交人=林晓"),
    (WANG, "何佳的单子也给我看一眼", "查 提交人=何佳"),
    (WANG, "林晓今天提了几个", "查 提交人=林晓 今天"),
    (WANG, "组里今天谁最闲 分点单给他", "总览"),
    (WANG, "我看不懂这个单 谁来帮我看看", "总览"),
    (WANG, "这单我不熟 换个人", "总览"),
    (WANG, "我组里谁单子最多", "总览"),
    (WANG, "这个灯两百多我批得了吗", "规则"),
    (WANG, "财务那边怎么还没打款 0006", "~催办 R6 财务那边怎么还没打款"),
    (LI, "王建国病了 他的单都给我", "代人请假 王建国 今天 到 今天 代理 李敏"),
    (LI, "王建国病了 他的单都给我", "~批量 转交 李敏 从 王建国"),
    (LI, "100块以上的都驳了", "批量 驳回 >=100"),
    (LI, "不低于100块的都驳了", "批量 驳回 >=100"),
    (LI, "0003王建国怎么批的 理由呢", "查 R3"),
    (LI, "0003金额不对吧 一个灯590？", "退回 R3 提交人 金额不对吧 一个灯590?"),
    (LI, "同意吧 不过只退一个的钱", "评论 R3 同意吧 不过只退一个的钱 ； 改 R3 金额 59"),
    (LI, "这个客户拉黑吧 0003", "名单 禁止 R3 这个客户拉黑吧"),
    (LI, "我看看财务手里压了几个", "总览"),
    (LI, "给运营总监发个本月汇总", "导出 本月"),
    (LI, "把连续退货的客户列出来", "=“连续”做不到，没有算进去。最接近的是 导出"),
    (LI, "上周驳回的都有哪些原因", "报表 退货原因 上周"),
    (LI, "质量问题的退货占了多少啊", "报表 退货原因"),
    (LI, "这个月谁退货开得最多", "报表 指标 这个月"),
    (LI, "昨天新增几单", "报表 指标 昨天"),
    (LI, "退款给到客户一般多久", "报表 指标"),
]
OF_THE_DOCK = [
    (ZHOU, "箱子里装的是块砖头", "拒收 R4 箱子里装的是块砖头"),
    (ZHOU, "这货不是灯是个杯子", "拒收 R4 这货不是灯是个杯子"),
    (ZHOU, "收到个烂箱子 要签吗", "!拒收 R4 收到个烂箱子 要签吗"),
    (ZHOU, "今天到了几个件", "~待办"),
    (ZHOU, "今天还有几箱没拆", "待办"),
    (ZHOU, "我下班了 剩下的刘洋收", "批量 转交 刘洋"),
    (ZHOU, "我明天轮休 让刘洋顶", "请假 明天 到 明天 代理 刘洋"),
    (ZHOU, "客户多寄了一个袜子怎么弄", "=写法：收货 <运单号>"),
    (ZHOU, "箱子里多了双鞋", "=写法：收货 <运单号>"),
    (ZHOU, "还少一台呢", "确认收货 R4 还少一台呢"),
    (ZHOU, "今天还有啥没到的", "=收货：R4"),
    (ZHOU, "我先去吃饭 件让刘洋收一下", "评论 R4 我先去吃饭 件让刘洋收一下"),
    (ZHOU, "库位满了放不下", "~评论 R4 库位满了放不下"),
    (ZHOU, "今天的件都入完了", "评论 R4 今天的件都入完了"),
    (ZHOU, "0004客户没贴单号", "评论 R4 客户没贴单号"),
    (XU, "这台灯有划痕算次品不", "评论 R5 这台灯有划痕算次品不"),
    (XU, "0005掉漆了 让客服跟客户说说", "次品处理 R5 掉漆了，让客服跟客户说说"),
    (XU, "这个要返给厂家修", "次品处理 R5 这个要返给厂家修"),
    (XU, "0005验不了 没有电源", "评论 R5 验不了 没有电源"),
    (XU, "没配件没法测", "评论 R5 没配件没法测"),
    (XU, "质检单怎么填", "待办"),
    (XU, "我今天验了几个", "待办"),
    (XU, "质检标准是啥", "=“规则”可以找"),
    (QIAN, "上周的退款明细发我 对账用", "=下面是 导出 上周：清单里是这段时间开的全部售后单"),
    (QIAN, "月底对账要一份所有退款的表", "导出"),
    (QIAN, "把这个月的退款拉个excel", "导出 这个月"),
    (QIAN, "还有哪些没退的", "待办"),
    (QIAN, "我这儿待打款的有几笔", "待办"),
    (QIAN, "哪些打了款没成功", "总览"),
    (QIAN, "今天一共要付出去多少", "报表 指标 今天"),
    (QIAN, "0006退款单打印一下", "导出 R6"),
    (QIAN, "0006客户换了支付宝 要转到新账号", "评论 R6 客户换了支付宝 要转到新账号"),
    (QIAN, "0006重复退款了吧 上周好像退过", "评论 R6 重复退款了吧 上周好像退过"),
    (QIAN, "0006支付宝退不进去", "评论 R6 支付宝退不进去"),
    (QIAN, "0006收款人名字不一致", "评论 R6 收款人名字不一致"),
    (QIAN, "0006打八折退行不行", "评论 R6 打八折退行不行"),
]
OF_RULES = [
    (ZHAO, "新来的小张怎么加进系统", "=请写：新员工 姓名 企业微信 账号"),
    (ZHAO, "质检超过一天没人弄就提醒我", "流程 退货 质检 时限 1天"),
    (ZHAO, "不要改质检时限，改收货的，10天", "流程 退货 仓库收货 时限 10天"),
    (ZHAO, "收货15天太长 改一周", "流程 退货 仓库收货 时限 7天"),
    (ZHAO, "客服审核给两天时间吧", "流程 退货 客服审核 时限 2天"),
    (ZHAO, "质检这步省掉", "流程 退货"),
    (ZHAO, "质检改成两个人签", "流程 质检 同意人数 2"),
    (ZHAO, "财务那边审批太松了 加一道", "=写法：增加级别"),
    (ZHAO, "超过1000的都要我批", "增加级别 金额审批 运营总监 当 金额>1000"),
    (ZHAO, "不低于1000的都要我批", "增加级别 金额审批 运营总监 当 金额>=1000"),
    (ZHAO, "退货原因不够用 再加个尺寸不合适", "增加原因 尺寸不合适 像 质量问题"),
    (ZHAO, "以后换货不用组长审了", "流程 换货"),
    (ZHAO, "把无理由退货期限改成10天", "规则 超过无理由期 7→10"),
    (ZHAO, "给老客户放宽到15天", "~规则 资格"),
    (ZHAO, "审批金额调高一点 现在500太低了", "规则"),
    (ZHAO, "小额的不用财务确认了直接退", "规则"),
    (ZHAO, "组长能批到多少钱", "规则"),
    (ZHAO, "周末没人 单子别算超时", "规则"),
]
OF_RULES_TOO = [
    (ZHAO, "节假日也算时效吗", "规则"),
    (ZHAO, "审批流程太长了 砍一个", "规则"),
    (ZHAO, "退货地址换成二号仓", "规则 退货地址"),
    (ZHAO, "取消大额提醒", "停用规则 大额提醒"),
    (ZHAO, "重新启用大额提醒", "=本来就是这样"),
    (ZHAO, "把那个超时提醒关掉 太吵了", "自动规则"),
    (ZHAO, "每天早上给我发一份昨天的情况", "报表 指标 昨天"),
    (ZHAO, "上礼拜投诉的都是什么问题", "报表 退货原因 上礼拜"),
    (ZHAO, "最近质量问题多不多", "报表 退货原因"),
    (ZHAO, "这个月退货怎么这么多", "报表 指标 这个月"),
    (ZHAO, "为什么退款这么慢", "报表 指标"),
    (ZHAO, "物流赔了我们多少", "报表 指标"),
    (ZHAO, "大于两千的加一个总监签字", "增加级别 金额审批 运营总监 当 金额>2000"),
    (ZHAO, "把质检放到收货前面", "流程 退货"),
    (ZHAO, "仓库收货以后直接退款行吗", "流程 退货"),
    (ZHAO, "换货和退货分开看", "流程 换货"),
    (ZHAO, "王建国一天能批多少单", "总览 王建国"),
    (ZHAO, "哪些单子卡住了", "总览"),
]
GROUPS = {
    "agents": OF_AGENTS,
    "questions": OF_AGENTS_WHO_ASK,
    "approvers": OF_APPROVERS,
    "dock": OF_THE_DOCK,
    "rules": OF_RULES,
    "more rules": OF_RULES_TOO,
}


async def opened(desk: Stage) -> list[str]:
    """A case at each node, and a second one with the first of them."""
    for n in range(1, 5):
        await sell(f"70000{n}", DESK_LAMP, customer_name="赵钱孙李"[n - 1] + "七", mobile=f"1360000135{n}")
    lines = ["退货 536365 85123A×2 质量问题 外壳破裂"]
    lines += [f"退货 70000{n} TL-01×2 质量问题 不亮" for n in (1, 2, 3, 4)] + ["退货 700003 TL-01×1 质量问题 不亮"]
    numbers = [await submitted(desk, line) for line in lines]
    for at, steps in ((2, 1), (3, 2), (4, 3), (5, 4)):
        for who, button in ((WANG, "同意"), (LI, "同意"), (ZHOU, "确认收货"), (XU, "合格入库"))[:steps]:
            await says(desk, who, f"{button} {numbers[at]}")
    return numbers


def _as_numbered(text: str, numbers: list[str]) -> str:
    return _CASE.sub(lambda match: numbers[int(match[1]) - 1], text)


async def _at_rest(numbers: list[str]) -> list[object]:
    return [*[await stand(no) for no in numbers], await Event.all().count(), await Refund.all().count()]


@pytest.mark.parametrize("group", GROUPS)
async def test_what_comes_nearest_is_offered_and_nothing_moves(desk: Stage, group: str) -> None:
    numbers = await opened(desk)
    before, wrong, unheard = await _at_rest(numbers), [], 0
    for who, words, right in GROUPS[group]:
        await Dialog.all().delete()
        count = len(news(desk, who))
        await says(desk, who, words)
        answer = "\n".join(news(desk, who)[count:])
        readings, expected = await offered(), _as_numbered(right.lstrip("~=!"), numbers)
        unheard += not readings and "没听懂" in answer
        ways = {"~": expected in readings, "!": expected not in readings, "=": expected in answer}
        found = ways.get(right[0], readings[:1] == [expected])
        if not found:
            wrong.append(f"{who} {words}: {right} / {readings} / {answer[:80]}")
    assert not wrong, "\n".join(wrong)
    assert not unheard
    assert await _at_rest(numbers) == before


async def test_a_guess_that_is_taken_is_done_with_its_words(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意", "李敏 同意")
    assert f"1 拒收 {no} 箱子里装的是块砖头" in await says(desk, ZHOU, "箱子里装的是块砖头")
    await taps(desk, ZHOU, "1 拒收")
    assert await stand(no) == "处理中 拒收处理"
    assert "箱子里装的是块砖头" in await says(desk, LIN, f"查 {no}")


async def test_a_colleague_gets_the_work_by_a_tap_and_reads_why(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, WANG, f"{no}我不方便看 给李敏吧")
    await taps(desk, WANG, "1 转交")
    assert [task.owner.name for task in await Task.filter(state=TaskState.OPEN).prefetch_related("owner")] == [LI]
    assert "我不方便看" in "\n".join(news(desk, LI))


async def test_why_the_likeliest_cannot_be_done_is_said(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, LIN, f"催办 {no}")
    assert "催办：" in await says(desk, LIN, "王组长一直不理我的单")
    assert "可以找：客服主管" in await says(desk, LIN, "这个客户是个骗子 别让他退")


@pytest.mark.parametrize("typed", ["asdf", "🐟", "blah blah", "啊这", "嘿哟嘿"])
async def test_what_says_nothing_gets_examples_and_no_buttons(desk: Stage, typed: str) -> None:
    assert "没听懂这句话，什么都没有做。可以说：待办" in await says(desk, LIN, typed)
    assert await offered() == []


async def test_what_has_a_word_of_the_work_in_it_shows_where_to_look(desk: Stage) -> None:
    assert "没听懂“客户那边的货好奇怪哦”，什么都没有做" in await says(desk, LIN, "客户那边的货好奇怪哦")
    assert await offered() == ["待办", "帮助"]
    no = await submitted(desk)
    await says(desk, LIN, "客户那边的货好奇怪哦")
    assert (await offered())[:3] == [f"评论 {no} 客户那边的货好奇怪哦", "待办", "我的单"]

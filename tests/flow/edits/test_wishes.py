"""Rules as people wish for them, in their own words: the edits that they may be, each of which can be made."""

from __future__ import annotations

import pytest

from flow.definitions.business import shipped
from flow.edits import Book, apply, is_about_signatures, is_wish, present, signature_note, wishes
from flow.edits.working_copy import Unchanged
from flow.errors import PolicyRefused

TEXTS = shipped()
PEOPLE = {"钱芳": ["财务"], "许静": ["质检员"], "李敏": ["客服主管"], "孙悦": ["客服"], "我": ["运营总监"]}
KNOWN = {"区域": ["华东"], "店铺": ["天猫旗舰店"], "品类": ["家电"]}
WISHES = [
    ("standard", "超过200的都要主管看", ["增加级别 金额审批 客服主管 当 金额>200"]),
    ("standard", "500以上要总监批", [
        "增加级别 金额审批 运营总监 当 金额>500", "增加级别 金额审批 运营总监 当 金额>=500",
    ]),
    ("standard", "超过3000都要经理审批", ["规则 经理审批 金额 >3000"]),
    ("standard", "50块以下直接退吧", [
        "增加行 审批表 50元以内自动通过 审批 自动 当 金额<=50", "增加行 审批表 不到50元自动通过 审批 自动 当 金额<50",
    ]),
    ("standard", "低于100的不用审", ["增加行 审批表 不到100元自动通过 审批 自动 当 金额<100"]),
    ("standard", "以后一百块以内的都不用主管审了", ["增加行 审批表 100元以内自动通过 审批 自动 当 金额<=100"]),
    # how many must agree: of the role that is named, of the node, else where the amount is approved
    ("express", "总监三个人里两个同意就行", ["规则 总监审批 同意人数 2"]),
    ("express", "三位总监中任意两位同意", ["规则 总监审批 同意人数 2"]),
    ("standard", "三位总监中任意两位同意", ["增加级别 金额审批 运营总监 同意人数 2"]),
    ("standard", "金额审批3人中2人同意", ["流程 金额审批 同意人数 2"]),
    ("standard", "换货流程 金额审批要两个人同意", ["流程 换货 金额审批 同意人数 2"]),
    ("standard", "两个人都要签", [
        "规则 主管审批 同意人数 2", "规则 经理审批 同意人数 2", "流程 金额审批 同意人数 2", "流程 金额审批 会签 是",
    ]),
    ("standard", "客服审核加一个人会签", ["流程 客服审核 同意人数 2", "流程 客服审核 会签 是"]),
    ("standard", "有一个人驳回就算驳回", ["流程 金额审批 驳回即止 是"]),
    ("standard", "金额审批里谁不同意都结束", ["流程 金额审批 驳回即止 是"]),
    ("express", "30块钱以内自动退款", ["规则 小额自动通过 金额 <=30"]),
    ("standard", "把小额自动通过改成80", [
        "规则 快速 小额自动通过改成80", "增加行 审批表 80元以内自动通过 审批 自动 当 金额<=80",
    ]),
    # every condition that is said is asked for
    ("standard", "以后质量问题100块以下不用审批直接退", [
        "增加行 审批表 质量问题100元以内自动通过 审批 自动 当 金额<=100 且 类型=质量问题",
        "增加行 审批表 质量问题不到100元自动通过 审批 自动 当 金额<100 且 类型=质量问题",
    ]),
    ("standard", "质量问题100以内自动通过", [
        "增加行 审批表 质量问题100元以内自动通过 审批 自动 当 金额<=100 且 类型=质量问题",
    ]),
    ("standard", "质量问题和快递压坏的，100以内自动通过", [
        "增加行 审批表 质量问题物流损坏100元以内自动通过 审批 自动 当 金额<=100 且 类型=质量问题|物流损坏",
    ]),
    ("standard", "家电类200以内直接退不用审", [
        "增加行 审批表 家电200元以内自动通过 审批 自动 当 金额<=200 且 品类=家电",
    ]),
    ("standard", "华东的200以内自动通过", [
        "增加行 审批表 华东200元以内自动通过 审批 自动 当 金额<=200 且 区域=华东",
    ]),
    ("standard", "天猫旗舰店低于100不用审", [
        "增加行 审批表 天猫旗舰店不到100元自动通过 审批 自动 当 金额<100 且 店铺=天猫旗舰店",
    ]),
    ("express", "质量问题30块钱以内自动退款", [
        "增加行 审批表 质量问题30元以内自动通过 审批 自动 当 金额<=30 且 类型=质量问题",
    ]),
    ("standard", "质量问题小额自动通过改成80", [
        "增加行 审批表 质量问题80元以内自动通过 审批 自动 当 金额<=80 且 类型=质量问题",
    ]),
    ("standard", "风险客户超过100都要主管看", ["增加级别 金额审批 客服主管 当 金额>100 且 风险客户=是"]),
    ("standard", "换货超过200的都要主管看", ["增加级别 换货 金额审批 客服主管 当 金额>200"]),
    ("standard", "退款超过2000要两个人签", ["规则 双人金额 2000"]),
    ("standard", "质检超时改成12小时", ["流程 退货 质检 时限 12小时"]),
    ("standard", "收货时限改一下，改成两天", ["流程 退货 仓库收货 时限 2天"]),
    ("standard", "客服审核改成4小时", ["流程 退货 客服审核 时限 4小时"]),
    # several limits are one change, and each for itself
    ("standard", "收货时限改成三天，质检半天", [
        "流程 退货 仓库收货 时限 3天；流程 退货 质检 时限 12小时",
        "流程 退货 仓库收货 时限 3天", "流程 退货 质检 时限 12小时",
    ]),
    ("standard", "质检时间放宽到两天，财务退款八小时", [
        "流程 退货 质检 时限 2天；流程 退货 财务退款 时限 8小时",
        "流程 退货 质检 时限 2天", "流程 退货 财务退款 时限 8小时",
    ]),
    # how long returns are taken is no limit of a node; how long the goods are waited for may be meant as well
    ("standard", "退货期限改成十五天", ["规则 超过无理由期 7→15", "流程 退货 仓库收货 到时 15天"]),
    ("standard", "无理由退货期延长到10天", ["规则 超过无理由期 7→10"]),
    ("standard", "售后期限改到三十天", ["规则 超过无理由期 7→30"]),
    ("standard", "45天没寄回来就自动关闭", ["流程 退货 仓库收货 到时 45天"]),
    ("standard", "换货60天没寄来的自动取消", ["流程 换货 仓库收货 到时 60天"]),
    # who hears of what
    ("standard", "超过五百的退款通知我一下", [
        "增加规则 超500元退款告知 当 办理 节点 财务退款 动作 确认退款 如果 金额>500 "
        "就 抄送 运营总监 {单号} 确认退款 {金额} 元",
        "增加规则 超500元提交告知 当 提交 如果 金额>500 就 抄送 运营总监 {提交人} 提交了 {单号}，金额 {金额} 元",
    ]),
    ("standard", "财务退款超过24小时提醒钱芳和我", [
        "增加规则 财务退款超时告知 当 超时 节点 财务退款 就 抄送 运营总监 {单号} 财务退款 超时",
    ]),
    ("standard", "财务退款超过8小时提醒我", [
        "流程 退货 财务退款 时限 8小时；"
        "增加规则 财务退款超时告知 当 超时 节点 财务退款 就 抄送 运营总监 {单号} 财务退款 超时",
        "增加规则 财务退款超时告知 当 超时 节点 财务退款 就 抄送 运营总监 {单号} 财务退款 超时",
        "流程 退货 财务退款 时限 8小时",
    ]),
    ("standard", "出了次品告诉财务", [
        "增加规则 次品处理告知 当 办理 节点 质检 动作 次品处理 就 抄送 财务 {单号} 质检 次品处理",
    ]),
    ("standard", "不低于300的退款钱芳要知道", [
        "增加规则 满300元退款告知 当 办理 节点 财务退款 动作 确认退款 如果 金额>=300 "
        "就 抄送 财务 {单号} 确认退款 {金额} 元",
        "增加规则 满300元提交告知 当 提交 如果 金额>=300 就 抄送 财务 {提交人} 提交了 {单号}，金额 {金额} 元",
    ]),
    ("standard", "质检和财务退款都改成一天", [
        "流程 退货 质检 时限 1天；流程 退货 财务退款 时限 1天",
        "流程 退货 质检 时限 1天", "流程 退货 财务退款 时限 1天",
    ]),
    ("standard", "财务退款的时候要填退款流水号，必填", ["增加字段 财务退款 退款流水号 文本 必填"]),
    ("standard", "满1000的标紧急", ["增加规则 满1000元标紧急 当 提交 如果 金额>=1000 就 记 紧急=是"]),
    ("standard", "金额审批抄送给财务", ["流程 退货 金额审批 抄送 财务"]),
    # nodes
    ("standard", "质检要拍照，加一个必填的照片", ["增加字段 质检 照片 照片 必填"]),
    ("standard", "质检那里加个选填的备注", ["增加字段 质检 说明 文本"]),
    ("standard", "金额审批驳回必须写理由", ["流程 退货 金额审批 驳回 理由 必填"]),
    ("standard", "质检以后让许静来做", ["流程 退货 质检 负责人 人 许静"]),
    ("standard", "质检后面再加一道复检", ["增加节点 复检 在 质检 之后 负责人 质检员 时限 48小时"]),
    ("standard", "财务退款要两个人一起点", ["流程 退货 财务退款 会签 是"]),
    ("standard", "把客服审核从24小时改8小时 金额审批12小时", [
        "流程 退货 客服审核 时限 8小时；流程 退货 金额审批 时限 12小时",
        "流程 退货 客服审核 时限 8小时", "流程 退货 金额审批 时限 12小时",
    ]),
    ("standard", "质检现在24小时太长，改成12小时", ["流程 退货 质检 时限 12小时"]),
    ("standard", "质检由48小时缩到24小时", ["流程 退货 质检 时限 24小时"]),
    ("standard", "仓库收货之前加一道称重", ["增加节点 称重 在 仓库收货 之前 负责人 仓管员 时限 24小时"]),
    ("standard", "质检完了再给组长看一眼", ["增加节点 客服组长复核 在 质检 之后 负责人 客服组长 时限 24小时"]),
    ("standard", "财务退款前让李敏再看一下", ["增加节点 客服主管复核 在 财务退款 之前 负责人 客服主管 时限 24小时"]),
    ("standard", "有人驳回了就通知管理群", [
        "增加规则 驳回告知 当 办理 节点 客服审核 动作 驳回 就 告警 管理群 {单号} 客服审核 驳回",
        "增加规则 驳回告知 当 办理 节点 金额审批 动作 驳回 就 告警 管理群 {单号} 金额审批 驳回",
    ]),
    # who is named looks by their role, which is not the shorter one that is a part of it
    ("standard", "补偿超过30块要李敏批", ["增加级别 补偿 金额审批 客服主管 当 金额>30"]),
    ("standard", "超过30的要客服主管批", ["增加级别 金额审批 客服主管 当 金额>30"]),
    # the policy
    ("standard", "内衣不能退", ["增加行 资格 内衣不退 结果 拒绝 说明 内衣不支持退货 当 品类=内衣"]),
    ("standard", "家电类不支持七天无理由退货", [
        "增加行 资格 家电不退 结果 拒绝 说明 家电不支持七天无理由退货 当 品类=家电 且 类型=七天无理由",
    ]),
    ("standard", "收到货就退款，不用等质检", ["规则 退款时机 包裹匹配"]),
    ("standard", "审批通过就直接退款", ["规则 退款时机 审批通过"]),
    ("standard", "质量问题的连运费一起退", ["规则 退运费 类型=质量问题"]),
    ("standard", "同一个客户七天内的单加起来算", ["规则 合并天数 7"]),
    ("standard", "半年退五次才算风险客户", ["规则 连续退货 半年退货次数 >=5"]),
    ("standard", "半年退4次以上的客户转人工审", ["规则 连续退货 半年退货次数 >=4"]),
    ("standard", "风险客户的都让风控看", ["增加级别 金额审批 风控专员 当 风险客户=是"]),
    ("standard", "大额提醒改成八千", ["规则 大额提醒 改成8000"]),
    ("standard", "退款好了给客户发：您的钱已经到账", ["通知 已完成退款 您的钱已经到账"]),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "text", "lines"), WISHES)
def test_a_wish_is_read_as_edits_that_can_be_made(policy: str, text: str, lines: list[str]) -> None:
    assert wishes(text, Book(TEXTS, "退货", policy), KNOWN, PEOPLE) == lines
    for line in lines:
        assert apply(line.split(), TEXTS, "退货", policy).said


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("50改成80", ["规则 小额自动通过 50→80"]),  # the only row that has such a number
        ("51改成80", []),
        ("检超时改成12小时", []),  # of the node's name too little is said
        ("打包时限改成2天", []),  # there is no such node
        ("超过200的都要厂长看", []),  # nor such a role
    ],
)
def test_what_is_only_half_said(text: str, lines: list[str]) -> None:
    assert wishes(text, Book(TEXTS, "退货", "express"), KNOWN) == lines


@pytest.mark.parametrize(
    ("text", "wished"),
    [
        ("100以下不用审", True),
        ("超过200的都要主管看", True),
        ("超过200的", False),
        ("超过200的主管看", False),
        ("退货 536365", False),
    ],
)
def test_a_wish_is_told_from_other_sentences(text: str, wished: bool) -> None:
    assert is_wish(text) == wished


STRANGE = [
    ("质量问题的收到货就退款", "退款时机所有的单都一样，不能只管“质量问题”"),
    ("家电类同一个客户七天内的单加起来算", "合并天数所有的单都一样，不能只管“家电”"),
    ("上海的200以内自动通过", "“上海”没看懂"),
    ("老客户100以内直接退", "“老客户”没看懂"),
    ("王芳的100以下不用审", "“王芳”没看懂"),
    ("除了质量问题的100以下不用审", "“除了”没看懂"),
    ("不是家电类的100以下直接退", "“不是”没看懂"),
    ("签收7天内的100以下不用审", "“签收7天内”没看懂"),
    ("50以上100以下的不用审", "“50以上”没看懂"),
    ("上海超过200的要主管看", "“上海”没看懂"),
    ("把上海的自动通过改成80", "“上海的自动通过”没看懂"),
    ("质量问题超过2000要两个人签", "不能只管“质量问题”"),
    ("李敏的100以下不用审", "“李敏”没看懂"),
    ("仓库收货之前再加一步", "加的一步叫什么、谁来办还没有说.*增加节点 复核 在 仓库收货 之前"),
    ("质检之后再加一步", "加的一步叫什么、谁来办还没有说.*增加节点 复核 在 质检 之后"),
    ("财务退款给孙悦也能点", "要孙悦也能办，请管理员在员工表里给孙悦加上“财务”这个角色"),
    ("金额审批孙悦也可以批", "“金额审批”归审批表里的人办"),
    ("一个月退三次以上的客户转人工审", "不能按“一个月”数.*规则 连续退货 半年退货次数 >=3"),
]


@pytest.mark.parametrize(("text", "said"), STRANGE)
def test_a_rule_for_more_cases_than_were_said_is_asked_back(text: str, said: str) -> None:
    with pytest.raises(PolicyRefused, match=said) as refused:
        wishes(text, Book(TEXTS, "退货", "standard"), KNOWN, PEOPLE)
    assert "什么都没有改" in str(refused.value)


@pytest.mark.parametrize("text", ["待办", "金额小于100的都同意", "退款超过两天了", "客服审核到哪了", "100块以下都同意"])
def test_another_sentence_is_none(text: str) -> None:
    assert not wishes(text, Book(TEXTS, "退货", "standard"))
    assert not is_wish(text)


def test_what_is_so_already_is_said_to_be() -> None:
    [line] = wishes("退款超过1000要两个人签", Book(TEXTS, "退货", "standard"))
    with pytest.raises(Unchanged):
        apply(line.split(), TEXTS, "退货", "standard")


PRESENT = [
    ("财务退款超过24小时提醒钱芳和我", "“财务退款”时限本来就是 24小时，超时本来就提醒负责人（财务，钱芳 在里面）"),
    ("财务退款超过8小时提醒钱芳", "“财务退款”时限现在是 24小时，超时本来就提醒负责人（财务，钱芳 在里面）"),
    ("金额审批超过12小时没批就提醒我", "“金额审批”时限现在是 24小时，超时本来就提醒负责人"),
    ("超过五百的退款通知我一下", ""),
]


@pytest.mark.parametrize(("text", "told"), PRESENT)
def test_what_is_so_already_is_said_of_the_node_alone(text: str, told: str) -> None:
    assert present(text, Book(TEXTS, "退货", "standard"), PEOPLE) == told


NEW_TYPES = [
    ("增加原因 包装破损，仓库责任", "增加退货类型 包装破损，", "责任 仓库"),
    ("增加原因 包装破损 像 物流损坏 责任 仓库", "增加退货类型 包装破损，策略同“物流损坏”", "责任 仓库，运费 物流"),
    ("增加原因 少配件，责任是供应商，像发货错误", "增加退货类型 少配件，策略同“发货错误”", "责任 供应商"),
    ("增加原因 色差，供应商的责任，客户出运费", "增加退货类型 色差，", "责任 供应商，运费 客户"),
    ("增加原因 责任不清", "增加退货类型 责任不清，", "责任 供应商"),  # the name itself
    ("增加原因 运费太贵", "增加退货类型 运费太贵，", "运费 商家"),
    ("增加原因 色差、异味 像 质量问题", "增加退货类型 色差、异味，", "责任 供应商"),
]


@pytest.mark.parametrize(("text", "named", "strategy"), NEW_TYPES)
def test_a_new_type_is_one_with_its_own_liability(text: str, named: str, strategy: str) -> None:
    told = apply(text.split(), TEXTS, "退货", "standard").said
    assert told.startswith(named), told
    assert strategy in told, told
    assert ("以前没有用过" in told) == ("责任 仓库" in strategy)


def after(*sentences: str) -> dict[tuple[str, str], str]:
    """The business with these edits."""
    texts = dict(TEXTS)
    for sentence in sentences:
        texts |= apply(sentence.split(), texts, "退货", "standard").texts
    return texts


@pytest.mark.parametrize(
    ("before", "wish", "lines"),
    [
        ("流程 客服审核 同意人数 2", "客服审核任意一个人批了就行", ["流程 客服审核 同意人数 无"]),
        ("流程 客服审核 会签 是", "客服审核任意一个人批了就行", ["流程 客服审核 会签 否"]),
        ("流程 客服审核 会签 是", "客服审核三个人中两个人同意", ["流程 客服审核 会签 否；流程 客服审核 同意人数 2"]),
        ("规则 主管审批 同意人数 2", "任意一个主管批了就行", ["规则 主管审批 同意人数 1"]),
        ("规则 主管审批 同意人数 2", "有一个人驳回就算驳回", ["流程 金额审批 驳回即止 是"]),
        ("增加级别 客服审核 客服主管", "客服审核里一个人不同意就结束", ["流程 客服审核 驳回即止 是"]),
    ],
)
def test_what_is_wished_of_signatures_where_there_are_several(before: str, wish: str, lines: list[str]) -> None:
    texts = after(before)
    assert wishes(wish, Book(texts, "退货", "standard")) == lines
    for line in lines[0].split("；"):
        texts |= apply(line.split(), texts, "退货", "standard").texts


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ("任意一个主管批了就行", "主管审批 现在就是谁先办算谁的，一个人同意就走，没有要改的"),
        ("客服审核里谁驳回都结束", "客服审核 现在就是有一个人驳回就结束，没有要改的"),
    ],
)
def test_what_is_so_of_signatures_is_said(wish: str, why: str) -> None:
    with pytest.raises(PolicyRefused, match=why):
        wishes(wish, Book(TEXTS, "退货", "standard"))


def test_a_number_that_is_so_is_said() -> None:
    with pytest.raises(PolicyRefused, match="客服审核 现在就要 2 个人同意"):
        wishes("客服审核要两个人同意", Book(after("流程 客服审核 同意人数 2"), "退货", "standard"))


@pytest.mark.parametrize(
    ("text", "about", "bound"),
    [
        ("有一个人驳回就算驳回", True, True),
        ("任意一个主管批了就行", True, True),
        ("三位总监中任意两位同意", True, True),
        ("两个人都要签", True, False),
        ("加一个人会签", True, False),
        # a decision on cases, not a rule about people
        ("三个都同意", False, False),
        ("同意吧两个都同意", False, False),
        ("两个同意", False, False),
        ("驳回一个", False, False),
        ("我同意", False, False),
        ("大家都同意", False, False),
        ("要一个人审批", False, False),
        ("退货2件都同意", False, False),
        ("财务退款要两个人一起点", False, False),
    ],
)
def test_what_is_said_of_how_many_must_agree_is_no_decision(text: str, about: bool, bound: bool) -> None:
    assert (is_about_signatures(text), is_wish(text)) == (about, bound)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("有一个人驳回就算驳回", "现在就是有一个人驳回就结束；写上以后"),
        ("加一个人会签", "只给一张单加一个人签请写：加签 单号 姓名"),
        ("两个人都要签", ""),
    ],
)
def test_what_is_told_with_the_edits(text: str, note: str) -> None:
    assert note in signature_note(text, Book(TEXTS, "退货", "standard"))


@pytest.mark.parametrize("said", ["总监不用批一万以下的", "经理不用看五千以内的"])
def test_that_one_role_need_not_approve_is_no_rule_that_nobody_does(said: str) -> None:
    with pytest.raises(PolicyRefused, match="别人还批不批没有说"):
        wishes(said, Book(TEXTS, "退货", "standard"), KNOWN, PEOPLE)


def test_a_step_with_its_people_is_no_thing_to_fill_in() -> None:
    assert wishes("质检过后增加称重 仓管员负责 2小时", Book(TEXTS, "退货", "standard"), KNOWN, PEOPLE) == []

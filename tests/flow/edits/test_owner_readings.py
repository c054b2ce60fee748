"""What owners say of their rules in their own words: the edits that it may be, every word of it used, or none."""

from __future__ import annotations

import pytest

from flow.definitions.business import shipped
from flow.definitions.owner_words import owner_words_of
from flow.edits import EXAMPLES, Book, apply, is_written, readings
from flow.edits.owner_about import about, themes
from flow.edits.slots import STRANGE, Names, said_of
from flow.edits.working_copy import Unchanged
from flow.errors import DefinitionError

TEXTS = shipped()
BOOK = Book(TEXTS, "退货", "standard")
PEOPLE = {
    "钱芳": ["财务"],
    "许静": ["质检员"],
    "李敏": ["客服主管"],
    "林晓": ["客服"],
    "王建国": ["客服组长"],
    "我": ["运营总监"],
}
NAMES = Names({"区域": ["华东"], "店铺": ["天猫旗舰店"]}, PEOPLE)
LIMIT = "流程 退货 质检 时限 1天"
READ: list[tuple[str, list[str]]] = [
    # how long a step has, in any order and any words
    *((said, [LIMIT]) for said in (
        "质检给48小时太长了改一天吧", "嗯那个就是质检那里时间太长了缩短到一天", "质捡改成一天", "把质检时先改一天",
        "质检一天", "一天质检", "质检一天之内必须办完",
    )),
    ("麻烦帮我把客服审核的时限调成六个小时谢谢", ["流程 退货 客服审核 时限 6小时"]),
    ("仓库收货15天改成20天", ["流程 退货 仓库收货 时限 20天"]),
    ("换货流程的质检给3天", ["流程 换货 质检 时限 3天"]),
    ("客服审核六小时质检一天财务半天", [
        "流程 退货 客服审核 时限 6小时；流程 退货 质检 时限 1天；流程 退货 财务退款 时限 12小时",
        "流程 退货 客服审核 时限 6小时", LIMIT, "流程 退货 财务退款 时限 12小时",
    ]),
    ("质检和财务退款都改成一天", [
        f"{LIMIT}；流程 退货 财务退款 时限 1天", LIMIT, "流程 退货 财务退款 时限 1天",
    ]),
    ("取消大额提醒", ["停用规则 大额提醒", "删除规则 大额提醒"]),  # taken back is no more than switched off
    # who does it
    *((said, ["流程 退货 质检 负责人 人 许静"]) for said in ("质检那步给许静做", "许静负责质检", "质检 许静")),
    ("质检改24小时还有负责人换成仓管员", ["流程 退货 质检 时限 24小时；流程 退货 质检 负责人 仓管员"]),
    # a step more, a step less, and what is done there
    ("在质检后面加一个节点复核，负责人质检员", ["增加节点 复核 在 质检 之后 负责人 质检员 时限 48小时"]),
    ("质检过后增加称重 仓管员负责 2小时", ["增加节点 称重 在 质检 之后 负责人 仓管员 时限 2小时"]),
    ("拒收要拍照片", ["增加字段 仓库收货 照片 照片 必填 在 拒收"]),
    ("换货质检两天 维修质检三天", []),  # 维修 has no such step
    ("质检合格入库也要拍照", ["增加字段 质检 照片 照片 必填 在 合格入库"]),
    *((said, []) for said in ("仓库收货之前再加一步", "质检后面加个环节", "质检后面加一道工序")),  # called what?
    ("改成3000", []),
    ("大额提醒改成超过2万", ["规则 大额提醒 金额 >20000"]),
    ("财务退款前面加个步骤叫对账让财务做限8小时", ["增加节点 对账 在 财务退款 之前 负责人 财务 时限 8小时"]),
    ("质检后面加一道复核金额超过1000才要", []),  # 才要 is filling, 金额 is: nothing is dropped but the name is unsure
    ("给质检再加一道主管确认", ["增加节点 客服主管复核 在 质检 之后 负责人 客服主管 时限 24小时"]),
    ("质检完了还得客服主管再看一遍", ["增加节点 客服主管复核 在 质检 之后 负责人 客服主管 时限 24小时"]),
    ("质检完了给我看一眼再退款", ["增加节点 运营总监复核 在 质检 之后 负责人 运营总监 时限 24小时"]),
    ("换货的质检也交给许静", ["流程 换货 质检 负责人 人 许静"]),
    ("许静也能做质检", []),
    ("确认退款要填流水号 不填不让点", ["增加字段 财务退款 流水号 文本 必填 在 确认退款"]),
    ("客服审核那一步不要了", ["删除节点 客服审核"]),
    ("财务退款两个人都要点才行", ["流程 退货 财务退款 会签 是"]),
    ("次品处理之前必须拍照", ["增加字段 质检 照片 照片 必填 在 次品处理"]),
    ("收货完了先拍个照再质检", ["增加字段 仓库收货 照片 照片 必填"]),
    ("质检 照片 选填", ["增加字段 质检 照片 照片"]),
    ("收货的时候让仓管员填一下快递公司", ["增加字段 仓库收货 快递公司 文本"]),
    ("收货的时候让财务填一下快递公司", []),  # who works there is another
    ("质检次品必须写原因", ["流程 退货 质检 次品处理 理由 必填"]),
    ("质检驳回必须写原因", []),  # 质检 has no such button
    ("客服审核超24小时没人管就告诉李敏", [
        "增加规则 客服审核超时告知 当 超时 节点 客服审核 就 抄送 客服主管 {单号} 客服审核 超时",
    ]),
    ("超时的单都抄送给李敏", ["增加规则 超时告知 当 超时 就 抄送 客服主管 {单号} 超时"]),
    # rows of the policy
    ("主管审批的上限从5000提到8000", ["规则 主管审批 5000→8000"]),
    ("主管审批 8000", ["规则 主管审批 改成8000"]),
    ("超过无理由期改成10天", ["规则 超过无理由期 改成10"]),
    ("连续退货改成5次", ["规则 连续退货 改成5"]),
    ("经理审批交给运营总监", ["规则 经理审批 审批 运营总监"]),
    ("大于8000的才找销售经理", ["规则 经理审批 5000→8000"]),
    ("客服组长能批500以内的", ["增加行 审批表 客服组长500元以内 审批 客服组长 当 金额<=500"]),
    ("金额两千以上的让销售经理批", ["规则 经理审批 5000→2000"]),
    ("双人复核金额设为一千五", ["规则 双人金额 1500"]),
    ("主管能批到八千", ["规则 主管审批 金额 <=8000"]),
    ("黑名单客户的单子直接拒掉", ["规则 禁止名单 结果 拒绝；规则 禁止名单 可例外 无"]),
    *((said, ["规则 双人金额 2000"]) for said in ("双人2000", "双人金额 2000", "超过2000的退款要两个人签")),
    # ceilings
    ("系统一天最多自己退8000", ["规则 自动上限 每天 8000"]),
    ("系统自动退的每单最多300块", ["规则 自动上限 每单 300"]),
    ("自动退款一天不能超过5000", ["规则 自动上限 每天 5000"]),
    ("每个客户自动退最多一千", ["规则 自动上限 每客户 1000"]),
    ("自动退款最多500", ["规则 自动上限 每单 500", "规则 自动上限 每天 500", "规则 自动上限 每客户 500"]),
    ("自动退款最少500", []),
    ("免审 200", ["增加行 审批表 200元以内自动通过 审批 自动 当 金额<=200", "规则 自动上限 每单 200"]),
    # how long returns are taken, and what is not
    *((said, ["规则 超过无理由期 7→15"]) for said in ("退货期从7天改15天", "无理由 15天", "七天无理由改成十五天")),
    ("退货期从9天改15天", []),  # there are no 9 days
    ("换货期改15天", []),
    ("签收超过90天的一律不退", ["增加行 资格 超过90天不退 结果 拒绝 说明 签收已超过 90 天，不能退 当 签收天数>90"]),
    ("收到货半个月以后就不给退了", ["增加行 资格 超过15天不退 结果 拒绝 说明 签收已超过 15 天，不能退 当 签收天数>15"]),
    ("保质期短的食品不给退", []),
    ("到货超过一个月的不收", ["增加行 资格 超过30天不退 结果 拒绝 说明 签收已超过 30 天，不能退 当 签收天数>30"]),
    ("生鲜类的不支持无理由", [
        "增加行 资格 生鲜不退 结果 拒绝 说明 生鲜不支持七天无理由退货 当 品类=生鲜 且 类型=七天无理由",
    ]),
    ("特价商品不退不换", ["增加行 资格 特价不退 结果 拒绝 说明 特价不支持退货 当 品类=特价"]),
    ("内衣拆封了不能退", []),  # what was done to the goods is on no record
    ("退款要等质检合格以后", ["规则 退款时机 质检合格"]),
    ("质量问题退运费", ["规则 退运费 类型=质量问题"]),
    ("质量问题和物流损坏退运费", ["规则 退运费 类型=质量问题|物流损坏"]),
    ("物流损坏运费改为商家承担", ["规则 物流损坏 运费 商家"]),
    ("质量问题的责任算客户", ["规则 质量问题 责任 客户"]),
    ("退货原因加一个色差", ["增加原因 色差"]),
    ("加个原因叫尺码不合适 按七天无理由走", ["增加原因 尺码不合适 像 七天无理由"]),
    ("新增三个退货原因 少件 和 色差", []),  # there are two
    ("删掉地址填错这个原因", ["删除原因 地址填错"]),
    ("地址填错也可以维修", ["规则 地址填错 流程 加 维修"]),
    ("质量问题不让换货了", ["规则 质量问题 流程 去掉 换货"]),
    ("发货错误这种以后只能换货", ["规则 发货错误 流程 换货"]),
    # flows, policies, rules
    ("再来一条退货流程叫海外退货", ["新建流程 海外退货 照 退货"]),
    ("搞一个赠品退回流程 跟退货一样", ["新建流程 赠品退回 照 退货"]),
    ("补偿流程停用", ["停用流程 补偿"]),
    ("补偿停用", []),
    ("大额提醒那条先停了", ["停用规则 大额提醒"]),
    ("不要大额提醒了", ["删除规则 大额提醒", "停用规则 大额提醒"]),
    ("大额提醒改到一万再提醒", ["规则 大额提醒 改成10000"]),
    ("照着退货再建一个叫样品退回的流程", ["新建流程 样品退回 照 退货"]),
    ("直营店的单用快速政策", ["增加行 政策选择 直营店用快速 政策 快速 当 店铺=直营店"]),
    ("再做一套大促的政策 跟标准的一样 店铺是旗舰店的用", ["新建政策 大促 照 标准 当 店铺=旗舰店"]),
    ("再做一套大促的政策 跟豪华的一样", []),
    ("华东的单都派给林晓", [
        "增加行 维修分派 华东归林晓 派给 人 林晓 当 区域=华东", "增加行 客服分派 华东归林晓 派给 人 林晓 当 区域=华东",
    ]),
    # roles
    ("客服不许看客户手机号", ["角色 客服 看 客户手机 无"]),
    ("别让客服看到客户电话", ["角色 客服 看 客户手机 无"]),
    ("客服不能换货", ["角色 客服 不能 换货"]),
    ("让客服可以审计", [f"角色 客服 能 审计 {scope}" for scope in ("本人", "团队", "全部")]),
    ("新建一个角色叫夜班客服 跟客服一样", ["新建角色 夜班客服 照 客服"]),
    # settings
    ("晚上十一点到早上七点别发消息", ["设置 免打扰 晚上11点到早上7点"]),
    ("晚上9点以后别给我们发消息早上9点再发", ["设置 免打扰 晚上9点 到 早上9点"]),
    ("晚上别打扰 九点以后到早上八点", ["设置 免打扰 晚上9点 到 早上8点"]),
    ("晚上九点到十点我在", []),
    ("紧急的单晚上也要发", ["设置 紧急照发 是"]),
    ("快递路上按4天算", ["设置 运输天数 4"]),
    ("次品放到残次品库", ["设置 库区 次品 残次品库"]),
    ("不合格的东西放到报废区", ["设置 库区 次品 报废区"]),
    ("客户看进度的页面保留60天", ["设置 进度页天数 60"]),
    ("备注里有差评的标紧急", ["设置 紧急用语 加 差评"]),
    ("紧急的词里加上投诉和12315", ["设置 紧急用语 加 投诉、12315"]),
    # several things in one sentence
    ("缺件协商改2天 顺便次品协商也2天", [
        "流程 退货 缺件协商 时限 2天；流程 退货 次品协商 时限 2天",
        "流程 退货 缺件协商 时限 2天", "流程 退货 次品协商 时限 2天",
    ]),
    ("质检改一天，客服审核看心情", []),  # all of it, or none
    # what people say all day is none of it
    *((said, []) for said in (
        "", "好的", "质检", "质检 901", "客户说质检太慢了", "同意", "谁负责质检", "待办", "质检不要改成一天",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("said", "lines"), READ)
def test_a_sentence_is_the_edits_that_use_all_of_its_words(said: str, lines: list[str]) -> None:
    assert readings(said, BOOK, NAMES) == lines


@pytest.mark.parametrize("line", sorted({line for _, lines in READ for line in lines}))
def test_every_edit_that_is_offered_can_be_made(line: str) -> None:
    try:
        assert apply(line.split(), TEXTS, "退货", "standard").texts
    except Unchanged:
        assert line in ("规则 退款时机 质检合格", "设置 紧急照发 是")


def test_an_automatic_row_moves_where_there_is_one() -> None:
    assert readings("免审 30", Book(TEXTS, "退货", "express"), NAMES)[0] == "规则 小额自动通过 金额 <=30"


@pytest.mark.parametrize(
    ("said", "strange"), [("质检看心情改", ["心情"]), ("把质检改成一天", []), ("质检，豌豆 一天", ["豌豆"])]
)
def test_what_nobody_knows_is_kept_apart(said: str, strange: list[str]) -> None:
    found = said_of(said, BOOK, NAMES)
    assert found.strange() == strange
    assert found.has(STRANGE) == bool(strange)


@pytest.mark.parametrize(
    ("said", "stands", "way"),
    [
        ("质检", "“质检”（退货）：负责人 质检员", "流程 质检 时限 24小时"),
        ("主管审批", "规则“主管审批”（审批表）：金额 <=5000，审批 客服主管", "规则 主管审批 审批 角色名"),
        ("超过无理由期", "可例外 客服组长、客服主管", "删除行 资格 超过无理由期"),
        ("大额提醒", "“大额提醒”是一条自动规则", "停用规则 大额提醒"),
        ("质量问题", "退货类型“质量问题”：流程 退货、换货", "规则 质量问题 运费 商家"),
        ("财务", "角色“财务”：钱芳；能说", "员工 姓名 加角色 财务"),
        ("林晓", "林晓：客服", "员工 林晓 加角色 角色名"),
        ("快速政策", "政策“快速”：", "规则 快速 规则名 500→800"),
        ("退货流程", "流程“退货”：客户申请", "停用流程 退货"),
        ("运费", "质量问题 商家，七天无理由 客户", "规则 退运费 不退"),
        ("质量问题运费", "退货类型“质量问题”", "删除原因 质量问题"),
        ("自动上限", "系统自己办的上限：没有写", "规则 自动上限 每单 300"),
        ("两个人", "超过 1000 元质检和退款要两个人", "规则 双人金额 2000"),
        ("谁能审批", "谁批多少：主管审批 金额 <=5000", "规则 规则名 500→800"),
        ("拆封了不能退", "什么不能退（资格）：禁止名单", "增加行 资格 名字"),
        ("风险客户必须人工审", "从不自动通过", "规则 连续退货 改成5"),
        ("几张单合起来算", "合并计算 同订单", "规则 合并天数 7"),
        ("家电类退到大件仓", "退货寄到哪里：还没有写", "当 品类=家电"),
        ("把豌豆节点删了", "退货要人办的步骤有：客服审核", "删除节点 客服审核"),
        ("大件的退货派给周仓", "谁的活派给谁写在分派表里", "当 种类=退货"),
        ("要多少钱才给总监", "谁批多少：", "增加级别 金额审批"),
        ("大促用另一套", "政策有：快速、标准", "新建政策 大促 照 标准"),
    ],
)  # fmt: skip
def test_what_is_named_is_told_with_how_to_change_it(said: str, stands: str, way: str) -> None:
    first, *_ = about(said_of(said, BOOK, NAMES), BOOK, NAMES)
    assert stands in first.stands
    assert any(way in each for each in first.ways)


def test_every_example_of_a_theme_is_a_sentence_that_can_be_said() -> None:
    for word in ("春节", "导出", "打款", "审批", "短信", "填", "派", "太慢", "退"):
        for theme in themes(word, BOOK):
            assert theme.look
            for way in theme.ways:
                assert way.split()[0] in (*EXAMPLES, "看改动", "发布", "回滚", "员工")
    assert themes("你好", BOOK) == []
    assert [each.look for each in themes("太慢", BOOK)] == ["流程 退货"]


@pytest.mark.parametrize(
    ("said", "line", "written"),
    [
        ("新增一个原因叫色差，按质量问题走", "增加原因 色差 像 质量问题", True),
        ("新增原因 色差 像 质量问题", "增加原因 色差 像 质量问题", True),  # but for the verb it is the line
        ("新增一个原因叫色差", "增加原因 色差 像 发货错误", False),  # which would be like 质量问题
        ("增加原因", "增加原因 色差 像 质量问题", False),  # and this cannot be done
        ("质检时限改成一天", LIMIT, True),
        ("质检一天", LIMIT, False),
    ],
)
def test_a_sentence_with_a_verb_is_done_as_it_stands_where_its_reading_does_the_same(
    said: str, line: str, written: bool
) -> None:
    assert is_written(said, line, BOOK) is written


def test_nothing_is_told_of_what_names_nothing() -> None:
    assert about(said_of("今天天气", BOOK, NAMES), BOOK, NAMES) == []


def test_a_word_stands_in_one_class_alone() -> None:
    with pytest.raises(DefinitionError, match="“改”写在 改 和 加 两类里"):
        owner_words_of("改: [改]\n加: [加, 改]\n")
    with pytest.raises(DefinitionError, match="“的”写在 填充 和 加 两类里"):
        owner_words_of("填充: [的]\n加: [的]\n")


def test_what_was_misheard_is_read_as_it_was_meant() -> None:
    words = owner_words_of("改: [改]\n听错: {质检: [质捡]}\n")
    assert words.righted("质捡改") == "质检改"
    assert owner_words_of("改: [改]\n").righted("质捡") == "质捡"

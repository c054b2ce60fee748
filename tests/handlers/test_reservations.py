"""Words behind a button that take it back or put it off are asked about; a real reason goes along at once."""

from __future__ import annotations

import pytest

from flow.definitions.flow import Action
from flow.definitions.vocabulary import PAYS
from handlers.chat import parse
from handlers.chat.decisions import intent
from handlers.chat.lexicon import Lexicon
from handlers.chat.reservations import reservations

NONE: frozenset[str] = frozenset()
LEXICON = Lexicon(NONE, NONE, NONE, NONE, NONE, NONE, NONE)
REVIEW = [Action("同意", (), verdict="已同意"), Action("转交", (), hands_over=True), Action("驳回", (), danger=True)]
PAYMENT = [
    Action("确认退款", (), effects=(PAYS,)),
    Action("转交", (), hands_over=True),
    Action("驳回", (), danger=True),
]
DOCK = [Action("确认收货", ()), Action("配件缺失", ()), Action("拒收", (), danger=True)]
BENCH = [Action("合格入库", ()), Action("次品处理", (), danger=True)]
AGAIN = [Action("再等等", ()), Action("关闭", (), danger=True)]
PARTS = [Action("驳回", (), danger=True, verdict="等待补寄"), Action("同意", (), verdict="同意扣款")]
WITHDRAWAL = [Action("撤单", ())]
NODES = {
    "同意": REVIEW, "驳回": REVIEW, "确认退款": PAYMENT, "确认收货": DOCK, "拒收": DOCK, "合格入库": BENCH,
    "次品处理": BENCH, "再等等": AGAIN, "关闭": AGAIN, "撤单": WITHDRAWAL,
}  # fmt: skip

ASKED = {
    "确认退款": [
        "再等等", "先别动", "等客户回复", "等等", "先不退", "不要退", "先别退", "暂不退款", "等客户寄回再退",
        "明天", "明天再说", "下周一",
        "如果货到了", "除非李敏同意", "客户还没给账号", "货没到", "退不了", "先放着", "先挂着", "缓一缓", "待定",
        "不对", "账号不对",
        "还是算了", "点错了", "要先问财务", "能不能退", "已经转给他了", "驳回", "等厂家确认", "别", "不急",
        "再核一下金额", "先核对账号",
        "收到货才可以退", "不过要等质检", "重复了", "稍后", "三天后", "反悔了",
    ],
    "同意": [
        "等等", "再看看", "先别动", "缺照片", "是不可能的", "不可能", "不了", "金额太大", "再考虑考虑", "不同意",
        "可以是可以,不过金额要核一下",
        "我觉得不太行", "可以退但金额不对", "超期", "人为损坏", "等客户补照片", "想想", "让林晓补张照片再提",
        "不是不行,要先问财务", "看情况",
        "有异议", "没同意", "还是别", "退不了", "客户补了差价的话", "先问一下林晓", "不批", "不能退", "太贵了",
        "证据不足", "存疑", "可以吗",
    ],
    "确认收货": [
        "没到", "明天", "明天到", "快递说明天才送", "还在路上", "丢件了", "还没收到", "先不收", "空箱",
        "不是我们的货", "里面没有东西", "下午再点",
    ],
    "合格入库": [
        "待定", "没法判断", "先挂着", "要寄厂家检测", "有划痕", "屏幕碎了", "不合格", "先别入库", "再验一次",
        "坏的",
    ],
    "撤单": ["还是不撤了", "留着", "别撤", "先不撤", "等等", "算了", "再想想", "点错了", "明天再说"],
    "驳回": ["还是同意吧", "同意", "可以退", "再等等", "先别动", "算了", "是不可能的", "明天再说", "先不驳", "待定"],
    "拒收": ["先不拒", "还是算了", "等快递来再说", "收到"],
    "次品处理": ["不是次品", "待定", "先放着", "完好"],
}  # fmt: skip


@pytest.mark.parametrize("button", ASKED)
def test_it_is_asked_about(button: str) -> None:
    assert not [words for words in ASKED[button] if not _heard(button, words)]


PLAIN = {
    "确认退款": [
        "已核对", "客户很急", "已走支付宝", "已和客户确认", "原路退回", "老客户", "金额没问题", "货已到仓",
        "按规定退", "客户等着用", "质检合格",
        "李敏已批", "已取消订单", "明天到账", "两件都退", "49.90元没问题", "凭证 2026112200012345", "客户催了三次",
        "不用寄回",
    ],
    "同意": [
        "客户很急", "照片看得清", "老客户", "质量问题属实", "与描述不符", "颜色不对", "尺码不对",
        "客户不同意换货,只能退", "客户不要了", "超期一天,特批",
        "金额大,但客户是会员", "没照片,已核实", "不是人为损坏", "电机不转", "不能用", "还没发货", "主要是质量问题",
        "回头客", "掉漆、开裂等等",
        "客户等了很久", "不影响二次销售", "没过期", "第2次申请", "王建国说可以", "李敏已确认", "电话里同意了",
        "客户说3天没回", "包装完好", "运费不退",
        "用了两个月", "补了3张图", "没问题", "开不了机", "客户等急了", "不是质量问题,七天无理由",
    ],
    "确认收货": [
        "外箱破损", "箱子压坏了,里面没事", "包装完好", "顺丰送来的", "已拍照", "放在A区", "快递盒湿了", "数量对",
    ],
    "合格入库": [
        "没有划痕", "外观完好", "没拆封", "无破损", "外箱有点脏", "轻微划痕不影响销售", "已通电测试", "没检出问题",
    ],
    "撤单": [
        "客户不退了", "不想退了", "客户先不退,想好再来", "开错了,重新开", "重复了", "客户改主意了", "买家取消",
        "没必要", "和解了",
    ],
    "驳回": [
        "照片看不出破损", "等补了照片再提", "不同意", "不能退", "超期", "人为", "客户接受换货", "应该退20元",
        "金额不对", "没照片", "不符合规定",
        "看过了,是人为摔坏", "补齐凭证再来", "只有一件坏",
    ],
    "拒收": ["空箱", "不是我们的", "破损严重", "箱子烂了", "没有面单"],
    "次品处理": ["不亮", "外观完好但不亮", "碎了一个", "能修", "不能用"],
    "再等等": ["等客户", "下周再看", "快递还在路上", "先放着"],
    "关闭": ["客户不寄了", "联系不上", "不等了"],
}  # fmt: skip


@pytest.mark.parametrize("button", PLAIN)
def test_it_is_a_reason(button: str) -> None:
    found = {words: _heard(button, words) for words in PLAIN[button]}
    assert not {words: heard for words, heard in found.items() if heard}


def test_what_a_button_comes_to_is_no_word_against_it() -> None:
    wait = intent(PARTS[0], PARTS, LEXICON.phrases)
    assert not reservations("客户会补寄,等快递", wait, LEXICON.phrases)
    assert reservations("还是同意吧", wait, LEXICON.phrases)


def _heard(button: str, words: str) -> tuple[str, ...]:
    node = NODES[button]
    action = next(each for each in node if each.name == button)
    return reservations(parse.normalise(words), intent(action, node, LEXICON.phrases), LEXICON.phrases).words


MORE_ASKED = {
    "确认退款": (
        "客户说不用退了|等主管点头|这笔有争议|先压着|我再核对下金额|卡号还没报|卡号没发|人不在|"
        "月底统一打|等发货那边回信|暂时冻结|不要打款|还没验货|货还没回来|下午打|跟李敏确认后再打|"
        "退多了|打错了|金额有出入|等会儿|不打了|付不了|卡住了|没钱|余额不足|要不先等等|"
        "这单我有疑问|不是这单|应该退给另一个账号|如果李敏没意见的话|待财务总监批|收到货以后|"
        "过了今天再说|别急着打|慢点|先给客户打个电话|等周一|周一再打|审批没走完|等我通知"
    ),
    "同意": (
        "照片糊了看不清|不清楚是不是质量问题|先让仓库看看|等他补发票|回头我看|不是我负责|"
        "我不管这单|有点问题|再说吧|没凭证|金额写错了|数量写错了|先挂起|这单重复了|要看视频|"
        "看了视频才能定|补了视频再说|没法同意|不太想批|恐怕不行|不建议|我不同意|暂时不行|"
        "客户在骗人|疑似骗退|超过七天了|不合规|不符合政策|不应该退|过了售后期|跟王总商量下再定"
    ),
    "确认收货": (
        "快递没送来|还没见着|包裹是空的|少东西|等下午到|没看见货|送错仓了|货不对|未签收|明早到|"
        "晚点去拿|查无此件|没东西"
    ),
    "合格入库": (
        "还没检|要复检|等厂家结论|不确定能不能卖|漏电|边角磕了|等配件|再测一天|有异响|功能异常|"
        "有使用痕迹"
    ),
    "撤单": (
        "客户又要退了|不撤|先留着|别关|说错了|点错了吧|等他想好|暂缓|还是要退"
    ),
    "驳回": (
        "等等|算了还是过吧|通过吧|先别驳|再看看|误点|不驳了|晚点再说"
    ),
}  # fmt: skip

MORE_PLAIN = {
    "确认退款": (
        "已付清运费|对公打款|走微信|客户账号尾号1234|已电话核实|财务复核过|第二笔|客户催得紧|"
        "同批一起打|票据齐全|金额对得上|今天打|加急|VIP|按审批金额|含运费|已验货|卡号已核"
    ),
    "同意": (
        "下不为例|客户确实收到坏的|视频已看|质量问题,外壳开裂|换货没货只能退|快递弄坏的|漏发|"
        "少了一个配件|屏幕不亮|闪退|打不着火|充不进电|尺码偏小|不喜欢|七天内|客户拒收已退回|"
        "按规定办|同意客户诉求|已和林晓确认|没用过|包装没拆|运费客户出|买多了|仓库发错|掉色严重|"
        "噪音大|已过初审|情况属实请财务尽快|客户着急用钱|安排上门取件|全额退"
    ),
    "确认收货": (
        "两箱一起到的|外包装有压痕|顺丰 周仓签|编号3号架|送货单已收|件数相符|放货架了|"
        "快递员放门口|客户附了纸条|含赠品"
    ),
    "合格入库": (
        "通电正常|二次包装|可二次销售|外观九成新|吊牌在|已消毒|A架|配件齐|没有异响|无磕碰"
    ),
    "驳回": (
        "已超售后期|非质量问题|无法识别照片|客户自己弄坏|请补充开箱视频后重新提交|没有购买记录|"
        "重复提交|等客户补了凭证重新提|商品完好不予退款|不在质保期|数量对不上|同意换货不同意退货|"
        "要求先补照片再提"
    ),
    "撤单": (
        "客户改换货|不想退了|拍错了|重新下单了|已经私下解决|客户已收到补发|单子开重了|测试单"
    ),
    "拒收": (
        "包裹破损漏液|非本店商品|客户寄错|到付拒签|外箱进水"
    ),
    "次品处理": (
        "屏幕裂|要返厂|进水不能修|配件丢了|漏电"
    ),
}  # fmt: skip


def test_further_words_are_told_apart_as_well() -> None:
    lost = {
        f"{name} {words}" for name, all_ in MORE_ASKED.items() for words in all_.split("|") if not _heard(name, words)
    }
    asked = {f"{name} {words}" for name, all_ in MORE_PLAIN.items() for words in all_.split("|") if _heard(name, words)}
    assert not lost
    assert not asked

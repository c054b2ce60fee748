"""The words of the language that more than one part of the program knows: facts, effects, verbs and answers. Pure.

A word stands here once; what a business may call its own nodes, actions and fields is not among them.
"""

from __future__ import annotations

SYSTEM = "系统"  #: who acts where nobody does
LAST_RESORT = "管理员"  #: the role that gets what would else be nobody's

# --- facts: who ------------------------------------------------------------------------------------------------------
CREATOR, INSPECTOR = "提交人", "质检人"
CHANGERS = "改单人"  #: members beside the submitter who have changed what is asked for
HANDLERS = "经办人"  #: those who have taken it up again, or asked for the case from which it follows, or a duplicate
DIVIDERS = "拆单人"  #: those who have made two cases of it
COPIED = "抄送人"  #: members who hear of every decision on this case

# --- facts: known when a case is opened ------------------------------------------------------------------------------
DAYS, ESTIMATED = "签收天数", "签收推算"  #: days since delivery, and whether the day had to be guessed
UNDELIVERED = "未签收"  #: the goods are still on their way: a case for 拦截 rather than for a refund
RISKY, LISTED, URGENT, LEVEL = "风险客户", "名单", "紧急", "会员等级"
RISK_RULE = "风险规则"  #: the row, or the rule, by which a customer is one to look at twice
BLOCKED = "禁止"  #: what 名单 says of a customer to whom nothing is paid unseen
FLAG_BEFORE = "风险提示"  #: what rules noted of such a customer before 风险客户 was theirs to note
BESIDE, OTHERS = "同单已有", "同单"  #: yuan that other cases of the order come to, and each with its number
DEAR = "高于标价"  #: products for which more was paid than they cost by their price: what, paid, price
TIMES, WORDS = "半年退货次数", "客户历史"
BOUGHT, SPENT = "半年订单数", "半年消费"  #: orders, and yuan
TODAY, OPENED_ON = "日期", "提交日期"  #: days of the merchant's zone, ISO 8601: of the last step, and of the opening
CALENDAR = frozenset({TODAY, OPENED_ON})
CATEGORY, SUPPLIER, FINAL, TITLE = "品类", "供应商", "不可退", "商品"
#: facts that a condition of a policy or a choice may ask for
OPENING = frozenset({
    "种类", "类型", "金额", "件数", "店铺", "区域", CATEGORY, SUPPLIER, FINAL, DAYS, ESTIMATED, UNDELIVERED, LEVEL,
    RISKY, LISTED, TIMES, BOUGHT, SPENT, URGENT, *CALENDAR,
})  # fmt: skip
STRATEGY = frozenset({"路由", "责任", "运费", "成本", "次品"})  #: what the return types of the shipped file carry
KNOWN = OPENING | STRATEGY

QUORUM = "同意人数"  #: key of a node, a level and a row of the amount table; fact: what the row says of the case

# --- facts: how far a case has come ----------------------------------------------------------------------------------
PATH = "经过"  #: the human nodes that the case has come through, in order
LEVELS = "分级"  #: node -> {"现在": level, "结论": [[level, action, member], …]} while a node's levels run
DISAGREE = "分歧"
SIGNED = "已会签"  #: node -> the members who have signed it since the case came there, while others still must
VOTES = "表决"  #: node -> {"同意": members, "驳回": members} of its owners, while so many of them must agree
UNTIL = "等到"  #: by node, when the wait there is over by itself, ISO 8601
ON_ITS_WAY = "已登记运单"  #: there is a waybill, so that nobody waits for one again
BY_COUNT = "按实收"  #: the refund follows the units that came
LET_GO = "不占用"  #: the customer has the goods, and another case may take them back
PART = "缺件"
PASSES_TO = "转为"  #: the kind of the case that takes over
PASSES_AS = "转单类型"  #: the return type of the case that takes over; without one it keeps its own

# --- effects: 办 of the flow that more than the code behind them has to know -----------------------------------------
RECEIVE, DEDUCT = "登记收货", "确认扣款"  #: they tell a node where goods come, or are counted, from others
MISSING = "登记缺件"
PASS_OVER = "转单"  # noqa: S105  # an effect, no password
PAYS = "确认退款"  #: asks the shop for the money
#: every 办 that a flow may name; ``flow.cases.effects`` holds what each of them does
EFFECTS = frozenset({
    RECEIVE, DEDUCT, MISSING, PASS_OVER, PAYS,
    "登记拒收", "取消拒收", "取消扣款", "登记补偿", "放开占用", "质检合格", "质检次品", "通知客户",
})  # fmt: skip

#: what can be filled in at each moment of which customers are told
NOTICE_GAPS = {"已完成退款": frozenset({"链接"}), "配件缺失": frozenset({"缺件", "扣款"})}

# --- what a case that waits can be told ------------------------------------------------------------------------------
PAID, REFUSED = "退款成功", "退款失败"  #: what the shop said of a refund
ANNOUNCED = "登记运单"  #: the customer's parcel is on its way
TIME_UP = "到时"  #: the limit of the wait has passed, or the time that people had
EVENTS = (PAID, REFUSED, ANNOUNCED, TIME_UP)
REPLY = "客户回复"  #: what a task is put off for: a comment, or the waybill of the customer's parcel

# --- verbs that stand beside those of the node -----------------------------------------------------------------------
HAND_OVER, COUNTERSIGN, LATER = "转交", "加签", "稍后"
COMMENT, URGE, COPY = "评论", "催办", "抄送"

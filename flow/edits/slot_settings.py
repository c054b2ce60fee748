"""What owners say of return types, flows, roles, quiet hours and who gets the work. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions import owner_words as w
from flow.definitions.business import FLOW, POLICY
from flow.definitions.choices import PAGE, TRANSIT, URGENT_WORDS
from flow.definitions.permissions import AMOUNT, COMMANDS, FIELDS, NOTHING, WHOLE
from flow.definitions.quiet_hours import TITLE as QUIET
from flow.definitions.quiet_hours import URGENT_TOO
from flow.edits import slots as s
from flow.edits.quantities import NUMERAL, numeral
from flow.edits.settings import BARE_CLOCK, CLOCK_SPAN, STOCK, ZONES
from flow.edits.working_copy import ASSIGNMENTS, ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.edits.slots import Names, Reading, Said
    from flow.edits.working_copy import Book

_TAKEN_BACK = "取消"  #: said of what may come back: the milder of two readings goes first
_LEAST, _GOES = 2, ("走", "处理", "办")
_HOURS = re.compile(rf"{NUMERAL}(?=点)")
_SILENT = re.compile(
    rf"^(?:{QUIET})?[\s:：,，]*(?:改成|改为|改到|设成|设为|从)?(?P<span>{CLOCK_SPAN})(?:之间|这段时间)?(?P<rest>.*)$"
)
_QUIETLY = re.compile(
    r"(?:都|就)?(?:别|不要|不用|不许|不)(?:再)?(?:发消息|发通知|发|打扰|通知|推送|吵|提醒)(?:了|人|我们|大家|我)*"
)
_URGENT_TOO = re.compile(
    r"(?:紧急|加急|急)的?(?:单子|单)?(?:晚上|夜里|半夜|免打扰时?|免打扰的时候)也?(?:照样|照|要|得|还)*(?:发|提醒|通知)"
)
_URGENT_WORD = re.compile(
    r"备注(?:里|里面|中)?(?:有|写了|出现|带|提到|含有?|写着)[“\"]?(?P<word>[\u4e00-\u9fffA-Za-z0-9]{2,10}?)[”\"]?(?:字样|的话|的单子|的单|的)*[,，\s]*(?:就|都|要)*"
    r"(?:标|算|设|记|当|列)(?:成|为|个|上|作)?(?:紧急|加急|急件)"
)
_OUTCOMES = {"不合格": "次品", "坏": "次品", "坏的": "次品", "次": "次品", "好": "合格", "好的": "合格"}
_ZONE = re.compile(
    r"(?:质检)?(?P<what>[\u4e00-\u9fff]{1,4}?)的?(?:货|商品|品|东西)?(?:都|就|要)*(?:放到|放进|放在|放|进|入|存到|存|改成|改放|改到)(?P<zone>[A-Za-z0-9\u4e00-\u9fff]{1,10}?(?:区|库|仓|架))"
)
_TRANSIT = re.compile(
    r"(?:快递|物流)?(?:在)?(?:路上|运输|在途|途中)(?:时间|天数)?(?:都|就|按|算|改成|改为)*"
    rf"(?P<days>\d{{1,2}}|{NUMERAL})天(?:算|计算|来算)?"
)
_WORDS = re.compile(
    r"(?:算)?紧急的?(?:词|用语|字眼|字)(?:里面|里)?(?:再|也|还|要)*(?:加上|加入|加个|加|添加|添|增加)(?:一个|几个|上)?"
    r"[:：\s“\"]*(?P<words>[\u4e00-\u9fffA-Za-z0-9、，,和\s]{2,40}?)[”\"]?"
)
_AND = re.compile(r"[、，,\s]+|和")
_NIGHTLY = re.compile(
    r"以后|之后|后|晚上|夜里|半夜|别|不要|不用|不许|给|我们|我|大家|客户|发|消息|通知|再|到|从|至|以前|之前|前|都|就|才|打扰|推送|免|的"
    r"|时间|这段|期间|之间|[,，\s了吧]"
)
_PAGE = re.compile(
    r"(?:让)?(?:客户)?的?(?:看)?进度的?(?:页面?|网页)(?:天数)?(?:给客户|让客户|客户|能|可以|再|改成|改为|只)*"
    r"(?:看|保留|留|开)?\s?(?P<days>\d{1,3})天"
)
_SEES = re.compile(
    r"(?P<ahead>别让|不让|不许|不要让|不准)?(?:让|给)?(?P<who>\S+?)(?P<no>(?:不许|不让|不能|不可以|不准|不用|别|不要|不)(?:再)?)?(?:也|都|能|可以|要|得)*(?:看到?|查看|看见)(?P<field>\S+?)(?:了|吧)*"
)
_FIELD_WORDS = {
    **dict.fromkeys(("手机号", "手机", "电话", "客户手机号", "客户电话"), "客户手机"),
    **dict.fromkeys(("姓名", "客户名字", "名字"), "客户姓名"),
    **dict.fromkeys(("地址", "客户地址"), "收货地址"),
    **dict.fromkeys(("退款金额", "钱"), AMOUNT),
    "账号": "收货账号",
}  # fmt: skip
_CAN = re.compile(
    r"(?:让|给)?(?P<who>\S+?)(?P<how>不能|不可以|不许|不准|也能|也可以|可以|能)(?:再)?(?P<what>\S{1,6}?)(?P<scope>全部|团队|本人|店铺|仓库)?(?:的单|单子|了|吧)*"
)
_NEW_ROLE = re.compile(
    r"(?:再)?(?:新建|建|加|新增|增加|来|弄|设|做)(?:一?个|上)?(?:新的?)?角色(?:名叫|叫做|叫)?[:：\s]*(?P<name>[\u4e00-\u9fff]{2,8}?)[\s,，]*(?:跟|和|照着?|像|同|按)(?P<like>[\u4e00-\u9fff]{2,8}?)(?:那样|一样|来)*"
)
_NEW_POLICY = re.compile(
    r"(?:再|帮我)*(?:新建|建|加|做|弄|来|复制|新增)(?:一?[套份个条])?(?P<name>[\u4e00-\u9fff]{2,8}?)的?政策[\s,，]*(?:跟|和|照着?|像|同|按)(?P<like>\S+?)(?:那套|政策|的)*(?:那样|一样|来)+"
    r"(?:的)?[\s,，]*(?:(?:只有|给)?店铺(?:是|=|为)?(?P<shop>[\u4e00-\u9fff]{2,8}?)的?(?:单|才|就)*用)?"
)
_NEW_FLOW = re.compile(
    r"(?:再|帮我)*(?:新建|建|加|做|弄|搞|来|新增)(?:一?[套份个条])?(?:叫)?(?P<name>[\u4e00-\u9fff]{2,8}?)的?流程[\s,，]*(?:跟|和|照着?|像|同|按)"
    r"(?P<like>\S+?)(?:那条|流程|的)*(?:那样|一样|来|走)*"
)
_OF_SHOP = re.compile(
    r"(?P<shop>[\u4e00-\u9fffA-Za-z]{1,6}店)的?(?:单子|单|都|就|新单|订单)*(?:用|走|按)(?P<policy>[\u4e00-\u9fff]{2,8}?)的?政策(?:办|来)?"
)


# -- return types ------------------------------------------------------------------------------------------------------


def of_types(said: Said, book: Book, _: Names) -> list[str]:
    """``物流损坏运费改为商家承担``, ``质量问题的责任改成供应商``."""
    types, bearer = said.values(s.TYPE), said.one(s.BEARER)
    keys = [key for kind, key in ((w.FREIGHT, "运费"), (w.FAULT, "责任")) if said.has(kind)]
    allowed = (s.TYPE, s.BEARER, w.FREIGHT, w.FAULT, w.CHANGE, w.BEARS, w.OWNER, w.REASON, w.GIVE)
    if not types or not bearer or len(keys) != 1 or not said.only(*allowed):
        return []
    return ["；".join(f"规则 {kind} {keys[0]} {bearer}" for kind in types)]


def types_added(said: Said, book: Book, _: Names) -> list[str]:
    """``退货原因加一个色差``, ``加个原因叫尺码不合适 按七天无理由走``."""
    if not said.has(w.ADD) or not said.has(w.REASON) or said.has(w.FREIGHT, w.FAULT):
        return []
    if not said.only(w.ADD, w.REASON, s.CALLED, s.STRANGE, s.TYPE, s.SUM, w.LIKE, w.CHANGE, w.OWNER):
        return []
    named = [slot for slot in said.slots if slot.kind in (s.CALLED, s.STRANGE) and slot.value not in _GOES]
    like = said.one(s.TYPE)
    models = [slot for slot in said.slots if slot.kind == s.TYPE]
    led = [slot for slot in said.slots if slot.kind in (w.LIKE, w.CHANGE)]
    if not named or any(len(slot.value) < _LEAST for slot in named) or len(models) > 1 or bool(led) != bool(like):
        return []
    if said.has(s.SUM) and said.one(s.SUM) not in ("1", str(len(named))):
        return []
    return [f"增加原因 {'、'.join(slot.value for slot in named)}{f' 像 {like}' if like else ''}"]


def type_dropped(said: Said, book: Book, _: Names) -> list[str]:
    """``删掉地址填错这个原因``."""
    types = said.values(s.TYPE)
    if not types or not said.has(w.DROP) or not said.only(s.TYPE, w.DROP, w.REASON):
        return []
    return [f"删除原因 {'、'.join(types)}"]


def type_flows(said: Said, book: Book, _: Names) -> list[str]:
    """``质量问题也可以只退款``, ``发货错误加上维修``."""
    kind, flow = said.one(s.TYPE), said.one(s.FLOWS)
    if not kind or not flow or not said.has(w.ALSO, w.ADD) or not said.only(s.TYPE, s.FLOWS, w.ALSO, w.ADD, w.LIKE):
        return []
    return [f"规则 {kind} 流程 加 {flow}"]


# -- flows and policies ------------------------------------------------------------------------------------------------


def type_barred(said: Said, book: Book, _: Names) -> list[str]:
    """``质量问题不让换货了``."""
    kind, flow = said.one(s.TYPE), said.one(s.FLOWS)
    if not kind or not flow or not said.has(w.BARRED) or not said.only(s.TYPE, s.FLOWS, w.BARRED, w.REASON):
        return []
    return [f"规则 {kind} 流程 去掉 {flow}"]


def type_only(said: Said, book: Book, _: Names) -> list[str]:
    """``发货错误这种以后只能换货``."""
    kind, flows = said.one(s.TYPE), said.values(s.FLOWS)
    if not kind or not flows or not said.has(w.ALONE_CAN) or not said.only(s.TYPE, s.FLOWS, w.ALONE_CAN, w.REASON):
        return []
    return [f"规则 {kind} 流程 {'、'.join(flows)}"]


def flow_stopped(said: Said, book: Book, _: Names) -> list[str]:
    """``补偿流程停用``, ``大额提醒那条先停了``."""
    flow, rule = said.one(s.FLOWS), said.one(s.RULE)
    verb = next((word for kind, word in ((w.STOP, "停用"), (w.DROP, "停用"), (w.START, "启用")) if said.has(kind)), "")
    if (
        not verb
        or bool(flow) == bool(rule)
        or not said.only(s.FLOWS, s.RULE, s.BEARER, w.STOP, w.START, w.DROP, w.STEP)
    ):
        return []
    if flow and not any(word in said.text for word in ("流程", "业务", "这条", "这种单")):
        return []
    deleted = [f"删除规则 {rule}"] if rule and said.has(w.DROP) else []
    stopped = f"{verb}{'流程' if flow else '规则'} {flow or rule}"
    return [stopped, *deleted] if _TAKEN_BACK in said.text else [*deleted, stopped]


def flow_added(said: Said, book: Book, _: Names) -> list[str]:
    """``再来一条退货流程叫海外退货``."""
    flow, name = said.one(s.FLOWS), said.one(s.CALLED)
    if not flow or not name or not said.has(w.ADD) or not said.only(s.FLOWS, s.CALLED, w.ADD, w.LIKE):
        return []
    return [f"新建流程 {name} 照 {flow}"]


def policies(said: Said, book: Book, _: Names) -> list[str]:
    """``再做一套大促的政策 跟标准的一样 店铺是旗舰店的用``, ``直营店的单用快速政策``."""
    titles = {book.title(name).strip("“”") for name in book.names(POLICY)}
    text = said.text.strip(s.ENDS)
    if (match := _NEW_POLICY.fullmatch(text)) and match["like"] in titles:
        when = f" 当 店铺={match['shop']}" if match["shop"] else ""
        return [f"新建政策 {match['name']} 照 {match['like']}{when}"]
    if (match := _NEW_FLOW.fullmatch(text)) and match["like"] in book.names(FLOW):
        return [f"新建流程 {match['name']} 照 {match['like']}"]
    if (match := _OF_SHOP.fullmatch(text)) and match["policy"] in titles:
        return [f"增加行 政策选择 {match['shop']}用{match['policy']} 政策 {match['policy']} 当 店铺={match['shop']}"]
    return []


def dealt(said: Said, book: Book, _: Names) -> list[str]:
    """``华东的单都派给林晓``: a row of each table of who gets the work that it may be of."""
    cases, who = said.values(s.CASES), said.one(s.PERSON) or said.one(s.WHO)
    flow = said.one(s.FLOWS)
    if not (cases or flow) or not who or not said.has(w.OWNER, w.GIVE):
        return []
    if not said.only(s.CASES, s.FLOWS, s.PERSON, s.WHO, w.OWNER, w.GIVE):
        return []
    when = " 且 ".join([*cases, *([f"种类={flow}"] if flow else [])])
    tables = list(book.table(ASSIGNMENTS))
    fitting = [name for name in tables if flow and name.startswith(flow)] or (tables if not flow else [])
    to = f"人 {who}" if said.has(s.PERSON) else who
    name = f"{''.join(each.partition('=')[2] for each in cases) or flow}归{who}"
    return [f"增加行 {table} {name} 派给 {to} 当 {when}" for table in fitting]


# -- roles -------------------------------------------------------------------------------------------------------------


def roles(said: Said, book: Book, _: Names) -> list[str]:
    """``让客服也能看金额``, ``客服不能导出``, ``新建一个角色叫夜班客服 跟客服一样``."""
    known, text = [str(role) for role in book.table(ROLES)], said.text.strip(s.ENDS)
    if (match := _NEW_ROLE.fullmatch(text)) and match["like"] in known:
        return [f"新建角色 {match['name']} 照 {match['like']}"]
    if match := _SEES.fullmatch(text):
        field = _FIELD_WORDS.get(match["field"], match["field"])
        if match["who"] in known and field in FIELDS:
            return [f"角色 {match['who']} 看 {field} {NOTHING if match['no'] or match['ahead'] else WHOLE}"]
    match = _CAN.fullmatch(text)
    if match is None or match["who"] not in known or match["what"] not in COMMANDS:
        return []
    if match["how"].startswith("不"):
        return [f"角色 {match['who']} 不能 {match['what']}"]
    scopes = [match["scope"]] if match["scope"] else ["本人", "团队", "全部"]
    return [f"角色 {match['who']} 能 {match['what']} {scope}" for scope in scopes]


# -- settings ----------------------------------------------------------------------------------------------------------


def settings(said: Said, book: Book, _: Names) -> list[str]:
    """``晚上十点到早上八点别发消息``, ``次品放到残次品库``, ``备注里有差评的标紧急``."""
    text = _HOURS.sub(lambda match: str(numeral(match[0]) or match[0]), said.text.strip(s.ENDS))
    match = _SILENT.fullmatch(text)
    if match and (QUIET in text or _QUIETLY.fullmatch(match["rest"].strip())) and _is_quiet(match["rest"]):
        return [f"设置 {QUIET} {match['span']}"]
    if _URGENT_TOO.fullmatch(text):
        return [f"设置 {URGENT_TOO} 是"]
    if match := _URGENT_WORD.fullmatch(text):
        return [f"设置 {URGENT_WORDS} 加 {match['word']}"]
    if match := _PAGE.fullmatch(text):
        return [f"设置 {PAGE} {match['days']}"]
    if (match := _TRANSIT.fullmatch(text)) and (days := _figure(match["days"])):
        return [f"设置 {TRANSIT} {days}"]
    if match := _WORDS.fullmatch(text):
        return [f"设置 {URGENT_WORDS} 加 {'、'.join(each for each in _AND.split(match['words']) if each)}"]
    if span := _quiet_hours(text):
        return [f"设置 {QUIET} {span}"]
    match = _ZONE.fullmatch(text)
    what = _OUTCOMES.get(match["what"], match["what"]) if match else ""
    return [f"设置 {ZONES} {what} {match['zone']}"] if match and what in book.table(STOCK) else []


def _figure(said: str) -> str:
    return said if said.isdigit() else str(numeral(said) or "")


def _quiet_hours(text: str) -> str:
    """``晚上9点以后别给我们发消息早上9点再发``: two times of day, and nothing beside but that it is to be quiet."""
    clocks = list(re.finditer(BARE_CLOCK, text))
    clocks = [match for match in clocks if re.search(r"[点时:：]", match[0])]
    if len(clocks) != 2 or not re.search(r"别|不要|不用|不许|打扰", text):
        return ""
    left = f"{text[: clocks[0].start()]} {text[clocks[0].end() : clocks[1].start()]} {text[clocks[1].end() :]}"
    first, last = (match[0].strip() for match in clocks)
    night = "晚上" if first[0].isdigit() and re.search(r"晚上|夜里|半夜", left) else ""
    return f"{night}{first} 到 {last}" if not _NIGHTLY.sub("", left).strip() else ""


def _is_quiet(rest: str) -> bool:
    return not rest.strip() or bool(_QUIETLY.fullmatch(rest.strip()))


SETTING_READINGS: Sequence[Reading] = (
    of_types, types_added, type_dropped, type_flows, type_only, type_barred, flow_stopped, flow_added, policies,
    roles, settings, dealt,
)  # fmt: skip

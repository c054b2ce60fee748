"""The customer's own page of a case, the same as plain values, and the words with which an agent passes it on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cards.amounts import explained
from cards.types import Text
from cards.words import listed, moment, money
from models.enums import CloseReason
from models.outside import page as escape
from models.views.progress import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from models.views.progress import Goods, Payback, Progress

STYLE = (Path(__file__).parent / "customer.css").read_text(encoding="utf-8")
GONE = "没有找到这个页面：链接不完整、不对，或者已经过期，请联系客服。"
BUSY = "打开得太频繁了，请过一分钟再看。"
_SAID = {
    Stage.SUBMITTED: "已收到您的申请，正在审核。",
    Stage.WORKING: "正在为您办理，有进展会显示在这里。",
    Stage.RETURNING: "请把商品寄回，寄出后把运单号告诉客服。",
    Stage.SENT: "已登记您的运单，等仓库签收。",
    Stage.RECEIVED: "仓库已收到您寄回的商品，正在办理。",
    Stage.INSPECTING: "仓库已收到您寄回的商品，正在检查。",
    Stage.ASKING: "有一件事要和您确认，请回复客服。",
    Stage.REFUNDING: "退款正在办理，到账时间以付款渠道为准。",
    Stage.MAKING: "正在处理{kind}，寄出以后这里会有运单号。",
    Stage.DISPATCHED: "已经寄出，请注意查收。",
    Stage.DONE: "已经办完，感谢您的耐心。",
    Stage.CLOSED: "这张单已经结束。",
}
_WHY = {
    CloseReason.REFUSED: "申请没有通过，有疑问请联系客服。",
    CloseReason.WITHDRAWN: "申请已经撤销，还需要的话请联系客服重新提交。",
    CloseReason.EXPIRED: "超过期限没有收到商品，已经结束，有疑问请联系客服。",
    CloseReason.DUPLICATE: "和您的另一张单重复，已经合并办理。",
}
_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="format-detection" content="telephone=no">
<title>{title}</title><style>{style}</style></head>
<body><main>{body}</main></body></html>
"""


def page(case: Progress, now: datetime) -> str:
    """A whole page of HTML, with moments in the zone of ``now``."""
    parts = [
        f"<header>{escape(case.kind)}单 <b>{escape(case.no)}</b></header>",
        _section("", f"<h1>{escape(case.heading)}</h1><p>{said(case)}</p>{_question(case)}{_merged(case)}"),
        _section("寄到这里", f'<p class="place">{escape(case.address)}</p>') if case.address else "",
        _section("退款", _money(case.payback, now)) if case.payback else "",
        _section("商品", _rows((escape(each.title), _units(each)) for each in case.goods)),
        _section("进度", _way(case, now)),
        f"<footer>更新于 {moment(now, now)}，刷新可看最新进展</footer>",
    ]
    return _html(f"{case.kind}进度 {case.no}", "".join(parts))


def apology(words: str) -> str:
    """A page of one sentence, which tells nothing of any case."""
    return _html("售后进度", f'<p class="gone soft">{escape(words)}</p>')


def said(case: Progress) -> str:
    """Where it stands, in a sentence."""
    return (_WHY.get(case.reason) if case.reason else None) or _SAID[case.stage].format(kind=escape(case.kind))


def _html(title: str, body: str) -> str:
    return _PAGE.format(title=escape(title), style=STYLE, body=body)


def _section(title: str, body: str) -> str:
    return f"<section>{f'<h2>{title}</h2>' if title else ''}{body}</section>"


def _question(case: Progress) -> str:
    asked = f'<p class="ask">{escape(case.question)}</p>' if case.question else ""
    coming = [f'<p class="soft">运单 {escape(case.waybill)}</p>'] if case.waybill else []
    sent = [f'<p class="soft">寄给您的运单 {escape(number)}</p>' for number in case.sent]
    return "".join([asked, *coming, *sent])


def _merged(case: Progress) -> str:
    return f'<p class="soft">{escape(case.merged)} 已并入这一单。</p>' if case.merged else ""


def _rows(rows: Iterable[tuple[str, str]]) -> str:
    return f'<ul class="rows">{"".join(f"<li><bdi>{name}</bdi><span>{value}</span></li>" for name, value in rows)}</ul>'


def _units(goods: Goods) -> str:
    short = goods.received is not None and goods.received != goods.units
    return f"×{goods.units}（收到 {goods.received}）" if short else f"×{goods.units}"


def _money(payback: Payback, now: datetime) -> str:
    when = f"{moment(payback.paid_at, now)} 已{payback.method}" if payback.paid_at else f"正在{payback.method}"
    when = escape(when) if payback.amount else "扣款以后没有要退的金额"
    less = "".join(f'<p class="soft">已扣 {escape(name)} {money(amount)}</p>' for name, amount in payback.deductions)
    less += f'<p class="soft">{escape(why)}</p>' if (why := _why(payback)) else ""
    return f'<div class="sum">{money(payback.amount)}</div><p class="soft">{when}</p>{less}'


def _why(payback: Payback) -> str:
    return explained(payback.reckoning) if payback.reckoning else ""


def _way(case: Progress, now: datetime) -> str:
    rows = (f"<li><b>{escape(m.words)}</b><time>{moment(m.at, now)}</time></li>" for m in reversed(case.marks))
    return f'<ol class="way">{"".join(rows)}</ol>'


def values(case: Progress, now: datetime) -> dict[str, Any]:
    """The same for programs: moments in ISO 8601, amounts in yuan as text."""
    paid = case.payback
    return {
        "no": case.no,
        "kind": case.kind,
        "stage": case.heading,
        "words": said(case),
        "question": case.question,
        "goods": [{"title": g.title, "units": g.units, "received": g.received} for g in case.goods],
        "waybill": case.waybill,
        "sent": list(case.sent),
        "return_address": case.address,
        "refund": paid and {
            "amount": f"{paid.amount:.2f}",
            "method": paid.method,
            "reckoned": _why(paid),
            "paid_at": paid.paid_at and _iso(paid.paid_at, now),
            "deductions": [{"name": name, "amount": f"{amount:.2f}"} for name, amount in paid.deductions],
        },
        "timeline": [{"at": _iso(m.at, now), "words": m.words} for m in case.marks],
        "merged_from": case.merged,
    }  # fmt: skip


def _iso(at: datetime, now: datetime) -> str:
    return at.astimezone(now.tzinfo).isoformat(timespec="seconds")


def invitation(case: Progress, url: str) -> Text:
    """Ready to be passed on to the customer as it stands."""
    goods = listed([(each.title, each.units) for each in case.goods])
    return Text(f"您的{case.kind}（{case.no}，{goods}）办到哪一步，点开就能看，不用登录：\n{url}", (url,))

"""Every exit in one table: what leaves the bot turns, hides, computes and opens nothing, whatever somebody typed."""

from __future__ import annotations

import io
import json
import logging
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from openpyxl import load_workbook

from bot.channels.dingtalk import actioncard, messages
from bot.channels.dingtalk import cards as dingtalk
from bot.channels.wecom import cards as wecom
from bot.channels.wecom.parts import parts_of
from bot.cli.terminal import say
from bot.outbox.links import Ticket
from bot.runtime import log
from bot.web.customer_page import _json
from bot.web.definition_page import drawn
from cards.charts import spreadsheet
from cards.customer import apology, page
from cards.documents import case_list, papers
from cards.types import Button, Card, Fact, Select, Text
from models.enums import CaseState
from models.outside import all_visible, file_name
from models.views.case import CaseView
from models.views.papers import InspectionPaper, Papers, RefundPaper, Roll
from models.views.progress import Goods, Mark, Payback, Progress, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
BUTTONS = (Button("同意", "a1|1|1|同意"),)
#: the direction turned, words without width, a blank that fills, a bell, a terminal's escapes, half a surrogate pair
UNSEEN = "甲\u202e乙\u2066丙\u200b丁\ufeff戊\u3164己\u0007庚\x1b[31m辛\x9b2J壬\u061c癸\ud800子\U000e0041丑"
HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\u3164\u0007\x1b\x9b\u061c\ud800\U000e0041]")
SEEN = "甲乙丙丁戊己庚[31m辛2J壬癸子丑"
MARKUP = "<img src=x onerror=alert(1)>\"'&"
FORMULA = '=HYPERLINK("http://evil.com","点")'


def _progress(text: str) -> Progress:
    back = Payback(Decimal("1.00"), text, AT, ((text, Decimal("0.50")),))
    return Progress(
        text, text, Stage.ASKING, (Goods(text, 1),), (Mark(AT, text),), None, text, text, (text,), text, back, text
    )


def _cells(data: bytes) -> str:
    """Everything in a workbook that somebody may see: cells, names of sheets, foot of the page."""
    book = load_workbook(io.BytesIO(data))
    seen = [str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value]
    feet = [sheet.oddFooter.left.text for sheet in book.worksheets if sheet.oddFooter and sheet.oddFooter.left]
    assert {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    return "\n".join([*seen, *book.sheetnames, *(foot for foot in feet if foot)])


def _papers(text: str) -> str:
    view = CaseView(
        1, text, text, text, text, text, text, text, text, CaseState.OPEN, None, (text,), 1, Decimal("1.00"), text, AT,
        None, {}, (),
    )  # fmt: skip
    checked = InspectionPaper(text, text, text, text, (), text, AT)
    paid = RefundPaper(text, Decimal(1), text, text, text, (), text, AT, AT, text, text)
    return _cells(papers.to_xlsx(Papers(view, text, text, ((text, text),), (checked,), (paid,), text, AT), text))


def _roll(text: str) -> str:
    return _cells(case_list.to_xlsx(Roll(text, (text,), ((text,), (AT,), (Decimal(1),)), cut=False), text))


def _report(text: str) -> dict[str, Any]:
    return {
        "chart": "退货原因", "form": "pie", "unit": "件", "from": "2026-11-01", "to": "2026-11-23", "total": 1,
        "series": [{"name": text, "points": [[text, 1]]}],
    }  # fmt: skip


def _wecom_card(text: str) -> str:
    select = Select("k", "选", (("1", text[:16]),))
    card = Card(text[:36], text, facts=(Fact("备注", text[:30]),), buttons=BUTTONS, select=select)
    return json.dumps(wecom.to_send(card, "t1"), ensure_ascii=False)


def _logged(text: str) -> str:
    out = io.StringIO()
    before = structlog.get_config()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        log.set_up()
        [handler] = root.handlers
        handler.setStream(out)  # type: ignore[attr-defined]
        logging.getLogger("foreign").warning("%s", text)
        structlog.get_logger("own").warning("seen", name=text, nested={"a": [text]})
    finally:
        root.handlers[:], root.level = handlers, level
        structlog.configure(**before)
    return out.getvalue()


EXITS: dict[str, Callable[[str], str]] = {
    "企业微信 文字": lambda text: str(parts_of(Text(text))[0].body),  # type: ignore[union-attr]
    "企业微信 卡片": _wecom_card,
    "企业微信 markdown": lambda text: wecom.to_markdown(Card("售后", text)),
    "钉钉 文字": lambda text: "".join(bubble.param["content"] for bubble in messages.texts(text)),
    "钉钉 卡片": lambda text: str(
        dingtalk.params(Card("售后", text, facts=(Fact("备注", text[:30]),), buttons=BUTTONS))
    ),
    "钉钉 ActionCard": lambda text: str(actioncard.bubble(Card("售后", text), "t").param["text"]),
    "钉钉 图注": lambda text: str(messages.image("m", "图", text).param["text"]),
    "图里的字": lambda text: str(all_visible({"name": text, "rows": [(text,)]})),
    "单据": _papers,
    "清单": _roll,
    "报表 CSV": lambda text: spreadsheet.to_csv(_report(text)).decode("utf-8-sig"),
    "报表 XLSX": lambda text: _cells(spreadsheet.to_xlsx(_report(text))),
    "客户的页": lambda text: page(_progress(text), AT),
    "客户的页 道歉": apology,
    "客户的页 JSON": lambda text: str(_json({"question": text, "goods": [{"title": text}]}, 200).text),
    "流程的页": lambda text: drawn(Ticket(text, text, 1, "t"), text, [text]),
    "文件名": lambda text: file_name(f"{text}.xlsx"),
    "日志": _logged,
}


@pytest.mark.parametrize("name", EXITS)
def test_nothing_unseen_goes_out(name: str) -> None:
    shown = EXITS[name](UNSEEN)
    assert not HIDDEN.search(shown)
    assert SEEN[:7] in shown


@pytest.mark.parametrize("name", ["客户的页", "客户的页 道歉", "流程的页"])
def test_markup_is_no_markup_on_a_page(name: str) -> None:
    shown = EXITS[name](MARKUP)
    assert "<img" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;" in shown


def test_a_formula_is_text_in_every_table() -> None:
    lines = EXITS["报表 CSV"](FORMULA).splitlines()
    assert not [line for line in lines if re.search(r"(?:^|,)\"?[=+@-]", line)]
    for name in ("单据", "清单", "报表 XLSX"):
        assert "HYPERLINK" in EXITS[name](FORMULA), "and no cell is a formula, as the reading asserts"


def test_a_terminal_is_not_told_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    say(UNSEEN)
    say(UNSEEN, err=True)
    out, err = capsys.readouterr()
    assert (out, err) == (f"{SEEN}\n", f"{SEEN}\n")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("报价\u202excod.exe", "报价xcod.exe"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('..\\a:b*c?"<d>|\n.xlsx', "_a_b_c___d__ .xlsx"),
        (".htaccess", "htaccess"),
    ],
)
def test_a_file_is_called_what_it_is(name: str, safe: str) -> None:
    assert file_name(name) == safe


def test_one_line_of_the_log_is_one_entry() -> None:
    entries = [json.loads(line) for line in _logged('一\n{"event": "二"}\r\u2028三').splitlines()]
    assert [entry.get("name", "")[:1] for entry in entries] == ["", "一"]

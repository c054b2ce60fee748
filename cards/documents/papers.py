"""The three documents of a case as sheets for A4 paper: 申请单, 质检报告单, 退款单, each naming the others."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from cards.amounts import explained
from cards.case import told
from cards.documents.cells import A4, looks, put, width
from cards.words import called, money
from models.enums import CaseState
from models.outside import one_line
from models.views.answers import in_words
from models.views.papers import APPLICATION, INSPECTION, PAPERS, REFUND

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from openpyxl.worksheet.worksheet import Worksheet

    from models.views.papers import InspectionPaper, Papers, RefundPaper

NONE = "无"
ORIGINAL = "原路退回"
_COLUMNS, _WIDTH, _LINE = 8, 12, 16.5  #: of a sheet; columns of a letter each; points of a line of text
_OVER = (CaseState.DONE, CaseState.CLOSED)


def to_xlsx(papers: Papers, anchor: str = "", wanted: Collection[str] = PAPERS) -> bytes:
    """The workbook: a sheet for each document, what has not happened yet said on its own; each ends with ``anchor``."""
    from openpyxl import Workbook  # heavy: see ``cells``

    book = Workbook()
    book.remove(book.worksheets[0])
    shown: dict[str, Callable[[Page, Papers, Collection[str]], None]] = {
        APPLICATION: _application, INSPECTION: _inspections, REFUND: _refunds
    }  # fmt: skip
    for name, draw in shown.items():
        if name not in wanted:
            continue
        page = Page(book.create_sheet(name))
        draw(page, papers, wanted)
        if anchor:
            page.line(anchor)
    for sheet in book.worksheets:
        _printed(sheet, papers)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fit(sheet: Worksheet) -> None:
    """A4 upright, as wide as the paper."""
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation, sheet.page_setup.paperSize = "portrait", A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _printed(sheet: Worksheet, papers: Papers) -> None:
    """A4 upright, as wide as the paper, with who made it and when at the foot."""
    fit(sheet)
    sheet.print_options.horizontalCentered = True
    sheet.print_title_rows = "1:1"
    sheet.sheet_view.showGridLines = False
    foot: Any = sheet.oddFooter
    foot.left.text = f"{one_line(papers.made_by).replace('&', '&&')} 导出于 {papers.made_at:%Y-%m-%d %H:%M}"
    foot.right.text = "第 &P 页，共 &N 页"


class Page:
    """A sheet that is filled from the top."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet, self.row = sheet, 0
        for letter in "ABCDEFGH":
            sheet.column_dimensions[letter].width = _WIDTH

    def title(self, text: str) -> None:
        cell = self._span(1, _COLUMNS, text, 30)
        cell.font, cell.alignment = looks().title, looks().center

    def heading(self, text: str) -> None:
        """A line over what follows."""
        cell = self._span(1, _COLUMNS, text)
        cell.font, cell.fill = looks().head, looks().head_fill

    def line(self, text: str) -> None:
        """One sentence across the page."""
        self._span(1, _COLUMNS, text)

    def facts(self, *facts: tuple[str, str]) -> None:
        """Names and values, two to a line."""
        for n in range(0, len(facts), 2):
            self._fact(1, facts[n], last=n + 1 == len(facts))
            if n + 1 < len(facts):
                self.row -= 1
                self._fact(5, facts[n + 1], last=True)

    def fact(self, name: str, value: str, link: str = "") -> None:
        """A name and a value that may be long; ``link`` is the sheet that it leads to."""
        cell = self._fact(1, (name, value), last=True)
        if link:
            from openpyxl.worksheet.hyperlink import Hyperlink

            cell.hyperlink = Hyperlink(cell.coordinate, location=f"'{link}'!A1")

    def table(self, spans: Sequence[int], heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Columns as broad as ``spans`` says, of the eight that there are."""
        for n, texts in enumerate((heads, *rows)):
            self.row += 1
            column = 1
            for span, text in zip(spans, texts, strict=True):
                cell = self._write(column, span, text)
                if n == 0:
                    cell.font, cell.fill, cell.alignment = looks().name, looks().name_fill, looks().center
                column += span

    def _fact(self, column: int, fact: tuple[str, str], *, last: bool) -> Any:
        self.row += 1
        name = self._write(column, 1, fact[0])
        name.font, name.fill = looks().name, looks().name_fill
        return self._write(column + 1, _COLUMNS - column if last else 3, fact[1])

    def _span(self, column: int, span: int, text: str, height: float = 0) -> Any:
        self.row += 1
        return self._write(column, span, text, height)

    def _write(self, column: int, span: int, text: str, height: float = 0) -> Any:
        """Cells that are merged do not grow with their text, so the line is made as high as it takes."""
        for each in range(column, column + span):
            self.sheet.cell(self.row, each).border = looks().border
        if span > 1:
            self.sheet.merge_cells(None, self.row, column, self.row, column + span - 1)
        cell = self.sheet.cell(self.row, column)
        put(cell, text)
        cell.alignment = looks().wrap
        room = span * _WIDTH - 2
        lines = sum(max(1, -(-width(part) // room)) for part in text.split("\n"))
        dimension = self.sheet.row_dimensions[self.row]
        dimension.height = max(dimension.height or 0.0, height, lines * _LINE)
        return cell


# -- the documents -----------------------------------------------------------------------------------------------------


def _application(page: Page, papers: Papers, wanted: Collection[str]) -> None:
    case = papers.case
    page.title(f"{case.kind}申请单")
    page.facts(
        ("单号", case.no), ("状态", case.stand), ("订单", case.order_no or NONE), ("店铺", papers.shop or NONE),
        ("客户", called(case)), ("手机", case.mobile or NONE), ("区域", papers.region or NONE),
        ("客户历史", case.history or NONE), ("种类", case.kind), ("类型", case.return_type or "未注明"),
        ("提交人", case.creator or NONE), ("提交时间", _at(case.opened_at, papers)),
        ("金额", money(case.amount)), ("完成时间", _at(case.closed_at, papers) or "还没有"),
    )  # fmt: skip
    page.fact("原因", case.note or case.reason or NONE)
    page.fact("运单", case.waybill or "还没有")
    numbers = {INSPECTION: [each.no for each in papers.inspections], REFUND: [each.no for each in papers.refunds]}
    for name, found in numbers.items():
        page.fact(name, "、".join(found) or not_yet(papers, name), name if found and name in wanted else "")
    page.heading("商品")
    page.table(
        (2, 2, 1, 1, 1, 1), ("商品编号", "商品", "申请", "实付", "实收", "合格"),
        [(g.sku, g.title, str(g.requested), money(g.paid), str(g.received), str(g.accepted)) for g in case.lines],
    )  # fmt: skip
    if papers.answers:
        page.heading("填写")
        for name, said in papers.answers:
            page.fact(name, said)
    page.heading("经过")
    page.table((2, 1, 2, 3), ("时间", "办理人", "事项", "说明"), _happened(papers))


def _happened(papers: Papers) -> list[tuple[str, str, str, str]]:
    shown = (event for event in papers.case.events if not event.passing)
    return [(_at(e.at, papers), e.actor, f"{e.node} {e.action}".strip(), told(e)) for e in shown]


def _inspections(page: Page, papers: Papers, wanted: Collection[str]) -> None:
    _linked(page, INSPECTION, papers, wanted)
    if not papers.inspections:
        page.line(not_yet(papers, INSPECTION))
    for each in papers.inspections:
        _inspection(page, each, papers)
    for name in papers.case.asks:
        if isinstance(said := papers.case.facts.get(name), dict):
            _by_product(page, name, said, papers)


def _by_product(page: Page, name: str, said: Mapping[str, Any], papers: Papers) -> None:
    """What was written down of each product."""
    titles = {line.sku: line.title for line in papers.case.lines}
    page.heading(name)
    rows = [(sku, titles.get(sku, ""), in_words(each)) for sku, each in said.items()]
    page.table((2, 4, 2), ("商品编号", "商品", name), rows)


def _inspection(page: Page, each: InspectionPaper, papers: Papers) -> None:
    page.heading(each.no)
    page.facts(
        ("报告单号", each.no), ("结果", each.result), ("责任方", each.liability or NONE),
        ("处理建议", each.advice or NONE), ("质检人", each.inspector), ("质检时间", _at(each.at, papers)),
    )  # fmt: skip
    page.table(
        (2, 4, 1, 1), ("商品编号", "商品", "合格", "次品"),
        [(goods.sku, goods.title, str(goods.accepted), str(goods.damaged)) for goods in each.goods],
    )  # fmt: skip


def _refunds(page: Page, papers: Papers, wanted: Collection[str]) -> None:
    _linked(page, REFUND, papers, wanted)
    if not papers.refunds:
        page.line(not_yet(papers, REFUND))
    for each in papers.refunds:
        _refund(page, each, papers)


def _refund(page: Page, each: RefundPaper, papers: Papers) -> None:
    page.heading(each.no)
    page.facts(
        ("退款单号", each.no), ("状态", each.state), ("退款金额", money(each.amount)), ("退款方式", each.method),
        ("收款账号", each.account or ("原付款账号" if each.method == ORIGINAL else "没有登记")),
        ("渠道流水", each.reference or "还没有"), ("确认人", each.confirmed_by),
        ("确认时间", _at(each.confirmed_at, papers) or "还没有"), ("到账时间", _at(each.paid_at, papers) or "还没有"),
    )  # fmt: skip
    page.fact("扣款", "、".join(f"{name} {money(amount)}" for name, amount in each.deductions) or NONE)
    if papers.case.reckoning and papers.case.reckoning.lines:  # some may put money on
        page.fact("金额怎么来", explained(papers.case.reckoning))
    if each.error:
        page.fact("失败原因", each.error)


def _linked(page: Page, title: str, papers: Papers, wanted: Collection[str]) -> None:
    page.title(title)
    page.fact("申请单", papers.case.no, APPLICATION if APPLICATION in wanted else "")
    page.facts(("订单", papers.case.order_no or NONE), ("客户", called(papers.case)))


def not_yet(papers: Papers, name: str) -> str:
    """``还没有质检报告单（处理中 · 仓库收货）``."""
    return f"{'没有' if papers.case.state in _OVER else '还没有'}{name}（{papers.case.stand}）"


def _at(moment: datetime | None, papers: Papers) -> str:
    return f"{moment.astimezone(papers.made_at.tzinfo):%Y-%m-%d %H:%M}" if moment else ""

"""Forms that could not be asked or answered, and words on a task's card that nothing fills in. Pure."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from flow.definitions import flow as d
from flow.definitions.conditions import CellError, parse
from flow.engine import line_answers, pictures
from flow.engine.forms import MOST, SKIP
from flow.errors import Place, Problem
from flow.validation.coverage import ANYTHING, Domain, values
from flow.validation.form_rules import default_problems, right_problems
from flow.validation.surroundings import KEPT, SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flow.definitions.conditions import Cell
    from flow.definitions.flow import Field, Flow, Node

OPTIONS, OPTION_CHARS = (2, 10), 16  #: what people can choose from by number in a chat
PLACEHOLDERS = frozenset(
    {"金额", "商品", "运单", "应收件数", "缺件", "扣款", "话术", "退款失败"}
)  #: as reading fills them
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_CHOSEN = frozenset({d.CHOICE, d.CHOICES})
_NUMBERS = frozenset({d.NUMBER, d.MONEY})


def form_problems(node: Node, flow: Flow) -> list[Problem]:
    """Every problem of a node's form, of its rights to other forms, and of its words."""
    found = [f"表单“{item.name}”{words}" for item in node.form for words in _field_problems(item, node)]
    kinds = _kinds(flow) if any(item.default for item in node.form) else {}
    found += [f"表单“{item.name}”{words}" for item in node.form for words in default_problems(item, kinds)]
    twice = [name for name, times in Counter(item.name for item in node.form).items() if times > 1]
    found += [f"表单“{name}”写了两次" for name in twice]
    of_form = (Problem(words, Place(column="表单")) for words in found)
    return [*of_form, *(right_problems(node, flow) if node.rights else ()), *_placeholders(node)]


def _kinds(flow: Flow) -> dict[str, set[str]]:
    """The kinds in which the forms of a flow ask for each name."""
    kinds: dict[str, set[str]] = {}
    for node in flow.forms:
        for item in node.form:
            kinds.setdefault(item.name, set()).add(item.kind)
    return kinds


def _field_problems(item: Field, node: Node) -> Iterator[str]:
    if item.kind not in d.FIELD_KINDS:
        yield f"的填法“{item.kind}”不认识，可选 {'、'.join(d.FIELD_KINDS)}"
    if item.name in KEPT | SHOWN:
        yield f"和程序自己{'记' if item.name in KEPT else '显示'}的同名，请换个名字"
    yield from _option_problems(item)
    yield from _bounds_problems(item)
    yield from _count_problems(item)
    if item.per_line and item.kind not in line_answers.KINDS and item.kind in d.FIELD_KINDS:
        able = "、".join(kind for kind in d.FIELD_KINDS if kind in line_answers.KINDS)
        yield f"填{item.kind}，不能每样填一次，可以的有 {able}"
    for name in item.actions:
        actions = [action.name for action in node.buttons if not action.hands_over]
        if name not in actions:
            yield f"的动作“{name}”不存在，可选 {'、'.join(actions)}"


def _option_problems(item: Field) -> Iterator[str]:
    options = item.options
    if item.kind not in _CHOSEN:
        if options and item.kind in d.FIELD_KINDS:
            yield f"填{item.kind}，不能有选项"
        return
    fewest, most = OPTIONS
    if not fewest <= len(options) <= most:
        yield f"的选项要有 {fewest} 到 {most} 个，现在有 {len(options)} 个"
    if len(set(options)) < len(options):
        yield "有相同的选项"
    for option in options:
        if not 0 < len(option) <= OPTION_CHARS or "|" in option or option == SKIP:
            yield f"的选项“{option}”要在 {OPTION_CHARS} 个字以内，不能有 |，也不能叫“{SKIP}”"


def _count_problems(item: Field) -> Iterator[str]:
    if not item.count:
        return
    span = pictures.bounds(item.count)
    if item.kind != d.PHOTO:
        yield f"填{item.kind}，不能有张数，只有照片可以有"
    elif span is None:
        yield f"的张数“{item.count}”看不懂，应像 3~9、>=3、<=9"
    elif not 1 <= span[0] <= span[1] <= pictures.MOST:
        yield f"的张数“{item.count}”要在 1 到 {pictures.MOST} 之间，少的在前"


def _bounds_problems(item: Field) -> Iterator[str]:
    if not item.bounds:
        return
    if item.kind not in _NUMBERS:
        yield f"填{item.kind}，不能有范围，只有数字和金额可以有"
        return
    try:
        cell = parse(item.name, item.bounds)
    except CellError:
        cell = None
    if cell is None or cell.words or not cell.numbers:
        yield f"的范围“{item.bounds}”看不懂，应像 0~100、>0"
    elif not _answerable(item, cell):
        yield f"的范围“{item.bounds}”里没有能填的{item.kind}"


def _answerable(item: Field, cell: Cell) -> bool:
    """Whether a number that the form takes lies within its bounds: no amount is below zero or finer than 分."""
    domain = Domain(within=parse(item.name, ">=0")) if item.kind == d.MONEY else ANYTHING
    numbers = (value for value in values(item.name, [cell], domain, missing=False) if isinstance(value, Decimal))
    return any(cell({item.name: value}) and abs(value) < MOST for value in numbers)


def _placeholders(node: Node) -> Iterator[Problem]:
    for key, text in (("标题", node.title), ("说明", node.hint)):
        for name in _PLACEHOLDER.findall(text):
            if name not in PLACEHOLDERS:
                words = f"{key}里的“{{{name}}}”没有内容可填，可选 {'、'.join(sorted(PLACEHOLDERS))}"
                yield Problem(words, Place(column=key))

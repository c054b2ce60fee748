"""Conditions, defaults and rights of fields: what could never be asked, offered or corrected. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flow.definitions import flow as d
from flow.definitions.conditions import When
from flow.definitions.prefill import ANSWERED, SOURCES, source_of
from flow.definitions.text import when_words
from flow.definitions.vocabulary import PASSES_AS, PASSES_TO
from flow.engine import forms
from flow.engine.partial_refunds import MAKE_GOOD
from flow.errors import Place, Problem
from flow.validation.coverage import covered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.definitions.conditions import Cell
    from flow.definitions.flow import Field, Flow, Node
    from flow.validation.coverage import Domain

_SOME_DAY = date(2026, 6, 1)  #: by which a default that is a day is read: 今天 is one on any
#: answers by which the program does something: they are asked for each time, and nobody corrects them afterwards
_WORKING = frozenset({MAKE_GOOD, PASSES_AS, PASSES_TO})
_FORM, _RIGHTS = Place(column="表单"), Place(column="字段")


def condition_problems(node: Node, flow: Flow, domains: Mapping[str, Domain]) -> Iterator[Problem]:
    """A sentence for each field of a node that is never asked, or whose condition nobody can know yet."""
    own = {item.name: item for item in node.form}
    if circle := _circle(own):
        yield Problem(f"表单“{circle[0]}”的条件绕成了圈：{' → '.join(circle)}，哪一样都问不出来", _FORM)
        return
    later = _later(node, flow) if node is not flow.opening else _on_the_way(flow)
    for item in node.form:
        yield from (Problem(f"表单“{item.name}”{words}", _FORM) for words in _never(item, own, node, domains))
        for fact in sorted(item.asks_for & later.keys() - own.keys()):
            yield Problem(f"表单“{item.name}”的条件里的“{fact}”要到后面的“{later[fact]}”才填，这里还不知道", _FORM)


def _on_the_way(flow: Flow) -> dict[str, str]:
    """What is put down once a case is open, each with the node that does."""
    return {fact: node.name for node in reversed(tuple(flow.nodes.values())) for fact in _puts_down(node)}


def _circle(own: Mapping[str, Field]) -> list[str]:
    """Fields of which each hangs on the next; none where there is no such circle."""
    for start in own:
        seen = {start}
        todo = [(start, [start])]
        while todo:
            name, path = todo.pop()
            for other in sorted(own[name].asks_for & own.keys()):
                if other == start:
                    return [*path, start]
                if other not in seen:
                    seen.add(other)
                    todo.append((other, [*path, other]))
    return []


def _later(node: Node, flow: Flow) -> dict[str, str]:
    """The facts that only nodes behind this one can put down, each with one of them."""
    origins: dict[str, set[str]] = {}
    for other in flow.nodes.values():
        for fact in _puts_down(other):
            origins.setdefault(fact, set()).add(other.name)
    if not any(item.asks_for & origins.keys() for item in node.form):
        return {}
    earlier = {name for name in flow.nodes if name != node.name and node.name in flow.reach(name)}
    earlier |= {name for name in flow.nodes if _again(node, name, flow)}
    return {fact: sorted(names)[0] for fact, names in origins.items() if not names & (earlier | {node.name})}


def _again(node: Node, name: str, flow: Flow) -> bool:
    """Whether a node beside this one, in another branch of a fork, may be done before it."""
    return name in flow.reach(flow.start) and any(
        any(node.name in one and name not in one for one in flow.forks[fork])
        and any(name in one for one in flow.forks[fork])
        for fork in flow.around.get(node.name, ())
    )


def _puts_down(node: Node) -> set[str]:
    noted = {fact for action in node.actions.values() for fact in (*action.sets, *action.asks)}
    return noted | {item.name for item in node.form}


def _never(item: Field, own: Mapping[str, Field], node: Node, domains: Mapping[str, Domain]) -> Iterator[str]:
    """Why a field is never asked, or never required; a required one that nobody is asked for is no safeguard."""
    if item.required and item.required_when.cells:
        yield "又写了必填，又写了必填当，请只写一样"
    if item.when.cells and item.name in _WORKING:
        yield "程序要用它的答案，每次都要问，不能带条件"
    for cell in (*item.when.cells, *item.required_when.cells):
        if cell.fact in own and own[cell.fact].kind == d.PHOTO:
            yield f"的条件里的“{cell.fact}”是照片，不能用在条件里"
    whole = When(_with_those_behind(item, own))
    if covered([whole], domains):
        what = "必填，可是永远不会问" if item.required else "永远不会问"
        yield f"{what}：{when_words(whole)} 什么时候都不成立"
    elif item.required_when.cells and covered([When((*whole.cells, *item.required_when.cells))], domains):
        yield f"永远不会必填：{when_words(item.required_when)} 什么时候都不成立"
    elif other := _apart(item, own, node):
        yield f"永远不会问：它的条件要先有“{other}”的答案，可是没有一个动作两样都问"


def _with_those_behind(item: Field, own: Mapping[str, Field]) -> tuple[Cell, ...]:
    """The conditions of a field, and of the fields that must have been asked for it to be shown."""
    found, todo, seen = [], [item], {item.name}
    while todo:
        for cell in todo.pop().when.cells:
            found.append(cell)
            other = own.get(cell.fact)
            if other and other.name not in seen and not cell({}):
                seen.add(other.name)
                todo.append(other)
    return tuple(found)


def _apart(item: Field, own: Mapping[str, Field], node: Node) -> str:
    """An answer that the field wants and that no action asks for together with it; of several signers one may."""
    if node.levels or node.all_must_agree:
        return ""
    for cell in item.when.cells:
        other = own.get(cell.fact)
        able = (action for action in node.buttons if item.wanted_for(action))
        if other and not cell({}) and not any(other.wanted_for(action) for action in able):
            return other.name
    return ""


def submission_problems(flow: Flow) -> Iterator[Problem]:
    """A sentence for each field that cannot be asked for before there is a case, or is asked for again later."""
    again = {item.name: node.name for node in flow.nodes.values() for item in node.form}
    for item in flow.submission:
        where = f"{d.SUBMISSION}时填的“{item.name}”"
        if item.kind in (d.PHOTO, d.WAYBILL):
            yield Problem(f"{where}填{item.kind}：{d.SUBMISSION}的时候还没有单，{item.kind}请放到后面的节点填")
        if item.name in _WORKING:
            yield Problem(f"{where}程序要在节点里用它的答案，请放到后面的节点填")
        if item.per_line:
            yield Problem(f"{where}不能每样填一次，请放到后面的节点填")
        if item.actions:
            yield Problem(f"{where}不能写动作，{d.SUBMISSION}只有一个动作")
        if item.name in again:
            yield Problem(f"{where}在节点“{again[item.name]}”又问一次，请换个名字；要让那里改答案，请写 字段 可改")


def default_problems(item: Field, fields: Mapping[str, set[str]]) -> Iterator[str]:
    """Why what is offered is no answer; ``fields``: the kinds in which the flow's forms ask for each name."""
    if not item.default or item.kind not in d.FIELD_KINDS:
        return
    if item.kind not in ANSWERED:
        yield f"填{item.kind}，不能有默认，每次都要拍"
        return
    source = source_of(item.default)
    if source:
        yield from _source_problems(item, source, fields)
    elif not forms.is_answer(item, item.default, _SOME_DAY):
        yield f"的默认“{item.default}”不是它能填的：{_able(item)}"


def _source_problems(item: Field, source: str, fields: Mapping[str, set[str]]) -> Iterator[str]:
    if source in SOURCES:
        if item.kind not in SOURCES[source]:
            yield f"填{item.kind}，默认不能是“{source}”"
    elif source not in fields or source == item.name:
        able = "、".join([*SOURCES, *(name for name in sorted(fields) if name != item.name)])
        yield f"的默认里的“{source}”不认识，可选 {able}"
    elif item.kind != d.TEXT and fields[source] != {item.kind}:
        yield f"填{item.kind}，默认不能是“{source}”，那里填的是{'、'.join(sorted(fields[source]))}"


def _able(item: Field) -> str:
    if item.options:
        return f"可选 {'、'.join(item.options)}"
    bounds = f"，{item.bounds}" if item.bounds else ""
    return f"要填{item.kind}{bounds}"


def right_problems(node: Node, flow: Flow) -> Iterator[Problem]:
    """A sentence for each right to a field that is not there, is this node's own, or cannot be kept."""
    asked = {item.name: other for other in flow.forms for item in other.form}
    kinds = {item.name: item.kind for other in flow.forms for item in other.form}
    own = {item.name for item in node.form}
    for name, right in node.rights.items():
        if name not in asked:
            able = "、".join(sorted(asked)) or "（还没有）"
            yield Problem(f"字段“{name}”没有一张表单问，可选 {able}", _RIGHTS)
        elif name in own:
            yield Problem(f"字段“{name}”就是这个节点自己问的，不用写{right}", _RIGHTS)
        elif right == d.HIDE and name in node.shows:
            yield Problem(f"字段“{name}”又写了隐藏，又写在“显示”里，请去掉一样", _RIGHTS)
        elif right == d.HIDE and kinds[name] == d.WAYBILL:
            yield Problem(f"字段“{name}”是寄给客户的包裹，单子和客户的进度页都写着它，不能隐藏", _RIGHTS)
        elif right == d.HIDE and not (node.owner and node.owner.role):
            yield Problem(f"字段“{name}”隐藏，负责人要写成一个角色：看不到的是这个角色", _RIGHTS)
        elif right == d.WRITE and (name in _WORKING or kinds[name] in (d.WAYBILL, d.PHOTO)):
            yield Problem(f"字段“{name}”程序已经用过它的答案，不能在这里改；要改请退回“{asked[name].name}”", _RIGHTS)

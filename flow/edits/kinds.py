"""新建流程, 停用流程, 启用流程, 新建政策: what is made from another one, and may be used by its own word. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.business import FLOW, LIKE, POLICY, named, title
from flow.definitions.flow_reader import names_in
from flow.definitions.permissions import KINDS
from flow.definitions.table_text import TIERS
from flow.edits.policy_rows import rows_of
from flow.edits.quantities import trimmed
from flow.edits.sentence import clauses, conditions, listed, one_of
from flow.edits.working_copy import REASONS, ROLES, Edit
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data

TYPE, WHEN, TYPES, FLOW_OF = "类型", "当", "退货类型", "流程"
CHOICES, ROWS, MAY = "choices", "政策选择", "能"
MAX_PLACES = 4  #: places that a hint names
FLOW_CHARS, POLICY_CHARS = 16, 16
_AS = re.compile(r"[\s,]+(?:照着|按照|仿照|参照|照|像|按|同|和)\s*(?=\S)")
_END = re.compile(r"(?:一样|那样|来|流程|政策)+$")
_BETWEEN = re.compile(r"[、,|/\s]+")


def new_flow(sentence: Sentence, book: Book) -> Edit:
    """A flow like another, which opens cases by its own word for whoever may open those of the other."""
    name, like, rest = _pair(sentence)
    model = one_of(like, book.names(FLOW), "流程")
    types = book.table(REASONS)
    aliases = [str(alias) for body in types.values() for alias in body.get("别名") or ()]
    name = book.fresh(name, [*book.names(FLOW), *KINDS, *types, *aliases], "流程或退货类型", FLOW_CHARS)
    said = clauses(rest, (TYPE,))
    if said[""]:
        raise sentence.unclear(f"“{said['']}”没有看懂")
    mine = _types_for(said.get(TYPE, ""), model, types)
    texts = {(FLOW, name): yamlfile.write({**book.read(FLOW, model), "流程": name})}
    texts |= {(REASONS, REASONS): yamlfile.write(_opened(book, name, model, mine))}
    roles = _granted(book, name, model)
    texts |= {(ROLES, ROLES): yamlfile.write({**book.read(ROLES, ROLES), "角色": roles})}
    who = listed(role for role, body in roles.items() if name in body.get(MAY, {}))
    told = (
        f"新建流程 {name}，照“{model}”；退货类型 {'、'.join(mine)} 可以走它，{who} 能开单："
        f"{name} 订单号 商品×数量。改它请写上名字，例如：流程 {name} 质检 时限 4小时"
    )
    return Edit(texts, told + _only_of(book, model, name))


def stop_flow(sentence: Sentence, book: Book) -> Edit:
    """No return type leads to it any more: nobody can open such a case; running ones go on."""
    name, types = _led_to(sentence, book)
    led = [kind for kind, body in types.items() if name in names_in(body.get(FLOW_OF))]
    alone = [kind for kind in led if names_in(types[kind].get(FLOW_OF)) == (name,)]
    if alone:
        raise PolicyRefused(f"退货类型 {'、'.join(alone)} 只走“{name}”，请先写 删除原因 {alone[0]}，或让它走别的流程")
    fresh = {kind: _without(body, name) for kind, body in types.items()}
    return book.with_table(REASONS, fresh, f"停用流程 {name}：以后开不了这样的单，正在办的照旧")


def start_flow(sentence: Sentence, book: Book) -> Edit:
    """Return types lead to it again: those that are named, or those of the flow that it is like."""
    said = clauses(sentence.text, (TYPE,))
    name = one_of(trimmed(said[""]), book.names(FLOW), "流程")
    types = book.table(REASONS)
    model = dict(book.read(REASONS, REASONS).get(LIKE) or {}).get(name, "")
    if not model and not said.get(TYPE):
        raise PolicyRefused(f"请写上哪些退货类型走它，例如：启用流程 {name} {TYPE} {next(iter(types))}")
    mine = _types_for(said.get(TYPE, ""), model, types)
    fresh = {kind: _with_flow(body, name) if kind in mine else body for kind, body in types.items()}
    return book.with_table(REASONS, fresh, f"启用流程 {name}：退货类型 {'、'.join(mine)} 可以走它")


def new_policy(sentence: Sentence, book: Book) -> Edit:
    """A policy like another; with conditions also the row by which new cases take it."""
    name, like, rest = _pair(sentence)
    model = book.policy_called(like)
    taken = [*book.names(POLICY), *(named(book.bundle[POLICY, each], each) for each in book.names(POLICY))]
    name = book.fresh(name, taken, "政策", POLICY_CHARS)
    said = clauses(rest, (WHEN,))
    if said[""]:
        raise sentence.unclear(f"“{said['']}”没有看懂")
    texts = {(POLICY, name): yamlfile.write({**book.read(POLICY, model), "政策": name, "名称": name})}
    told = f"新建政策 {name}，照“{book.title(model)}”"
    if not said.get(WHEN):
        use = f"增加行 {ROWS} {name} 政策 {name} {WHEN} 店铺=旗舰店"
        return Edit(texts, f"{told}；还没有单用它，要用请写：{use}{_to_change(name, texts[POLICY, name])}")
    row: Data = {"规则": f"用{name}", **conditions(said[WHEN]), "政策": name}
    choices = book.read(CHOICES, CHOICES)
    texts |= {(CHOICES, CHOICES): yamlfile.write({**choices, ROWS: [row, *(choices.get(ROWS) or ())]})}
    return Edit(texts, f"{told}；{said[WHEN]} 的新单用它")


def _to_change(name: str, text: str) -> str:
    """How a number of a policy is changed, by a row that it has."""
    for row in sorted(rows_of(yamlfile.read(text)), key=lambda row: row.table != TIERS):
        for _, number in row.numbers(""):
            return f"；改它请写上名字，例如：规则 {name} {row.name} {number}→{number * 2}"
    return ""


# -- reading -----------------------------------------------------------------------------------------------------------


def _pair(sentence: Sentence) -> tuple[str, str, str]:
    """The new name, the one that it is like, and what else is said."""
    name, *behind = _AS.split(sentence.text, maxsplit=1)
    if not behind or not name.strip():
        raise sentence.unclear("要写名字，也要写照哪一个")
    like, _, rest = behind[0].partition(" ")
    rest = rest.removeprefix("一样").strip(" ,")
    return trimmed(name), _END.sub("", trimmed(like)) or trimmed(like), rest


def _types_for(said: str, model: str, types: Data) -> list[str]:
    """The return types that are named, else those that lead to the model."""
    if said:
        return list(dict.fromkeys(one_of(each, types, "退货类型") for each in _BETWEEN.split(said) if each))
    return [name for name, body in types.items() if model in names_in(body.get(FLOW_OF))]


def _led_to(sentence: Sentence, book: Book) -> tuple[str, Data]:
    types = book.table(REASONS)
    flows = dict.fromkeys(flow for body in types.values() for flow in names_in(body.get(FLOW_OF)))
    return one_of(trimmed(sentence.text), flows, "在用的流程"), types


# -- what goes with it -------------------------------------------------------------------------------------------------


def _opened(book: Book, name: str, model: str, types: list[str]) -> Data:
    """The file of the return types with the flow in them, and what it is read like."""
    data = book.read(REASONS, REASONS)
    fresh = {kind: _with_flow(body, name) if kind in types else body for kind, body in dict(data[TYPES]).items()}
    known = dict(data.get(LIKE) or {})
    return {**data, TYPES: fresh, LIKE: {**known, name: known.get(model, model)}}


def _with_flow(body: Data, name: str) -> Data:
    flows = [*names_in(body.get(FLOW_OF))]
    return body if name in flows else {**body, FLOW_OF: [*flows, name]}


def _without(body: Data, name: str) -> Data:
    flows = [each for each in names_in(body.get(FLOW_OF)) if each != name]
    return {**body, FLOW_OF: flows[0] if len(flows) == 1 else flows}


def _granted(book: Book, name: str, model: str) -> Data:
    """The roles: whoever may open cases of the one may open those of the other, as far as there."""
    roles = book.table(ROLES)
    return {role: {**body, MAY: _beside(dict(body.get(MAY) or {}), name, model)} for role, body in roles.items()}


def _beside(may: dict[str, Any], name: str, model: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for command, scope in may.items():
        found[command] = scope
        if command == model:
            found[name] = scope
    return found


def _only_of(book: Book, model: str, name: str) -> str:
    """A hint on conditions that speak of the other one's kind, and so never of this one."""
    places = list(dict.fromkeys(_speaking(book, model)))
    if not places:
        return ""
    more = f"等 {len(places)} 处" if len(places) > MAX_PLACES else ""
    return f"；只说“种类 {model}”的条件管不到它，要管请改成 {model}|{name}：{'、'.join(places[:MAX_PLACES])}{more}"


def _speaking(book: Book, model: str) -> Iterator[str]:
    for (kind, name), text in book.bundle.items():
        if kind != REASONS:
            yield from (f"{title(kind, name)} {row}".strip() for row in _rows(yamlfile.read(text), model))


def _rows(value: Any, model: str) -> Iterator[str]:
    if isinstance(value, dict):
        cell = value.get("种类")
        if isinstance(cell, str) and model in cell.split("|"):
            yield str(value.get("规则") or value.get("名") or "")
        for each in value.values():
            yield from _rows(each, model)
    elif isinstance(value, list):
        for each in value:
            yield from _rows(each, model)

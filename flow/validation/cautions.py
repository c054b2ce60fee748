"""What a change brings that is no mistake by itself, and that whoever publishes it has to have seen. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.automation import ALERT, blanks
from flow.definitions.automation import MONEY as AMOUNTS
from flow.definitions.automation_reader import parse_rules
from flow.definitions.business import FLOW, POLICY, business_of, title
from flow.definitions.flow import MONEY as IN_YUAN
from flow.definitions.flow_reader import read_flow
from flow.definitions.policy import read_policy
from flow.definitions.vocabulary import CALENDAR, LAST_RESORT, RISKY, UNDELIVERED
from flow.engine.exemption import may_be_passed
from flow.engine.group_facts import ALONE
from flow.engine.signatures import joint
from flow.validation.conditions import domain_of
from flow.validation.coverage import Domain, TooManyCases, covered, overlapping
from flow.validation.money import cautions_of
from flow.validation.monitors import at_table
from flow.validation.prepayment import takes_goods
from flow.validation.surroundings import MONEY, WHOLE, known_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from flow.definitions.business import Bundle
    from flow.definitions.conditions import When
    from flow.definitions.flow import Flow
    from flow.definitions.policy import Policy
    from flow.validation.surroundings import Known

    Key = tuple[str, str]

RULES = "rules"
_DOMAINS = {fact: domain_of(fact) for fact in MONEY | WHOLE | CALENDAR}
#: a case as most are: of nobody who is to be looked at twice, and its goods have come
_ORDINARY = _DOMAINS | {fact: Domain((False,), always=True) for fact in (RISKY, UNDELIVERED)}


def cautions(old: Bundle, new: Bundle, changed: Collection[Key]) -> dict[Key, list[str]]:
    """A sentence for each thing of a text to be seen that its published version has not; ``new`` has been checked."""
    known = known_of(business_of(new))
    found = {}
    for key in changed:
        before = set(_of(key, known, old)) if key in old else set()
        fresh = [words for words in _of(key, known, new) if words not in before]
        fresh += _unwatched(key, old, new) if key in old else []
        fresh += _copied(key, new, changed) if key in old else []
        if fresh:
            found[key] = [f"{title(*key)} {words}" for words in dict.fromkeys(fresh)]
    return found


def _unwatched(key: Key, old: Bundle, new: Bundle) -> list[str]:
    """Rules that look at a node which a flow has no more, or under another name: they say nothing of it any more."""
    (kind, name), rules = key, business_of(new).rules
    if kind != FLOW:
        return []
    gone = read_flow(old[key], name).nodes.keys() - read_flow(new[key], name).nodes.keys()
    watching = [(node, rule.name) for rule in rules if not rule.off for node in rule.nodes if node in gone]
    return [f"没有节点“{node}”了，自动规则“{rule}”在这条流程里不再起作用" for node, rule in watching]


def _copied(key: Key, new: Bundle, changed: Collection[Key]) -> Iterator[str]:
    """Flows that a part of was copied from this one, and that stay as they are."""
    for (kind, name), text in new.items():
        if key[0] == kind == FLOW and (kind, name) not in changed:
            parts = [part for part, source in read_flow(text, name).parts.items() if source == key[1]]
            yield from (
                f"流程“{name}”里的“{part}”照的是它，不跟着改；要跟着改再写 流程 {name} 子流程 {part}" for part in parts
            )


def _of(key: Key, known: Known, bundle: Bundle) -> list[str]:
    (kind, name), text = key, bundle[key]
    if kind == FLOW:
        flow = read_flow(text, name)
        return [*cautions_of(text, name, known, ships=takes_goods(flow)), *_never_passed(flow)]
    if kind == RULES:
        return list(_posted(text, bundle))
    return list(_left_over(read_policy(text, name))) if kind == POLICY else []


def _posted(text: str, bundle: Bundle) -> Iterator[str]:
    """Amounts of a case that a rule would say in a group, where nothing says any: who reads them instead."""
    flows = [read_flow(each, name) for (kind, name), each in bundle.items() if kind == FLOW]
    fields = [field for flow in flows for node in flow.forms for field in node.form]
    amounts = AMOUNTS | {field.name for field in fields if field.kind == IN_YUAN}
    for rule in parse_rules(text):
        for do in rule.does:
            told = [name for name in dict.fromkeys(blanks(do.text)) if name in amounts]
            if do.kind == ALERT and told and not rule.off:
                named = "、".join(f"{{{name}}}" for name in told)
                yield f"“{rule.name}”：{do.to}里 {named} 写成“{ALONE}”，全文只单独发给{LAST_RESORT}"


def _never_passed(flow: Flow) -> Iterator[str]:
    """Approvals that a person always has to give, whatever the table says."""
    for node in flow.nodes.values():
        if at_table(node) and node.buttons and not may_be_passed(node, {}):
            why = "会签" if node.all_must_agree else "同意人数" if joint(node, {}) else "必填的栏目"
            yield f"节点“{node.name}”：有{why}，审批表写自动的、同人免审的也都要有人办"


def _left_over(policy: Policy) -> Iterator[str]:
    """Rows that are left with customers at risk and goods on their way, as the rows before them take all others."""
    rows = [tier.when for tier in policy.tiers]
    for n in sorted(_masked(rows, _ORDINARY) - _masked(rows, _DOMAINS)):
        asks = {cell.fact for cell in rows[n].cells}
        if not asks & {RISKY, UNDELIVERED}:
            yield f"审批表第 {n + 1} 行（{policy.tiers[n].rule}）：普通的单再也轮不到它，只剩{RISKY}和还没签收的"


def _masked(rows: Sequence[When], domains: dict[str, Domain]) -> set[int]:
    try:
        overlapping(rows, domains)
    except TooManyCases:
        return set()
    return {masked.row for masked in covered(rows, domains)}

"""What a change lets go of the merchant's money, as whoever publishes it has to read it first. Pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from flow.definitions import ceiling
from flow.definitions.business import FLOW, POLICY, business_of, named, title
from flow.definitions.charges import AMOUNT, LESS, MORE, reckon
from flow.definitions.conditions import When
from flow.definitions.eligibility import ALLOWED
from flow.definitions.flow import HUMAN, NUMBER, WRITE
from flow.definitions.flow import MONEY as AMOUNTS
from flow.definitions.flow_reader import read_flow
from flow.definitions.policy import AUTOMATIC, read_policy
from flow.definitions.text import when_words
from flow.definitions.vocabulary import RISKY, TIME_UP
from flow.validation.approvals import shifts
from flow.validation.money import cautions_of
from flow.validation.monitors import at_table
from flow.validation.prepayment import takes_goods
from flow.validation.surroundings import known_of
from flow.versions import PRESET

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from flow.definitions.automation import Rule
    from flow.definitions.business import Bundle, Business
    from flow.definitions.choices import Pick
    from flow.definitions.flow import Flow, Node
    from flow.definitions.policy import Policy
    from flow.validation.surroundings import Known

    Key = tuple[str, str]

ALONE, EARLY, FEWER, OTHERS = range(4)  #: nobody decides; the money goes too soon; fewer eyes; other eyes
Risk = tuple[int, str]
LARGE = Decimal(1000000)  #: yuan, beyond which no fixed limit of a formula reaches
MAX_SHIFTS = 4  #: ranges of one policy that are told


def risks(old: Bundle, new: Bundle, changed: Collection[Key]) -> list[str]:
    """A sentence for each way in which more of the money may go than before, the worst first."""
    businesses = business_of(old), business_of(new)
    known = known_of(businesses[1])
    found: list[Risk] = []
    for kind, name in changed:
        if kind == POLICY:
            found += _of_policy(name, old, new)
        elif kind == FLOW:
            found += _of_flow(old.get((kind, name)), new[kind, name], name, known)
    found += [*_of_rules(*businesses), *_of_choices(old, new, businesses), *_of_types(*businesses)]
    return [words for _, words in sorted(dict.fromkeys(found), key=lambda each: each[0])]


def raised(old: Bundle, new: Bundle) -> list[str]:
    """Each part of 自动上限 that a change lifts, in words: of a policy of its own, or by sending cases to another."""
    before, after = _used(old), _used(new)
    told = []
    for name, policy in after.items():
        was = before.get(name)
        alone_before = was is not None and _decides_alone(was)
        if not _decides_alone(policy) and (was is None or was.ceiling == ceiling.NONE):
            continue
        bases = [was.ceiling] if was else []
        if not alone_before and _decides_alone(policy):  # what it wrote before has limited nothing
            bases.append(ceiling.loosest([each.ceiling for each in before.values() if _decides_alone(each)]))
        told += [f"政策 {policy.title} {words}" for base in bases for words in ceiling.raised(base, policy.ceiling)]
        if policy.ceiling == ceiling.NONE and not alone_before and _decides_alone(policy):
            told.append(f"政策 {policy.title} 有了自动通过的行，没有写自动上限")
    return list(dict.fromkeys(told))


def _used(bundle: Bundle) -> dict[str, Policy]:
    """The policies that cases may take, by name."""
    preset = (text for (kind, _), text in bundle.items() if kind == PRESET)
    chosen = {*business_of(bundle).choices.named_policies(), *preset}
    found = {name: read_policy(text, name) for (kind, name), text in bundle.items() if kind == POLICY}
    known = any(kind == PRESET for kind, _ in bundle)
    return {name: policy for name, policy in found.items() if name in chosen} if known else found


def _decides_alone(policy: Policy) -> bool:
    return any(tier.approver == AUTOMATIC for tier in policy.tiers)


# -- policies ----------------------------------------------------------------------------------------------------------


def _of_policy(name: str, old: Bundle, new: Bundle) -> Iterator[Risk]:
    text, before = new[POLICY, name], old.get((POLICY, name))
    policy = read_policy(text, name)
    if _decides_alone(policy) and policy.ceiling == ceiling.NONE:
        yield ALONE, f"政策 {named(text, name)} 有自动通过的行，没有写自动上限，多大的金额都自动"
    if before is None:
        return
    was = read_policy(before, name)
    moved = shifts(was, policy)
    for shift in moved[:MAX_SHIFTS]:
        kind = ALONE if shift.frees else EARLY if shift.hastens else FEWER if shift.loosens else OTHERS
        yield kind, shift.words
    for role in dict.fromkeys(shift.new.approver for shift in moved if shift.new.approver != shift.old.approver):
        for node in _before_table(role, new):
            yield FEWER, f"{role} 在 {node} 点过同意就不用再批（同人免审），一个人就批完了"
    if len(moved) > MAX_SHIFTS:
        yield OTHERS, f"另外还有 {len(moved) - MAX_SHIFTS} 段金额换了人批或者提早退"
    yield from _of_whole(was, policy)
    yield from _of_charges(was, policy)
    yield from _of_limits(was, policy)


def _before_table(role: str, bundle: Bundle) -> list[str]:
    """The nodes at which somebody of a role agrees, and has thereby approved of the amount."""
    found = []
    for flow in [read_flow(text, name) for (kind, name), text in bundle.items() if kind == FLOW]:
        passed = {node.name for node in flow.nodes.values() if at_table(node) and node.skips_same_approver}
        for node in flow.nodes.values():
            agrees = [action for action in node.actions.values() if not action.danger]
            leads = any(branch.to in passed for action in agrees for branch in action.branches)
            found += [node.name] if node.owner and node.owner.role == role and leads else []
    return list(dict.fromkeys(found))


def _of_whole(was: Policy, policy: Policy) -> Iterator[Risk]:
    if policy.two_person_above > was.two_person_above:
        yield FEWER, f"双人金额 {was.two_person_above} → {policy.two_person_above}：到它为止质检和退款可以是一个人"
    if was.together and not policy.together:
        yield FEWER, "同一订单拆成几张单，不再加起来看档"
    elif policy.window < was.window:
        yield FEWER, f"同一客户分几单退，只看 {policy.window} 天里的，原来 {was.window} 天"
    if policy.freight and (was.freight is None or not _same(policy.freight, was.freight)):
        yield EARLY, "退货时连客户付的运费一起退的单变了"
    known = {row.role: row for row in was.authorities}
    for row in policy.authorities:
        old = known.get(row.role)
        if old is None or row.per_case > old.per_case or row.per_day > old.per_day or not _same(row.when, old.when):
            yield ALONE, f"{row.role} 自己就能定：每单 {row.per_case}，每天 {row.per_day}"


def _of_charges(was: Policy, policy: Policy) -> Iterator[Risk]:
    """Lines by formula that take less off a refund than they did, or put more on."""
    kept = {row.rule: row for row in policy.charges}
    for row in was.charges:
        fresh, how = kept.get(row.rule), f"{row.sign} {row.rule}（{row.formula.text}）"
        if fresh is None and row.sign == LESS:
            yield EARLY, f"退款不再{how}，退得更多"
        elif fresh and (fresh.sign, fresh.formula.text) != (row.sign, row.formula.text):
            yield OTHERS, f"退款的 {row.rule}：{row.sign} {row.formula.text} → {fresh.sign} {fresh.formula.text}"
        elif fresh and not _same(fresh.when, row.when):
            yield OTHERS, f"退款{how}的单变了"
    if _takes_all(policy) and not _takes_all(was):
        yield OTHERS, "算式加起来会把退款扣光：几行都符合的单一分钱都不退"
    known = {row.rule for row in was.charges}
    for row in policy.charges:
        if row.rule not in known:
            more = "退得更多，最多到实付" if row.sign == MORE else "客户少拿"
            yield (EARLY if row.sign == MORE else OTHERS), f"退款{row.sign} {row.rule}（{row.formula.text}），{more}"


def _takes_all(policy: Policy) -> bool:
    """Whether the rows that follow from the goods alone leave nothing of a refund, where all of them count."""
    shares = [replace(row, when=When()) for row in policy.charges if set(row.formula.facts) == {AMOUNT}]
    return LARGE + sum((line.amount for line in reckon(shares, LARGE, LARGE, {})), Decimal(0)) == 0


def _of_limits(was: Policy, policy: Policy) -> Iterator[Risk]:
    kept, known = {row.rule: row for row in policy.limits}, {row.rule for row in was.limits}
    for row in policy.limits:
        if row.outcome == ALLOWED and row.rule not in known:
            yield FEWER, f"资格 加了“{row.rule}”，符合的单不再看别的限制"
    for row in was.limits:
        fresh = kept.get(row.rule)
        if row.outcome == ALLOWED:
            continue
        if fresh is None:
            yield FEWER, f"资格 去掉了“{row.rule}”，原来拦下的单能退了"
        elif (fresh.outcome, fresh.by) != (row.outcome, row.by) or not _same(fresh.when, row.when):
            yield FEWER, f"资格“{row.rule}”变了，拦下的单和谁能例外不一样了"


def _same(one: When, other: When) -> bool:
    """Whether two rows ask for the same."""
    return {(cell.fact, cell.text) for cell in one.cells} == {(cell.fact, cell.text) for cell in other.cells}


# -- flows -------------------------------------------------------------------------------------------------------------


def _of_flow(before: str | None, text: str, name: str, known: Known) -> Iterator[Risk]:
    flow, was = read_flow(text, name), read_flow(before, name) if before else None
    ships = takes_goods(flow) or (was is not None and takes_goods(was))
    told = cautions_of(before, name, known, ships=takes_goods(was)) if before and was else ()
    for words in cautions_of(text, name, known, ships=ships):
        if words not in told:
            yield EARLY, f"{title(FLOW, name)} {words}"
    if was is None:
        return
    if was.refunds and not flow.refunds:
        yield EARLY, f"流程 {name} 不再算退钱的流程，卡片上不写金额"
    for node in flow.nodes.values():
        old = was.nodes.get(node.name)
        if old is not None and node.kind == old.kind == HUMAN:
            yield from _of_node(node, old)
            yield from _of_changes(node, old, flow)
    yield from _of_form(flow.opening, was.opening)
    yield from _gone(flow, was)


def _of_node(node: Node, old: Node) -> Iterator[Risk]:
    yield from _of_signatures(node, old)
    yield from _of_actions(node, old)
    yield from _of_form(node, old)
    for who in [who for who in old.avoids if who not in node.avoids]:
        yield FEWER, f"{node.name} 不再回避 {who}"
    late, early = node.actions.get(TIME_UP), old.actions.get(TIME_UP)
    if late and (early is None or [each.to for each in late.branches] != [each.to for each in early.branches]):
        to = "、".join(dict.fromkeys(branch.to for branch in late.branches))
        yield FEWER, f"{node.name} 到时没人办，系统自己就去 {to}"


def _of_form(node: Node, old: Node) -> Iterator[Risk]:
    """Answers that had to be given and no longer must."""
    now = {field.name: field for field in node.form}
    for was in (field for field in old.form if field.required):
        field = now.get(was.name)
        if field is None or not (field.required or field.required_when.cells):
            yield FEWER, f"{node.name} 的 {was.name} 不再必填"
        elif field.required_when.cells:
            yield FEWER, f"{node.name} 的 {was.name} 只在 {when_words(field.required_when)} 时必填"
        elif field.when.cells and not _same(field.when, was.when):
            yield FEWER, f"{node.name} 的 {was.name} 只在 {when_words(field.when)} 时才问，别的时候没有人填"


def _of_changes(node: Node, old: Node, flow: Flow) -> Iterator[Risk]:
    """Answers that a later node may change now, where they are numbers or have led the case."""
    nodes = flow.nodes.values()
    numbers = {item.name for each in flow.forms for item in each.form if item.kind in (AMOUNTS, NUMBER)}
    whens = [branch.when for each in nodes for _, branch in each.ways()] + [
        x.when for each in nodes for x in each.levels
    ]
    led = numbers | {cell.fact for when in whens for cell in when.cells}
    for name in [name for name, right in node.rights.items() if right == WRITE and old.rights.get(name) != WRITE]:
        if name in led:
            yield FEWER, f"{node.name} 可以改前面填的 {name}，改了不再从头走"


def _of_signatures(node: Node, old: Node) -> Iterator[Risk]:
    """Levels, signatures and words said elsewhere that count for them."""
    if node.skips_same_approver and not old.skips_same_approver:
        what = "第一级不用再看" if node.levels else "少一个人看"
        yield FEWER, f"{node.name} 同人免审：刚点过同意的人是审批人，{what}"
    if node.levels and not old.levels and node.skips_same_approver:
        yield FEWER, f"{node.name} 的第一级，同人免审和审批表写自动的不用人看"
    if old.all_must_agree and not node.all_must_agree:
        yield FEWER, f"{node.name} 不再会签，{node.quorum or 1} 个人点了就走"
    elif node.quorum < old.quorum:
        yield FEWER, f"{node.name} 原来要 {old.quorum} 个人同意，现在 {node.quorum or 1} 个人点了就走"
    if old.strict and not node.strict:
        yield FEWER, f"{node.name} 不再驳回即止，有人驳回的单还能通过"
    before = {level.name: level.quorum for level in old.levels}
    for each in [level for level in node.levels if level.quorum < before.get(level.name, 0)]:
        yield FEWER, f"{node.name} 的 {each.name} 原来要 {before[each.name]} 个人同意，现在 {each.quorum or 1} 个"
    for level in [level.name for level in old.levels if level.name not in {each.name for each in node.levels}]:
        yield FEWER, f"{node.name} 少了一级 {level}"


def _of_actions(node: Node, old: Node) -> Iterator[Risk]:
    """Buttons that do less than they did, or count for more."""
    for action in node.actions.values():
        before = old.actions.get(action.name)
        if before and before.danger and not action.danger:
            yield FEWER, f"{node.name} 的 {action.name} 不再是危险的，点它就算同意"
        if lost := [effect for effect in (before.effects if before else ()) if effect not in action.effects]:
            yield EARLY, f"{node.name} {action.name} 不再办 {'、'.join(lost)}"


def _gone(flow: Flow, was: Flow) -> Iterator[Risk]:
    """People who looked, and no longer do; a node that only has another name is the same node."""
    fresh = [node for node in flow.nodes.values() if node.name not in was.nodes and node.kind == HUMAN]
    for node in was.nodes.values():
        if node.kind != HUMAN or node.name in flow.nodes:
            continue
        if not any(set(node.actions) == set(each.actions) and node.owner == each.owner for each in fresh):
            yield FEWER, f"少了一道：{node.name}"


# -- what all share ----------------------------------------------------------------------------------------------------


def _of_rules(old: Business, new: Business) -> Iterator[Risk]:
    """Rules that say who is at risk, and no longer do so of the same cases."""
    kept = {rule.name: rule for rule in new.rules}
    for rule in old.rules:
        if rule.off or not _marks(rule):
            continue
        fresh = kept.get(rule.name)
        if fresh is None or fresh.off:
            yield FEWER, f"自动规则“{rule.name}”没有了，那样的客户系统会自动通过、自动退款"
        elif (fresh.what, fresh.node) != (rule.what, rule.node) or not (_marks(fresh) and _same(fresh.when, rule.when)):
            yield FEWER, f"自动规则“{rule.name}”变了，算风险客户的人不一样了"


def _marks(rule: Rule) -> bool:
    return any(RISKY in do.notes for do in rule.does)


def _of_choices(old: Bundle, new: Bundle, both: tuple[Business, Business]) -> Iterator[Risk]:
    before, after = (business.choices for business in both)
    for row in before.risks:
        if not any(_same(row.when, each.when) for each in after.risks):
            yield FEWER, f"风险客户“{row.rule}”去掉或变了，原来总要人批的系统会自动办"
    policies = {name: read_policy(text, name) for (kind, name), text in new.items() if kind == POLICY}
    usual = next((text for (kind, _), text in old.items() if kind == PRESET), next(iter(policies), ""))
    for pick in _fresh(before.policies, after.policies):
        if pick.value in policies and usual in policies and pick.value != usual:
            yield from _sent(pick.rule, policies[usual], policies[pick.value])
    for pick in _fresh(after.policies, before.policies):
        yield OTHERS, f"政策选择 去掉或改了“{pick.rule}”，那样的单换了政策"


def _fresh(old: Sequence[Pick], new: Sequence[Pick]) -> list[Pick]:
    """The rows that are not among the old ones."""
    return [pick for pick in new if not any(pick.value == each.value and _same(pick.when, each.when) for each in old)]


def _sent(rule: str, usual: Policy, picked: Policy) -> Iterator[Risk]:
    for shift in shifts(usual, picked)[:2]:
        yield (ALONE if shift.frees else EARLY if shift.hastens else OTHERS), f"{rule} 用 {picked.title}：{shift.words}"


def _of_types(old: Business, new: Business) -> Iterator[Risk]:
    for name, kind in old.types.items():
        fresh = new.types.get(name)
        if fresh is None:
            continue
        if added := [flow for flow in fresh.flows if flow not in kind.flows]:
            yield EARLY, f"{name} 可以走 {'、'.join(added)} 了"
        for fact, value in kind.strategy.items():
            if fact in _COSTS and (now := fresh.strategy.get(fact)) != value:
                yield OTHERS, f"{name} 的 {fact}：{value} → {now or '没有'}"


_COSTS = frozenset({"路由", "次品", "运费", "成本", "责任"})  #: what of a type money or goods follow

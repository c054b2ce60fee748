"""From a sentence or an edited file to a proposal with its differences in words and in a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow import edits
from flow.definitions import ceiling, freight, yamlfile
from flow.definitions.business import FLOW, POLICY, SPARE, Bundle, business_of, named, title
from flow.definitions.flow_reader import read_flow
from flow.definitions.policy import AUTOMATIC, read_policy
from flow.definitions.renaming import completed
from flow.definitions.table_text import OF_ALL, OF_POLICY, TABLES, overview, table_lines
from flow.diff.differences import Change as Difference
from flow.diff.differences import differences
from flow.diff.renamed import compared
from flow.diff.sketch import sketch, sketch_difference
from flow.diff.weights import MONEY, WAYS
from flow.edits import settings
from flow.errors import NotFound, PolicyRefused
from flow.publishing.catching_up import catch_up
from flow.publishing.judgement import judgement_of
from flow.publishing.proposals import (
    OPEN,
    Change,
    different,
    draft_of,
    drop,
    propose,
    retire,
    state_of,
    texts_of,
    warned_of,
)
from flow.publishing.staff_items import is_of_staff
from flow.versions import PRESET, active_texts, active_versions
from models import Definition, Proposal, ProposalState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from flow.definitions.policy import Policy, Tier
    from flow.people.directory import Directory
    from models.views.case import By, Person
    from models.views.sketch import Sketch

CHOICES = ("choices", "choices")
_CALLED = ("流程：", "政策：", "名称：")  #: how a difference of the mere name begins
UNLIMITED = "没有写，自动通过的行多大的金额都自动"
ABOUT_CHARS = 64  #: of the column that keeps what a proposal is about


@dataclass(frozen=True, slots=True)
class Amended:
    """A proposal as it was put on record, or dropped for nothing is left of it, with what its author is shown."""

    proposal: Proposal
    said: str
    words: tuple[str, ...]
    conflicts: tuple[str, ...]  #: what somebody else has published meanwhile, and what therefore stands
    sketch: Sketch | None  #: the flow with its changes marked; None where its picture is what it was before


@dataclass(frozen=True, slots=True)
class MadeOn:
    """What a file was made from: the version of each text, and when."""

    versions: Mapping[tuple[str, str], int]
    at: datetime | None = None


# -- what there is -----------------------------------------------------------------------------------------------------


async def names() -> tuple[list[str], list[str], str]:
    """Published flows in the order of the return types, published policies, and the policy that new cases take."""
    rows = await Definition.filter(active=True).order_by("name").values("kind", "name", "text")
    flows = [row["name"] for row in rows if row["kind"] == FLOW]
    policies = [row["name"] for row in rows if row["kind"] == POLICY]
    chosen = next((row["text"] for row in rows if row["kind"] == PRESET), "")
    types = business_of({(row["kind"], row["name"]): row["text"] for row in rows}).types.values()
    used = dict.fromkeys(flow for each in types for flow in each.flows)
    return [*(name for name in used if name in flows), *(name for name in flows if name not in used)], policies, chosen


async def policy_titles() -> dict[str, str]:
    """What people call each published policy; its code in quotes where it has no name."""
    active = await active_texts()
    data = {name: yamlfile.read(text) or {} for (kind, name), text in active.items() if kind == POLICY}
    return {name: str(each.get("名称") or f"“{name}”") for name, each in data.items()}


async def picture(flow: str, policy: str, now: datetime) -> Sketch:
    """A published flow as it is now, with the approvers of a policy. Raises NotFound."""
    active, versions = await active_texts(), await active_versions()
    if (FLOW, flow) not in active:
        raise NotFound(f"没有流程“{flow}”")
    subtitle = f"第 {versions[FLOW, flow]} 版 · 政策 {named(active[POLICY, policy], policy)} · 截至 {now:%m-%d %H:%M}"
    return sketch(
        read_flow(active[FLOW, flow], flow),
        _policy(active, policy),
        title=f"{flow}流程",
        subtitle=subtitle,
    )


async def policy_words(word: str) -> str:
    """A published policy as people read it: each tier, when the money goes, who needs a second pair of eyes.

    ``word`` is its name or what it is called: express or 快速. Raises NotFound.
    """
    active, versions = await active_texts(), await active_versions()
    policies = {name: text for (kind, name), text in active.items() if kind == POLICY}
    called = {name: str(yamlfile.read(text).get("名称", name)) for name, text in policies.items()}
    name = next((name for name, nick in called.items() if word in (name, nick)), None)
    if name is None:
        raise NotFound(f"没有政策“{word}”，有：{'、'.join(called.values())}")
    policy = read_policy(policies[name], name)
    lines = [f"政策 {called[name]}（第 {versions[POLICY, name]} 版）", "从上往下第一条符合的算数："]
    lines += [f"{n}. {_tier_words(tier)}" for n, tier in enumerate(policy.tiers, 1)]
    lines += [f"退款时机：{policy.trigger}", f"双人金额：超过 ¥{policy.two_person_above:,.2f} 质检和退款要两个人"]
    lines += [f"{ceiling.KEY}：{policy.ceiling.words() or UNLIMITED}"] if _alone(policy) else []
    lines += [f"合并计算：{_together_words(policy)}"]
    lines += [f"{freight.KEY}：{_spelt(freight.words(policy.freight))}"]
    choices = yamlfile.read(active.get(CHOICES, "")) or {}
    tables = _tables(yamlfile.read(policies[name]), choices)
    return "\n".join([*lines, *overview({table: tables[table] for table in (*OF_POLICY, *OF_ALL)})])


async def settings_words() -> str:
    """What stands beside flows and policies, as it is published now: quiet hours, days, zones, who gets the work."""
    active = await active_texts()
    choices = yamlfile.read(active.get(CHOICES, "")) or {}
    lines = ["现在的设置：", *settings.told(active)]
    lines += [f"不计天数 {row['名']}：{row['从']} 到 {row['到']}" for row in choices.get("不计天数") or ()]
    for name, rows in business_of(active).tables.items():
        lines.append(f"分派表 {name}：{'；'.join(f'{n}. {row.rule}' for n, row in enumerate(rows, 1))}")
    return "\n".join([*lines, f"改一样，例如：{edits.EXAMPLES['设置']}；增加行 不计天数 春节 2027-02-05 到 2027-02-13"])


def _alone(policy: Policy) -> bool:
    """Whether a row lets the system decide alone, or a ceiling speaks of it."""
    return policy.ceiling != ceiling.NONE or any(tier.approver == AUTOMATIC for tier in policy.tiers)


def _together_words(policy: Policy) -> str:
    if not policy.together:
        return "不合并，每张单各看各的"
    days = f"，同一客户 {policy.window} 天内的单也加进来" if policy.window else ""
    return f"同一订单的几张单加起来看档{days}"


async def table_words(table: str, word: str) -> str:
    """All rows of one table, which is the policy's or shared by all. Raises NotFound for a policy that there is not."""
    active = await active_texts()
    data = {name: yamlfile.read(text) for (kind, name), text in active.items() if kind == POLICY}
    policy = next((each for name, each in data.items() if word in (name, str(each.get("名称", name)))), None)
    if policy is None:
        raise NotFound(f"没有政策“{word}”，有：{'、'.join(str(each.get('名称', name)) for name, each in data.items())}")
    lines = table_lines(table, _tables(policy, yamlfile.read(active.get(CHOICES, "")) or {})[table])
    return "\n".join([*([] if table in OF_ALL else [f"政策 {policy.get('名称', policy['政策'])}"]), *lines])


def _tables(policy: Mapping[str, Any], choices: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {table: list((choices if table in OF_ALL else policy).get(table) or ()) for table in TABLES}


def _tier_words(tier: Tier) -> str:
    cells = "，".join(f"{cell.fact} {_spelt(cell.text)}" for cell in tier.when.cells if cell.text) or "其余"
    money = f"，{tier.trigger}后退款" if tier.trigger else ""
    return f"{tier.rule}：{cells} → {tier.approver}{money}"


def _spelt(cell: str) -> str:
    return cell.replace("<=", "≤").replace(">=", "≥")


async def book_of(mine: tuple[str, str, Person]) -> edits.Book:
    """The published texts with my draft on top, and the flow and the policy that are meant where none is named."""
    flow, policy, by = mine
    active = await active_texts()
    started, _ = await _continued(await draft_of(by), active)
    return edits.Book({**active, **started}, flow, policy)


async def meant(
    text: str,
    mine: tuple[str, str, Person],
    known: Mapping[str, Collection[str]],
    people: Mapping[str, Collection[str]],
) -> tuple[str, list[str], str]:
    """A sentence without a verb as the edit that it can only mean, or as those that it may mean; what is so already.

    ``mine``: the flow and the policy that are meant where it names none, and who says it. ``known``: fact -> its
    values, for the cases that a rule is to be for. ``people``: name -> roles. Raises PolicyRefused for a rule that
    would be for more cases than were said.
    """
    book = await book_of(mine)
    if edits.is_about_signatures(text):
        return "", edits.wishes(text, book, known, people), edits.signature_note(text, book)
    guess = edits.guess(text, book)
    wished = [guess] if guess else edits.wishes(text, book, known, people)
    return edits.as_edit(text, book), wished, edits.present(text, book, people)


# -- changes -----------------------------------------------------------------------------------------------------------


async def amend(words: Sequence[str], flow: str, policy: str, by: By[Person], staff: Directory) -> Amended:
    """Put one small edit on top of my draft, in the caller's transaction. Raises as ``edits.apply`` does."""
    mine = await draft_of(by.who)
    active = await active_texts()
    started, conflicts = await _continued(mine, active)
    edit = edits.apply(list(words), {**active, **started}, flow, policy)
    texts = different(active, {**started, **edit.texts})
    if mine and not texts:
        return await _emptied(mine, (_spelt(edit.said), conflicts), by)
    made = await _put(active, texts, (_spelt(edit.said), conflicts), by, staff)
    return replace(made, sketch=_redrawn(active, started, edit.texts, by.at))


async def put_text(key: tuple[str, str], text: str, said: str, by: By[Person], staff: Directory) -> Amended:
    """Put one text on top of my draft, in the caller's transaction. Raises as ``propose`` does."""
    mine, active = await draft_of(by.who), await active_texts()
    started, conflicts = await _continued(mine, active)
    texts = different(active, {**started, key: text})
    if mine and not texts:
        return await _emptied(mine, (said, conflicts), by)
    return replace(await _put(active, texts, (said, conflicts), by, staff), sketch=None)


async def started(key: tuple[str, str], who: Person) -> str:
    """A text as my draft has it, on top of what is published."""
    active = await active_texts()
    mine, _ = await _continued(await draft_of(who), active)
    return {**active, **mine}.get(key, SPARE.get(key[0], ""))


async def _emptied(draft: Proposal, said: tuple[str, tuple[str, ...]], by: By[Person]) -> Amended:
    """A draft whose last change was taken back is no draft: nobody can be asked to publish it."""
    await drop(draft, by.who, by.at)
    await retire(draft, by.at)
    return Amended(draft, said[0], (), said[1], None)


async def put_file(texts: Bundle, made: MadeOn, said: str, by: By[Person], staff: Directory) -> Amended:
    """Propose ``texts``, which were made from other versions, in place of my draft; in the caller's transaction.

    Raises PolicyRefused when nothing would change, or nothing is left that somebody else has not published otherwise.
    """
    caught, active = await catch_up(texts, made.versions, made.at), await active_texts()
    return await _put(active, different(active, caught.texts), (said, caught.conflicts), by, staff)


async def _continued(draft: Proposal | None, active: Bundle) -> tuple[Bundle, tuple[str, ...]]:
    """What a draft holds, on top of what is published now, and where the two clash."""
    if draft is None:
        return {}, ()
    caught = await catch_up(*state_of(draft))
    return {key: text for key, text in caught.texts.items() if active.get(key) != text}, caught.conflicts


async def _put(
    active: Bundle, texts: Bundle, said: tuple[str, tuple[str, ...]], by: By[Person], staff: Directory
) -> Amended:
    """Propose ``texts`` in place of what is published."""
    (words, conflicts), who, now = said, by.who, by.at
    if conflicts and not texts:
        raise PolicyRefused(f"{clash_words(conflicts)}\n除此之外和现在用的一样，没有改动")
    texts = completed(active, texts)
    changes = _changes(active, texts)
    lines = tuple(_spelt(change.words) for change in changes)
    about = "、".join(dict.fromkeys(title(*key, texts[key]) for key in texts))[:ABOUT_CHARS]
    red = sum(change.weight == MONEY for change in changes)
    moves = any(change.weight <= WAYS for change in changes)
    proposal = await propose(Change(about, texts, lines, red, moves), who, now, staff)
    return Amended(proposal, words, lines, conflicts, _drawn(active, texts, now))


def clash_words(conflicts: Sequence[str]) -> str:
    """Where somebody else was first."""
    listed = "\n".join(f"· {words}" for words in conflicts)
    return f"别人先发布了同一处的改动，这里以已发布的为准，要改请再说一次：\n{listed}"


def _changes(active: Bundle, texts: Bundle) -> list[Difference]:
    """The differences, what is nearest to money first."""
    found = []
    for change in compared(active, texts).changes:
        found.append(change)
        key = change.kind, change.name
        if change.kind in (FLOW, POLICY) and key not in active:
            found += _unlike(active, key, texts[key])
    return sorted(found, key=lambda change: change.weight)


def _unlike(active: Bundle, key: tuple[str, str], text: str) -> list[Difference]:
    """Where a new flow or policy is not as the published one that is most like it: else nobody would see a change."""
    kind, name = key
    found = {
        old: differences({(kind, old): each}, {(kind, old): text}) for (of, old), each in active.items() if of == kind
    }
    if not found:
        return []
    model = min(found, key=lambda old: len(found[old]))
    own = [change for change in found[model] if not change.words.startswith(_CALLED)]
    return [replace(change, name=name, words=f"{name} 和“{model}”不同：{change.words}") for change in own]


# -- a proposal as people see it ---------------------------------------------------------------------------------------


async def drawing(proposal: Proposal, now: datetime) -> Sketch | None:
    """The flow that a proposal changes, with the changes marked; None when it changes none."""
    return _drawn(await active_texts(), texts_of(proposal), now)


def _redrawn(active: Bundle, started: Bundle, edited: Bundle, now: datetime) -> Sketch | None:
    """The flow that one edit changed, on top of a draft; None where its picture is what it was before."""
    before, texts = {**active, **started}, {**started, **edited}
    changed = next((key for key in edited if key[0] == FLOW and _looks(before, key) != _looks(edited, key)), None)
    return _drawn(active, texts, now, changed) if changed else None


def _looks(texts: Bundle, key: tuple[str, str]) -> tuple[object, ...]:
    """What the picture of a flow shows of it, whatever else it says; nothing of one that is not there."""
    if key not in texts:
        return ()
    drawn = sketch(read_flow(texts[key], key[1]), None, title="", subtitle="")
    return drawn.boxes, drawn.arrows


def _drawn(active: Bundle, texts: Bundle, now: datetime, key: tuple[str, str] | None = None) -> Sketch | None:
    changed = key or next(((kind, name) for kind, name in texts if kind == FLOW), None)
    if changed is None:
        return None
    fresh = read_flow(texts[changed], changed[1])
    title, subtitle = f"{fresh.name}流程的改动", f"标出了和现在不同的地方 · {now:%m-%d %H:%M}"
    if changed not in active:
        return sketch(fresh, None, title=title, subtitle=subtitle)
    policy = next((name for kind, name in texts if kind == POLICY), "")
    sides = (_policy(active, policy), _policy({**active, **texts}, policy))
    old = read_flow(active[changed], changed[1])  # under its own names: a box says what it was called
    return sketch_difference(old, fresh, title=title, subtitle=subtitle, policies=sides)


def _policy(texts: Bundle, name: str) -> Policy | None:
    return read_policy(texts[POLICY, name], name) if (POLICY, name) in texts else None


async def view_facts(proposal: Proposal, people: Mapping[int, Person]) -> dict[str, Any]:
    """The fields that its card shows."""
    simulated, judged = proposal.simulated or {}, judgement_of(proposal)
    author, decider = people.get(proposal.author_id), people.get(proposal.decider_id or 0)
    last = await Proposal.filter(state=ProposalState.LIVE).order_by("-decided_at", "-id").first()
    conflicts: tuple[str, ...] = ()
    if proposal.state in OPEN:
        conflicts = (await catch_up(*state_of(proposal))).conflicts
    return {
        "id": proposal.id, "version": proposal.version, "about": proposal.about, "words": proposal.words,
        "state": proposal.state, "created_at": proposal.created_at, "decided_at": proposal.decided_at,
        "author": author.name if author else "", "decider": decider.name if decider else "",
        "effect": str(simulated.get("effect", "")), "conflicts": conflicts,
        "due_at": proposal.due_at, "until_at": proposal.until_at,
        "last": last is not None and last.id == proposal.id, "cautions": warned_of(proposal),
        "of_staff": is_of_staff(proposal),
        "risks": judged.risks, "red": judged.red, "untried": judged.moves and not proposal.simulated,
        "numbers": [tuple(row) for row in simulated.get("numbers", ())], "lacks": judged.lacks, "agreed": judged.agreed,
    }  # fmt: skip


async def published_words(proposal: Proposal) -> str:
    """``退货流程 第 2 版、政策 快速 第 3 版``: what of it stands now."""
    versions = await active_versions()
    texts = texts_of(proposal)
    keys = [key for key in texts if key in versions]
    return "、".join(f"{title(*key, texts[key])} 第 {versions[key]} 版" for key in keys)

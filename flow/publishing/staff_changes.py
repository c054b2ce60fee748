"""Changes of the staff by the chat: in force at once, or by a second person where they concern money; on the record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW, POLICY
from flow.definitions.permissions import Scope
from flow.errors import NotAllowed, NotFound, PolicyRefused
from flow.people.changes import ACCOUNTS, BOSS, LISTS, ROLES, TEAM, Change, checked, unheard_of
from flow.people.directory import MEMBERS
from flow.people.powers import STAFF, powers_of
from flow.publishing.judgement import CAUTIONS
from flow.publishing.proposals import PUBLISH, show_to, take_effect, warned_of
from flow.publishing.staff_items import KIND, change_in, is_of_staff, text_of
from flow.records import access_log, outbox, register
from flow.records.sequences import take
from models import Definition, Dialog, Leave, Member, MemberRole, Outbox, Proposal, ProposalState, WorkState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from flow.desk import Desk
    from flow.people.directory import Directory
    from flow.people.powers import Powers
    from models.views.case import By, Person

MAX_PLACES = 3  #: places of the rules that a warning names
MAX_REPORTS = 5  #: people below a leaver whom the difference names
GONE = "已离职"
TWO = 2  #: people who have to be left for one to propose and another to publish


@dataclass(frozen=True, slots=True)
class Weighed:
    """A change that can be: every difference in words, what to see before it is in force, why somebody else must."""

    change: Change
    words: tuple[str, ...]
    cautions: tuple[str, ...]
    second: str  #: "" where it is in force at once


# -- before ------------------------------------------------------------------------------------------------------------


async def weigh(desk: Desk, change: Change, who: Person) -> Weighed:
    """What a change comes to. Raises NotAllowed for oneself and for whom one may not change, else as ``checked``."""
    staff = await desk.staff.now()
    if change.name == who.name:
        raise NotAllowed(f"自己的角色、账号和去留要请别人改，可以找：{_others(desk, staff, who)}")
    change = checked(change, staff)
    before = staff.named(change.name)
    after = change.after(before, staff)
    if not (reaches(desk, who, before) if before else reaches(desk, who, after)):
        raise NotAllowed(f"{change.name} 不在你能改的范围（你的团队和下属），可以找：{_others(desk, staff, who)}")
    powers = await _powers(desk)
    cautions = [*_last(change, before, powers, staff), *_guardians(desk, change, before, staff)]
    had = before.roles if before else frozenset()
    sides = (replace(after, roles=after.roles | had), before or after)
    why = next(filter(None, (powers.reason(one, after.roles ^ had) for one in sides)), "")
    why = why or (f"上级能替 {change.name} 决定" if BOSS in change.sets and not change.joins else "")
    hints = [*cautions, *await _back(change), *unheard_of(change, staff), *await _entrusted(change, before, staff)]
    words = (*change.words(before, staff), *_moved_up(change, before, staff))
    return Weighed(change, words, tuple(hints), why or (cautions[0] if cautions else ""))


def _others(desk: Desk, staff: Directory, who: Person) -> str:
    matrix = desk.business.matrix
    able = [one for one in staff.by_id.values() if one.id != who.id and matrix.may(one.roles, STAFF) is Scope.ALL]
    return "、".join(matrix.title(one, STAFF) for one in able[:MAX_PLACES]) or "有“员工”权限的人"


def reaches(desk: Desk, who: Person, member: Person) -> bool:
    """Whether somebody's command reaches a member: everybody, or those of their team and below them."""
    scope = desk.business.matrix.may(who.roles, STAFF)
    if scope is None or scope is Scope.ALL:
        return scope is Scope.ALL
    below = {one.id for one in desk.staff.known.reports_of(who.id)}
    return scope is not Scope.OWN and (
        bool(who.team and member.team == who.team) or member.id in below or member.manager_id in {who.id, *below}
    )


async def _powers(desk: Desk) -> Powers:
    known = await Definition.filter(active=True, kind__in=(FLOW, POLICY)).order_by("id").values("id", "kind")
    flows = [row["id"] for row in known if row["kind"] == FLOW]
    policies = [row["id"] for row in known if row["kind"] == POLICY]
    some = policies[0] if policies else 0
    every = [(await desk.rules(flow, some)).flow for flow in flows] if policies else []
    rules = [(await desk.rules(flows[0], policy)).policy for policy in policies] if flows else []
    return powers_of(every, rules, desk.business)


def _last(change: Change, before: Person | None, powers: Powers, staff: Directory) -> list[str]:
    """Where nobody is left with a role that the rules name."""
    gone = (before.roles if change.leaves else set(change.drop)) if before else set()
    told = []
    for role in sorted(gone):
        places = powers.named.get(role, ())
        if places and all(one.name == change.name for one in staff.with_role(role)):
            more = f"等 {len(places)} 处" if len(places) > MAX_PLACES else ""
            named = "、".join(places[:MAX_PLACES])
            told.append(f"{change.name} 是最后一个{role}，以后{named}{more}没有{role}，会给“否则”的角色、上级或管理员")
    return told


def _guardians(desk: Desk, change: Change, before: Person | None, staff: Directory) -> list[str]:
    """Whether somebody is left who may publish. Raises PolicyRefused where nobody would be."""
    after = change.after(before, staff)
    told = []
    for command in (PUBLISH, STAFF):
        may = [one for one in staff.by_id.values() if desk.business.matrix.may(one.roles, command)]
        if not any(one.name == change.name for one in may) or desk.business.matrix.may(after.roles, command):
            continue
        left = [one.name for one in may if one.name != change.name]
        if not left:
            raise PolicyRefused(f"{change.name} 是最后一个能用“{command}”的人，先给别人这个角色再说")
        if len(left) < TWO:
            told.append(f"以后只剩 {left[0]} 一个人能用“{command}”，改动没有第二个人看")
    return told


def _moved_up(change: Change, before: Person | None, staff: Directory) -> list[str]:
    """Who is below a leaver, and who takes the leaver's place above them."""
    below = list(staff.by_manager.get(before.id, ())) if before and change.leaves else []
    if not below:
        return []
    boss = staff.manager_of(before.id if before else None)
    names = "、".join(one.name for one in below[:MAX_REPORTS])
    more = f"等 {len(below)} 人" if len(below) > MAX_REPORTS else ""
    return [f"{names}{more} 的上级改为 {boss.name if boss else '无'}"]


async def _back(change: Change) -> list[str]:
    """That somebody of this name has left before: the record takes them for one."""
    if not (change.joins and await Member.exists(name=change.name, active=False)):
        return []
    return [f"以前有一个离职的 {change.name}，算他回来了：原来经手的单都还是他的；不是同一个人请换个写法"]


async def _entrusted(change: Change, before: Person | None, staff: Directory) -> list[str]:
    """Whom a leaver was to stand in for."""
    if not (before and change.leaves):
        return []
    names = [staff.by_id[leave.member] .name for leave in staff.leaves if leave.delegate == before.id
             and leave.member in staff.by_id]  # fmt: skip
    return [f"{'、'.join(dict.fromkeys(names))} 请假时由 {change.name} 代理，以后按规则给别人"] if names else []


# -- on its way --------------------------------------------------------------------------------------------------------


async def ask_second(desk: Desk, weighed: Weighed, by: By[Person]) -> tuple[Proposal, list[Person]]:
    """Put a change on record and show it to whoever may put it in force, in the caller's transaction.

    Raises NotAllowed where nobody else may.
    """
    staff = await desk.staff.now()
    await _refuse_twice(weighed)
    others = seconds(desk, staff, by.who, weighed.change)
    if not others:
        raise NotAllowed(
            f"{weighed.words[0]}：{weighed.second}，要第二个人发布，可是除了你没有人既能发布又管得着他，什么都没有改"
        )
    item = {
        "kind": KIND,
        "name": weighed.change.name,
        "base": 0,
        "text": text_of(weighed.change),
        CAUTIONS: [weighed.second, *(each for each in weighed.cautions if each != weighed.second)],
    }
    proposal = await Proposal.create(
        author_id=by.who.id, about=f"员工 {weighed.change.name}"[:64], words=list(weighed.words), items=[item],
        created_at=by.at, state=ProposalState.ASKED,
    )  # fmt: skip
    await show_to(proposal, [person.id for person in others], by.at)
    return proposal, others


async def _refuse_twice(weighed: Weighed) -> None:
    """Raises PolicyRefused while the very same waits for somebody."""
    for each in await Proposal.filter(state=ProposalState.ASKED).order_by("id"):
        if is_of_staff(each) and change_in(each) == weighed.change:
            raise PolicyRefused(f"{weighed.words[0]}：一样的改动已经在等发布了（{each.id} 号），没有再提一次")


def seconds(desk: Desk, staff: Directory, author: Person | None, change: Change) -> list[Person]:
    """Who may put somebody's change in force: never its author, nor whom it is about."""
    return [one for one in staff.by_id.values() if not _refusal(desk, staff, one, author, change)]


def _refusal(desk: Desk, staff: Directory, who: Person, author: Person | None, change: Change) -> str:
    if author and who.id == author.id:
        return "自己改的要请另一位有发布权限的人发布"
    if who.name == change.name:
        return "这是改你自己的，要请别人发布"
    member = staff.named(change.name) or change.after(None, staff)
    if not (desk.business.matrix.may(who.roles, PUBLISH) and reaches(desk, who, member)):
        return f"你的角色不能改员工 {change.name}，要既能发布又管得着他"
    return ""


async def publish_change(desk: Desk, proposal: Proposal, by: By[Person]) -> tuple[Change, tuple[str, ...]]:
    """Put a change in force that somebody else has asked for, in the caller's transaction.

    What has become so meanwhile is left out. Raises NotAllowed for its author and whom it is about, StaleCase when it
    is decided already, PolicyRefused when it can no longer be.
    """
    staff = await desk.staff.now()
    change, author = change_in(proposal), staff.by_id.get(proposal.author_id)
    if refused := _refusal(desk, staff, by.who, author, change):
        raise NotAllowed(refused)
    if author is None:
        raise PolicyRefused("提出人已经不在了，请重新提出，可以点 驳回")
    await take_effect(proposal, by.who, by.at)
    weighed = await weigh(desk, change, author)
    if unseen := [each for each in weighed.cautions if each not in warned_of(proposal)]:
        raise PolicyRefused(f"提出以后情况变了：{unseen[0]}。什么都没有改，请 {author.name} 作废了重新提出")
    await enforce(desk, weighed, by, author)
    return weighed.change, weighed.words


# -- in force ----------------------------------------------------------------------------------------------------------


async def enforce(desk: Desk, weighed: Weighed, by: By[Person], author: Person) -> None:
    """Write it down, in the caller's transaction, with the entry of the audit; whom it is about hears of it."""
    change, staff = weighed.change, await desk.staff.now()
    before = staff.named(change.name)
    touched = await (_leave(before, by.at) if change.leaves and before else _write(change, before, staff))
    await register.enter(register.MEMBERS, touched, by.at)
    await take(MEMBERS)
    told: dict[str, Any] = {access_log.STAFF: [change.name], "改动": list(weighed.words), "提出": author.name}
    await access_log.put_down(access_log.STAFFED, by.who, told, by.at)
    if change.leaves and before:
        await _tell_entrusting(before, staff, by.at)
    else:
        await _tell_member(change, weighed.words, touched[0], by)


async def _write(change: Change, before: Person | None, staff: Directory) -> list[int]:
    """The member as they are to be, and whoever of those gone still held the accounts; their ids, the member first."""
    after = change.after(before, staff)
    freed = []
    for column in ACCOUNTS.values():
        account = getattr(after, column)
        if account and (old := await Member.get_or_none(active=False, **{column: account})) and old.name != after.name:
            await Member.filter(id=old.id).update(**{column: None})
            freed.append(old.id)
    fields: dict[str, Any] = {column: getattr(after, column) for column in ACCOUNTS.values()}
    fields |= {column: list(getattr(after, column)) for column in LISTS.values()}
    fields |= {"team": after.team, "manager_id": after.manager_id, "active": True}
    member, _ = await Member.get_or_create(name=change.name, defaults=fields)
    await Member.filter(id=member.id).update(**fields)
    await MemberRole.filter(member_id=member.id).delete()
    await MemberRole.bulk_create(MemberRole(member_id=member.id, role=role) for role in sorted(after.roles))
    return [member.id, *freed]


async def _leave(person: Person, now: datetime) -> list[int]:
    """No longer with the firm: nothing more is asked or told, and whoever was below has the next one above."""
    await Member.filter(id=person.id).update(active=False)
    below = [int(str(each)) for each in await Member.filter(manager_id=person.id).values_list("id", flat=True)]
    await Member.filter(id__in=below).update(manager_id=person.manager_id)
    await Dialog.filter(member_id=person.id).delete()
    unheard = Outbox.filter(member_id=person.id, state=WorkState.NEW).exclude(kind="refresh")
    await unheard.update(state=WorkState.DONE, error=GONE)
    return [person.id, *below]


async def _tell_entrusting(person: Person, staff: Directory, now: datetime) -> None:
    """Whoever is away, or will be, while a leaver was to stand in: somebody else has to."""
    leaves = await Leave.filter(delegate_id=person.id, cancelled=False, ends_at__gt=now).order_by("id")
    rows = [
        outbox.tell(
            f"leave:{leave.id}:without:{person.id}", leave.member_id, now, outbox.WORDS,
            text=f"{person.name} 离职了，不能再代理你，待办按规则给别人。要另请一位请回复：请假 起 到 止 代理 姓名",
        )
        for leave in leaves if leave.member_id in staff.by_id
    ]  # fmt: skip
    await outbox.put(rows)


async def _tell_member(change: Change, words: Sequence[str], member_id: int, by: By[Person]) -> None:
    plain = "；".join(each.removeprefix(f"{change.name} ") for each in words)
    text = f"你的员工资料改了（{by.who.name}）：{plain}。回复“帮助”看现在能说什么"
    if change.joins:
        text = f"你好，{change.name}：你已经登记为员工，角色 {'、'.join(change.add)}。回复“帮助”看能说什么"
    row = outbox.tell(f"staff:{member_id}:{by.at.isoformat()}", member_id, by.at, outbox.WORDS, text=text)
    await outbox.put([row])


# -- looking -----------------------------------------------------------------------------------------------------------


def card_of(person: Person, staff: Directory) -> str:
    """One member as the staff has them."""
    boss = staff.manager_of(person.id)
    said = [f"{ROLES} {'、'.join(sorted(person.roles))}", f"{TEAM} {person.team or '无'}"]
    said += [f"{BOSS} {boss.name if boss else '无'}"]
    said += [f"{word} {'、'.join(getattr(person, column)) or '全部'}" for word, column in LISTS.items()]
    said += [f"{word} {getattr(person, column)}" for word, column in ACCOUNTS.items() if getattr(person, column)]
    return f"{person.name}：{'；'.join(said)}"


def listed(word: str, desk: Desk, staff: Directory, who: Person) -> list[Person]:
    """The members whom somebody's command reaches, with a role or of a team where one is named. Raises NotFound."""
    mine = [one for one in staff.by_id.values() if reaches(desk, who, one)]
    if not word:
        return mine
    found = [one for one in mine if word in one.roles or word == one.team]
    if not found:
        raise NotFound(f"没有叫“{word}”的员工、角色或团队{staff.meant_by(word)}看全部请回复：员工")
    return found

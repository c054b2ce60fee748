"""What a message may mean that begins with no command: an edit in other words, a flow to look at, or a near miss."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.proposal import DROP
from cards.types import Text
from flow import edits
from flow.access.permissions import able_to, ask
from flow.definitions import feasts
from flow.definitions.day_cells import span_in
from flow.definitions.patterns import alternatives
from flow.errors import NotAllowed, NotUnderstood, PolicyRefused
from flow.publishing import drafts, proposals
from flow.stats.values import configured
from handlers.chat import guesses
from handlers.chat.context import Reply
from handlers.chat.parse import is_case_no
from handlers.chat.phrases import phrases
from handlers.chat.router import permitted
from handlers.chat.spelling import asks_at_all
from handlers.commands import flows

if TYPE_CHECKING:
    from handlers.chat.context import Ctx

FLOWS = "流程"
OF_A_CASE = ("区域", "店铺", "品类")  #: facts whose values a wished rule may name without them
_LEFT = re.compile(
    r"(?:算了|那|先|那就|还是)*[,\s]*(?:不改了|别改了|不改|先不改|先不改了|不发布了|先不发布了)(?:吧|算了)?"
)
_ANEW = re.compile(
    r"(?:不对|错了|还是|应该)*[,\s]*(?:改成|改为|调成|调到|设成)\s?(?P<number>\d{1,8}(?:\.\d{1,2})?)(?:元|块)?(?:吧)?"
)
_NUMBER = re.compile(r"(?P<what>[^\s：]+)：\d+(?:\.\d+)? → \d+(?:\.\d+)?$")
_COPIED = re.compile(r"(?:就|；) ?抄送 (\S+)")
_LASTS = re.compile(r"(?:延长|放宽|缩短|改|调|设|定|提|变|给|到|成|为|是|能退|可以退)\S{0,3}?(\d{1,3})\s?天")
_WHOEVER = re.compile(
    r"^(?:不管|无论)?是?谁(?=\S{1,8}(?:就|都)(?:要|得|马上|立刻)?(?:通知|告诉|提醒|抄送|告知|发|知会))"
)
_YEARS = {"半年": 180, "一年": 365, "1年": 365, "两年": 730, "二年": 730, "2年": 730, "三年": 1095, "3年": 1095}
_CATEGORY = re.compile(r"(?P<is>[\u4e00-\u9fff]{2,4}?)类(?!型)")
_PICTURE = re.compile(r"^(?:看|查看)?(?P<before>\S*?)流程图?(?: (?P<after>\S+))?$")


async def understood(ctx: Ctx, said: list[str], run: guesses.Run) -> Reply | None:
    """The answer to what can only be meant, or the edit that may be; None where nothing is.

    Raises NotUnderstood with the verb that was mistyped.
    """
    text = _WHOEVER.sub("有人", " ".join(said))  # which asks for nobody
    verb, rest = ("", []) if edits.is_about_signatures(text) else edits.verb_of(text)
    if not verb and _PICTURE.match(text):
        verb, rest = await _picture(text)
    of_case = any(map(is_case_no, said))  # 要是不超过5元就批,超过转李敏 is said of one, and no rule
    if not verb and not of_case and edits.is_wish(text) and not asks_at_all(text) and not ctx.may(proposals.PUBLISH):
        able = ask(ctx.desk.business.matrix, able_to(ctx.desk.business.matrix, ctx.staff, proposals.PUBLISH), FLOWS)
        raise NotAllowed(f"“{text}”是改规矩，你的角色不能改，什么都没有做；可以找：{able}")
    if not verb and ctx.may(proposals.PUBLISH) and not asks_at_all(text):
        if draft := await _of_my_draft(ctx, text, run):
            return draft
        verb, rest, found, note = await _edit_without_verb(ctx, text)
        if found:
            return await wished(ctx, text, (found, note), run)
        if not verb:
            return await _unchanged(ctx, text, note)
    if not verb:
        return None
    entry = flows.router.commands[verb]
    permitted(entry, ctx)
    return await entry.run(ctx, rest)


async def _unchanged(ctx: Ctx, text: str, note: str) -> Reply | None:
    """That what is wished is so already; None where nothing is known to be wished.

    Raises PolicyRefused for ``质量问题延长到15天``, where no rule counts the days of that type.
    """
    types = ctx.desk.business.types.values()
    said = re.sub(alternatives(_YEARS), lambda match: f"{_YEARS[match[0]]}天", text)
    named = next((each.name for each in types if any(word in text for word in (each.name, *each.aliases))), "")
    if note:
        return Reply.of(Text(f"{note}，没有要改的"))
    if not named or not _LASTS.search(said):
        return None
    days = _LASTS.findall(said)[-1]
    category = _CATEGORY.search(said)
    further = f" 且 品类={category['is']}" if category else ""
    raise PolicyRefused(
        f"“{text}”什么都没有改：{named}没有按天数限制的规矩，多少天都能提，不用延长。现有的在 回复 规则 里；"
        "要给它定一个期限请写："
        f"增加行 资格 {named}超期 结果 例外 可例外 客服主管 说明 签收超过{days}天 "
        f"当 类型={named} 且 签收天数>{days}{further}"
    )


async def leaves_draft(ctx: Ctx, text: str) -> bool:
    """Whether ``不改了`` is said while I have a change that is not published."""
    return _is_left(text.strip(" 。.!,")) and await proposals.draft_of(ctx.me) is not None


def _is_left(text: str) -> bool:
    """Whether a text drops a change: ``算了不改了``, ``刚才那条不要了，恢复原来的``."""
    return bool(_LEFT.fullmatch(text)) or phrases().is_waved_off(text)


async def _of_my_draft(ctx: Ctx, text: str, run: guesses.Run) -> Reply | None:
    """``算了不改了`` and ``改成3000`` of the change that I have just written down; None where there is none."""
    said = text.strip(" 。.!,")
    left, anew = _is_left(said), _ANEW.fullmatch(said)
    draft = await proposals.draft_of(ctx.me) if left or anew else None
    if draft is None:
        return None
    if left:
        return await guesses.offer(
            ctx, ("改动不要了吗？", f"{draft.about}：{'；'.join(draft.words)[:60]}"), [DROP], run
        )
    rows = [row for words in draft.words if (row := _NUMBER.match(words))]
    lines = [f"规则 {row['what']} {anew['number']}" for row in rows] if anew else []
    return await guesses.offer(ctx, ("是不是要改规则？", f"“{said}”，改完先看再发布"), lines, run) if lines else None


async def _picture(text: str) -> tuple[str, list[str]]:
    """``退货流程``, ``流程图 退货`` and ``流程图``."""
    match = _PICTURE.match(text)
    named = [word for word in match.groups() if word] if match else []
    names, _, _ = await drafts.names()
    return ("流程", named) if len(named) < 2 and all(word in names for word in named) else ("", [])


async def wished(ctx: Ctx, text: str, found: tuple[list[str], str], run: guesses.Run) -> Reply:
    """The changes that may be meant, by a tap; where none can be made, why not. ``found``: them, and what is so."""
    lines, note = found
    heard = "".join(f"；{note}" for note in (note, _who_hears(ctx, lines)) if note)
    feast = "" if any(span_in(line) for line in lines) else feasts.named(text)
    days = f"；没有写哪天到哪天，“{feast}”过后不会自己改回来，要自己改回来就用 发布 定时 … 到 …" if feast else ""
    lead = f"“{text}”点一下才写成改动，先看再发布，现在用的不变{days}{heard}"
    return await guesses.offer(ctx, ("是不是要改规则？", lead), lines, run) or await run(ctx, lines[0].split())


def _who_hears(ctx: Ctx, lines: list[str]) -> str:
    """Who the roles are that a rule is to tell: it goes to all who have one."""
    roles = dict.fromkeys(role for line in lines for role in _COPIED.findall(line))
    told = [f"{role} 现在是 {'、'.join(each.name for each in ctx.staff.with_role(role)) or '没有人'}" for role in roles]
    return f"抄送按角色：{'；'.join(told)}" if told else ""


async def _edit_without_verb(ctx: Ctx, text: str) -> tuple[str, list[str], list[str], str]:
    """The edit that is meant, or the sentences that may be, and what is so already."""
    names, _, policy = await drafts.names()
    known = configured(ctx.desk.business, ctx.staff)
    people = {person.name: person.roles for person in ctx.staff.by_id.values() if person.name != ctx.me.name}
    of_case = {fact: known[fact] for fact in OF_A_CASE}
    mine = (names[0], policy, ctx.me)
    edit, found, note = await drafts.meant(text, mine, of_case, {**people, "我": ctx.me.roles})
    if edit:
        verb, *rest = edit.split()
        return verb, rest, [], ""
    if found or note:
        return "", [], found, note
    if near := edits.likely_verb(text):
        raise NotUnderstood(f"没听懂“{text.split()[0]}”，{near}")
    return "", [], [], ""

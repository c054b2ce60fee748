"""Sentences without any number: small talk, questions, a button alone, a slip of the finger."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cards.types import Text
from flow.engine.verbs import VERBS
from flow.errors import NotFound
from flow.stats.period import is_time, normal
from flow.views.case import open_tasks
from handlers.chat import decisions, guesses, leaves, names, parse, positions, readings
from handlers.chat.context import Greeting, Reply
from handlers.chat.decisions import is_question
from handlers.chat.grammar import GRAMMAR
from handlers.chat.lexicon import MANY
from handlers.chat.manual import examples, topic
from handlers.chat.questions import GO_ON
from handlers.chat.readings import nodes_of
from handlers.chat.sentences import sentence
from handlers.chat.spelling import asks, asks_at_all, bare, unasked
from handlers.commands.tasks import WHY
from handlers.sentences import (
    absences,
    awaited,
    conditions,
    handovers,
    in_hand,
    managed,
    nearest,
    of_cases,
    shown,
    subjects,
    takebacks,
    takeover,
    unfinished,
    unplaced,
    whose,
)
from handlers.sentences.hearing import (
    LEAVE,
    LOOK,
    OFFERED,
    REPORT,
    WHICH,
    asked,
    counted,
    short,
)
from models import Case

if TYPE_CHECKING:
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

NEAR = 0.6  #: of two characters one may be mistyped, if it is one of a command
CANCEL, HELP, MINE, OVERVIEW, TODO = "取消", "帮助", "我的单", "总览", "待办"
ONLY = "手上只有这一单，点一下才算，现在什么都没有做"
NEEDS = {MINE: LOOK}  #: what one must be able to say for a command that has another name in config/roles.yaml
TO_PEOPLE = (("转交",), ("退回",), ("加签",), ("抄送",))
LATE = "超时"
_TWICE = re.compile(r"^([\u4e00-\u9fff]{2,5})[,\s]*\1+$")  #: 收到了收到了
_GOODS = re.compile(r"[件个只台套好坏齐破全都]")  #: one of these is in all that counts goods
_BOOKED = re.compile(r"[收到签]了$|^已")  #: said of goods that are in, and no mere 收到
_SELF = re.compile(r"我们|咱们|我|咱")
_ME = re.compile(r"[,。\s]*我是[\u4e00-\u9fff]{1,4}$")
_LATER = (("催办",), ("撤回",), ("报表",), ("导出",))  #: what is no answer to anything
_HOW = re.compile(r"^(?:请问)?(?:怎么|如何|怎样|咋)(?:样)?(?P<what>\S+?)(?:一?下|啊|呀|呢|的)*$")
_NO_OTHERS = re.compile(
    r"[,\s]*(?:其他|其它|其余|剩下|别)的?(?:先)?(?:都)?(?:别动|不动|不要动|别批|不批|不管|放着)[,\s]*"
)
_COMPARED = re.compile(r"(?P<one>\S+?)(?:和|与|跟|同|比|、)(?P<rest>\S+?)的?(?:对比|比较|相比|比一比)(?:一下)?")
_HOW_TO = re.compile(
    r"^(?:请问)?(?P<what>\S{2,4}?)单?(?:该|要|应该)?(?:怎么|如何|怎样|咋)(?:填|开|弄|写|录|提|申请|操作|用|办)(?:一?下|啊|呀|呢|的)*$"
)


async def meant(hearing: Hearing, said: Sentence) -> Reply | None:
    """The first reading that there is, the plainest first."""
    text = _TWICE.sub(r"\1", said.text.strip(" ,。.!?~"))
    if absences.is_mine(hearing, text) and (leave := await absences.meant(hearing, text)):
        return leave
    if taken := await takeover.meant(hearing, text):
        return taken
    if managed_work := await managed.meant(hearing, text):
        return managed_work
    plain = (
        _small_talk,
        in_hand.reason,
        shown.looked_up,
        shown.of_the_list,
        unplaced.places,
        _question,
        whose.meant,
        shown.nth,
        _of_my_goods,
        _button,
        absences.meant,
        _given,
        _corrected,
        _of_work_in_hand,
        _decision,
        unplaced.goods,
    )
    for reading in (_small_talk, _question, whose.meant, _button, _of_work_in_hand) if asks(said.text) else plain:
        if reply := await reading(hearing, text):
            return reply
    return await (unfinished.meant(hearing, said) if said.commands else _mistyped(hearing, said))


async def aside(hearing: Hearing, said: Sentence) -> Reply | None:
    """The reading of what is said while something else is asked; None where it may as well be a bad answer."""
    text = said.text.strip(" ,。.!?~")
    for reading in (_small_talk, _question, whose.meant):
        if reply := await reading(hearing, text):
            return reply
    if text in hearing.lexicon.actions:
        return await _button(hearing, text)
    looks = said.commands == (LOOK,) and asks_at_all(text)
    return await unfinished.meant(hearing, said) if looks or said.commands[:1] in _LATER else None


async def _corrected(hearing: Hearing, text: str) -> Reply | None:
    """``刚才那单改成退1个``: what I have opened last, which is shown before it is changed; None for another text."""
    newest = (await readings.opened_lately(hearing.ctx))[:1]
    return await of_cases.corrected(hearing, newest[0].no, text) if newest else None


async def _given(hearing: Hearing, text: str) -> Reply | None:
    """A colleague who is to look at what waits for me."""
    if not names.in_text(text, hearing.ctx.staff)[0]:
        return None
    tasks = await open_tasks(hearing.ctx.me)
    return await handovers.given(hearing, text, list(dict.fromkeys(task.case.no for task in tasks)))


async def _of_work_in_hand(hearing: Hearing, text: str) -> Reply | None:
    """What is said of my only task as if its number stood with it; of several, of those that it can be said of."""
    said = sentence(text, hearing.lexicon)
    tasks = await open_tasks(hearing.ctx.me)
    if said.commands == (WHY,) and len(tasks) == 1:
        return await hearing.run(hearing.ctx, [WHY, tasks[0].case.no])
    if said.text.isdecimal() or is_question(said.text) or _is_of_a_case(hearing, said):
        return None
    if reply := await nearest.elsewhere(hearing, said.text):
        return reply
    if len(tasks) == 1:
        [found] = await in_hand.of(hearing, tasks, said.text)
        its_own = _opens_none(hearing, said) or handovers.names_somebody(hearing, said.text)
        if not said.commands or found.heard.is_said or its_own:
            no = tasks[0].case.no
            unnamed = replace(hearing, unnamed=True)
            return await of_cases.meant(unnamed, sentence(f"{no} {said.text}", hearing.lexicon))
    return await in_hand.among(hearing, tasks, said.text) or await in_hand.withdrawn(hearing, said.text)


def _opens_none(hearing: Hearing, said: Sentence) -> bool:
    """Whether a word that opens a case is said of what waits for me: 他上次也退过, 退回来的是别的东西."""
    if not said.commands or not set(said.commands) <= hearing.lexicon.about_orders:
        return False
    return not said.text.startswith(said.phrase) or not any(map(hearing.ctx.may, said.commands))


def _is_of_a_case(hearing: Hearing, said: Sentence) -> bool:
    """Whether a sentence is a command about a case; 转给, 退给 is none where no colleague is named."""
    if said.commands[:1] in TO_PEOPLE and not names.in_text(said.text, hearing.ctx.staff)[0]:
        return False
    return bool(set(said.commands) & hearing.lexicon.about_cases)


async def _small_talk(hearing: Hearing, text: str) -> Reply | None:
    """What asks nothing; a greeting may be a button by another name, which is looked at first."""
    if text == CANCEL:
        return Reply.of(Text("现在没有在等你回答的问题，没有改动"))
    known = hearing.lexicon.phrases
    if hearing.lexicon.is_button(text):
        return None
    if known.is_hello(_ME.sub("", text)):
        return Reply.of(Greeting())
    name, left = names.in_text(text, hearing.ctx.staff)
    return Reply.of(Text(kind)) if (kind := known.kind_word(left if name else text)) else None


async def _question(hearing: Hearing, text: str) -> Reply | None:
    """A question that a command answers, or the command itself among other words."""
    lexicon = hearing.lexicon
    if reply := await _compared(hearing, text):
        return reply
    questions = lexicon.phrases.questions
    if word := max((each for each in questions if each in text), key=len, default=""):
        return await _asked_so(hearing, questions[word], text, text.replace(word, " ").strip())
    if (match := _HOW.match(text.strip("?？。 ")) or _HOW_TO.match(text.strip("?？。 "))) and topic(
        lexicon.meant(match["what"])
    ):
        return await hearing.run(hearing.ctx, [HELP, lexicon.meant(match["what"])])
    asked = unasked(text, lexicon).strip()
    for word in (text, asked, bare(text, lexicon), bare(asked, lexicon)):
        if (meant := lexicon.meant(word)) in lexicon.commands - lexicon.actions and meant != text:
            return await hearing.run(hearing.ctx, [meant])
    return None


async def _compared(hearing: Hearing, text: str) -> Reply | None:
    """``上个月和这个月退货原因对比``: the same chart of either time, to choose from; None for another text."""
    match = _COMPARED.fullmatch(text)
    later, *chart = readings.timed(match["rest"]) if match else [""]
    if match is None or not chart or not is_time(normal(match["one"])) or not is_time(normal(later)):
        return None
    lines = [f"{REPORT} {chart[0].strip('的')} {time}" for time in (match["one"], later)]
    return await hearing.offer("要不要看这些？", "两段时间放不到一张图里，请分开看，还没有画", lines)


async def _asked_so(hearing: Hearing, command: str, text: str, left: str) -> Reply | None:
    """The command of a question, with a name or a time beside it; what else is there is said to be left out."""
    able = [each for each in command.split("|") if await _is_for(hearing, each)]
    command = (able or command.split("|"))[0]
    name, words = command.split()[0], command.split()
    about = words[1] if name == HELP and len(words) > 1 else name
    unable = not able and about in hearing.ctx.desk.business.permissions and not hearing.ctx.may(about)
    if name == MINE and not _SELF.search(left) and hearing.ctx.may(OVERVIEW):
        name, words = LOOK, [LOOK]  # 今天开了多少单, of whoever answers for the shop
    if name == MINE and LATE in text:
        return await whose.late(hearing)
    said = _SELF.sub("", left).strip()
    plain = " ".join(part for word in said.split() for each in readings.timed(word) if (part := _beside(each, hearing)))
    if words == [LOOK] and not plain:
        words, plain = [LOOK, "今天"], ""
    if (unable or (words == [HELP] and plain)) and (reply := await nearest.meant(hearing, text)):
        return reply
    if not plain or name == HELP or (GRAMMAR[name].takes == 0 and is_time(normal(plain))):
        return await hearing.run(hearing.ctx, words)
    who, other = names.in_text(plain, hearing.ctx.staff)
    if who and (name == OVERVIEW or (name == TODO and hearing.ctx.may(OVERVIEW))):
        name = OVERVIEW
        return await hearing.run(hearing.ctx, [name, who])
    if who and name in (MINE, LOOK):  # 林晓今天开了几单
        return await _opened_by(hearing, [f"提交人={who}", *words[1:], *bare(other, hearing.lexicon).split()], text)
    return await _narrowed(hearing, words, plain)


async def _is_for(hearing: Hearing, command: str) -> bool:
    """Whether I may say a command, and, of what I have opened, whether there is anything."""
    name = command.split()[0]
    if not hearing.ctx.may(NEEDS.get(name, name)):
        return False
    return name != MINE or await Case.exists(creator_id=hearing.ctx.me.id)


async def _opened_by(hearing: Hearing, filters: list[str], text: str) -> Reply:
    """What a colleague has opened; where more is said than a list knows, what the sentence may be about instead."""
    known = await readings.are_known(hearing.ctx, LOOK, filters)
    instead = None if known else await nearest.meant(hearing, text)
    return instead or await hearing.run(hearing.ctx, [LOOK, *filters])


async def _narrowed(hearing: Hearing, words: list[str], plain: str) -> Reply:
    """The command with what stands beside it, as far as it has a use for that."""
    name, glued = words[0], plain.split()
    if name == MANY:  # which says itself what it has no use for, and lists nothing then
        return await hearing.run(hearing.ctx, [*words, *_NO_OTHERS.sub(" ", plain).split()])
    for pieces in (glued, [piece for word in glued for piece in readings.timed(word)]):
        if await readings.are_known(hearing.ctx, name, [*words[1:], *pieces]):
            return await hearing.run(hearing.ctx, [*words, *pieces])
    return await _partly(hearing, words, plain)


async def _partly(hearing: Hearing, words: list[str], plain: str) -> Reply:
    """The command with the one time that stands beside it; what else does is said to be left out."""
    times = [piece for word in plain.split() for piece in readings.timed(word) if is_time(normal(piece))]
    if not times and (said := readings.time_in(plain)):
        words, plain = [*words, said], plain.replace(said, " ", 1).strip()  # 双十一那几天退了多少: refused in its words
    if len(times) == 1 and await readings.are_known(hearing.ctx, words[0], [*words[1:], *times]):
        words, plain = [*words, *times], plain.replace(times[0], " ", 1).strip()  # 今天完结了几单 退了多少
    shown = await hearing.run(hearing.ctx, words)
    if not plain:
        return shown
    return replace(shown, says=[Text(f"“{short(plain, 20)}”没看懂，没有算进去；下面是 {' '.join(words)}"), *shown.says])


def _beside(text: str, hearing: Hearing) -> str:
    """What is said beside a question, a time as it stands."""
    return text if is_time(normal(text)) else bare(text, hearing.lexicon)


async def _button(hearing: Hearing, text: str) -> Reply | None:
    """A button without a case: which of my tasks has it; the greeting that it may be as well where none has."""
    known = hearing.lexicon.phrases
    said = [[text], [bare(text, hearing.lexicon)], parse.words(text)]
    word, *rest = next((words for words in said if words and hearing.lexicon.is_button(words[0])), [""])
    word, pointing = (word, "") if word else readings.pointed(text, hearing.lexicon)
    if not word:
        return None
    meant = known.named(word)
    beside = " ".join(rest) or decisions.other_clauses(text, word, hearing.lexicon)
    if reply := await _of_my_tasks(hearing, (word, beside), meant, pointing):
        return reply
    if reply := await in_hand.of_my_cases(hearing, word, sorted(meant & set(VERBS)), beside, text):
        return reply
    if word.lower() in known.hellos:
        return Reply.of(Greeting())
    if (kind := known.kind_word(text)) and not _BOOKED.search(text):
        return Reply.of(Text(kind))
    raise unplaced.nobody_waits(hearing, word)


async def _decision(hearing: Hearing, text: str) -> Reply | None:
    """``同意，客户是老主顾了``: a button among other clauses, which go along as its remark."""
    word, rest = unplaced.decided(text, hearing.lexicon)
    if not word:
        return None
    meant = hearing.lexicon.phrases.named(word)
    if reply := await _of_my_tasks(hearing, (word, rest), meant, ""):
        return reply
    raise unplaced.nobody_waits(hearing, word)


async def _of_my_tasks(hearing: Hearing, said: tuple[str, str], meant: set[str], pointing: str) -> Reply | None:
    """The tasks of mine that have such a button, and that the words point to where they point to any."""
    ctx = hearing.ctx
    word, rest = said
    own = [(task, (await nodes_of(ctx, task.case))[task.node].actions) for task in await open_tasks(ctx.me)]
    every = [task for task, actions in own if meant & actions.keys()]
    tasks = await readings.meant(ctx, every, pointing) if pointing else every
    lead = "要办哪一单，请点一个；都可以写成：按钮上的字加单号"
    if every and not tasks:
        tasks, lead = every, f"“{short(pointing)}”没看出是哪一单，请点一个"
    last = await readings.seen(ctx)
    own = sorted(own, key=lambda each: each[0].case.no != last)  # what one has just looked up comes first
    named = await subjects.named([task.case.no for task in tasks], f"{rest} {pointing}")
    tasks = [task for task in tasks if not named or task.case.no in named]
    able = [
        f"{name} {task.case.no} {rest}".rstrip()
        for task, actions in own
        for name in actions
        if name in meant and task in tasks
    ]
    doubted = await takebacks.among(hearing, able) if rest else []
    if word == GO_ON and len(every) == 1:
        return await hearing.offer(WHICH, ONLY, doubted or able)
    return await hearing.offer(f"“{short(word, 10)}”哪一单？", lead, doubted or able)


async def _of_my_goods(hearing: Hearing, text: str) -> Reply | None:
    """Goods that are counted, and no case named: those of my tasks that they may be."""
    if not _GOODS.search(text):
        return None
    mine = await open_tasks(hearing.ctx.me)
    asked_first = await conditions.meant(hearing, text, mine) or await awaited.meant(hearing, text, mine)
    return asked_first or await counted(hearing, text, mine)


async def _mistyped(hearing: Hearing, said: Sentence) -> Reply | None:
    """A command of which a character is wrong."""
    head, *rest = parse.words(said.text) or [""]
    if span := leaves.days_alone(said.text):
        return Reply.of(Text(f"“{short(said.text)}”是要请假吗？还没有请假，请写上谁代理：{LEAVE} {span} 代理 <姓名>"))
    near = get_close_matches(head, sorted(hearing.lexicon.commands | hearing.lexicon.actions), OFFERED, cutoff=NEAR)
    place = await positions.meant(hearing.ctx, said.text)
    if place and place.sure and place.numbers:
        return await hearing.run(hearing.ctx, [LOOK, place.numbers[0]])
    if place and not place.numbers and said.text.strip().isdigit():
        raise NotFound(f"{place.why}，什么都没有做。{examples(hearing.ctx)}")
    numbers = [f"{LOOK} {no}" for no in place.numbers] if place else []
    every = sorted(hearing.lexicon.commands, key=len, reverse=True)
    glued = [name for name in every if len(name) > 1 and name in said.text]
    parted = [_parted(name, said.text) for name in glued]
    if not near and (reply := await nearest.meant(hearing, said.text)):
        return reply
    if reply := await asked(hearing, said, [*numbers, *(" ".join([word, *rest]) for word in near), *parted]):
        return reply
    helps = [["帮助", name] for name in glued]
    able = [words for words in helps if await guesses.works(hearing.ctx, words, hearing.strictly)]
    return await hearing.run(hearing.ctx, able[0]) if able else None


def _parted(name: str, text: str) -> str:
    """A command ahead of what is glued to it, and what ties its parts together apart from them: 请假明天到后天."""
    rest = text.replace(name, " ", 1)
    return " ".join([name, *re.sub(r"(到|至|代理)", r" \1 ", rest).replace(" 至 ", " 到 ").split()])

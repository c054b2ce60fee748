"""What somebody means who begins with no command: carried out where it can only be one thing, else asked by buttons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cards.types import Text
from flow.errors import NotFound
from flow.finding import case_of, shops_of
from flow.reading import open_tasks
from flow.verbs import VERBS
from handlers import parse
from handlers.chat import guesses, names, positions
from handlers.chat.buttons import nodes_of, own_buttons
from handlers.chat.grammar import GRAMMAR
from handlers.chat.lexicon import MANY
from handlers.chat.manual import examples
from handlers.chat.phones import is_phone
from handlers.chat.sentences import sentence
from handlers.chat.spelling import asks, bare, unasked
from handlers.context import Greeting, Reply
from models import Order, OrderLine, Parcel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.guesses import Run
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.sentences import Sentence
    from handlers.context import Ctx

NEAR = 0.6  #: of two characters one may be mistyped, if it is one of a command
OFFERED = 4
LOOK, RECEIVE, COMMENT, HURRY, GIVE, REPORT, PARCEL = "查", "收货", "评论", "催办", "转交", "报表", "运单"
CANCEL, HELP = "取消", "帮助"
WHICH = "是不是要…？点一个"
_NTH = re.compile(r"第\s?([一二三四五六七八九十]|\d{1,2})\s?(?:个|条|单|件|项|号)?")
_NUMERALS = {numeral: n for n, numeral in enumerate("一二三四五六七八九十", 1)}
_GIVEN = re.compile(
    r"^[\s,]*(?:给|让|请|找|叫|问)?[\s,]*(?:先|来|帮忙|再)*(?=看|审|处理|定|决定|办|过目|把关|确认|你来|$)"
)
_PUT_OFF = re.compile(r"先放|放着|放一放|放一下|挂[一二两三四五六七八九十\d]|再看|再说|再审|再办|提醒我|缓一缓|等等再")
_MOMENT = re.compile(
    r"(?:今天|明天|后天|大后天|下?周[一二三四五六日天]|下周|月底)?(?:上午|中午|下午|晚上|早上)?"
    r"(?:[一二三四五六七八九十两\d]{1,3}(?:点半?|天|小时|个小时|分钟))|今天|明天|后天|下周[一二三四五六日天]?|下午|晚上|月底|半小时"
)
COUNTERSIGN, COPY, LATER, HOLD = "加签", "抄送", "稍后", "挂起"
_SIGNS = {
    "小于": "<", "低于": "<", "少于": "<", "不到": "<", "不超过": "<=",
    "不大于": "<=", "大于": ">", "超过": ">", "高于": ">", "不低于": ">=",
    "以下": "<=", "以内": "<=", "之内": "<=", "以上": ">=",
}  # fmt: skip
_AMOUNT = re.compile(
    r"(?:把)?(?:金额|退款)?(?:在)?(?P<sign>不超过|不大于|不低于|小于|低于|少于|不到|大于|超过|高于)?\s?(?P<yuan>\d{1,7}(?:\.\d{1,2})?)\s?(?:元|块钱|块)?"
    r"(?P<edge>以下|以内|之内|以上)?的?(?:待办|单子|单)?(?:都|全部|全|一起|统统)(?:给我)?(?P<word>\S{2,4}?)(?:了|吧|掉)*"
)
_WAYBILL = 10  #: digits of a number that no shop has for an order, and that is no phone


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who says it, what is known of words, and how a statement is carried out."""

    ctx: Ctx
    lexicon: Lexicon
    run: Run
    strictly: Run  #: the same, but never what a statement may only mean: for a reading that is tried
    pressed: bool = False  #: it was a button with a case, and nothing that I could do

    async def offer(self, question: str, lead: str, readings: Sequence[str]) -> Reply | None:
        return await guesses.offer(self.ctx, (question, lead), readings, self.strictly)


async def understood(hearing: Hearing, text: str) -> Reply:
    """The answer to a sentence. Raises NotFound with examples for this person where it means nothing known."""
    said = sentence(text, hearing.lexicon)
    if said.cases:
        reply = await _of_cases(hearing, said)
    elif said.numbers:
        reply = await _of_number(hearing, said)
    else:
        reply = await _without_number(hearing, said)
    if reply is None:
        raise NotFound(f"没听懂这句话，什么都没有做。{examples(hearing.ctx)}")
    return reply


def _short(text: str, chars: int = 30) -> str:
    return text if len(text) <= chars else f"{text[: chars - 1]}…"


# -- with the number of a case -----------------------------------------------------------------------------------------


async def _of_cases(hearing: Hearing, said: Sentence) -> Reply | None:
    if len(said.cases) > 1 or said.numbers:
        parcels = [f"{PARCEL} {no} {number}" for no in said.cases[:1] for number in said.numbers[:1]]
        return await _asked(hearing, said, [*parcels, *(f"{LOOK} {no}" for no in said.cases)])
    no, whole = said.cases[0], _without(said, hearing.lexicon)
    if not whole:
        return await hearing.run(hearing.ctx, [LOOK, no])
    if hearing.lexicon.is_button(whole) and not hearing.pressed and not asks(said.text):
        return await hearing.run(hearing.ctx, [whole, no])
    words = _carried(hearing, said, no)
    return await hearing.run(hearing.ctx, words) if words else await _choice(hearing, said, no)


def _without(said: Sentence, lexicon: Lexicon) -> str:
    """What is said beside the number, as one piece."""
    return bare("".join(word for word in parse.words(said.text) if not parse.is_case_no(word)), lexicon)


def _carried(hearing: Hearing, said: Sentence, no: str) -> list[str]:
    """The statement that a sentence about a case can only be; none where it says more than the command keeps."""
    rest = list(said.rest)
    match said.commands:
        case ("查",) if all(hearing.lexicon.is_button(word) for word in rest):
            return [LOOK, no]
        case ("催办" | "评论" as command,) if rest or command == HURRY:
            return [command, no, *rest]
        case ("转交" | "退回" as command,):
            name, left = names.in_text(" ".join(rest), hearing.ctx.staff)
            return [command, no, name, *left.split()] if name else []
    return []


async def _choice(hearing: Hearing, said: Sentence, no: str) -> Reply | None:
    """My own buttons at that case, else what may be said of it."""
    whole = " ".join(word for word in parse.words(said.text) if not parse.is_case_no(word)).strip(",。 ")
    case = await case_of(hearing.ctx.desk, no, hearing.ctx.me)
    if (guess := _put_off_or_given(hearing, no, whole)) and (
        reply := await hearing.offer(
            WHICH, f"“{_short(whole)}”要点一下才算，现在什么都没有做", [*guess, f"{LOOK} {no}"]
        )
    ):
        return reply
    if card := await own_buttons(hearing.ctx, case):
        return Reply.of(Text(f"“{_short(whole)}”没看懂，{no} 什么都没有做，请点卡片上的按钮"), card)
    known, word = hearing.lexicon.phrases, whole.lower()
    verbs = [f"{name} {no}" for name in {*known.sure.get(word, ()), *known.near.get(word, ())} if name in VERBS]
    if verbs:
        return await hearing.offer(WHICH, f"“{_short(whole)}”要点一下才算，现在什么都没有做", [*verbs, f"{LOOK} {no}"])
    return await _asked(hearing, said, [f"{LOOK} {no}", f"{HURRY} {no}", f"{COMMENT} {no} {whole}"])


def _put_off_or_given(hearing: Hearing, no: str, whole: str) -> list[str]:
    """What ``给李敏看一下`` and ``明天再看`` may ask for: the task to somebody, or to be put off."""
    name, left = names.in_text(whole, hearing.ctx.staff)
    if name and name != hearing.ctx.me.name and (match := _GIVEN.match(left)):
        why = bare(left[match.end() :], hearing.lexicon)
        return [" ".join(filter(None, (verb, no, name, why))) for verb in (GIVE, COUNTERSIGN, COPY)]
    if match := _PUT_OFF.search(whole):
        when = _MOMENT.search(whole)
        first = [f"{LATER} {no} {when[0]}"] if when else []
        return [*first, f"{HOLD} {no} {when[0] if when else whole}"]
    return []


async def _asked(hearing: Hearing, said: Sentence, readings: Sequence[str]) -> Reply | None:
    why = "点一下才算" if said.commands else "没看懂"
    return await hearing.offer(WHICH, f"“{_short(said.text, 60)}”{why}，现在什么都没有做", readings)


# -- with another number -----------------------------------------------------------------------------------------------


async def _of_number(hearing: Hearing, said: Sentence) -> Reply | None:
    if said.commands == (REPORT,):
        return await _report(hearing, said)
    number = await _named(said)
    if is_phone(number) and (opened := await _of_customer(hearing, said, number)):
        return opened
    rest = said.about(number)
    if not said.commands and not rest:
        return await hearing.run(hearing.ctx, [await _bare(hearing.ctx, number), number])
    readings = [[command, number, *rest] for command in said.commands if " " not in command]
    if len(readings) == 1 and (readings[0][0] != LOOK or not rest):
        return await hearing.run(hearing.ctx, readings[0])
    every = [*(" ".join(each) for each in readings), f"{LOOK} {number}"]
    kinds = [f"{kind} {' '.join([number, *rest])}" for kind in ("退货", "换货")] if not said.commands else []
    return await _asked(hearing, said, [*every, *kinds])


async def _report(hearing: Hearing, said: Sentence) -> Reply:
    words = [bare(word, hearing.lexicon) for word in unasked(said.left, hearing.lexicon).split()]
    return await hearing.run(hearing.ctx, [REPORT, said.phrase, *filter(None, words)])


async def _of_customer(hearing: Hearing, said: Sentence, phone: str) -> Reply | None:
    """A case to be opened for whoever has that phone: which of their orders."""
    kinds = [command for command in said.commands if command in hearing.lexicon.about_orders]
    orders = await _orders_of(hearing.ctx, phone) if kinds else []
    rest = said.about(phone)
    readings = [" ".join([kind, order.no, *rest]) for kind in kinds for order in orders]
    if len(readings) == 1:
        return await hearing.run(hearing.ctx, readings[0].split())
    return await _asked(hearing, said, readings)


async def _orders_of(ctx: Ctx, phone: str) -> list[Order]:
    """The newest orders of a phone, in the shops that somebody serves."""
    shops = shops_of(ctx.desk, ctx.me)
    theirs = Order.filter(mobile=phone) if shops is None else Order.filter(mobile=phone, shop__in=sorted(shops))
    return await theirs.order_by("-ordered_at").limit(OFFERED).only("id", "no")


async def _named(said: Sentence) -> str:
    """The number that is an order's or a parcel's, else the first: the others may be products."""
    upper = [number.upper() for number in said.numbers]
    orders = set(await Order.filter(no__in=[*said.numbers, *upper]).values_list("no", flat=True))
    parcels = set(await Parcel.filter(waybill__in=upper).values_list("waybill", flat=True))
    known = [number for number in said.numbers if {number, number.upper()} & (orders | parcels)]
    return (known or list(said.numbers))[0]


async def _bare(ctx: Ctx, number: str) -> str:
    """What a number alone asks for: to receive its parcel, of whoever receives; else to be shown."""
    if not ctx.may(RECEIVE) or is_phone(number):
        return LOOK
    upper = number.upper()
    if await Parcel.exists(waybill=upper):
        return RECEIVE
    known = await Order.exists(no__in=[number, upper]) or await OrderLine.exists(sku__in=[number, upper])
    likely = len(number) >= _WAYBILL or (number[:2].isalpha() and len(number) > 7)
    return RECEIVE if likely and not known else LOOK


# -- without a number --------------------------------------------------------------------------------------------------


async def _without_number(hearing: Hearing, said: Sentence) -> Reply | None:
    """The first reading that there is, the plainest first."""
    text = said.text.strip(" ,。.!?~")
    if many := _by_amount(text, hearing.lexicon):
        return await hearing.run(hearing.ctx, many)
    for reading in (_small_talk, _question, _button) if asks(said.text) else (_small_talk, _question, _nth, _button):
        if reply := await reading(hearing, text):
            return reply
    return await (_explained(hearing, said) if said.commands else _mistyped(hearing, said))


def _by_amount(text: str, lexicon: Lexicon) -> list[str]:
    """``金额小于100的都同意`` as the command that lists them first; none for another sentence."""
    match = _AMOUNT.fullmatch(text)
    if match is None or bool(match["sign"]) == bool(match["edge"]):
        return []
    known = lexicon.phrases
    buttons = {match["word"], *known.sure.get(match["word"], ()), *known.near.get(match["word"], ())}
    word = next((name for name in ("同意", "驳回", "撤单") if name in buttons), "")
    sign = _SIGNS[match["sign"] or match["edge"]]
    return [MANY, word, f"{sign}{match['yuan']}"] if word else []


async def _small_talk(hearing: Hearing, text: str) -> Reply | None:
    """What asks nothing; a greeting may be a button by another name, which is looked at first."""
    if text == CANCEL:
        return Reply.of(Text("现在没有在等你回答的问题，没有改动"))
    known = hearing.lexicon.phrases
    if hearing.lexicon.is_button(text):
        return None
    if text.lower() in known.hellos:
        return Reply.of(Greeting())
    return (
        Reply.of(Text(f"{known.small_answer}。{examples(hearing.ctx)}")) if text.lower() in known.small_talk else None
    )


async def _question(hearing: Hearing, text: str) -> Reply | None:
    """A question that a command answers, or the command itself among other words."""
    lexicon = hearing.lexicon
    questions = lexicon.phrases.questions
    if word := next((each for each in questions if each in text), ""):
        return await _asked_so(hearing, questions[word], bare(text.replace(word, " "), lexicon))
    asked = unasked(text, lexicon).strip()
    for word in (text, asked, bare(text, lexicon), bare(asked, lexicon)):
        if (meant := lexicon.meant(word)) in lexicon.commands - lexicon.actions and meant != text:
            return await hearing.run(hearing.ctx, [meant])
    return None


async def _asked_so(hearing: Hearing, command: str, left: str) -> Reply | None:
    """The command of a question; with a name or a time beside it, which of the two is meant."""
    name = command.split()[0]
    if not left or name == HELP or GRAMMAR[name].takes == 0:
        return await hearing.run(hearing.ctx, command.split())
    lead = f"“{_short(left, 20)}”要不要算进去，请点一个"
    return await hearing.offer(f"{command}：是哪一句？", lead, [f"{command} {left}", command])


async def _nth(hearing: Hearing, text: str) -> Reply | None:
    """``同意第一个``, ``第2单驳回``: a button, and a place in the list."""
    if (match := _NTH.search(text)) is None:
        return None
    place = _NUMERALS.get(match[1]) or int(match[1])
    word = bare(text.replace(match[0], " ", 1), hearing.lexicon)
    if word and not hearing.lexicon.is_button(word):
        return None
    return await hearing.run(hearing.ctx, [word or LOOK, f"第{place}"])


async def _button(hearing: Hearing, text: str) -> Reply | None:
    """A button without a case: which of my tasks has it; the greeting that it may be as well where none has."""
    ctx, known = hearing.ctx, hearing.lexicon.phrases
    said = [[text], [bare(text, hearing.lexicon)], parse.words(text)]
    word, *rest = next((words for words in said if words and hearing.lexicon.is_button(words[0])), [""])
    if not word:
        return None
    meant = {word, *known.sure.get(word.lower(), ()), *known.near.get(word.lower(), ())}
    readings = []
    for task in await open_tasks(ctx.me):
        actions = (await nodes_of(ctx, task.case))[task.node].actions
        readings += [" ".join([name, task.case.no, *rest]) for name in actions if name in meant]
    asked = f"“{_short(word, 10)}”哪一单？"
    if reply := await hearing.offer(asked, "要办哪一单，请点一个；都可以写成：按钮上的字加单号", readings):
        return reply
    if word.lower() in known.hellos:
        return Reply.of(Greeting())
    if word.lower() in known.small_talk:
        return Reply.of(Text(f"{known.small_answer}。{examples(ctx)}"))
    raise NotFound(f"没有等你{word}的待办，什么都没有做。{examples(ctx)}")


async def _explained(hearing: Hearing, said: Sentence) -> Reply | None:
    """A command without what it needs: offered for my tasks where it is about a case, else explained."""
    command = said.commands[0]
    if command == REPORT:
        return await _report(hearing, said)
    if command in (LOOK, HURRY, GIVE):
        tail = f" {names.in_text(said.text, hearing.ctx.staff)[0]}".rstrip() if command == GIVE else ""
        readings = [f"{command} {task.case.no}{tail}" for task in (await open_tasks(hearing.ctx.me))[:OFFERED]]
        if reply := await _asked(hearing, said, readings):
            return reply
    words = command.split() if " " in command else ["帮助", command]
    return await hearing.run(hearing.ctx, words) if await guesses.works(hearing.ctx, words, hearing.strictly) else None


async def _mistyped(hearing: Hearing, said: Sentence) -> Reply | None:
    """A command of which a character is wrong."""
    head, *rest = parse.words(said.text) or [""]
    near = get_close_matches(head, sorted(hearing.lexicon.commands | hearing.lexicon.actions), OFFERED, cutoff=NEAR)
    place = await positions.meant(hearing.ctx, said.text)
    if place and place.sure and place.numbers:
        return await hearing.run(hearing.ctx, [LOOK, place.numbers[0]])
    numbers = [f"{LOOK} {no}" for no in place.numbers] if place else []
    glued = [name for name in sorted(hearing.lexicon.commands, key=len, reverse=True) if name in said.text]
    readings = [*numbers, *(" ".join([word, *rest]) for word in near), *(_parted(name, said.text) for name in glued)]
    if reply := await _asked(hearing, said, readings):
        return reply
    helps = [["帮助", name] for name in glued]
    able = [words for words in helps if await guesses.works(hearing.ctx, words, hearing.strictly)]
    return await hearing.run(hearing.ctx, able[0]) if able else None


def _parted(name: str, text: str) -> str:
    """A command ahead of what is glued to it, and what ties its parts together apart from them: 请假明天到后天."""
    rest = text.replace(name, " ", 1)
    return " ".join([name, *re.sub(r"(到|至|代理)", r" \1 ", rest).replace(" 至 ", " 到 ").split()])

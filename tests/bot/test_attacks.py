"""Attacks over the real wire: every command and payload of whoever may not, other people's cards, replays, outsiders.

Each must move nothing, reach nobody else, and be answered as if there were no such case.
"""

from __future__ import annotations

import shutil
from itertools import cycle
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.inbox.intake import UNKNOWN_CARD
from cards.payload import Act, Answer, Decide
from handlers.chat.events import Tap
from models import SentCard
from tests.flow.access.test_rights import (
    COMMANDS,
    NO_CASE,
    PAYLOADS,
    PERSONAL,
    PROPOSAL_ACTIONS,
    SAID,
    expected,
    told_of_none,
    typed,
)
from tests.support.rights import JUDGE, NONE, OTHER, OWN, UNKNOWN_ID, UNKNOWN_NO, WHOSE, Place
from tests.support.shipped import ROLES
from tests.support.siege import GROUP, HTTP, LEAVER, STRANGER, STREAM, WECOM, siege
from tests.support.stage import START, sqlite_url
from tests.support.wire import stream_tap, wecom_tap

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from handlers.chat.events import Event, Labels
    from tests.flow.access.test_rights import Row
    from tests.support.siege import Siege

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOWHERE = Place(NONE, UNKNOWN_NO, UNKNOWN_ID, "SF100000009999")
WORDS = COMMANDS | SAID
A_FEW = 3  #: roles that try a thing over the wire; all of them do, without one, in tests/flow/access/test_rights.py


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(open_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Siege]:
    folder = tmp_path_factory.mktemp("siege")
    shutil.copy2(open_template, folder / "desk.db")
    async with siege(sqlite_url(folder), STREAM) as found:
        yield found


def some(name: str, row: Row, among: dict[str, object]) -> Iterator[tuple[str, str, str]]:
    """A few roles that may not, each with one of the cases that it may not, and how it must end."""
    start = list(among).index(name)
    roles = sorted(ROLES)[start % len(ROLES) :] + sorted(ROLES)[: start % len(ROLES)]
    places = WHOSE[1:] if row.by != NO_CASE else (OTHER,)
    ends = [(role, whose, expected(role, row, whose)) for role in roles for whose in reversed(places)]
    barred = {role: (role, whose, end) for role, whose, end in ends if end != "open"}
    yield from list(barred.values())[:A_FEW]


async def what_is_wrong(
    shop: Siege, attack: tuple[str, str, str], way: str, made: Callable[[Place], Event | Labels], token: str = ""
) -> list[str]:
    """What an attack has brought to light; [] for nothing."""
    role, whose, end = attack
    place = shop.place(role, whose)
    heard = await shop.sends(way, f"试{role}", made(place), token)
    wrong = [f"{role} {whose} {way}: others heard {words}" for words in heard.others]
    shown = heard.words.replace(place.no, "").replace(place.waybill, "")
    if end in ("unseen", "role"):
        none = await shop.sends(way, f"试{role}", made(NOWHERE), token)
        if told_of_none(place, heard.words) != none.words:
            wrong.append(f"{role} {whose} {way}: {heard.words!r} tells it from {none.words!r}")
        wrong += [f"{role} {whose} {way}: {shown}" for word in PERSONAL if word in shown]
    return wrong


@pytest.mark.parametrize("name", WORDS)
async def test_a_command_of_whoever_may_not_moves_nothing(shop: Siege, name: str) -> None:
    before, ways, wrong = await shop.digest(), cycle((shop.mode, WECOM)), []
    for attack in some(name, WORDS[name], dict(WORDS)):
        wrong += await what_is_wrong(shop, attack, next(ways), lambda place: typed(WORDS[name], place))
    assert wrong == []
    assert await shop.digest() == before


# -- taps --------------------------------------------------------------------------------------------------------------

BUTTONS = [name for name, (made, _) in PAYLOADS.items() if isinstance(made(NOWHERE), Tap)]


@pytest.mark.parametrize("name", [name for name in PAYLOADS if name != "a label"])
async def test_a_payload_of_whoever_may_not_moves_nothing(shop: Siege, name: str) -> None:
    """Also on a live card of one's own, with another's case in it."""
    made, row = PAYLOADS[name]
    attacks, ways, wrong = list(some(name, row, dict(PAYLOADS))), cycle((WECOM, shop.mode)), []
    before = await shop.digest(but="sent_card")
    for attack in attacks:
        way = WECOM if name == "a scan" else shop.mode if name.startswith("a quotation") else next(ways)
        wrong += await what_is_wrong(shop, attack, way, made, shop.cards[f"试{attack[0]}"])
    assert wrong == []
    assert await shop.digest(but="sent_card") == before


SILENT = ("200 ", "200 {}", "{'response': {}}")  #: answers to a tap that redraw nothing


def theirs(shop: Siege) -> dict[str, str]:
    """What the buttons of somebody else's cards carry, and what could be put in its place."""
    place = shop.place("客服", OTHER)
    packed = {name: PAYLOADS[name][0](place) for name in BUTTONS}
    others = {name: event.payload for name, event in packed.items() if isinstance(event, Tap)}
    answers = {f"answer {word}": Answer(shop.dialog_id, 1, word).pack() for word in ("同意", "提交", "取消")}
    decisions = {f"decide {word}": Decide(shop.proposal_id, 1, word).pack() for word in PROPOSAL_ACTIONS}
    foreign = {"a word": "同意", "too large": f"a1|{2**31}|1|同意", "an old form": "a0|1|1|同意"}
    return others | answers | decisions | foreign | {"no such case": Act(UNKNOWN_ID, 1, "同意").pack()}


async def test_another_persons_card_is_nobodys(shop: Siege) -> None:
    """Whatever it carries, and whoever taps it: it stays as it is, and says no more than one that there never was."""
    roles = cycle(sorted(ROLES))
    before, wrong = await shop.digest(), []
    for (name, payload), way in zip(theirs(shop).items(), cycle((WECOM, shop.mode)), strict=False):
        role = next(roles)
        for token in (shop.cards[JUDGE], "R20200101-0001-v1-m1-00000000"):
            heard = await shop.sends(way, f"试{role}", Tap("e", "wecom", "", START, token, payload), token)
            if heard.own != [UNKNOWN_CARD] or heard.others or heard.answer not in SILENT:
                wrong.append(f"{name} {role} {way}: {heard}")
    assert wrong == []
    assert await shop.digest() == before
    assert await SentCard.exists(token=shop.cards[JUDGE], live=True)


# -- again -------------------------------------------------------------------------------------------------------------


async def test_what_was_decided_once_is_not_decided_by_the_same_callback_again(shop: Siege) -> None:
    place = shop.place("客服组长", OWN)
    who, payload = "试客服组长", Act(place.case_id, 1, "同意").pack()
    post = wecom_tap(shop.desk, who, shop.cards[who], payload)
    await shop.posted(post)
    await shop.desk.bot.settled()
    before, seen = await shop.digest(), len(shop.desk.sandbox.world.items)
    assert "<ReplaceText><![CDATA[已同意]]>" in await shop.posted(post), "the card as it is"
    late = Tap("e", "wecom", "", START, "", payload)
    await shop.sends(WECOM, who, late, shop.cards[who])
    assert (await shop.digest(), shop.heard(seen, who).others) == (before, [])


async def test_a_frame_that_comes_twice_is_heard_once(shop: Siege) -> None:
    place, who = shop.place("客服主管", OWN), "试客服主管"
    token, payload = shop.cards[who], Act(place.case_id, 1, "驳回").pack()
    await stream_tap(shop.desk, who, token, payload, "frame-1")
    await shop.desk.bot.settled()
    before, seen = await shop.digest(), len(shop.desk.sandbox.world.items)
    for _ in range(2):
        await stream_tap(shop.desk, who, token, payload, "frame-1")
    assert (await shop.digest(), shop.heard(seen, who).others) == (before, [])


# -- outside -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [LEAVER, STRANGER])
async def test_whoever_is_not_of_the_staff_hears_whom_to_ask(shop: Siege, who: str) -> None:
    """Whatever they say, tap or scan, alone or in a group, one sentence."""
    before, told, place = await shop.digest(), set(), shop.place("客服", OTHER)
    for row, way, chat in zip(WORDS.values(), cycle((WECOM, shop.mode, shop.mode)), cycle(("", "", GROUP))):
        heard = await shop.sends(way, who, typed(row, place), chat=chat)
        told |= {words.replace(who, "") for words in heard.own + heard.group}
        assert heard.others == [], row
    for payload in theirs(shop).values():
        heard = await shop.sends(WECOM, who, Tap("e", "wecom", "", START, "", payload), shop.cards[JUDGE])
        told |= {words.replace(who, "") for words in heard.own}
        assert (heard.answer, heard.others) == ("200 ", [])
    assert len(told) <= 2, told
    assert not [word for word in (*PERSONAL, place.no) if word in " ".join(told)]
    assert await shop.digest() == before


# -- where DingTalk posts, instead of a line that we hold open ---------------------------------------------------------

SAMPLE = 6  #: every how manieth command and payload; all of them come over the line, and over WeCom


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def posted(open_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Siege]:
    folder = tmp_path_factory.mktemp("posted")
    shutil.copy2(open_template, folder / "desk.db")
    async with siege(sqlite_url(folder), HTTP) as found:
        yield found


@pytest.mark.parametrize("name", list(WORDS)[::SAMPLE])
async def test_a_command_that_is_posted_moves_nothing_either(posted: Siege, name: str) -> None:
    before, wrong = await posted.digest(), []
    for attack in some(name, WORDS[name], dict(WORDS)):
        wrong += await what_is_wrong(posted, attack, HTTP, lambda place: typed(WORDS[name], place))
    assert wrong == []
    assert await posted.digest() == before


@pytest.mark.parametrize("name", [name for name in BUTTONS if name != "a label"][::2])
async def test_a_payload_that_is_posted_moves_nothing_either(posted: Siege, name: str) -> None:
    made, row = PAYLOADS[name]
    before, wrong = await posted.digest(but="sent_card"), []
    for attack in some(name, row, dict(PAYLOADS)):
        wrong += await what_is_wrong(posted, attack, HTTP, made, posted.cards[f"试{attack[0]}"])
    assert wrong == []
    assert await posted.digest(but="sent_card") == before

"""Links that open one thing, a flow for a day or a case for its customer: what is forged, cut or late opens nothing."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.keyring import Keyring, drop_older, make_key, open_keyring
from bot.outbox.links import CASES, FLOWS, LIFE, BadLink, CaseLinks, Links, Ticket
from config.settings import Settings
from models import Case
from models.database.connection import database
from tests.support.stage import START

LINKS = Links("https://bot.example", Keyring.fixed(b"k" * 32))
TICKET = Ticket("退货", "express", 5)
TOKEN = LINKS.token(TICKET, START)


@given(st.text(), st.text(), st.integers(0, 2**31))
def test_a_link_opens_what_it_was_made_for(flow: str, policy: str, member: int) -> None:
    token = LINKS.token(Ticket(flow, policy, member), START)
    assert LINKS.read(token, START) == Ticket(flow, policy, member, token)


def test_it_stands_under_the_public_address() -> None:
    assert LINKS.url(TICKET, START) == f"https://bot.example/d/{TOKEN}"
    assert TOKEN.replace(".", "").replace("-", "").replace("_", "").isalnum(), "nothing that an address must escape"


@given(st.integers(0, len(TOKEN) - 1), st.characters(exclude_categories=["Cs"]))
def test_one_other_character_anywhere_opens_nothing(place: int, char: str) -> None:
    spoilt = TOKEN[:place] + char + TOKEN[place + 1 :]
    if spoilt != TOKEN:
        with pytest.raises(BadLink, match="这个链接不对"):
            LINKS.read(spoilt, START)


@given(st.text(max_size=200))
def test_nothing_that_anybody_types_opens_anything(token: str) -> None:
    with pytest.raises(BadLink):
        LINKS.read(token, START)


@pytest.mark.parametrize("length", range(len(TOKEN)))
def test_cut_short_it_opens_nothing(length: int) -> None:
    with pytest.raises(BadLink):
        LINKS.read(TOKEN[:length], START)


def test_another_bots_link_opens_nothing() -> None:
    with pytest.raises(BadLink):
        Links("https://bot.example", Keyring.fixed(b"x" * 32)).read(TOKEN, START)


def test_it_lives_a_day_to_the_second() -> None:
    assert LINKS.read(TOKEN, START + LIFE)
    with pytest.raises(BadLink, match="已经过期，请回到聊天里重新要一个"):
        LINKS.read(TOKEN, START + LIFE + timedelta(seconds=1))


def settings(**environ: str) -> Settings:
    return Settings.load({"DATABASE_URL": "sqlite://:memory:", **environ})


async def ring(**environ: str) -> Keyring:
    """The keys that a bot with these settings has, on the database that is open."""
    return await open_keyring(settings(**environ), START)


WECOM = {
    "WECOM_CORP_ID": "ww1", "WECOM_AGENT_ID": "1", "WECOM_SECRET": "s", "WECOM_TOKEN": "t", "WECOM_AES_KEY": "a" * 43,
}  # fmt: skip
DINGTALK = {"DINGTALK_CLIENT_ID": "id", "DINGTALK_CLIENT_SECRET": "one"}
KEY, OTHER = "k" * 32, "o" * 32


async def test_every_replica_has_the_key_that_the_first_one_made(database_url: str) -> None:
    async with database(database_url):
        first, second = await ring(), await ring()
        assert first.of(CASES)[0] == second.of(CASES)[0] != first.of(FLOWS)[0]


async def test_two_replicas_that_start_at_once_open_each_others_links(database_url: str) -> None:
    async with database(database_url):
        rings = await asyncio.gather(ring(), ring())
        token = CaseLinks("", rings[0]).token(17)
        await rings[1].renew()
        assert CaseLinks("", rings[1]).read(token) == (17, 0)


@pytest.mark.parametrize("turned_on", [WECOM, DINGTALK, {**WECOM, **DINGTALK}], ids=["wecom", "dingtalk", "both"])
async def test_turning_a_platform_on_changes_no_link(sqlite: str, turned_on: dict[str, str]) -> None:
    async with database(sqlite):
        before = CaseLinks("", await ring())
        after = CaseLinks("", await ring(**turned_on))
        assert after.token(17) == before.token(17)


OLD_STYLE = [
    pytest.param(WECOM, "s\n" + "a" * 43, id="wecom"),
    pytest.param(DINGTALK, "one", id="dingtalk"),
    pytest.param({**WECOM, **DINGTALK}, "s\n" + "a" * 43 + "\none", id="both"),
    pytest.param({**WECOM, **DINGTALK}, "one", id="dingtalk, and wecom turned on with the upgrade"),
]


@pytest.mark.parametrize(("environ", "said"), OLD_STYLE)
async def test_links_that_were_out_before_the_bot_kept_keys_stay_good(
    sqlite: str, environ: dict[str, str], said: str
) -> None:
    """Their key was made of the platforms' secrets, which may be changed afterwards."""
    key = hashlib.sha256(b"cases\n" + said.encode()).digest()
    token = f"17.{base64.urlsafe_b64encode(hmac.digest(key, b'17', 'sha256')[:16]).rstrip(b'=').decode()}"
    async with database(sqlite):
        await Case.create(no="R20261122-0001", kind="退货", opened_at=START)
        await ring(**environ)
        assert CaseLinks("", await ring()).read(token) == (17, 0)
        assert CaseLinks("", await ring()).token(17) != token


async def test_on_a_new_database_no_key_is_made_of_a_platforms_secrets(sqlite: str) -> None:
    async with database(sqlite):
        assert [len((await ring(**WECOM)).of(purpose)) for purpose in (CASES, FLOWS)] == [1, 1]


async def test_a_key_that_settings_name_signs_and_the_old_one_opens(sqlite: str) -> None:
    async with database(sqlite):
        kept, old = CaseLinks("", await ring()), CaseLinks("", await ring(LINK_KEY=OTHER))
        new = CaseLinks("", await ring(LINK_KEY=KEY, LINK_KEY_OLD=OTHER))
        gone = CaseLinks("", await ring(LINK_KEY=KEY))
        assert len({links.token(17) for links in (kept, old, new)}) == 3
        assert [new.read(links.token(17)) for links in (kept, old, new)] == [(17, 0)] * 3
        with pytest.raises(BadLink):
            gone.read(old.token(17))
        assert CaseLinks("", await ring(LINK_KEY_OLD=KEY)).token(17) == kept.token(17), "an old key never signs"


async def test_a_kept_key_is_changed_by_a_new_one_and_dropped_later(database_url: str) -> None:
    async with database(database_url):
        running = CaseLinks("", keys := await ring())
        before = running.token(17)
        await make_key(START)
        after = CaseLinks("", await ring()).token(17)
        assert after != before
        assert await keys.renew(), "a replica that has not been started anew hears of it"
        assert [running.read(each) for each in (before, after)] == [(17, 0)] * 2
        assert await drop_older() == 1
        await keys.renew()
        with pytest.raises(BadLink):
            running.read(before)
        assert running.read(after) == (17, 0)
        assert await drop_older() == 0


# -- a case for its customer -------------------------------------------------------------------------------------------

PAGES = CaseLinks("https://bot.example", Keyring.fixed(b"k" * 32))
CASE_TOKEN = PAGES.token(17)


@given(st.integers(1, 2**31), st.integers(0, 99))
def test_a_customers_link_names_their_case_for_good(case_id: int, revoked: int) -> None:
    assert PAGES.read(PAGES.token(case_id, revoked)) == (case_id, revoked)


def test_it_is_short_enough_for_a_text_message() -> None:
    assert PAGES.url(17) == f"https://bot.example/c/{CASE_TOKEN}"
    assert len(CASE_TOKEN) == len("17.") + 22


@given(st.text(max_size=60))
def test_no_text_is_a_customers_link(token: str) -> None:
    with pytest.raises(BadLink):
        PAGES.read(token)


@given(st.integers(0, len(CASE_TOKEN) - 1), st.characters(exclude_categories=["Cs"]))
def test_one_other_character_opens_no_case(place: int, char: str) -> None:
    spoilt = CASE_TOKEN[:place] + char + CASE_TOKEN[place + 1 :]
    if spoilt != CASE_TOKEN:
        with pytest.raises(BadLink):
            PAGES.read(spoilt)


def test_a_key_of_one_purpose_opens_nothing_of_the_other() -> None:
    with pytest.raises(BadLink):
        PAGES.read(LINKS.token(TICKET, START))


@pytest.mark.parametrize(
    ("environ", "base"),
    [
        pytest.param({"BOT_PUBLIC_URL": "https://bot.example/"}, "https://bot.example", id="where customers reach it"),
        pytest.param({}, "", id="a real platform, and no address that a customer could open"),
        pytest.param({"WECOM_API_BASE": "http://127.0.0.1:9"}, "http://127.0.0.1:8080", id="in the sandbox, here"),
    ],
)
def test_the_address_is_one_that_customers_can_open(environ: dict[str, str], base: str) -> None:
    links = CaseLinks.of(settings(**WECOM, **environ), Keyring.fixed(b"k"))
    assert links.url(17) == (f"{base}/c/{links.token(17)}" if base else "")

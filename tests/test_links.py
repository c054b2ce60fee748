"""Links that open one thing for one person for one day: what is forged, cut or late opens nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import LIFE, BadLink, Links, Ticket
from config.settings import Settings
from tests.stage import START

LINKS = Links("https://bot.example", b"k" * 32)
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
        Links("https://bot.example", b"x" * 32).read(TOKEN, START)


def test_it_lives_a_day_to_the_second() -> None:
    assert LINKS.read(TOKEN, START + LIFE)
    with pytest.raises(BadLink, match="已经过期，请回到聊天里重新要一个"):
        LINKS.read(TOKEN, START + LIFE + timedelta(seconds=1))


def settings(**environ: str) -> Settings:
    return Settings.load({"DATABASE_URL": "sqlite://:memory:", **environ})


def test_without_any_platform_nobody_can_make_one() -> None:
    """There is no secret then to make the key from; two starts have two keys."""
    assert Links.of(settings()).key != Links.of(settings()).key


def test_every_replica_has_the_key_from_the_same_settings() -> None:
    dingtalk = {"DINGTALK_CLIENT_ID": "id", "DINGTALK_CLIENT_SECRET": "one"}
    first, second = Links.of(settings(**dingtalk)), Links.of(settings(**dingtalk))
    other = Links.of(settings(**{**dingtalk, "DINGTALK_CLIENT_SECRET": "two"}))
    assert first.key == second.key != other.key

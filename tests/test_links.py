"""Links that open one thing, a flow for a day or a case for its customer: what is forged, cut or late opens nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import LIFE, BadLink, CaseLinks, Links, Ticket
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


# -- a case for its customer -------------------------------------------------------------------------------------------

CASES = CaseLinks("https://bot.example", b"k" * 32)
CASE_TOKEN = CASES.token(17)
WECOM = {
    "WECOM_CORP_ID": "ww1", "WECOM_AGENT_ID": "1", "WECOM_SECRET": "s", "WECOM_TOKEN": "t", "WECOM_AES_KEY": "a" * 43,
}  # fmt: skip


@given(st.integers(1, 2**31))
def test_a_customers_link_names_their_case_for_good(case_id: int) -> None:
    assert CASES.read(CASES.token(case_id)) == case_id


def test_it_is_short_enough_for_a_text_message() -> None:
    assert CASES.url(17) == f"https://bot.example/c/{CASE_TOKEN}"
    assert len(CASE_TOKEN) == len("17.") + 22


@given(st.text(max_size=60))
def test_no_text_is_a_customers_link(token: str) -> None:
    with pytest.raises(BadLink):
        CASES.read(token)


@given(st.integers(0, len(CASE_TOKEN) - 1), st.characters(exclude_categories=["Cs"]))
def test_one_other_character_opens_no_case(place: int, char: str) -> None:
    spoilt = CASE_TOKEN[:place] + char + CASE_TOKEN[place + 1 :]
    if spoilt != CASE_TOKEN:
        with pytest.raises(BadLink):
            CASES.read(spoilt)


def test_a_key_of_one_purpose_opens_nothing_of_the_other() -> None:
    one = settings(**WECOM)
    assert Links.of(one).key != CaseLinks.of(one).key == CaseLinks.of(settings(**WECOM)).key
    with pytest.raises(BadLink):
        CaseLinks.of(one).read(Links.of(one).token(TICKET, START))


@pytest.mark.parametrize(
    ("environ", "base"),
    [
        pytest.param({"BOT_PUBLIC_URL": "https://bot.example/"}, "https://bot.example", id="where customers reach it"),
        pytest.param({}, "", id="a real platform, and no address that a customer could open"),
        pytest.param({"WECOM_API_BASE": "http://127.0.0.1:9"}, "http://127.0.0.1:8080", id="in the sandbox, here"),
    ],
)
def test_the_address_is_one_that_customers_can_open(environ: dict[str, str], base: str) -> None:
    links = CaseLinks.of(settings(**WECOM, **environ))
    assert links.url(17) == (f"{base}/c/{links.token(17)}" if base else "")

"""Peers that did not grow up with the fake DingTalk agree with it: official vectors and two published libraries."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from dingtalk.crypto import DingTalkCrypto

from sandbox.dingtalk import Timing
from sandbox.dingtalk.crypto import EventCrypto, Forged, card_sign, robot_sign
from tests import HERE
from tests.peers.dingtalk.desk import CLIENT, KEY, SECRET, Desk, open_desk, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATIENT = Timing(redeliver_after=2.0, closing=0.2)  #: a process of its own may be slow on a busy machine
SCRIPT = HERE / "peers" / "dingtalk" / "official_client.py"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk(timing=PATIENT) as desk:
        yield desk


# -- vectors ---------------------------------------------------------------------------------------------------------


def test_robot_sign_vector() -> None:
    assert robot_sign("this is a secret", 1577262236757) == "DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA="


def test_card_sign_vector() -> None:
    assert card_sign("mySecret", 1577262236757) == "YPRwOACkIyAfSkOByibnXwmticUhkII0vLSQrdNiEPE="


OFFICIAL = (
    "9a95a004dd16f5c307e849b994173f76aa26e5eb",
    "1614767836",
    "A7Co0cJLMzIDtMMI",
    "YvkvaGe4hQxd3VxRmEty0dVlnCOAqwf56xwTRHDHoOURqhalbmBJQk5FNcRk42Gl5T0YQXZNwpwWSm1xAFJ5ZA==",
)
OFFICIAL_KEY = "1234567890123456789012345678901234567890123"


def test_event_vector_of_the_documentation() -> None:
    assert EventCrypto("123456", OFFICIAL_KEY, "dingsnotzck6pm5veliw").open(*OFFICIAL) == "success"


@pytest.mark.parametrize(
    ("token", "owner", "why"),
    [("other", "dingsnotzck6pm5veliw", "signature"), ("123456", "dingcorp", "owner key")],  # corp id instead of app key
)
def test_event_of_somebody_else_is_forged(token: str, owner: str, why: str) -> None:
    with pytest.raises(Forged, match=why):
        EventCrypto(token, OFFICIAL_KEY, owner).open(*OFFICIAL)


TEXTS = ["success", "{}", "退货 📦 收到", "x" * 32, '{"UserId":["a"]}' * 200]


@pytest.mark.parametrize("text", TEXTS)
def test_dingtalk_sdk_opens_what_the_fake_seals(text: str) -> None:
    ours = EventCrypto("tok", KEY, CLIENT)
    sealed = ours.seal(text)
    opened = DingTalkCrypto("tok", KEY, CLIENT).decrypt_message(
        {"encrypt": sealed}, ours.sign("1", "n", sealed), "1", "n"
    )
    assert opened == text


@pytest.mark.parametrize("text", TEXTS)
def test_the_fake_opens_what_dingtalk_sdk_seals(text: str) -> None:
    theirs = DingTalkCrypto("tok", KEY, CLIENT).encrypt_message(text)
    signed = (theirs["msg_signature"], theirs["timeStamp"], theirs["nonce"], theirs["encrypt"])
    assert EventCrypto("tok", KEY, CLIENT).open(*signed) == text


# -- the platform's own Stream client ----------------------------------------------------------------------------------


@asynccontextmanager
async def official_client(desk: Desk) -> AsyncIterator[asyncio.StreamReader]:
    """Run it in a process of its own: it reads its endpoint at import and blocks the loop that it runs on."""
    told = {
        "DINGTALK_OPENAPI_ENDPOINT": desk.url,
        "CLIENT_ID": CLIENT,
        "CLIENT_SECRET": SECRET,
        "NO_PROXY": "127.0.0.1",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), env=os.environ | told, stdout=-1, stderr=-3
    )
    assert process.stdout is not None
    try:
        await until(lambda: bool(desk.fake.connections), 20)
        yield process.stdout
    finally:
        process.kill()
        await process.communicate()


async def said(output: asyncio.StreamReader) -> Any:
    return json.loads(await asyncio.wait_for(output.readline(), 5))


async def test_the_official_client_holds_a_conversation(desk: Desk) -> None:
    async with official_client(desk) as output:
        await desk.fake.phones.say("lin", "退货 536365")
        assert await said(output) == {"message": ["lin", "林晓", "退货 536365"]}
        await until(lambda: bool(desk.shown("lin")))
        [card] = desk.shown("lin")
        assert (card.body["params"]["title"], card.state["dead"]) == ("审批", False)

        tapped = await desk.fake.phones.tap(card.id, "同意")
        assert await said(output) == {"tap": ["lin", {"actionIds": ["agree"], "params": {"case": "R1"}}]}
        assert (tapped.body["params"]["title"], tapped.state["dead"]) == ("已同意", True)
        assert tapped.body["params"]["markdown"] == "退款"
        assert desk.fake.problems == []


async def test_the_official_client_answers_events_without_a_status_and_pings_rightly(desk: Desk) -> None:
    async with official_client(desk) as output:
        await desk.fake.stream.ping()
        assert desk.fake.problems == []
        await desk.fake.phones.event("user_modify_org", {"userId": ["lin"]})
        assert await said(output) == {"event": ["user_modify_org", {"userId": ["lin"]}]}
        assert desk.fake.problems == ["stream: an event was answered without a status"]
        assert await said(output) == {"event": ["user_modify_org", {"userId": ["lin"]}]}  # so it comes again


async def test_the_official_client_comes_back_after_a_disconnect(desk: Desk) -> None:
    async with official_client(desk) as output:
        [before] = desk.fake.connections
        await desk.fake.disconnect()
        await until(lambda: any(c is not before for c in desk.fake.connections), 10)
        await desk.fake.phones.say("lin", "还在吗")
        assert await said(output) == {"message": ["lin", "林晓", "还在吗"]}

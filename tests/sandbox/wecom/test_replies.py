"""Passive replies on the fake WeCom: whose screen they change, and which of them are no good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.wecom import DeadButton
from tests.support.wecom_cards import FULL, changed
from tests.support.wecom_stage import CORP, PNG, reply, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.wecom_stage import Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as running:
        yield running


GREY = reply("lin", "update_button", "<Button><ReplaceName>已同意</ReplaceName></Button>")


async def test_a_passive_update_touches_only_the_clicker(stage: Stage) -> None:
    await stage.card("lin|WangWu")
    stage.bot.script.append(GREY)
    await stage.wecom.phones.tap(stage.last("lin").id, "同意")
    lin, wang = stage.last("lin"), stage.last("WangWu")
    assert (lin.body["replace_text"], lin.state["revision"], lin.state["dead"]) == ("已同意", 2, True)
    assert (wang.state["revision"], wang.state["dead"]) == (1, False)
    assert stage.wecom.problems == []


async def test_a_grey_button_cannot_be_tapped(stage: Stage) -> None:
    await stage.card()
    stage.bot.script.append(GREY)
    await stage.wecom.phones.tap(stage.last("lin").id, "同意")
    with pytest.raises(DeadButton):
        await stage.wecom.phones.tap(stage.last("lin").id, "驳回")
    assert len(stage.bot.heard) == 1


@pytest.mark.parametrize(
    "button", [pytest.param("转交", id="not on this card"), pytest.param("网页", id="opens a page, reaches no app")]
)
async def test_a_button_that_is_not_there(stage: Stage, button: str) -> None:
    await stage.send("template_card", FULL["button_interaction"])
    with pytest.raises(DeadButton):
        await stage.wecom.phones.tap(stage.last("lin").id, button)


async def test_a_recalled_card_is_gone(stage: Stage) -> None:
    answer = await stage.send("template_card", FULL["vote_interaction"])
    await stage.post("message/recall", {"msgid": answer["msgid"]})
    await stage.update(answer["response_code"], atall=1, button={"replace_name": "好"})
    assert stage.last("lin").state["revision"] == 1
    with pytest.raises(DeadButton):
        await stage.wecom.phones.tap(stage.last("lin").id, "提" * 10)


def card_reply(card: str) -> str:
    return reply("lin", "update_template_card", f"<TemplateCard>{card}</TemplateCard>")


def in_camel_case(card: dict[str, Any]) -> str:
    """The card as D/90241 spells it."""
    odd = {"keyname": "KeyName", "userid": "UserId", "appid": "AppId", "pagepath": "PagePath", "checkbox": "CheckBox"}
    parts = []
    for name, value in card.items():
        tag = odd.get(name, name.title().replace("_", ""))
        for each in value if isinstance(value, list) else [value]:
            inner = in_camel_case(each) if isinstance(each, dict) else str(each).replace("True", "true")
            parts.append(f"<{tag}>{inner}</{tag}>")
    return "".join(parts)


@pytest.mark.parametrize("kind", FULL)
async def test_a_passive_card_reads_like_a_sent_one(stage: Stage, kind: str) -> None:
    card = changed(FULL[kind], {"task_id": None})
    await stage.card()
    stage.bot.script.append(card_reply(in_camel_case(card)))
    await stage.wecom.phones.tap(stage.last("lin").id, "同意")
    assert stage.wecom.problems == []
    assert stage.last("lin").body == card


async def test_a_new_card_by_a_click_keeps_its_task(stage: Stage) -> None:
    await stage.card()
    vote = changed(FULL["vote_interaction"], {"task_id": None})
    stage.bot.script.append(card_reply(in_camel_case(vote)))
    await stage.wecom.phones.tap(stage.last("lin").id, "同意")
    await stage.wecom.phones.tap(stage.last("lin").id, "提" * 10)
    assert [heard["TaskId"] for heard in stage.bot.heard] == ["rt-7-approve-1"] * 2
    assert [heard["CardType"] for heard in stage.bot.heard] == ["button_interaction", "vote_interaction"]


NOTICE = "<CardType>text_notice</CardType><MainTitle><Title>好</Title></MainTitle>"
OPENS = "<CardAction><Type>1</Type><Url>https://example.com</Url></CardAction>"
TEXT = reply("lin", "text", "<Content>好的 😀</Content>")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        pytest.param("success", "not well-formed", id="a word instead of nothing"),
        pytest.param("<xml>1</xml>".replace("xml", "json"), "root is not", id="another document"),
        pytest.param(TEXT, "no answer to this event", id="a text to a click"),
        pytest.param(GREY.replace(">lin<", ">zhao<"), "ToUserName", id="for somebody else"),
        pytest.param(GREY.replace(CORP, "wwother"), "FromUserName", id="from another corp"),
        pytest.param(GREY.replace("已同意", ""), "42020", id="a button without a name"),
        pytest.param(GREY.replace("Button>", "Knopf>"), "<Button> is missing", id="no button"),
        pytest.param(card_reply(NOTICE), "42045", id="bad card"),
        pytest.param(card_reply("<CardType>x</CardType>"), "40058", id="no type"),
        pytest.param(card_reply(f"{NOTICE}{OPENS}<TaskId>t</TaskId>"), "40058", id="a task_id"),
        pytest.param(card_reply(f"{NOTICE}<buttonlist/>"), "40058", id="no CamelCase"),
    ],
)
async def test_a_malformed_reply_is_a_problem_and_changes_nothing(stage: Stage, answer: str, problem: str) -> None:
    await stage.card()
    stage.bot.script.append(answer)
    await stage.wecom.phones.tap(stage.last("lin").id, "同意")
    assert problem in "".join(stage.wecom.problems)
    assert (len(stage.phone("lin")), stage.last("lin").state["revision"]) == (1, 1)


async def test_a_forged_reply_is_a_problem(stage: Stage) -> None:
    stage.bot.script.append(stage.bot.crypto.encrypt_message(TEXT, "n", "1").replace("[n]", "[m]"))
    await stage.wecom.phones.say("lin", "hi")
    assert stage.wecom.problems == ["passive reply to message: the signature does not match"]


async def test_a_passive_text_is_a_bubble(stage: Stage) -> None:
    stage.bot.script.append(TEXT)
    await stage.wecom.phones.say("lin", "hi")
    assert (stage.last("lin").body, stage.last("lin").sender) == ({"content": "好的 😀"}, "bot")


async def test_a_passive_image_names_a_file_that_exists(stage: Stage) -> None:
    media_id = (await stage.upload("image", PNG))["media_id"]
    for name in (media_id, "MEDIA-0"):
        stage.bot.script.append(reply("lin", "image", f"<Image><MediaId>{name}</MediaId></Image>"))
        await stage.wecom.phones.menu("lin", "chart")
    assert [item.body["media_id"] for item in stage.phone("lin")] == [media_id]
    assert stage.wecom.problems == ["passive reply to click: [40007] invalid media_id"]

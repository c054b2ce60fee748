"""Decrypted callbacks as events: every kind, and the shapes that XML can take."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.channels.wecom.parse import Unreadable, parse
from handlers.chat.events import Event, Joined, Media, Message, Scan, StaffChanged, Tap

AGENT = 1000002
AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def xml(inner: str, agent: str = f"<AgentID>{AGENT}</AgentID>", at: int = int(AT.timestamp())) -> str:
    head = f"<ToUserName>ww1</ToUserName><FromUserName><![CDATA[WangWu]]></FromUserName><CreateTime>{at}</CreateTime>"
    return f"<xml>{head}{inner}{agent}</xml>"


def read(inner: str) -> Event | None:
    return parse(xml(inner), AGENT)


def event(name: str, inner: str = "") -> str:
    return f"<MsgType>event</MsgType><Event>{name}</Event>{inner}"


def message(kind: str, inner: str) -> str:
    return f"<MsgType>{kind}</MsgType>{inner}<MsgId>7300000000000000001</MsgId>"


CARD = "<EventKey>a:7:1</EventKey><TaskId>rt-7</TaskId><CardType>x</CardType><ResponseCode>RC</ResponseCode>"


def selected(*items: tuple[str, ...]) -> str:
    inner = "".join(
        f"<SelectedItem><QuestionKey>{key}</QuestionKey><OptionIds>"
        + "".join(f"<OptionId>{each}</OptionId>" for each in ids)
        + "</OptionIds></SelectedItem>"
        for key, *ids in items
    )
    return f"<SelectedItems>{inner}</SelectedItems>"


@pytest.mark.parametrize(
    ("inner", "text", "media"),
    [
        pytest.param(message("text", "<Content><![CDATA[退货 1]]></Content>"), "退货 1", (), id="text"),
        pytest.param(message("text", "<Content/>"), "", (), id="empty text"),
        pytest.param(message("image", "<MediaId>M</MediaId>"), "", (Media("image", "M"),), id="image"),
        pytest.param(message("voice", "<MediaId>M</MediaId>"), "", (Media("voice", "M"),), id="voice"),
        pytest.param(message("video", "<MediaId>M</MediaId>"), "", (Media("file", "M"),), id="video"),
        pytest.param(
            message("file", "<MediaId>M</MediaId><FileName>a.pdf</FileName>"),
            "",
            (Media("file", "M", "a.pdf"),),
            id="file, which no page documents",
        ),
        pytest.param(message("link", "<Url>https://a.example</Url>"), "https://a.example", (), id="link"),
        pytest.param(message("location", "<Label>上海</Label>"), "上海", (), id="location"),
        pytest.param(message("sticker", ""), "", (), id="a kind nobody has heard of still gets an answer"),
    ],
)
def test_messages(inner: str, text: str, media: tuple[Media, ...]) -> None:
    assert read(inner) == Message("wecom:7300000000000000001", "wecom", "wangwu", AT, text, media=media)


@pytest.mark.parametrize(
    ("inner", "kind", "userid"),
    [
        pytest.param(event("enter_agent", "<EventKey/>"), Joined, "wangwu", id="opens the chat"),
        pytest.param(event("subscribe"), Joined, "wangwu", id="gets access"),
        pytest.param(event("unsubscribe"), StaffChanged, "wangwu", id="loses access"),
        pytest.param(
            event("change_contact", "<ChangeType>update_user</ChangeType><UserID>LiSi</UserID>"),
            StaffChanged,
            "lisi",
            id="somebody's entry changed",
        ),
        pytest.param(event("click", "<EventKey>待办</EventKey>"), Message, "wangwu", id="a menu entry is words"),
    ],
)
def test_events_of_people(inner: str, kind: type[Event], userid: str) -> None:
    found = read(inner)
    assert isinstance(found, kind)
    assert (found.userid, found.at, found.event_id[:8], len(found.event_id)) == (userid, AT, "wecom:e:", 72)


@pytest.mark.parametrize("name", ["LOCATION", "view", "pic_weixin", "batch_job_result", "inactive_alert", "unheard_of"])
def test_events_without_use(name: str) -> None:
    assert read(event(name, "<EventKey/>")) is None


def test_the_address_book_comes_without_an_app() -> None:
    found = parse(xml(event("change_contact", "<ChangeType>create_party</ChangeType><Id>2</Id>"), agent=""), AGENT)
    assert isinstance(found, StaffChanged)


@pytest.mark.parametrize(
    ("items", "found"),
    [
        pytest.param("", {}, id="no selector on the card"),
        pytest.param(selected(("a", "1")), {"a": "1"}, id="one arrives as a dict"),
        pytest.param(selected(("a", "1"), ("b", "2")), {"a": "1", "b": "2"}, id="several arrive as a list"),
        pytest.param(selected(("a", "1", "2")), {"a": "1"}, id="several options of one question"),
        pytest.param(selected(("a",)), {}, id="nothing chosen"),
    ],
)
def test_taps_and_what_was_selected(items: str, found: dict[str, str]) -> None:
    tap = read(event("template_card_event", CARD + items))
    assert isinstance(tap, Tap)
    assert (tap.userid, tap.token, tap.payload, tap.code, tap.selected) == ("wangwu", "rt-7", "a:7:1", "RC", found)


def test_the_corner_menu_of_a_card_is_a_tap() -> None:
    tap = read(event("template_card_menu_event", CARD))
    assert isinstance(tap, Tap)
    assert (tap.userid, tap.token, tap.payload, tap.code, tap.selected) == ("wangwu", "rt-7", "a:7:1", "RC", {})


@pytest.mark.parametrize(
    ("result", "code"),
    [
        pytest.param("CODE_128,SF1234567890", "SF1234567890", id="a barcode says its kind first"),
        pytest.param("EAN_13,6901234567892", "6901234567892", id="another kind"),
        pytest.param("SF1234567890", "SF1234567890", id="or does not"),
        pytest.param("AB,12", "AB,12", id="which is not any word before a comma"),
        pytest.param("https://a.example/?q=1,2", "https://a.example/?q=1,2", id="a comma of its own"),
    ],
)
def test_scans(result: str, code: str) -> None:
    info = f"<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult><![CDATA[{result}]]></ScanResult></ScanCodeInfo>"
    scan = read(event("scancode_waitmsg", f"<EventKey>dock</EventKey>{info}"))
    assert isinstance(scan, Scan)
    assert scan.code == code


def scan_of(code: str) -> str:
    return event("scancode_push", f"<EventKey>1</EventKey><ScanCodeInfo><ScanResult>{code}</ScanResult></ScanCodeInfo>")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(event("subscribe"), event("enter_agent"), id="two events of one second"),
        pytest.param(scan_of("A1"), scan_of("A2"), id="two scans of one second"),
        pytest.param(
            event("template_card_event", CARD),
            event("template_card_event", CARD.replace("RC", "RC2")),
            id="two taps on one button",
        ),
        pytest.param(
            event("template_card_event", CARD),
            event("template_card_menu_event", CARD),
            id="a button and a menu entry of one key",
        ),
        pytest.param(
            event("change_contact", "<ChangeType>update_user</ChangeType><UserID>a</UserID>"),
            event("change_contact", "<ChangeType>update_user</ChangeType><UserID>b</UserID>"),
            id="two members changed by one import",
        ),
    ],
)
def test_events_that_must_not_be_taken_for_each_other(one: str, other: str) -> None:
    first, again, second = read(one), read(one), read(other)
    assert first == again
    assert first
    assert second
    assert first.event_id != second.event_id


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        pytest.param("<MsgType>text</MsgType>", "no MsgId", id="a message without its id"),
        pytest.param(message("image", ""), "no MediaId", id="a picture without its key"),
        pytest.param(event("template_card_event", "<EventKey>a</EventKey>"), "no TaskId", id="a tap on no card"),
        pytest.param(event("template_card_event", "<TaskId>a</TaskId>"), "no EventKey", id="a tap on no button"),
        pytest.param(event("click"), "no EventKey", id="a menu entry without a key"),
        pytest.param(scan_of(""), "no ScanResult", id="a scan of nothing"),
        pytest.param(
            event("template_card_event", CARD + "<SelectedItems><SelectedItem>x</SelectedItem></SelectedItems>"),
            "malformed",
            id="a selection of another shape",
        ),
        pytest.param("", "malformed", id="no MsgType"),
    ],
)
def test_what_is_incomplete_is_refused(inner: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(inner)


@pytest.mark.parametrize("at", [10**30, -(10**15)])
def test_a_time_beyond_all_calendars_is_refused(at: int) -> None:
    with pytest.raises(Unreadable, match="malformed"):
        parse(xml(message("text", ""), at=at), AGENT)

"""Messages by URL: the session webhook of a conversation, and custom robots of a group (dingtalk.md §2.1, §4.4)."""

from __future__ import annotations

import hmac
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.crypto import robot_sign
from sandbox.dingtalk.messages import webhook_bubble
from sandbox.dingtalk.refusals import Refusal
from sandbox.world import Place

if TYPE_CHECKING:
    from sandbox.dingtalk.app import Address
    from sandbox.dingtalk.calls import Call
    from sandbox.dingtalk.meters import Meters
    from sandbox.world import World

SESSION_PATH = "/robot/sendBySession"
SESSION_LIFE = timedelta(milliseconds=5_400_700)  #: about 90 minutes in every official sample
SIGN_SKEW = timedelta(hours=1)
PER_MINUTE = 20
BLOCK = timedelta(minutes=10)
MOST_AT = 50
OK = {"errcode": 0, "errmsg": "ok"}


@dataclass(slots=True)
class CustomRobot:
    """A robot that somebody added to a group by hand; it can only send."""

    group: str
    secret: str | None = None
    sent: deque[datetime] = field(default_factory=deque)
    blocked_until: datetime | None = None
    uuids: set[str | None] = field(default_factory=set)


class Webhooks:
    """Both kinds; each message counts as a Webhook & Stream use."""

    def __init__(self, world: World, meters: Meters, address: Address) -> None:
        self._world, self._meters, self._address = world, meters, address
        self._sessions: dict[str, tuple[Place, datetime]] = {}
        self.robots: dict[str, CustomRobot] = {}  #: by access token

    def open_session(self, place: Place) -> tuple[str, int]:
        """A new session webhook for one incoming message, and when it ends in milliseconds."""
        key, ends = secrets.token_hex(16), self._world.clock.now() + SESSION_LIFE
        self._sessions[key] = (place, ends)
        return f"{self._address.url}{SESSION_PATH}?session={key}", int(ends.timestamp() * 1000)

    def send_by_session(self, call: Call) -> dict[str, Any]:
        place, ends = self._sessions.get(call.query.get("session", ""), (None, self._world.clock.now()))
        if place is None:
            raise Refusal(300001, "session 不存在")
        if self._world.clock.now() >= ends:
            raise Refusal(300001, "session.expired")
        self._show(place, call.body)
        return OK

    def send(self, call: Call) -> dict[str, Any]:
        """``POST /robot/send``; a repeated ``msgUuid`` is accepted and shows nothing."""
        robot = self.robots.get(call.query.get("access_token", ""))
        if robot is None:
            raise Refusal(400101, "access_token不存在")
        self._check_sign(robot, call)
        self._check_rate(robot)
        uuid = call.body.get("msgUuid")
        if uuid not in robot.uuids - {None}:
            self._show(Place("dingtalk", robot.group, group=True), call.body)
            robot.uuids.add(uuid)
        return OK

    def _check_sign(self, robot: CustomRobot, call: Call) -> None:
        if robot.secret is None:
            return
        stamp, sign = call.query.get("timestamp", ""), call.query.get("sign", "")
        if not hmac.compare_digest(robot_sign(robot.secret, stamp), sign):
            raise Refusal(310000, "sign not match")
        if not stamp.isdecimal() or abs(self._world.clock.millis() - int(stamp)) > SIGN_SKEW.total_seconds() * 1000:
            raise Refusal(310000, "invalid timestamp")

    def _check_rate(self, robot: CustomRobot) -> None:
        now = self._world.clock.now()
        while robot.sent and now - robot.sent[0] >= timedelta(minutes=1):
            robot.sent.popleft()
        if len(robot.sent) >= PER_MINUTE:
            robot.blocked_until = now + BLOCK
            robot.sent.clear()
        if robot.blocked_until is not None and now < robot.blocked_until:
            raise Refusal(410100, "发送速度太快而限流")
        robot.sent.append(now)

    def _show(self, place: Place, body: dict[str, Any]) -> None:
        bubble = webhook_bubble(body)
        if bubble is None or len(body.get("at", {}).get("atUserIds", [])) > MOST_AT:
            raise Refusal(400105, "不支持的消息类型")
        self._meters.use_webhook()
        self._world.put(place, bubble.kind, bubble.body)

"""The robot's own messages: to people one by one and to groups (dingtalk.md §4.2)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.messages import Bubble, Samples
from sandbox.dingtalk.refusals import Refusal
from sandbox.world import Place

if TYPE_CHECKING:
    from sandbox.dingtalk.calls import Call
    from sandbox.dingtalk.media import Media
    from sandbox.world import World

MOST_USERS = 20


class Robot:
    """``oToMessages/batchSend`` and ``groupMessages/send``."""

    def __init__(self, world: World, robot_code: str, media: Media) -> None:
        self._world, self._code = world, robot_code
        self._samples = Samples(media)
        self.flow_controlled: set[str] = set()  #: people who get too many messages right now
        self.out_of_scope: set[str] = set()  #: people who may be in a group with the robot, and may not be written to

    def batch_send(self, call: Call) -> dict[str, Any]:
        self._own(call.body)
        users = call.body.get("userIds")
        if not users or not isinstance(users, list):
            raise Refusal("invalidParameter.userIds.empty")
        if len(users) > MOST_USERS:
            raise Refusal("invalidParameter.userIds.overMax")
        bubble = self._samples.bubble(call.body)
        users = list(dict.fromkeys(users))
        unknown = [u for u in users if u in self.out_of_scope or not self._world.person("dingtalk", str(u))]
        slowed = [u for u in users if u in self.flow_controlled and u not in unknown]
        for user in users:
            if user not in unknown and user not in slowed:
                self._show(Place("dingtalk", user), bubble)
        return {
            "processQueryKey": secrets.token_hex(12),
            "invalidStaffIdList": unknown,
            "flowControlledStaffIdList": slowed,
        }

    def group_send(self, call: Call) -> dict[str, Any]:
        self._own(call.body)
        group = str(call.body.get("openConversationId"))
        if group not in self._world.groups:
            raise Refusal("invalid.openConversationId")
        self._show(Place("dingtalk", group, group=True), self._samples.bubble(call.body))
        return {"processQueryKey": secrets.token_hex(12)}

    def _own(self, body: dict[str, Any]) -> None:
        if body.get("robotCode") != self._code:
            raise Refusal("invalidParameter.robotCode.auth")

    def _show(self, place: Place, bubble: Bubble) -> None:
        self._world.put(place, bubble.kind, bubble.body)

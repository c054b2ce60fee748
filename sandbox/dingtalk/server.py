"""The fake DingTalk as one piece: its routes, its phones and its meters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.dingtalk.app import Address, DingTalkApp, Limits, Timing
from sandbox.dingtalk.callbacks import Callbacks
from sandbox.dingtalk.calls import Api
from sandbox.dingtalk.cards import Cards
from sandbox.dingtalk.contacts import Contacts
from sandbox.dingtalk.courier import Courier
from sandbox.dingtalk.gate import Gate
from sandbox.dingtalk.inbound import Inbound
from sandbox.dingtalk.media import DOWNLOAD_PATH, Media
from sandbox.dingtalk.meters import Meters
from sandbox.dingtalk.phone import DingTalkPhones
from sandbox.dingtalk.robot import Robot
from sandbox.dingtalk.stream import CONNECT_PATH, Stream
from sandbox.dingtalk.tokens import Tokens
from sandbox.dingtalk.webhooks import SESSION_PATH, CustomRobot, Webhooks
from sandbox.faults import Faults

if TYPE_CHECKING:
    from collections import Counter

    from sandbox.dingtalk.connection import Connection
    from sandbox.world import World

CONTACTS = "/topapi/v2"


class DingTalk:
    """One organisation's DingTalk with one internal app in it.

    ``problems`` are sentences about what the bot did wrong without being refused, ``lost`` the ids of messages and
    events that never arrived; tests assert that both are empty. ``timing`` and ``limits`` are the platform's own
    unless told otherwise.
    """

    def __init__(
        self,
        world: World,
        app: DingTalkApp,
        faults: Faults | None = None,
        *,
        timing: Timing | None = None,
        limits: Limits | None = None,
    ) -> None:
        timing, faults = timing or Timing(), faults or Faults()
        self.problems: list[str] = []
        self._address = Address()
        self.meters = Meters(world.clock, limits or Limits())
        self.files = Media(app.robot_code, world.clock, self._address)
        self.webhooks = Webhooks(world, self.meters, self._address)
        self.cards = Cards(world, app.robot_code, self.problems)
        self.robot = Robot(world, app.robot_code, self.files)
        self.stream = Stream(app, world.clock, timing, self._address, self.problems)
        self.callbacks = Callbacks(app, world.clock, timing, self.problems)
        self._contacts = Contacts(world)
        self._tokens = Tokens(app, world.clock)
        self._gate = Gate(faults, self._tokens, self.meters, self._address)
        self._courier = Courier(app, timing, faults, (self.stream, self.callbacks), self.problems)
        self.inbound = Inbound(world, app, self.webhooks, self.meters)
        self.phones = DingTalkPhones(world, self.inbound, self.cards, self.files, self._courier)

    @property
    def calls(self) -> Counter[str]:
        """Requests per API path, refused ones included."""
        return self.meters.calls

    @property
    def counted(self) -> int:
        """API calls charged to this month's quota."""
        return self.meters.counted

    @property
    def webhook_uses(self) -> int:
        """Webhook & Stream uses of this month."""
        return self.meters.webhook_uses

    @property
    def connections(self) -> list[Connection]:
        """The bot's Stream connections, those in their closing window included."""
        return self.stream.connections

    @property
    def lost(self) -> list[str]:
        return self._courier.lost

    @property
    def base_url(self) -> str:
        """Where the platform is reached; learned from the first request when nobody told."""
        return self._address.url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._address.url = url.rstrip("/")

    def media(self, media_id: str) -> tuple[bytes, str]:
        """Bytes and content type of a picture or file; KeyError for an unknown id."""
        return self.files.get(media_id)

    def add_webhook(self, access_token: str, group: str, secret: str | None = None) -> CustomRobot:
        """Put a custom robot into a group, as a person does by hand."""
        return self.webhooks.robots.setdefault(access_token, CustomRobot(group, secret))

    async def disconnect(self, reason: str = "connection is expired") -> None:
        """Send the ``disconnect`` frame on every line and close it after the window."""
        await self.stream.disconnect(reason)

    async def close(self) -> None:
        """Stop delivering, hang up and let go of the network."""
        await self._courier.close()
        await self.stream.hang_up()
        await self.callbacks.close()

    def routes(self) -> list[web.RouteDef]:
        """Everything of api.dingtalk.com, oapi.dingtalk.com and the Stream host, for one application."""
        return [
            *map(self._gate.route, [*self._v1(), *self._oapi()]),
            web.get(CONNECT_PATH, self.stream.connect),
            web.get(DOWNLOAD_PATH + "/{code}", self.files.serve),
        ]

    def _v1(self) -> list[Api]:
        card = "/v1.0/card/instances"
        return [
            Api("POST", "/v1.0/oauth2/accessToken", self._tokens.issue, token=False, counted=False),
            Api("POST", "/v1.0/gateway/connections/open", self.stream.open, token=False, counted=False),
            Api("POST", "/v1.0/robot/oToMessages/batchSend", self.robot.batch_send),
            Api("POST", "/v1.0/robot/groupMessages/send", self.robot.group_send),
            Api("POST", "/v1.0/robot/messageFiles/download", self.files.download),
            Api("POST", f"{card}/createAndDeliver", self.cards.create),
            Api("PUT", card, self.cards.update),
            Api("POST", "/v1.0/card/callbacks/register", self.callbacks.register),
        ]

    def _oapi(self) -> list[Api]:
        people = {
            "/user/get": self._contacts.user_get,
            "/user/list": self._contacts.user_list,
            "/department/get": self._contacts.department_get,
            "/department/listsub": self._contacts.department_listsub,
            "/department/listparentbyuser": self._contacts.department_parents,
        }
        return [
            Api("POST", "/media/upload", self.files.upload, "oapi"),
            *(Api("POST", CONTACTS + path, answer, "oapi", counted=False) for path, answer in people.items()),
            Api("POST", SESSION_PATH, self.webhooks.send_by_session, "oapi", token=False, counted=False),
            Api("POST", "/robot/send", self.webhooks.send, "oapi", token=False, counted=False),
        ]

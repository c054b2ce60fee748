"""The SMS gateway: one POST puts a text on a customer's phone, once per key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.gateway import Gateway, Refused, object_of, strings
from sandbox.world import Place

if TYPE_CHECKING:
    from collections import Counter

    from sandbox.faults import Faults
    from sandbox.world import World

PATH = "/sms"  #: also the name under which faults strike
LONGEST = 500  #: characters, the usual limit of a long message
MOBILE = re.compile(r"\+?\d{5,15}")


class Sms:
    """``POST /sms`` with ``{"to", "text", "key"}`` answers ``{"id"}``.

    The same key with the same content sends nothing again and answers the same id; with other content it is 409.
    A number that is none, or a text over 500 characters, is 400. Faults strike at ``/sms`` and ``/sms:after``.
    """

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._gateway = Gateway(faults)
        self._sent: dict[str, tuple[str, str, int]] = {}

    @property
    def calls(self) -> Counter[str]:
        return self._gateway.calls

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self._gateway.wrap(self._send))]

    async def _send(self, request: web.Request) -> web.Response:
        to, text, key = strings(object_of(await request.text()), "to", "text", "key")
        if not MOBILE.fullmatch(to) or len(text) > LONGEST:
            raise Refused(400, f"号码不对，或短信超过 {LONGEST} 字")
        if key not in self._sent:
            item = self._world.put(Place("sms", to), "text", {"content": text})
            self._sent[key] = (to, text, item.id)
        if self._sent[key][:2] != (to, text):
            raise Refused(409, "这个 key 已经发过别的内容")
        return web.json_response({"id": f"SMS-{self._sent[key][2]:06d}"})

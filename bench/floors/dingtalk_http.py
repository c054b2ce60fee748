"""A DingTalk tap over HTTP and nothing else: check the signature, parse, decide in one commit, answer."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from bench.floors.dingtalk_tap import decided
from bench.floors.serving import serve
from sandbox.dingtalk.crypto import card_sign

if TYPE_CHECKING:
    from bench.floors.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Door:
    """The card callback of one app."""

    ledger: Ledger
    secret: str

    async def receive(self, request: web.Request) -> web.Response:
        stamp = request.headers["x-ddpaas-signature-timestamp"]
        if not hmac.compare_digest(card_sign(self.secret, stamp), request.headers["x-ddpaas-signature"]):
            return web.Response(status=403)
        raw = await request.read()
        key = hashlib.sha256(raw + stamp.encode()).hexdigest()
        return web.json_response(await decided(self.ledger, key, json.loads(raw)))


def routes(ledger: Ledger) -> list[web.RouteDef]:
    """The one route."""
    return [web.post("/dingtalk/card", Door(ledger, os.environ["DINGTALK_CLIENT_SECRET"]).receive)]


if __name__ == "__main__":
    serve(routes)

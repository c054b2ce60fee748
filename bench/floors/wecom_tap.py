"""A WeCom tap and nothing else: verify, open, parse, decide in one commit, seal the answer."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from aiohttp import web

from bench.floors.ledger import Decision
from bench.floors.serving import serve
from sandbox.wecom.crypto import Crypto

if TYPE_CHECKING:
    from bench.floors.ledger import Ledger

KEYS = ("FromUserName", "CreateTime", "Event", "EventKey", "AgentID", "TaskId", "ResponseCode")
CARD = (
    "<xml><ToUserName><![CDATA[{userid}]]></ToUserName><FromUserName><![CDATA[{corp}]]></FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType><![CDATA[update_template_card]]></MsgType><TemplateCard>"
    "<CardType><![CDATA[button_interaction]]></CardType><Source><Desc><![CDATA[售后]]></Desc></Source>"
    "<MainTitle><Title><![CDATA[已同意：退货 ¥2.55]]></Title></MainTitle>"
    "<HorizontalContentList><KeyName><![CDATA[处理]]></KeyName><Value><![CDATA[{userid} 刚刚]]></Value>"
    "</HorizontalContentList><HorizontalContentList><KeyName><![CDATA[单号]]></KeyName><Value><![CDATA[{no}]]></Value>"
    "</HorizontalContentList><ButtonList><Text><![CDATA[已同意]]></Text><Style>3</Style><Key><![CDATA[done]]></Key>"
    "</ButtonList><ReplaceText><![CDATA[已同意]]></ReplaceText></TemplateCard></xml>"
)
ENVELOPE = (
    "<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
    "<TimeStamp>{at}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
)


@dataclass(frozen=True, slots=True)
class Door:
    """The callback of one app."""

    ledger: Ledger
    crypto: Crypto
    corp_id: str

    async def receive(self, request: web.Request) -> web.Response:
        query = request.query
        sealed = ElementTree.fromstring(await request.read()).findtext("Encrypt", "")
        if not self.crypto.is_signed(query["msg_signature"], query["timestamp"], query["nonce"], sealed):
            return web.Response(status=403)
        root = ElementTree.fromstring(self.crypto.decrypt(sealed))
        said = {element.tag: element.text or "" for element in root}
        key = hashlib.sha256("|".join(said.get(name, "") for name in KEYS).encode()).hexdigest()
        _, task, _, action = said["EventKey"].split("|")
        no = await self.ledger.decide(Decision(key, int(task), action, said["FromUserName"]))
        return web.Response(text=self._answer(said["FromUserName"], no), content_type="text/xml")

    def _answer(self, userid: str, no: str) -> str:
        at, nonce = str(int(time.time())), secrets.token_hex(8)
        sealed = self.crypto.encrypt(CARD.format(userid=userid, corp=self.corp_id, at=at, no=no))
        return ENVELOPE.format(sealed=sealed, signature=self.crypto.sign(at, nonce, sealed), at=at, nonce=nonce)


def routes(ledger: Ledger) -> list[web.RouteDef]:
    """The one route."""
    token, key, corp = (os.environ[f"WECOM_{name}"] for name in ("TOKEN", "AES_KEY", "CORP_ID"))
    return [web.post("/wecom/callback", Door(ledger, Crypto(token, key, corp), corp).receive)]


if __name__ == "__main__":
    serve(routes)

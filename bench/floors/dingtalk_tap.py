"""What a DingTalk tap comes to on either transport: the button out of the body, the decision, the card's new face."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench.floors.ledger import Decision

if TYPE_CHECKING:
    from bench.floors.ledger import Ledger

BY_KEY = {"updateCardDataByKey": True, "updatePrivateDataByKey": True}


async def decided(ledger: Ledger, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Decide, and redraw the card as a record."""
    params = json.loads(body["content"])["cardPrivateData"]["params"]
    _, task, _, action = params["action"].split("|")
    no = await ledger.decide(Decision(key, int(task), action, body["userId"]))
    face = {
        "title": "已同意：退货 ¥2.55",
        "markdown": f"**处理** {body['userId']} 刚刚  \n**单号** {no}  \n**已同意**",
        "tips": "售后",
        "sys_full_json_obj": json.dumps({"msgButtons": []}),
    }
    return {"cardUpdateOptions": BY_KEY, "cardData": {"cardParamMap": face}}

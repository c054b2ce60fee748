"""Interactive cards: one instance per outTrackId, a copy on every phone that got it (dingtalk.md §3)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from config.settings import PUBLIC_CARD_TEMPLATE
from sandbox.dingtalk import card_checks as checks
from sandbox.dingtalk.refusals import Refusal
from sandbox.world import Place

if TYPE_CHECKING:
    from sandbox.dingtalk.calls import Call
    from sandbox.world import Item, World

MARKDOWN_ONLY = "589420e2-c1e2-46ef-a5ed-b8728e654da9.schema"
PUBLIC_TEMPLATES = frozenset({
    PUBLIC_CARD_TEMPLATE,
    MARKDOWN_ONLY,
    "382e4302-551d-4880-bf29-a30acfab2e71.schema",
    "02fcf2f4-5e02-4a85-b672-46d1f715543e.schema",
})  # fmt: skip
REPLY_FIELDS = frozenset({"cardUpdateOptions", "cardData", "userPrivateData"})
Params = dict[str, str]


@dataclass(slots=True)
class Card:
    """A card instance and the bubbles that show it."""

    out_track_id: str
    template: str
    callback_type: str  #: STREAM, HTTP, or empty: then a tap goes nowhere
    route_key: str
    params: Params
    private: dict[str, Params]
    copies: list[int] = field(default_factory=list)
    taps: int = 0  #: clicks that wait for their answer right now

    def seen_by(self, userid: str) -> Params:
        return self.params | self.private.get(userid, {})


class Cards:
    """The card service; ``problems`` gets what the real one would show as a broken card."""

    def __init__(self, world: World, robot_code: str, problems: list[str]) -> None:
        self._world, self._robot_code, self._problems = world, robot_code, problems
        self._cards: dict[str, Card] = {}
        self.templates = set(PUBLIC_TEMPLATES)  #: add an admin's own here
        self.card_value_limit: int | None = None  #: bytes of ``markdown`` and ``sys_full_json_obj``; None: no limit

    def of(self, item: Item) -> Card | None:
        """The card behind a bubble; link cards and messages have none."""
        return self._cards.get(str(item.state.get("out_track_id")))

    def buttons(self, card: Card, userid: str) -> list[dict[str, Any]]:
        """The buttons that this person sees."""
        return self._buttons(card, card.seen_by(userid))

    # -- API -----------------------------------------------------------------------------------------------------

    def create(self, call: Call) -> dict[str, Any]:
        """``createAndDeliver``; HTTP 200 may still carry places that got nothing."""
        body = call.body
        checks.required(body, "cardTemplateId", "outTrackId", "openSpaceId")
        if body["cardTemplateId"] not in self.templates:
            raise Refusal("param.templateNotExist")
        if body["outTrackId"] in self._cards:
            raise Refusal("param.cardAlreadyExist")
        places = checks.spaces(body["openSpaceId"])
        params = checks.param_map(body.get("cardData"), self.card_value_limit)
        private = checks.private_maps(body, self.card_value_limit)
        route = str(body.get("callbackRouteKey") or "")
        card = Card(
            body["outTrackId"], body["cardTemplateId"], str(body.get("callbackType") or ""), route, params, private
        )
        self._cards[card.out_track_id] = card
        results = [self._deliver(card, kind, where, body) for kind, where in places]
        return {"success": True, "result": {"outTrackId": card.out_track_id, "deliverResults": results}}

    def update(self, call: Call) -> dict[str, Any]:
        """``PUT /v1.0/card/instances``: without the ByKey options what is not given vanishes."""
        checks.required(call.body, "outTrackId")
        card = self._cards.get(call.body["outTrackId"])
        if card is None:
            raise Refusal("param.cardNotExist")
        if card.taps:
            self._problems.append(f"card {card.out_track_id}: updated by API inside its callback")
        self._change(card, call.body, checks.private_maps(call.body, self.card_value_limit))
        return {"success": True, "result": True}

    def answered(self, card: Card, userid: str, reply: dict[str, Any]) -> None:
        """Apply the answer to a tap; raises Refusal when a client could not show it."""
        if unknown := reply.keys() - REPLY_FIELDS:
            raise Refusal("param.error", f"answer has {sorted(unknown)}")
        private = {}
        if "userPrivateData" in reply:
            private = {userid: checks.param_map(reply["userPrivateData"], self.card_value_limit)}
        self._change(card, reply, private)

    # -- state -----------------------------------------------------------------------------------------------------

    def _change(self, card: Card, body: dict[str, Any], private: dict[str, Params]) -> None:
        options = body.get("cardUpdateOptions") or {}
        if body.get("cardData"):
            given = checks.param_map(body["cardData"], self.card_value_limit)
            card.params = card.params | given if options.get("updateCardDataByKey") is True else given
        keep = options.get("updatePrivateDataByKey") is True
        for user, given in private.items():
            card.private[user] = card.private.get(user, {}) | given if keep else given
        for item_id in card.copies:
            self._redraw(card, self._world.items[item_id])

    def _redraw(self, card: Card, item: Item) -> None:
        body = self._body(card, item.place) | {"at": item.body["at"]}
        if body != item.body:
            dead = self._is_dead(card, item.place)
            self._world.change(item.id, body=body, revision=item.state["revision"] + 1, dead=dead, error=None)

    def _deliver(self, card: Card, kind: str, where: str, body: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {"spaceType": kind, "spaceId": where}
        model = body.get("imGroupOpenDeliverModel" if kind == "IM_GROUP" else "imRobotOpenDeliverModel")
        if problem := self._undeliverable(kind, where, model):
            return result | {"success": False, "errorMsg": problem, "carrierId": None}
        place = Place("dingtalk", where, group=kind == "IM_GROUP")
        shown = self._body(card, place) | {"at": (model or {}).get("atUserIds", {})}
        state: dict[str, Any] = {"out_track_id": card.out_track_id, "revision": 1, "dead": self._is_dead(card, place)}
        only = (model or {}).get("recipients")
        item = self._world.put(place, "card", shown, **state | ({"recipients": only} if only else {}))
        card.copies.append(item.id)
        return result | {"success": True, "errorMsg": "", "carrierId": secrets.token_hex(12)}

    def _undeliverable(self, kind: str, where: str, model: Any) -> str:
        if not isinstance(model, dict):
            return f"deliver model of {kind} is empty"
        if model.get("robotCode", "" if kind == "IM_GROUP" else self._robot_code) != self._robot_code:
            return "robotCode is invalid"
        if kind == "IM_GROUP":
            return "" if where in self._world.groups else "openConversationId is invalid"
        return "" if self._world.person("dingtalk", where) else "userId is invalid"

    def _body(self, card: Card, place: Place) -> dict[str, Any]:
        """A group shows the public card and, under ``private``, what single members see instead."""
        if not place.group:
            return {"template": card.template, "params": self._shown(card, card.seen_by(place.chat))}
        private = {user: self._shown(card, card.seen_by(user)) for user in card.private}
        return {"template": card.template, "params": self._shown(card, card.params), "private": private}

    def _shown(self, card: Card, params: Params) -> dict[str, Any]:
        return {**params, "buttons": self._buttons(card, params)}

    def _buttons(self, card: Card, params: Params) -> list[dict[str, Any]]:
        if card.template == MARKDOWN_ONLY:
            return []
        try:
            return checks.buttons(params)
        except ValueError:
            self._problems.append(f"card {card.out_track_id}: unreadable {checks.FULL}")
            return []

    def _is_dead(self, card: Card, place: Place) -> bool:
        viewers = [card.params, *map(card.seen_by, card.private)] if place.group else [card.seen_by(place.chat)]
        return not any(checks.is_live(b) for params in viewers for b in self._buttons(card, params))

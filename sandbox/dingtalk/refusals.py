"""How the platform says no, in its two dialects, and how a phone does."""

from __future__ import annotations

import secrets
from typing import Any, Literal

from aiohttp import web

Dialect = Literal["v1", "oapi"]
Gate = Literal["token", "expired", "qps", "quota", "system", "timeout", "body"]

#: What happens at the gate, before an API is reached (dingtalk.md §4.7).
GATE: dict[tuple[Dialect, Gate], tuple[str | int, int]] = {
    ("v1", "token"): ("InvalidAuthentication", 400),
    ("v1", "expired"): ("InvalidAuthentication", 400),
    ("v1", "qps"): ("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", 403),
    ("v1", "quota"): ("Forbidden.AccessDenied.ApiCountLimitForOrg", 403),
    ("v1", "system"): ("system.error", 500),
    ("v1", "timeout"): ("GatewayTimeout", 504),
    ("v1", "body"): ("InvalidRequestBody", 400),
    ("oapi", "token"): (40014, 200),
    ("oapi", "expired"): (42001, 200),
    ("oapi", "qps"): (90018, 200),
    ("oapi", "quota"): (90020, 200),
    ("oapi", "system"): (-1, 200),
    ("oapi", "timeout"): (15, 200),
    ("oapi", "body"): (40035, 200),
}


class Refusal(Exception):
    """An API refused: a text ``code`` with an HTTP status (v1), or a number inside HTTP 200 (oapi)."""

    def __init__(self, code: str | int, message: str = "", status: int = 400) -> None:
        self.code, self.message, self.status = code, message or str(code), status
        super().__init__(f"{code} {message}")

    @classmethod
    def at_gate(cls, dialect: Dialect, gate: Gate) -> Refusal:
        code, status = GATE[dialect, gate]
        return cls(code, status=status)

    def response(self) -> web.Response:
        body: dict[str, Any] = {"code": self.code, "message": self.message, "requestid": secrets.token_hex(8)}
        if isinstance(self.code, int):
            body = {"errcode": self.code, "errmsg": self.message, "request_id": secrets.token_hex(8)}
            return web.json_response(body)
        return web.json_response(body, status=self.status)


class DeadButton(Exception):
    """The phone shows no such live button to this person."""

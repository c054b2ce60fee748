"""A fake of storage that speaks S3: objects of one bucket, each request's Signature Version 4 checked as S3 does."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

FRESH = 900  #: seconds that a request's date may be off (RequestTimeTooSkewed)
UNSIGNED = "UNSIGNED-PAYLOAD"
MOST = 64 * 1024 * 1024  #: bytes of one object
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<scope>\d{8}/[^/]+/s3/aws4_request), ?"
    r"SignedHeaders=(?P<signed>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


class Refused(Exception):
    """An error of S3: its code and the status that goes with it."""

    def __init__(self, status: int, code: str) -> None:
        self.status, self.code = status, code
        super().__init__(code)


@dataclass(slots=True)
class Bucket:
    """``PUT GET HEAD DELETE /BUCKET/KEY``. ``calls`` names what was asked for, refused or not; ``down`` refuses all."""

    name: str = "photos"
    access_key: str = "sandbox-access"
    secret_key: str = "sandbox-secret-of-storage"  # noqa: S105  # no secret: it opens nothing
    objects: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    down: bool = False
    wall: Callable[[], float] = time.time

    def application(self) -> web.Application:
        """To be served anywhere; the bucket stands in the path."""
        app = web.Application(client_max_size=MOST)
        app.add_routes([web.route("*", "/{bucket}/{key:.+}", self._answer)])
        return app

    async def _answer(self, request: web.Request) -> web.Response:
        self.calls.append(f"{request.method} {request.match_info['key']}")
        try:
            body = await request.read()
            if self.down:
                raise Refused(503, "ServiceUnavailable")
            self._check(request, body)
            if request.match_info["bucket"] != self.name:
                raise Refused(404, "NoSuchBucket")
            return self._do(request.method, request.match_info["key"], body)
        except Refused as error:
            text = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{error.code}</Code></Error>'
            return web.Response(status=error.status, text=text, content_type="application/xml")

    def _do(self, method: str, key: str, body: bytes) -> web.Response:
        if method == "PUT":
            self.objects[key] = body
            return web.Response(headers=_described(body))
        if method == "DELETE":
            self.objects.pop(key, None)
            return web.Response(status=204)
        if method not in {"GET", "HEAD"}:
            raise Refused(405, "MethodNotAllowed")
        if key not in self.objects:
            raise Refused(404, "NoSuchKey")
        found = self.objects[key]
        headers = _described(found) | {"Last-Modified": formatdate(self.wall(), usegmt=True)}
        return web.Response(body=found, headers=headers)

    def _check(self, request: web.Request, body: bytes) -> None:
        """Raises Refused for a signature that is not that of this request under our key."""
        given = _AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
        if given is None:
            raise Refused(403, "AccessDenied")
        if given["key"] != self.access_key:
            raise Refused(403, "InvalidAccessKeyId")
        moment, content = request.headers.get("x-amz-date", ""), request.headers.get("x-amz-content-sha256", "")
        if abs(self.wall() - _seconds(moment)) > FRESH:
            raise Refused(403, "RequestTimeTooSkewed")
        if content not in {UNSIGNED, hashlib.sha256(body).hexdigest()}:
            raise Refused(400, "XAmzContentSHA256Mismatch")
        text = "\n".join(["AWS4-HMAC-SHA256", moment, given["scope"], _hash(_canonical(request, given["signed"]))])
        if not hmac.compare_digest(given["signature"], self._signature(given["scope"], text)):
            raise Refused(403, "SignatureDoesNotMatch")

    def _signature(self, scope: str, text: str) -> str:
        key = f"AWS4{self.secret_key}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex()


def _canonical(request: web.Request, signed: str) -> str:
    """The request as both sides write it down before it is signed."""
    names = signed.split(";")
    if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names):
        raise Refused(403, "AccessDenied")
    path, _, asked = request.raw_path.partition("?")
    pairs = sorted(tuple(part.partition("=")[::2]) for part in asked.split("&") if part)
    return "\n".join(
        [
            request.method,
            quote(unquote(path), safe="/-_.~"),
            "&".join(
                f"{quote(unquote(name), safe='-_.~')}={quote(unquote(value), safe='-_.~')}" for name, value in pairs
            ),
            *(f"{name}:{' '.join(','.join(request.headers.getall(name, [])).split())}" for name in names),
            "",
            signed,
            request.headers["x-amz-content-sha256"],
        ]
    )


def _described(body: bytes) -> dict[str, str]:
    return {"ETag": f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _seconds(moment: str) -> float:
    try:
        return datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise Refused(403, "AccessDenied") from None

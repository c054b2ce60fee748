"""A request to an API of the fake DingTalk, and an API that answers one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import web

    from sandbox.dingtalk.refusals import Dialect


@dataclass(frozen=True, slots=True)
class Upload:
    """The file part of a multipart request."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A request as an API reads it."""

    body: dict[str, Any]
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class Api:
    """One endpoint; ``counted`` ones are charged to the month (KB 1432 lists the exempt)."""

    method: str
    path: str
    answer: Callable[[Call], dict[str, Any] | web.Response]
    dialect: Dialect = "v1"
    token: bool = True
    counted: bool = True

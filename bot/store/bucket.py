"""Photos in storage that speaks S3: the same names as in a folder, under a prefix of a bucket."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.store.photo_names import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore.store import S3Store

    from config.settings import S3Settings

SECONDS, CONNECT_SECONDS = timedelta(seconds=20), timedelta(seconds=5)  #: of one request, a photo of 10 MB
TRIES = 2  #: more of the same request; whoever asks tries again later anyway
ABSENT = "没有安装 obstore：pip install boomerang[s3]，或照 requirements.lock 装"
_REASONS = {
    "PermissionDeniedError": "存储拒绝了：请检查 S3_ACCESS_KEY、S3_SECRET_KEY、S3_REGION 和桶的权限",
    "UnauthenticatedError": "存储不认识 S3_ACCESS_KEY，或 S3_SECRET_KEY 不对",
    "FileNotFoundError": "没有这个桶，请检查 PHOTO_STORE 和 S3_API_BASE",
}
AWAY = "存储没有回答，请检查 S3_API_BASE 和网络"


@dataclass(frozen=True, slots=True)
class PhotoBucket:
    """Objects of a bucket."""

    store: S3Store

    @classmethod
    def of(cls, url: str, settings: S3Settings) -> PhotoBucket:
        """The bucket of ``s3://BUCKET/PREFIX``. Raises OSError where the library is not installed."""
        try:
            from obstore.store import S3Store
        except ImportError:
            raise OSError(errno.ENOPKG, ABSENT) from None
        parts, base = urlsplit(url), urlsplit(settings.api_base)
        if virtual := settings.style == "virtual":
            base = base._replace(netloc=f"{parts.netloc}.{base.netloc}")
        return cls(
            S3Store(
                parts.netloc,
                prefix=parts.path.strip("/") or None,
                endpoint=base.geturl().rstrip("/"),
                region=settings.region,
                access_key_id=settings.access_key.get_secret_value(),
                secret_access_key=settings.secret_key.get_secret_value(),
                virtual_hosted_style_request=virtual,
                disable_bulk_delete=True,  # not every storage has it
                client_options={
                    "allow_http": base.scheme == "http", "timeout": SECONDS, "connect_timeout": CONNECT_SECONDS,
                },
                retry_config={"max_retries": TRIES, "retry_timeout": SECONDS * 2},
            )
        )  # fmt: skip

    async def put_back(self, place: str, data: bytes) -> None:
        await self._put(checked(place), data)

    async def read(self, place: str) -> bytes | None:
        from obstore import get_async

        with _in_words():
            try:
                found = await get_async(self.store, checked(place))
                return bytes(await found.bytes_async())
            except FileNotFoundError:
                return None

    async def has(self, place: str) -> bool:
        from obstore import head_async

        with _in_words():
            try:
                await head_async(self.store, checked(place))
            except FileNotFoundError:
                return False
        return True

    async def drop(self, place: str) -> None:
        from obstore import delete_async

        with _in_words():
            try:
                await delete_async(self.store, checked(place))
            except FileNotFoundError:  # some say so of what is not there
                return

    async def look(self) -> None:
        await self._put("probe", b"1")

    async def _put(self, name: str, data: bytes) -> None:
        from obstore import put_async

        with _in_words():
            await put_async(self.store, name, data, use_multipart=False)


@contextmanager
def _in_words() -> Iterator[None]:
    """What the library raises as OSError with words for people; its own would tell of addresses and keys."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, FileNotFoundError) as error:
        raise OSError(errno.EIO, _REASONS.get(type(error).__name__, AWAY)) from None

"""What the operating system refuses, in words: its own are English."""

from __future__ import annotations

import errno

FULL = "磁盘满了，请清出空间"
_WORDS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: "磁盘的配额用完了，请清出空间",
    errno.EROFS: "磁盘是只读的",
    errno.EIO: "磁盘读写出错",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EEXIST: "已经有同名的文件",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ETIMEDOUT: "没有回答",
    errno.EADDRINUSE: "端口已被占用，请改 BOT_PORT 或先停下占用它的程序",
    errno.EADDRNOTAVAIL: "这台机器没有这个地址，请检查 BOT_HOST",
}


def in_words(error: OSError) -> str:
    """Why it was refused; a sentence of ours that was put into the error is kept."""
    said = error.strerror or ""
    if said and not said.isascii():
        return said
    return _WORDS.get(error.errno or 0, f"系统出错（{errno.errorcode.get(error.errno or 0, type(error).__name__)}）")

#!/usr/bin/env bash
# Guess: an address of PostgreSQL that the program runs on can be given to anything else that wants a connection.
# Fact:  Tortoise takes ?minsize=, ?maxsize= and ?schema= out of an address for its pool. asyncpg.connect() knows none of
#        them and sends each on as a setting of the session, which a real server refuses (42704, unrecognized
#        configuration parameter). Nothing is said before the server says it.
# Means: whoever limits the pool as the operators' guide says has a bot that serves and a migration, a backup and a
#        restore that cannot open the same address.
# Guard: models/database/sessions.py opens every session beside the pool; tests/bot/test_sessions.py opens such addresses.
set -euo pipefail
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check tortoise-orm==1.1.9 asyncpg==0.32.0 2>/dev/null
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import contextlib
import struct
from importlib.metadata import version

import asyncpg
from tortoise.backends.base.config_generator import expand_db_url

QUERY = "minsize=1&maxsize=4&schema=desk"


async def heard(reader, writer, seen):
    """Answer a client as a server without TLS does, and write down the settings of its first real packet."""
    while True:
        size, code = struct.unpack("!II", await reader.readexactly(8))
        body = await reader.readexactly(size - 8)
        if code != 80877103:  # the question for TLS
            break
        writer.write(b"N")
    words = body.rstrip(b"\0").decode().split("\0")
    seen.update(zip(words[::2], words[1::2]))
    writer.close()


async def main():
    seen = {}
    server = await asyncio.start_server(lambda r, w: heard(r, w, seen), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with contextlib.suppress(Exception):  # the server says nothing more
        await asyncpg.connect(f"postgresql://desk@127.0.0.1:{port}/desk?{QUERY}", timeout=5)
    server.close()
    pool = expand_db_url(f"asyncpg://desk@127.0.0.1:{port}/desk?{QUERY}")["credentials"]
    names = ("minsize", "maxsize", "schema")
    print("tortoise-orm", version("tortoise-orm"), "asyncpg", version("asyncpg"))
    print("Tortoise keeps for its pool:", {name: pool.get(name) for name in names})
    print("asyncpg tells the server:   ", {name: seen.get(name) for name in names})
    for found in (pool, seen):
        assert {name: found.get(name) for name in names} == {"minsize": "1", "maxsize": "4", "schema": "desk"}, found


asyncio.run(main())
PY

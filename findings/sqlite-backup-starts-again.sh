#!/usr/bin/env bash
# Guess: SQLite's online backup copies so many pages a step and comes nearer to its end with each; a writer beside it can
#        only make it a little longer. So a backup in small steps is the polite one.
# Fact:  whatever another connection commits between two steps starts the copy again from the first page, without a word:
#        step() raises nothing, and `remaining` goes back to the whole. What is written over the very connection that is
#        being copied goes into the copy as well, and starts nothing again.
# Means: a shop with one commit between any two steps never gets a backup, however long it waits; the night before, with
#        nobody at work, it took a second. One step for all pages (-1), or VACUUM INTO, reads one state and ends.
# Guard: bot/backups/source.py reads one state in one transaction; tests/bot/test_backups.py.
set -euo pipefail
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.46.1.0 2>/dev/null
cd "$tmp" && "$tmp/venv/bin/python" - <<'PY'
import apsw

STEP, STEPS = 50, 100


def shop():
    """A file of some 500 pages in WAL mode, and a second connection to it."""
    made = apsw.Connection("desk.db")
    for words in ("PRAGMA journal_mode=WAL", "CREATE TABLE row(id INTEGER PRIMARY KEY, text)"):
        made.execute(words).fetchall()
    made.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<2000)"
                 " INSERT INTO row(text) SELECT hex(randomblob(400)) FROM n")
    return made, apsw.Connection("desk.db")


def steps(source, writer, pages):
    """How many steps a backup takes with a commit of ``writer`` after each, and how often it went back; 0 for no end."""
    target, left, again = apsw.Connection(":memory:"), None, 0
    with target.backup("main", source, "main") as backup:
        for n in range(1, STEPS + 1):
            done = backup.step(pages)
            again += left is not None and backup.remaining >= left
            left = backup.remaining
            if done:
                return n, again
            if writer:
                writer.execute("UPDATE row SET text = hex(randomblob(400)) WHERE id = 1")
    return 0, again


source, other = shop()
found = {
    "nobody writes": steps(source, None, STEP),
    "the copied connection writes": steps(source, source, STEP),
    "another connection writes": steps(source, other, STEP),
    "another connection writes, one step": steps(source, other, -1),
}
print("SQLite", apsw.sqlite_lib_version())
for name, (taken, again) in found.items():
    print(f"{name}: {f'{taken} steps' if taken else f'no end in {STEPS} steps'}, {again} of them no nearer to it")
alone, same, beside, at_once = found.values()
assert alone[0] == same[0] > 1 and alone[1] == same[1] == 0
assert beside == (0, STEPS - 1)
assert at_once == (1, 0)
PY

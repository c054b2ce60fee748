#!/usr/bin/env bash
# Guess: what an async fixture of pytest-asyncio makes is handed to the test; nobody prints it while the test passes.
# Fact:  it is spelt out whole, and what a passing test returns as well. asyncio's Runner puts back the handler of SIGINT
#        after each run; signal.signal() looks up in an enum whether the old one, which holds the finished task, is a name
#        it knows, and the error that says no, which nobody sees, spells out the task with its result.
# Means: a dataclass that holds a whole bot and its sandbox took 62 ms each time: 9 % of some ten thousand stories.
#        Nothing shows it but a profile.
# Guard: tests/support/stage.py: the stage of a story has no repr of its own (repr=False).
set -euo pipefail
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check pytest==9.0.1 pytest-asyncio==1.3.0 2>/dev/null
cd "$tmp"
cat > test_spelt.py <<'PY'
import pytest_asyncio

SPELT = {"fixture": 0, "function": 0}


class Stage:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        SPELT[self.name] += 1
        return self.name


@pytest_asyncio.fixture
async def made():
    return Stage("fixture")


def of_function():
    import asyncio

    async def body():
        return Stage("function")

    with asyncio.Runner() as runner:
        runner.run(body())


async def test_a_fixture_is_handed_over(made):
    assert isinstance(made, Stage)


def test_how_often_it_was_spelt_out():
    of_function()
    print("spelt out:", SPELT)
    assert all(SPELT.values()), SPELT
PY
"$tmp/venv/bin/python" -c 'import sys; print("Python", sys.version.split()[0])'
"$tmp/venv/bin/python" -m pytest -q -s -o asyncio_mode=auto -p no:cacheprovider test_spelt.py

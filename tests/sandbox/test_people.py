"""The demo's cast has every role, is spread over both platforms, and can be imported."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import yaml

from sandbox.people import COLUMNS, staff, write_members_csv


def test_the_cast_has_every_role_of_the_shop() -> None:
    known = yaml.safe_load(Path("config/roles.yaml").read_text("utf-8"))["角色"]
    assert {role for person in staff().people for role in person.roles} == set(known)


def test_the_cast_is_on_either_platform_and_on_both() -> None:
    kinds = Counter((bool(m.person.wecom), bool(m.person.dingtalk)) for m in staff().members)
    assert set(kinds) == {(True, False), (False, True), (True, True)}


def test_every_chain_of_managers_ends_at_the_director() -> None:
    above = {member.person.name: member.person.manager for member in staff().members}
    for name in above:
        chain = [name]
        while (boss := above[chain[-1]]) is not None:
            chain.append(boss)
            assert len(chain) <= len(above)
        assert chain[-1] == "赵卫东"


def test_the_members_file_has_the_columns_of_the_import(tmp_path: Path) -> None:
    write_members_csv(tmp_path / "members.csv")
    with (tmp_path / "members.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["姓名"] == "林晓"
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert [row["仓库"] for row in rows if row["姓名"] == "许静"] == ["一号仓、二号仓"]

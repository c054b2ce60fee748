"""The vocabulary of effects and the tables of what each of them does name the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.cases.effects import FREES, PROCEDURES
from flow.definitions.vocabulary import EFFECTS, PAYS, RECEIVE
from flow.engine.counting import COUNTING
from flow.engine.verbs import UNDONE_BY

if TYPE_CHECKING:
    from collections.abc import Collection


def test_every_effect_is_carried_out_and_nothing_else_is() -> None:
    assert set(PROCEDURES) == EFFECTS


@pytest.mark.parametrize("named", [COUNTING, FREES, UNDONE_BY, {*UNDONE_BY.values()} - {""}, {PAYS, RECEIVE}])
def test_whatever_goes_by_effects_knows_no_others(named: Collection[str]) -> None:
    assert set(named) <= EFFECTS

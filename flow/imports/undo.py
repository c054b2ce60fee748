"""Takes an imported batch out again: what it made goes, what it changed is as before."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tortoise.expressions import F
from tortoise.transactions import in_transaction

from flow.imports import members
from flow.imports.report import KINDS, ImportRefused
from flow.imports.store import execute, many, query
from flow.numbers import take
from models import Case, CaseLine, CaseState, Event, ImportBatch, Member, Order, OrderLine, Product, Task

if TYPE_CHECKING:
    from datetime import datetime

Place = tuple[str, int]  # table and row id
MODELS = {"product": Product, "member": Member}

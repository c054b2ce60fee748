"""Types of cases come and go by a sentence; what something else speaks of stays."""

from __future__ import annotations

import pytest

from flow.definitions import yamlfile
from flow.edits import apply
from flow.errors import DefinitionError, PolicyRefused
from flow.publishing.release import check_bundle
from tests.support.editing import BUNDLE, POLICY, REASONS, changed, said


def test_a_type_that_a_rule_speaks_of_is_not_deleted() -> None:
    used = changed(POLICY, lambda policy: policy["审批表"][0].update(类型="质量问题|物流损坏"))
    with pytest.raises(PolicyRefused, match="“物流损坏”还用在 express 的条件里"):
        said("删除原因 物流损坏", texts=used)


def test_the_last_type_is_not_deleted() -> None:
    one = changed(REASONS, lambda reasons: reasons.update(退货类型={"质量问题": reasons["退货类型"]["质量问题"]}))
    with pytest.raises(PolicyRefused, match="最后一个"):
        said("删除原因 质量问题", texts=one)


def test_a_new_type_takes_the_strategy_but_not_the_other_names() -> None:
    types = yamlfile.read(said("增加原因 色差 像 七天无理由")[REASONS])["退货类型"]
    assert types["色差"] == {key: value for key, value in types["七天无理由"].items() if key != "别名"}


def test_a_type_that_a_branch_stands_on_is_not_taken_from_under_it() -> None:
    edit = apply(["删除原因", "七天无理由"], BUNDLE, "退货", "express")
    with pytest.raises(DefinitionError, match=r"无理由退货直接等待收货.*什么时候都不成立"):
        check_bundle({**BUNDLE, **edit.texts})

"""What the owner of a process may write into a definition, as strategies: awkward marks in every name."""

from __future__ import annotations

from hypothesis import strategies as st

from flow.definitions.flow import FIELD_KINDS
from flow.workbook.words import has_control, plain, storable


def stable(text: str) -> bool:
    return bool(text) and plain(text) == text and not has_control(text)


LETTERS = st.sampled_from("质检退款金额甲乙丙AB12 、，,；;｜|=＝:：\\>~（）")
WORDS = st.text(LETTERS, min_size=1, max_size=8).filter(stable)
LINES = st.text(st.one_of(LETTERS, st.just("\n")), min_size=1, max_size=12).map(storable).filter(bool)
CELLS = st.sampled_from(["<=50", ">1000", "50~500", "甲|乙", "是", "否", "质量问题", "", "≥3", "a;b"])
OWNERS = st.fixed_dictionaries(
    {"角色": WORDS}, optional={"否则": WORDS, "区域": WORDS, "首选": st.just("提交人"), "同区域": st.just(True)}
) | st.sampled_from([{"审批表": True}, {"提交人上级": True, "派法": "轮流"}, {"人": "王建国"}, {"团队": "华东组"}])
CONDITION_ROWS = st.dictionaries(WORDS, CELLS, min_size=1, max_size=3)
FIELDS = st.fixed_dictionaries(
    {"名": WORDS, "填": st.sampled_from(FIELD_KINDS)},
    optional={
        "必填": st.just(True), "选项": st.lists(WORDS, min_size=1, max_size=4),
        "动作": st.lists(WORDS, min_size=1, max_size=2), "问": LINES,
        "范围": st.sampled_from(["0~100", ">=0", "甲|乙"]),
        "当": CONDITION_ROWS, "必填当": CONDITION_ROWS, "默认": LINES | st.just("{运单号}"),
    },
)  # fmt: skip

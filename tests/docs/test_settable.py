"""No key of any file of the business is left out unseen, and what the page says of each is so."""

from __future__ import annotations

import pytest

from flow.definitions import yamlfile
from flow.definitions.business import shipped
from flow.edits import apply, verb_of
from flow.workbook import sheets
from tests.support.documents import read
from tests.support.settable import COLUMN_OF, SENTENCES, page, places, touched

TEXTS = shipped()
HEADINGS = {name: table.headings for name, table in sheets.show(sheets.source(TEXTS, "退货", "standard")).items()}
#: keys that are told by another word in the file: a column of conditions by its fact, a type's strategy by its own keys
BY_ANOTHER = {"条件": {"金额", "签收天数", "类型", "品类", "店铺", "紧急", "半年退货次数", "条件"}, "策略": {"责任"}}


def test_the_page_is_current() -> None:
    assert read("docs/settable.md") == page()


def test_the_samples_are_of_keys_that_there_are() -> None:
    assert (SENTENCES.keys() | COLUMN_OF.keys()) <= set(places())


@pytest.mark.parametrize("place", SENTENCES, ids=" ".join)
def test_a_sentence_sets_its_key(place: tuple[str, str]) -> None:
    verb, rest = verb_of(SENTENCES[place])
    edit = apply([verb, *rest], TEXTS, "退货", "standard")
    found = set[str]()
    for key, text in edit.texts.items():
        found |= touched(yamlfile.read(TEXTS[key]) if key in TEXTS else {}, yamlfile.read(text))
    assert BY_ANOTHER.get(place[1], {place[1]}) & (found | {kind for kind, _ in edit.texts}), found


@pytest.mark.parametrize("place", COLUMN_OF, ids=" ".join)
def test_a_column_is_there(place: tuple[str, str]) -> None:
    sheet, column = COLUMN_OF[place].split(" ", 1)
    assert column in HEADINGS[sheet]

"""A button's payload comes back as it went out, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.payload import MAX_NUMBER, Act, Answer, PayloadError, unpack
from cards.types import KEY_BYTES

NUMBERS = st.integers(0, MAX_NUMBER)
WORDS = st.text(st.characters(exclude_characters="|", exclude_categories=["Cs"]), min_size=1, max_size=60)
PAYLOADS = st.one_of(st.builds(Act, NUMBERS, NUMBERS, WORDS), st.builds(Answer, NUMBERS, NUMBERS, WORDS))


@given(PAYLOADS)
def test_it_comes_back_as_it_went_out(payload: Act | Answer) -> None:
    assert unpack(payload.pack()) == payload


@given(PAYLOADS, PAYLOADS)
def test_two_payloads_never_look_alike(one: Act | Answer, other: Act | Answer) -> None:
    assert (one.pack() == other.pack()) == (one == other)


def test_it_is_short_and_says_what_it_is() -> None:
    assert Act(7, 3, "同意").pack() == "a1|7|3|同意"
    assert Answer(5, 2, "85123A").pack() == "d1|5|2|85123A"
    assert len(Act(2**31, 2**31, "确认收货确认收货确认").pack().encode()) < KEY_BYTES


@pytest.mark.parametrize("word", ["", "a|b", "|"])
def test_what_could_be_read_two_ways_is_not_packed(word: str) -> None:
    for payload in (Act(1, 1, word), Answer(1, 1, word)):
        with pytest.raises(PayloadError, match="empty or holds"):
            payload.pack()


FOREIGN = [
    "",
    "同意",  # a word, not a payload
    "a1|7|3",  # a part is missing
    "a1|7|3|同意|x",  # one too many
    "a0|7|3|同意",  # an older or newer form
    "A1|7|3|同意",
    "a1|七|3|同意",  # no number
    "a1|7|3|",  # no action
    "a1| 7|3|同意",  # a number, but not as we write it
    "a1|７|3|同意",
    "a1|1_0|3|同意",
    "a1|+7|3|同意",
    "a1|007|3|同意",
    "x|7|3|同意",
    "a1|-7|3|同意",
    "a1|2147483648|3|同意",  # beyond every column
    "d1|5|2147483648|提交",
    "a1|" + "9" * 5000 + "|3|同意",  # more digits than Python reads
]


@pytest.mark.parametrize("text", FOREIGN)
def test_foreign_strings_are_refused(text: str) -> None:
    with pytest.raises(PayloadError):
        unpack(text)


@given(st.text(max_size=80))
def test_any_string_is_read_or_refused(text: str) -> None:
    try:
        assert unpack(text).pack() == text
    except PayloadError:
        assert not text.startswith(("a1|1|1|x", "d1|1|1|x"))

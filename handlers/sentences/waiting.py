"""Whether what is said answers what was asked, and as which answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.flow import REASON
from flow.orders.near import orders_among
from handlers.chat import guesses, parse, questions
from handlers.chat.sentences import sentence
from handlers.chat.spelling import is_number
from handlers.commands import bulk, publishing, tasks, warehouse

if TYPE_CHECKING:
    from handlers.chat.context import Ctx
    from handlers.chat.dialogs import Wait
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.statements import Statement

FREE = (*questions.KINDS, tasks.NAME)  #: dialogs whose answers may be any words
CANCEL = "取消"


def as_answer(wait: Wait, text: str, lexicon: Lexicon, *, reminded: bool) -> str:
    """What is said, as the answer that it is: 照办 for the one button that is offered, 取消 for 不缺，我点错了."""
    if wait.kind == guesses.GUESS and text == questions.GO_ON:
        return _only_action(wait, lexicon) or text
    asked = wait.kind in questions.KINDS and not questions.takes_any_words(wait)
    leaves = lexicon.phrases.is_left(text) and (reminded or wait.kind in guesses.OFFERED[:2])
    return CANCEL if leaves or (asked and lexicon.leaves_in_a_clause(text)) else text


async def for_itself(ctx: Ctx, wait: Wait, statement: Statement, lexicon: Lexicon) -> bool:
    """Whether 驳回 or 作废 is said of a change of the rules that waits for it, or a sentence is about another order."""
    word = statement.name
    if word in publishing.ALSO_OF_CASES:
        return await publishing.awaits(ctx, word)
    said = sentence(statement.text, lexicon)
    if wait.kind in FREE or not said.commands or not said.numbers:
        return False
    return bool(await orders_among(said.numbers))


def answers(wait: Wait, statement: Statement, lexicon: Lexicon) -> bool:
    """Whether what is said answers what was asked; what is clearly said for itself does not."""
    words, text = statement.words, statement.text
    if wait.kind == guesses.GUESS:
        if len(words) > 2 and parse.is_case_no(words[1]) and lexicon.is_button(words[0]):
            return False  # the sentence that was asked about, once more: it is asked again, and no tap
        if text == questions.GO_ON:
            return bool(_only_action(wait, lexicon))
        return guesses.chosen(wait, text) is not None or text in ("都不是", "取消")
    if wait.kind == bulk.BULK:
        return text in (wait.data["kind"], "取消")
    if not words or text == "取消" or (words[0] == REASON and questions.takes_any_words(wait)):
        return True
    if len(words) > 1 and (parse.is_case_no(words[1]) or (lexicon.is_button(words[0]) and words[1].isdigit())):
        return False
    if words[0] in lexicon.commands and words[0] not in publishing.ALSO_OF_CASES:
        own = text.startswith(words[0])
        return not own and (wait.kind in FREE or not any(map(is_number, words[1:])))
    picks = wait.kind == warehouse.PICK
    of_picking = not warehouse.is_elsewhere(wait, text) if picks else wait.kind in FREE
    return of_picking or not (picks or parse.is_case_no(words[0]))


def _only_action(wait: Wait, lexicon: Lexicon) -> str:
    """The only button of a node among what is offered, which 照办 takes; "" where there are none, or several."""
    buttons = lexicon.actions - lexicon.about_cases
    found = [each for each in wait.data["readings"] if each.split()[0] in buttons]
    return found[0] if len(found) == 1 else ""

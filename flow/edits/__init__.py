"""Small changes that a business owner types as one sentence, such as ``规则 自动通过 50→80``.

A sentence is read (``sentence``), finds its place in the published texts (``book``), and becomes changed texts that
have been checked as a whole: rules of a policy (``rules``), one node (``nodes``), its form (``forms``) and its levels
(``levels``), nodes put in (``inserting``), taken out (``deleting``) or set side by side (``forking``), return types
(``reasons``), words to customers (``notices``) and what happens by itself (``automating``). What people say in other
words is found out first: ``spoken`` numbers and times, ``phrases`` for the verbs, ``several`` sentences in one.
"""

from __future__ import annotations

from flow.edits.commands import EXAMPLES, TO_CUSTOMERS, apply, in_one_line, likely_verb, verb_of
from flow.edits.owner_readings import is_written, readings
from flow.edits.synonyms import as_edit, guess
from flow.edits.wished_notices import present
from flow.edits.wished_signatures import is_about_signatures, signature_note
from flow.edits.wishes import is_wish, wishes
from flow.edits.working_copy import Book, Edit

__all__ = [
    "EXAMPLES",
    "TO_CUSTOMERS",
    "Book",
    "Edit",
    "apply",
    "as_edit",
    "guess",
    "in_one_line",
    "is_about_signatures",
    "is_wish",
    "is_written",
    "likely_verb",
    "present",
    "readings",
    "signature_note",
    "verb_of",
    "wishes",
]

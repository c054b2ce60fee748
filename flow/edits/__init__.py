"""Small changes that a business owner types as one sentence, such as ``规则 自动通过 50→80``.

A sentence is read (``sentence``), finds its place in the published texts (``book``), and becomes changed texts that
have been checked as a whole: rules of a policy (``rules``), one node (``nodes``), its form (``forms``) and its levels
(``levels``), nodes put in (``inserting``), taken out (``deleting``) or set side by side (``forking``), return types
(``reasons``), words to customers (``notices``) and what happens by itself (``automating``).
"""

from __future__ import annotations

from flow.edits.book import Edit
from flow.edits.verbs import EXAMPLES, apply

__all__ = ["EXAMPLES", "Edit", "apply"]

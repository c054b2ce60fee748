"""Files of members, products, orders and historical cases, checked row by row, imported, and taken out again."""

from flow.imports.cases import import_cases
from flow.imports.fixes import write_fixes
from flow.imports.mapping import AMOUNTS, Mapping, load_mapping, of_amounts, of_sheet
from flow.imports.members import import_members
from flow.imports.orders import import_orders
from flow.imports.products import import_products
from flow.imports.removal import undo
from flow.imports.report import BadRow, ImportRefused, ImportReport

__all__ = [
    "AMOUNTS", "BadRow", "ImportRefused", "ImportReport", "Mapping", "import_cases", "import_members", "import_orders",
    "import_products", "load_mapping", "of_amounts", "of_sheet", "undo", "write_fixes",
]  # fmt: skip

"""Files of members, products, orders and historical cases, checked row by row, imported, and taken out again."""

from flow.imports.cases import import_cases
from flow.imports.mapping import Mapping, load_mapping
from flow.imports.orders import import_orders
from flow.imports.report import BadRow, ImportRefused, ImportReport

__all__ = ["BadRow", "ImportRefused", "ImportReport", "Mapping", "import_cases", "import_orders", "load_mapping"]

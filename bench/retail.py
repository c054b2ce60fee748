"""Writes a file of the shape of Online Retail, dirt included, of any length and always the same."""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
PRODUCTS, CUSTOMERS = 3_000, 4_000
LONGEST = 40  #: lines of one invoice
RETURNED = 0.018  #: of the lines, as in the real file
BEGIN = datetime(2010, 12, 1, 8, 26)  # noqa: DTZ001 - the file's own local time
DAYS = 270

Line = tuple[object, ...]


def write(path: Path, lines: int) -> int:
    """Write about ``lines`` lines; how many of them are order lines that an import must take."""
    good = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for invoice in _invoices(random.Random(7), lines):
            writer.writerows(invoice)
            good += sum(1 for line in invoice if str(line[0]).isdigit() and line[1] != "POST")
    return good


def _invoices(chance: random.Random, lines: int) -> Iterator[list[Line]]:
    """Invoices in the order of time, a cancellation of some product now and then."""
    written, number = 0, 536365
    while written < lines:
        at = BEGIN + timedelta(days=DAYS * written / lines)
        invoice = _invoice(chance, str(number), at)
        written, number = written + len(invoice), number + 1
        yield invoice
        if chance.random() < RETURNED * LONGEST / 2:
            yield [_cancelled(chance, invoice[0], number, at)]
            written, number = written + 1, number + 1


def _invoice(chance: random.Random, no: str, at: datetime) -> list[Line]:
    customer = f"{chance.randrange(12346, 12346 + CUSTOMERS)}.0" if chance.random() < 0.75 else ""
    country = "United Kingdom" if chance.random() < 0.9 else chance.choice(("France", "Germany", "EIRE"))
    skus = chance.sample(range(PRODUCTS), chance.randint(1, LONGEST))
    lines = [_line(chance, no, sku, at, (customer, country)) for sku in skus]
    postage = [(no, "POST", "POSTAGE", 1, str(at), "18.0", customer, country)]
    return lines + (postage if country != "United Kingdom" else [])


def _line(chance: random.Random, no: str, sku: int, at: datetime, who: tuple[str, str]) -> Line:
    price = f"{chance.randint(29, 1695) / 100:.2f}"
    return no, f"{20000 + sku}", f"WHITE GIFT BOX NO {sku}", chance.randint(1, 24), str(at), price, *who


def _cancelled(chance: random.Random, line: Line, number: int, at: datetime) -> Line:
    """Some units of a line come back, some days later, under a number of their own."""
    units = chance.randint(1, int(str(line[3])))
    return f"C{number}", line[1], line[2], -units, str(at + timedelta(days=3)), *line[5:]

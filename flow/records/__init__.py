"""The rows that every change writes: events of the chain, outbox rows, numbers, claims on units, allowances."""

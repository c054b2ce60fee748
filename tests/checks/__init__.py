"""The tests themselves, looked at: how much of each package they run, and whether they notice when it is changed."""

ROOMS = ("bot", "cards", "config", "connectors", "flow", "handlers", "models", "sandbox")  #: what the product is
GENERATED = "models.migrations"  #: what of it nobody writes

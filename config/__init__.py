"""Settings, and the business as files: flows, policies, reasons, roles, notices, mappings."""

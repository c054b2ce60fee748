"""Settings, and the business as files: flows, policies, reasons, roles, notices, mappings."""

from pathlib import Path

FOLDER = Path(__file__).parent  #: where the files of the business stand

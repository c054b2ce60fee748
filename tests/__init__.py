"""Stories over the real wire, tables of the pure rules, and what both stand on."""

from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent  #: the project

"""XLSX files from strangers: what they really are, how big they get, and their cells."""

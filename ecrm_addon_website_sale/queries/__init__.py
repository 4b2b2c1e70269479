"""The larger SQL statements, one each."""

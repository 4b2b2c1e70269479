"""Numbers that know the difference between nothing and zero.

Odoo reads an empty number as 0. A customer without orders would have bought 0 days ago, and
whoever cannot be scored would have the worst score. These fields read, search, group and
export an empty column as empty: ``False`` in Python and by RPC, blank on the screen.
"""

from odoo import fields


def _is_empty(value):
    return value is None or value is False


class _Nullable:
    """Mixin of number fields that keeps NULL apart from 0."""

    # a domain ("=", 0) is not to find what is empty, nor ("<", 5)
    falsy_value = None

    def convert_to_column(self, value, record, values=None, validate=True):
        if _is_empty(value):
            return None
        return super().convert_to_column(value, record, values, validate)

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        if _is_empty(value):
            return None
        return super().convert_to_column_insert(value, record, values, validate)

    def convert_to_cache(self, value, record, validate=True):
        return None if _is_empty(value) else super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if _is_empty(value) else super().convert_to_export(value, record)

    def filter_function(self, records, field_expr, operator, value):
        if operator != "in" or field_expr != self.name:
            return super().filter_function(records, field_expr, operator, value)
        # False equals 0 in Python, so the two are told apart by identity
        with_empty = any(map(_is_empty, value))
        numbers = {item for item in value if not _is_empty(item)}

        def matches(record):
            found = record[self.name]
            return with_empty if found is False else found in numbers

        return matches


class NullableInteger(_Nullable, fields.Integer):
    """An ``Integer`` that can be empty."""


class NullableFloat(_Nullable, fields.Float):
    """A ``Float`` that can be empty."""


class NullableMonetary(_Nullable, fields.Monetary):
    """A ``Monetary`` that can be empty."""

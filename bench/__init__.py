"""Benchmarks and loaders of real data (development only; Odoo never imports this package)."""

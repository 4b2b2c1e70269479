"""Pure Python, without Odoo: what can be reasoned about and tested alone."""

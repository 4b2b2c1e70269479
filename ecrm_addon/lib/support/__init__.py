"""What support requests are checked by, without Odoo."""

"""Tools of this repository: databases, Odoo processes, the test run and the checks."""

"""Settings of PostgreSQL for one large batch, until the transaction ends."""

from odoo.tools import SQL

#: Enough for the events of one batch; PostgreSQL's own default of 4 MB makes them spill.
WORK_MEM = 64 * 1024 * 1024


def build():
    """Return the statement that prepares the transaction for a large batch.

    The writing statement is long and its plan looks expensive, so PostgreSQL would compile
    it: that took 2.7 of 4.4 seconds for a batch of 20,000 mailing traces.
    """
    return SQL(
        """
        SELECT set_config('jit', 'off', true),
               set_config('work_mem', greatest(
                   pg_size_bytes(current_setting('work_mem')), %s) / 1024 || 'kB', true)
        """,
        WORK_MEM,
    )


def by_hash(switch):
    """Return the statement that keeps PostgreSQL from comparing each row with each other.

    It takes what a long statement made up by itself for a handful of rows, and then goes
    through all of them for each of them. Looking rows up in an index is still possible, where
    the statement says so by LATERAL.

    :param bool switch: False for the usual way again
    """
    return SQL("SELECT set_config('enable_nestloop', %s, true)", "off" if switch else "on")

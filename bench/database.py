"""Databases of the benchmarks: create, copy, open, drop. Only names that start with bench_."""

import logging
import shutil
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from pathlib import Path

import odoo
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

PREFIX = "bench_"
STOCK = PREFIX + "stock"
# What ecrm_addon depends on: the "before" of every comparison.
STOCK_MODULES = "sale,mass_mailing,website"
OURS = "ecrm_addon"


def configure():
    """Read the checkout's Odoo configuration (ODOO_RC, PG*); log warnings only."""
    config.parse_config(["--no-http", "--log-level=warn", "--max-cron-threads=0"])
    # and not that Odoo's composer calls what Odoo has given up, once each mailing
    for name in ("odoo.modules.loading", "py.warnings"):
        logging.getLogger(name).setLevel(logging.ERROR)


def check_name(name):
    """Refuse a database that is not the benchmarks' own."""
    if not name.startswith(PREFIX):
        raise SystemExit(f"{name}: benchmarks only touch databases named {PREFIX}...")
    return name


@contextmanager
def maintenance():
    """Yield an autocommit cursor on the server's maintenance database."""
    connection = odoo.sql_db.db_connect("postgres")
    with closing(connection.cursor()) as cr:
        cr.rollback()
        cr._cnx.autocommit = True
        yield cr


def exists(name):
    """Tell whether the database is there."""
    with maintenance() as cr:
        cr.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        return bool(cr.fetchone())


def drop(name):
    """Drop a bench database and its filestore, if there."""
    check_name(name)
    odoo.sql_db.close_db(name)
    Registry.delete(name)
    with maintenance() as cr:
        # not WITH (FORCE): our role may not end the server's own vacuum; a plain drop does
        cr.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user",
            (name,),
        )
        cr.execute(SQL("DROP DATABASE IF EXISTS %s", SQL.identifier(name)))
    shutil.rmtree(config.filestore(name), ignore_errors=True)


def copy(source, target):
    """Make ``target`` a copy of ``source``, replacing what was there."""
    drop(target)
    odoo.sql_db.close_db(source)
    with maintenance() as cr:
        cr.execute(
            SQL("CREATE DATABASE %s TEMPLATE %s", SQL.identifier(target), SQL.identifier(source))
        )
    files = Path(config.filestore(source))
    if files.exists():
        shutil.copytree(files, config.filestore(target))


def install(name, modules):
    """Create the database if needed and install modules in it, in a process of its own."""
    check_name(name)
    command = [sys.executable, "-m", "odoo", "-d", name, "-i", modules]
    subprocess.run(
        [*command, "--stop-after-init", "--no-http", "--log-level=warn", "--max-cron-threads=0"],
        check=True,
    )
    Registry.delete(name)  # this process may have read it before


def stock():
    """Return the name of the database with Odoo's own modules only, made once per version."""
    key = f"Odoo {odoo.release.version}: {STOCK_MODULES}"
    if read_comment(STOCK) != key:
        drop(STOCK)
        install(STOCK, STOCK_MODULES)
        write_comment(STOCK, key)
    return STOCK


def read_comment(name):
    """Return the comment on a database, None when there is none (or no database)."""
    with maintenance() as cr:
        cr.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            (name,),
        )
        row = cr.fetchone()
        return row and row[0]


def write_comment(name, text):
    """Write the comment that tells what a database was made from."""
    with maintenance() as cr:
        cr.execute(SQL("COMMENT ON DATABASE %s IS %s", SQL.identifier(name), text))


@contextmanager
def environment(name, user_id=odoo.SUPERUSER_ID):
    """Yield an environment of a database; what is not committed is rolled back.

    Afterwards no connection stays open, so that anybody can copy the database.
    """
    threading.current_thread().dbname = name
    try:
        with closing(Registry(name).cursor()) as cr:
            yield odoo.api.Environment(cr, user_id, {})
    finally:
        odoo.sql_db.close_db(name)


def analyze(env, tables):
    """Give the planner what it would have on a database that has been in use.

    :param Iterable[str] tables: that were filled by raw SQL
    """
    env.cr.commit()
    connection = env.cr._cnx
    connection.autocommit = True
    try:
        for table in tables:
            env.cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
    finally:
        connection.autocommit = False

"""Databases with their filestores: copied from templates that are built once."""

import contextlib
import os
import shutil
from pathlib import Path

import psycopg2
from psycopg2 import sql

from . import project
from .odoo_process import run_odoo

FILESTORE = project.DATA / "filestore"
ASSETS = Path(__file__).with_name("make_assets.py")
KEPT_TEMPLATES = 8  # of one kind: a checkout, the state before, and work beside it


@contextlib.contextmanager
def maintenance():
    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def connect(name):
    return psycopg2.connect(dbname=name)


def exists(name):
    with maintenance() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return bool(cursor.rowcount)


def copy(template, name):
    """Create the database ``name`` as a copy of ``template``, with its files."""
    drop(name)
    with maintenance() as cursor:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    if (FILESTORE / template).is_dir():
        # Odoo never changes a stored file in place, so that a second name for it is enough.
        shutil.copytree(FILESTORE / template, FILESTORE / name, copy_function=os.link)


def drop(name):
    # not WITH (FORCE): our role may not end the server's own vacuum, which a plain drop does
    with maintenance() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user",
            [name],
        )
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
    shutil.rmtree(FILESTORE / name, ignore_errors=True)
    (project.DATA / f"ecrm-limits-{name}").unlink(missing_ok=True)


def drop_orphans():
    """Drop the databases of test runs that ended without doing so."""
    with maintenance() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_[0-9]+'")
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        if not os.path.exists(f"/proc/{name.split('_')[1]}"):
            drop(name)


def rename(name, new_name):
    with maintenance() as cursor:
        cursor.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(name), sql.Identifier(new_name)
            )
        )
    if (FILESTORE / name).is_dir():
        shutil.rmtree(FILESTORE / new_name, ignore_errors=True)
        (FILESTORE / name).rename(FILESTORE / new_name)


def stock_template(demo=False):
    """A database with the stock modules only; built when there is none for this Odoo."""
    kind = "tmpl_demo" if demo else "tmpl_base"
    arguments = ["-i", ",".join(project.STOCK_MODULES)]
    if demo:
        arguments.append("--with-demo")
    return _template(kind, project.stock_key(), None, arguments)


def addons_template():
    """A database with all addons of this checkout, as they are now, and no demo data.

    Its scripts and stylesheets are made, which every server on a copy would do anew.
    """
    key = f"{project.stock_key()}_{project.source_key()}"
    arguments = ["-i", ",".join(project.addon_names())]
    return _template("tmpl_ecrm", key, stock_template, arguments, script=ASSETS)


def _template(kind, key, base, arguments, script=None):
    name, draft = f"{kind}_{key}", f"{kind}_{key}_draft"
    with maintenance() as lock:
        lock.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if exists(name):
            return name
        print(f"building the template database {name}", flush=True)
        if base:
            copy(base(), draft)
        else:
            drop(draft)
        run_odoo(
            ["-d", draft, *arguments, "--stop-after-init"],
            log=project.LOGS / f"{draft}-{os.getpid()}.log",
            check=True,
        )
        if script:
            log = project.LOGS / f"{draft}-{os.getpid()}-script.log"
            run_odoo(["shell", "-d", draft], log=log, check=True, script=script)
        rename(draft, name)
        _prune(kind)
    return name


def _prune(kind):
    with maintenance() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s AND datname NOT LIKE %s"
            " ORDER BY oid DESC OFFSET %s",
            [f"{kind}\\_%", "%\\_draft", KEPT_TEMPLATES],
        )
        for (name,) in cursor.fetchall():
            with contextlib.suppress(psycopg2.errors.ObjectInUse):
                cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
                shutil.rmtree(FILESTORE / name, ignore_errors=True)

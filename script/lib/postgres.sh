# shellcheck shell=bash
# PostgreSQL: the server that PGHOST names, else a private cluster of this checkout. The private one
# listens on a Unix socket in a folder that only its owner (and root) can enter, and on no address.

# Sets PGHOST, PGPORT and PGUSER for everything started from here.
use_postgres() {
    [[ -n ${PGHOST:-} && -z ${ECRM_PRIVATE_PG:-} ]] && return
    pg_places
    export ECRM_PRIVATE_PG=$ROOT PGHOST=$PG_RUN PGPORT=5432 PGUSER=odoo
    unset PGPASSWORD PGDATABASE PGSERVICE
}

private_postgres() { [[ ${ECRM_PRIVATE_PG:-} == "$ROOT" ]]; }

setup_postgres() {
    use_postgres
    private_postgres || return 0
    pg_is_up && return
    find_pg_bin || {
        apt_install PostgreSQL postgresql
        find_pg_bin || die "PostgreSQL is missing: run 'apt-get install postgresql'."
    }
    pg_prepare_folder
    pg_create
    pg_start
}

# A server that PGHOST names must be there and let us in.
check_postgres() {
    private_postgres && return
    "$PYTHON" -c 'import psycopg2; psycopg2.connect(dbname="postgres").close()' 2>"$LOCAL/postgres.log" || {
        grep Error: "$LOCAL/postgres.log" >&2
        die "PGHOST=$PGHOST is set, but there is no PostgreSQL that lets ${PGUSER:-$(id -un)} in. Unset PGHOST for a private one."
    }
}

# PostgreSQL refuses to run as root; then it runs as the system user "postgres".
as_pg() {
    if is_root; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# Where the cluster lives: in the checkout if its owner can get there, else under /var/tmp, with a
# link in the checkout. Sockets need short paths (107 characters).
pg_places() {
    local far
    far=/var/tmp/ecrm-$(id -u)-$(printf '%s' "$ROOT" | hash_of)
    PG_HOME=$LOCAL/postgres
    if [[ -L $PG_HOME ]]; then
        PG_HOME=$far
    elif [[ ! -d $PG_HOME ]] && is_root && id postgres >/dev/null 2>&1 &&
        ! as_pg test -x "$LOCAL" 2>/dev/null; then
        PG_HOME=$far
    fi
    PG_RUN=$PG_HOME/run
    if ((${#PG_RUN} > 80)); then
        PG_RUN=$far/run
    fi
}

pg_is_up() {
    [[ -S $PG_RUN/.s.PGSQL.5432 ]] || return 1
    find_pg_bin && "$PG_BIN/pg_isready" -q -h "$PG_RUN" -p 5432
}

# The newest installed version, or the one an existing cluster was made with.
find_pg_bin() {
    local version dir
    version=$(cat "$PG_HOME/data/PG_VERSION" 2>/dev/null || echo '*')
    # shellcheck disable=SC2086  # the star must expand
    for dir in $(printf '%s\n' /usr/lib/postgresql/$version/bin | sort -rV) $(pg_config --bindir 2>/dev/null); do
        if [[ -x $dir/initdb && -x $dir/pg_ctl ]]; then
            PG_BIN=$dir
            return
        fi
    done
    return 1
}

pg_prepare_folder() {
    pg_places # "postgres" may exist only now
    if [[ $PG_HOME != "$LOCAL/postgres" ]]; then
        ln -sfn "$PG_HOME" "$LOCAL/postgres"
    fi
    PGHOST=$PG_RUN
    local dir owner=$(($(id -u)))
    is_root && owner=$(id -u postgres)
    for dir in "$PG_HOME" "$(dirname "$PG_RUN")" "$PG_RUN"; do
        [[ -d $dir ]] || install -d -m 0700 -o "$owner" "$dir"
        [[ $(stat -c %u "$dir") == "$owner" ]] ||
            die "$dir belongs to somebody else; remove it or set PGHOST to a PostgreSQL server."
    done
}

pg_create() {
    [[ -s $PG_HOME/data/PG_VERSION ]] && return
    say "creating a private PostgreSQL in $PG_HOME"
    # "trust" is safe here: only the owner and root can enter the socket's folder.
    as_pg "$PG_BIN/initdb" -D "$PG_HOME/data" -U postgres --auth=trust --encoding=UTF8 \
        --locale=C.UTF-8 >"$LOCAL/initdb.log" 2>&1 || {
        cat "$LOCAL/initdb.log" >&2
        die "PostgreSQL could not create its data folder $PG_HOME/data."
    }
    printf "include_if_exists = '%s'\n" "$PG_HOME/ecrm.conf" |
        as_pg tee -a "$PG_HOME/data/postgresql.conf" >/dev/null
}

pg_settings() {
    cat <<END
listen_addresses = ''
unix_socket_directories = '$PG_RUN'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 512MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
random_page_cost = 1.1
timezone = 'UTC'
END
}

pg_start() {
    pg_settings | as_pg tee "$PG_HOME/ecrm.conf" >/dev/null
    as_pg "$PG_BIN/pg_ctl" -D "$PG_HOME/data" -l "$PG_HOME/server.log" -w -t 60 start \
        </dev/null >/dev/null 2>&1 9>&- || {
        tail -n 20 "$PG_HOME/server.log" >&2
        die "the private PostgreSQL did not start (log: $PG_HOME/server.log)."
    }
    "$PG_BIN/psql" -qAtX -U postgres -d postgres -v ON_ERROR_STOP=1 >/dev/null <<'END'
SELECT 'CREATE ROLE odoo LOGIN CREATEDB'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'odoo') \gexec
END
}

stop_postgres() {
    use_postgres
    private_postgres || return 0
    if [[ -s $PG_HOME/data/postmaster.pid ]] && find_pg_bin; then
        as_pg "$PG_BIN/pg_ctl" -D "$PG_HOME/data" -m fast -w stop >/dev/null 2>&1 || true
    fi
}

# Stops the private server and removes everything it holds.
drop_postgres() {
    stop_postgres
    private_postgres || return 0
    rm -rf "$PG_HOME" "$(dirname "$PG_RUN")/run"
    rm -rf "$LOCAL/postgres" "$LOCAL/data"
}

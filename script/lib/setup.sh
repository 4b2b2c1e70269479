# shellcheck shell=bash
# Everything a script needs before it starts Odoo. Source this file and call "setup".

# shellcheck source=script/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=script/lib/python.sh
. "$LIB/python.sh"
# shellcheck source=script/lib/postgres.sh
. "$LIB/postgres.sh"
# shellcheck source=script/lib/odoo.sh
. "$LIB/odoo.sh"
# shellcheck source=script/lib/chromium.sh
. "$LIB/chromium.sh"

# Sets up what Odoo needs, so that it can be started.
setup() {
    locked setup_postgres setup_python check_postgres setup_odoo setup_chromium
    export ODOO_RC=$LOCAL/odoo.conf PATH=$LOCAL/venv/bin:$PATH
}

# Sets up what the checks of the sources need; they start nothing.
setup_tools() {
    locked setup_python
    export PATH=$LOCAL/venv/bin:$PATH
}

# One script at a time; the second time each step only compares a stamp.
locked() {
    local step
    mkdir -p "$LOCAL"
    exec 9>"$LOCAL/lock"
    flock 9
    for step; do
        "$step"
    done
    exec 9>&-
}

# shellcheck shell=bash
# The virtual environment with the pinned requirements.

setup_python() {
    local want
    want=$(cat "$ROOT"/requirements{,-dev,-data}.txt | hash_of)
    stamp_is python "$want" && [[ -x $PYTHON ]] && return
    "$PYTHON" -c '' 2>/dev/null || create_venv
    say "installing the Python requirements"
    pip_install -r "$ROOT/requirements.txt" -r "$ROOT/requirements-dev.txt"
    pip_install --no-deps -r "$ROOT/requirements-data.txt"
    set_stamp python "$want"
}

pip_install() {
    "$PYTHON" -m pip install --quiet --disable-pip-version-check --no-input "$@" >"$LOCAL/pip.log" 2>&1 || {
        tail -n 20 "$LOCAL/pip.log" >&2
        die "the Python requirements could not be installed (whole output: .local/pip.log)."
    }
}

create_venv() {
    local python
    python=$(find_python) || die "Python 3.10 to 3.13 is missing: run 'apt-get install python3 python3-venv'."
    rm -rf "$LOCAL/venv"
    if ! "$python" -m venv "$LOCAL/venv" >"$LOCAL/pip.log" 2>&1; then
        # Debian's python3 comes without the module that makes environments.
        rm -rf "$LOCAL/venv"
        apt_install "Python's venv module" python3-venv
        "$python" -m venv "$LOCAL/venv" || die "$python cannot create a virtual environment."
    fi
}

find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 python3.10; do
        if "$name" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

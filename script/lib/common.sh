# shellcheck shell=bash
# What every script of this checkout shares: paths, words, stamps, packages.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
LOCAL=$ROOT/.local
LIB=$ROOT/script/lib
PYTHON=$LOCAL/venv/bin/python
ODOO=$LOCAL/venv/bin/odoo
export ROOT LOCAL LIB PYTHON ODOO

say() { printf '== %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

hash_of() { sha256sum | cut -c1-16; }

# stamp_is NAME VALUE: was step NAME last finished for VALUE?
stamp_is() { [[ -f $LOCAL/stamps/$1 && $(<"$LOCAL/stamps/$1") == "$2" ]]; }
set_stamp() {
    mkdir -p "$LOCAL/stamps"
    printf '%s' "$2" >"$LOCAL/stamps/$1"
}

is_root() { [[ $(id -u) == 0 ]]; }

# apt_install WHAT PACKAGE...: install Debian packages, or say in plain words what is missing.
apt_install() {
    local what=$1 sudo=()
    shift
    command -v apt-get >/dev/null ||
        die "$what is missing, and this is not a Debian system: please install $* (or what your system calls it)."
    if ! is_root; then
        can_sudo || die "$what is missing: run 'apt-get install $*' as root."
        sudo=(sudo)
    fi
    say "installing $what ($*)"
    apt_get_install "${sudo[@]}" -- "$@" && return
    "${sudo[@]}" apt-get -qq update >&2
    apt_get_install "${sudo[@]}" -- "$@" ||
        die "$what is missing and could not be installed: run 'apt-get install $*' as root and look at its message."
}

can_sudo() {
    command -v sudo >/dev/null || return 1
    sudo -n true 2>/dev/null || [[ -t 0 ]]
}

apt_get_install() {
    local sudo=()
    while [[ $1 != -- ]]; do
        sudo+=("$1")
        shift
    done
    shift
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
        --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$LOCAL/apt.log" 2>&1
}

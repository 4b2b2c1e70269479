# shellcheck shell=bash
# Odoo 19: the one ODOO_HOME points to, else Debian's package, unpacked into .local/odoo/tree.

# Debian keeps Odoo 19 in sid only. Its fonts and scripts lie in packages of their own, taken from
# trixie, because sid's newer ones no longer have the file names that Odoo's links point to.
ODOO_SUITE=sid
COMPANION_SUITE=trixie
COMPANIONS=(libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome fonts-montserrat
    fonts-roboto-unhinted fonts-inconsolata fonts-ocr-b)
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# Sets ODOO_ROOT, the folder that holds the package "odoo".
setup_odoo() {
    if [[ -n ${ODOO_HOME:-} ]]; then
        find_odoo_home
    else
        ODOO_ROOT=$LOCAL/odoo/tree/usr/lib/python3/dist-packages
        if ! stamp_is odoo "$(odoo_recipe)" || [[ ! -f $ODOO_ROOT/odoo/release.py ]]; then
            fetch_odoo
        fi
    fi
    connect_odoo
}

odoo_recipe() { printf '%s ' 1 odoo-19 "$ODOO_SUITE" "$COMPANION_SUITE" "${COMPANIONS[@]}" | hash_of; }

# A folder with odoo-bin, a folder with the package, or the executable of an installed Odoo.
find_odoo_home() {
    local python
    if [[ -f $ODOO_HOME/odoo/release.py ]]; then
        ODOO_ROOT=$(cd "$ODOO_HOME" && pwd -P)
    elif [[ -f $ODOO_HOME/release.py ]]; then
        ODOO_ROOT=$(cd "$ODOO_HOME/.." && pwd -P)
    elif [[ -f $ODOO_HOME && -x $ODOO_HOME ]]; then
        python=$(head -n 1 "$ODOO_HOME" | sed -n 's/^#! *//p')
        ODOO_ROOT=$($python -c 'import odoo.release as r, os; print(os.path.dirname(os.path.dirname(r.__file__)))') ||
            die "ODOO_HOME=$ODOO_HOME is an executable whose Python does not know Odoo."
    else
        die "ODOO_HOME=$ODOO_HOME is neither a folder with odoo-bin or the package odoo, nor Odoo's executable."
    fi
    grep -q '^version_info = (19, 0,' "$ODOO_ROOT/odoo/release.py" || die "ODOO_HOME=$ODOO_HOME is not Odoo 19.0."
}

# Lets the Python of .local/venv import Odoo, and writes the configuration file.
connect_odoo() {
    local site
    site=$(printf '%s\n' "$LOCAL"/venv/lib/python3.*/site-packages)
    write_if_new "$site/odoo-checkout.pth" "$ODOO_ROOT"
    # Odoo starts itself anew by this file's path, which "python -m odoo" would get wrong.
    write_if_new "$ODOO" "#!$PYTHON
import odoo.cli

odoo.cli.main()"
    chmod +x "$ODOO"
    write_if_new "$LOCAL/odoo.conf" "$(odoo_conf)"
}

write_if_new() {
    [[ -f $1 && $(<"$1") == "$2" ]] || printf '%s\n' "$2" >"$1"
}

odoo_conf() {
    cat <<END
[options]
addons_path = $(addons_path)
data_dir = $LOCAL/data
http_interface = 127.0.0.1
http_port = 8069
with_demo = False
db_maxconn = 32
END
    if private_postgres; then
        printf 'db_host = %s\ndb_port = %s\ndb_user = %s\n' "$PGHOST" "$PGPORT" "$PGUSER"
    fi
}

# Odoo finds odoo/addons by itself, which holds all of them in a package, few in a checkout of Odoo.
addons_path() {
    local path=()
    [[ -d $ODOO_ROOT/odoo/addons/web ]] || path+=("$ODOO_ROOT/addons")
    compgen -G "$ROOT/*/__manifest__.py" >/dev/null && path+=("$ROOT")
    (IFS=, && printf '%s' "${path[*]-}")
}

fetch_odoo() {
    local mirror work=$LOCAL/odoo
    command -v apt-get >/dev/null ||
        die "Odoo 19 is missing: set ODOO_HOME to one (this is not a Debian system, so it cannot be fetched)."
    [[ -f $KEYRING ]] || apt_install "Debian's archive keyring" debian-archive-keyring
    mirror=$(debian_mirror)
    [[ -n $mirror ]] || die "Odoo 19 is missing: apt knows no Debian mirror to fetch it from; set ODOO_HOME to an Odoo 19."
    say "fetching Odoo 19 (about 200 MB)"
    rm -rf "$work/debs" "$work/tree.new"
    mkdir -p "$work/debs"
    apt_fetch "$mirror" "$ODOO_SUITE" odoo-19
    apt_fetch "$mirror" "$COMPANION_SUITE" "${COMPANIONS[@]}"
    unpack_odoo
    set_stamp odoo "$(odoo_recipe)"
}

# The mirror that this machine is set up with, not the one of security updates.
debian_mirror() {
    local lists=$LOCAL/odoo/apt-machine mirror
    mirror=$(mirror_in)
    if [[ -z $mirror ]]; then # a new machine has not read what its mirrors hold
        mkdir -p "$lists/partial"
        apt-get -qq -oDir::State::Lists="$lists" -oAPT::Sandbox::User= update >"$LOCAL/apt.log" 2>&1 || true
        mirror=$(mirror_in -oDir::State::Lists="$lists")
        rm -rf "$lists"
    fi
    printf '%s' "$mirror"
}

mirror_in() {
    # shellcheck disable=SC2016  # apt fills these in
    apt-get "$@" indextargets --format '$(REPO_URI)|$(ORIGIN)|$(LABEL)' 2>/dev/null |
        awk -F'|' '$2 == "Debian" && $3 == "Debian" && !found { print $1; found = 1 }'
}

# apt checks the signatures; it reads and writes nothing of the machine's own sources.
apt_fetch() {
    local mirror=$1 suite=$2 apt=$LOCAL/odoo/apt-$2
    shift 2
    mkdir -p "$apt/lists/partial"
    printf 'deb [signed-by=%s] %s %s main\n' "$KEYRING" "$mirror" "$suite" >"$apt/sources.list"
    local options=(-oDir::Etc::sourcelist="$apt/sources.list" -oDir::Etc::sourceparts=/dev/null
        -oDir::State::Lists="$apt/lists" -oDir::Cache::pkgcache= -oDir::Cache::srcpkgcache=
        -oAPT::Sandbox::User= -oAcquire::Languages=none -qq)
    if ! apt-get "${options[@]}" -oAPT::Update::Error-Mode=any update >"$apt/log" 2>&1; then
        cat "$apt/log" >&2
        die "apt could not read Debian's $suite (is the package debian-archive-keyring too old?). Or set ODOO_HOME to an Odoo 19."
    fi
    if ! (cd "$LOCAL/odoo/debs" && apt-get "${options[@]}" download "$@" >>"$apt/log" 2>&1); then
        cat "$apt/log" >&2
        die "apt could not download $* from Debian's $suite. Set ODOO_HOME to an Odoo 19 instead."
    fi
    rm -rf "$apt/lists"
}

unpack_odoo() {
    local work=$LOCAL/odoo deb stub broken
    for deb in "$work"/debs/*.deb; do
        dpkg-deb -x "$deb" "$work/tree.new"
    done
    # Left out by Debian; without it every page with the mail assets logs an error.
    stub=$work/tree.new/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation
    mkdir -p "$stub"
    [[ -e $stub/selfie_segmentation.js ]] || : >"$stub/selfie_segmentation.js"
    broken=$(find "$work/tree.new" -xtype l)
    [[ -z $broken ]] || say "links of Odoo that lead nowhere: $broken"
    rm -rf "$work/tree"
    mv "$work/tree.new" "$work/tree"
    dpkg-deb -f "$work"/debs/odoo-19_*.deb Version >"$work/version"
    rm -rf "$work/debs"
}

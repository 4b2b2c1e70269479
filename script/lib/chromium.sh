# shellcheck shell=bash
# A browser for tours, hoot and the process tests; Odoo looks for these names on PATH too.

setup_chromium() {
    local name
    for name in google-chrome chromium chromium-browser google-chrome-stable; do
        command -v "$name" >/dev/null && return
    done
    apt_install Chromium chromium fonts-dejavu-core
}

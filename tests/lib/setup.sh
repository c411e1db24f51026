#!/usr/bin/env bash
# What pdc is built, run and tested with: Debian or Ubuntu packages, and DuckDB's library.
#
#   tests/lib/setup.sh [build|test]     installs what is missing (default: test, which includes build)
#   . tests/lib/setup.sh                for scripts: setup_build, setup_test
#
# What is already there is left alone, so a second run is fast and needs no network.

setup_duckdb_version=1.4.4
setup_duckdb_folder=${PDC_CACHE:-$HOME/.cache/pdc}/duckdb-$setup_duckdb_version

# One entry each: packages of which any one will do, the preferred first; with `?` at the end it is only nice to have.
setup_build_packages=(
    gcc libc6-dev cmake ninja-build flex bison
    libyaml-dev libpq-dev libpg-query-dev libprotobuf-c-dev libxxhash-dev libjansson-dev zlib1g-dev libzstd-dev 'ccache?'
)
setup_test_packages=(
    libcriterion-dev bats jq zstd openssl 'postgresql-15|postgresql' postgresql-common 'clang-format-14?' 'vim|vim-nox?'
)

setup_say() {
    printf 'setup: %s\n' "$*" >&2
}

setup_as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

setup_is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The first package of an entry, or nothing where any of them is installed.
setup_missing() {
    local name names
    IFS='|' read -ra names <<< "${1%\?}"
    for name in "${names[@]}"; do
        if setup_is_installed "$name"; then
            return
        fi
    done
    for name in "${names[@]}"; do
        if apt-cache show "$name" >/dev/null 2>&1; then
            break
        fi
    done
    printf '%s\n' "$name"
}

setup_update_once() {
    if [ -z "${setup_updated:-}" ]; then
        setup_say 'reading the package lists (apt-get update)'
        setup_as_root apt-get update -q >&2 || setup_say 'apt-get update failed; trying with the lists that are there'
        setup_updated=yes
    fi
}

setup_install() {
    setup_as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
}

# setup_packages ENTRY…: installs those that are missing.
setup_packages() {
    local entry name needed=() wanted=()
    if ! command -v apt-get >/dev/null; then
        setup_say "no apt-get here: please see to these packages by your own means: $*"
        return 0
    fi
    for entry in "$@"; do
        [ -n "$(setup_missing "$entry")" ] || continue
        setup_update_once
        name=$(setup_missing "$entry") # once more: the lists are fresh now
        if [[ $entry == *\? ]]; then
            wanted+=("$name")
        else
            needed+=("$name")
        fi
    done
    if [ ${#needed[@]} -gt 0 ]; then
        setup_say "installing ${needed[*]}"
        setup_install "${needed[@]}" || {
            setup_say "these packages could not be installed: ${needed[*]}"
            return 1
        }
    fi
    for name in "${wanted[@]}"; do
        setup_say "installing $name"
        setup_install "$name" || setup_say "going on without $name"
    done
}

# Whether the system has a DuckDB for C programs.
setup_system_has_duckdb() {
    { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } 2>/dev/null | grep -q 'libduckdb\.so' &&
        { [ -e /usr/include/duckdb.h ] || [ -e /usr/local/include/duckdb.h ]; }
}

# setup_fetch PACKAGE@VERSION SHA512-IN-BASE64: a package of the npm registry into the present folder; prints its file.
setup_fetch() {
    local file expected found
    file=$(npm pack --silent "$1") || {
        setup_say "$1 could not be fetched: is there a network?"
        return 1
    }
    expected=$(printf %s "$2" | base64 -d | od -An -v -tx1 | tr -d ' \n')
    found=$(sha512sum "$file")
    if [ "${found%% *}" != "$expected" ]; then
        setup_say "$1 is not the file that it should be (sha512 differs); nothing was taken from it"
        return 1
    fi
    printf '%s\n' "$file"
}

# Which package holds libduckdb.so for this machine, and its sha512.
setup_duckdb_binary() {
    case $(uname -s)-$(uname -m) in
    Linux-x86_64)
        echo "@duckdb/node-bindings-linux-x64@1.4.4-r.4" \
            "jBTL/WvfwxLToFa/pVHfT6elMtltJGnc3wSuxZD9OfMltit9YUdVFS37vBFQzXMT1Z8OWjtSjMh+zPKxOwHLHA=="
        ;;
    Linux-aarch64)
        echo "@duckdb/node-bindings-linux-arm64@1.4.4-r.3" \
            "qF2/WhB+i+8is60RrpTY/5ZnywIUayuBiVXSuQ4rrRn1m1gvfKqPvjySbiDjYgQo/6OXu/fax0KC1gXnNWoLEA=="
        ;;
    *)
        setup_say "no DuckDB library is known for $(uname -s) on $(uname -m): install libduckdb and duckdb.h yourself"
        return 1
        ;;
    esac
}

# setup_take PACKAGE@VERSION SHA512 MEMBER: one member of a package into the present folder.
setup_take() {
    local file
    file=$(setup_fetch "$1" "$2") && tar -xzOf "$file" "$3" > "$(basename "$3")"
}

# Fetches libduckdb.so and duckdb.h into the folder $1, by one beside it, so that half a file is never seen.
setup_fetch_duckdb() (
    read -r package sha512 < <(setup_duckdb_binary) || exit 1
    mkdir -p "$1" && folder=$(cd "$1" && pwd) && work=$(mktemp -d "$folder.XXXXXX") && cd "$work" || exit 1
    trap 'rm -rf "$work"' EXIT
    setup_take "$package" "$sha512" package/libduckdb.so &&
        setup_take "duckdb@$setup_duckdb_version" \
            "hEJJ5hyVF0VLj3dmOLpsWrQR0b3d4Ykqtygm6iUXjHJDDnSqg/USKxcb5qvNrOhFYPgktayU6dXCtgPqcmmpog==" \
            package/src/duckdb/src/include/duckdb.h &&
        mv -f duckdb.h libduckdb.so "$folder/"
)

setup_duckdb() {
    if [ -s "$setup_duckdb_folder/duckdb.h" ] && [ -s "$setup_duckdb_folder/libduckdb.so" ]; then
        return 0
    fi
    if setup_system_has_duckdb; then
        setup_say "DuckDB: the system's libduckdb is used"
        return 0
    fi
    command -v npm >/dev/null || setup_packages npm || return 1
    setup_say "DuckDB: fetching $setup_duckdb_version into $setup_duckdb_folder"
    setup_fetch_duckdb "$setup_duckdb_folder"
}

setup_build() {
    setup_packages "${setup_build_packages[@]}" && setup_duckdb && setup_say 'all that pdc is built with is there'
}

setup_test() {
    setup_packages "${setup_build_packages[@]}" "${setup_test_packages[@]}" && setup_duckdb &&
        setup_say 'all that pdc is built and tested with is there'
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    case ${1:-test} in
    build) setup_build ;;
    test) setup_test ;;
    *)
        echo "usage: $0 [build|test]" >&2
        exit 2
        ;;
    esac
fi

# The commands of every day; `just` lists them. <https://just.systems>

set positional-arguments

_list:
    @just --list --unsorted

# Runs a node at http://localhost:8080 with its data in ./data
run *arguments:
    cargo run --release -- serve "$@"

# Runs three nodes that federate with each other
lab *arguments:
    cargo run --release -- lab "$@"

# All tests, on SQLite and, where its server programs are installed, on PostgreSQL
test *arguments:
    cargo test "$@"

# Only what is tested beside pure code: the quickest answer
unit *arguments:
    cargo test --lib "$@"

# Formats the code
format:
    cargo fmt

# Formatting and lints, as they are checked before a change is taken
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

# Licences, sources and known vulnerabilities of the dependencies (needs cargo-deny)
deny:
    cargo deny check

# The programs that the checks in tests/peers drive
peers-install:
    python3 -m venv target/ci/venv
    target/ci/venv/bin/pip install --quiet --requirement tests/peers/requirements.txt
    cd tests/peers && npm ci --no-audit --no-fund

# Real clients and an independent peer against the release binary: mastodonpy, toot or fedify; all by default
peers *which="mastodonpy toot fedify": peers-install
    cargo build --release
    for one in {{which}}; do \
        case $one in fedify) script=fedify;; *) script=clients_$one;; esac; \
        target/ci/venv/bin/python tests/peers/$script.py || exit 1; \
    done

# Writes the documented configuration file anew from the code
config-example:
    cargo run --quiet -- config example > config/example.toml

# Everything that is checked before a change is taken
ci:
    .ci/run

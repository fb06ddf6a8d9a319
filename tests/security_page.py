#!/usr/bin/env python3
"""Makes docs/SECURITY-TESTS.md of the table tests/it/security/rows.tsv.

    tests/security_page.py                 the page, to standard output
    tests/security_page.py --write [LOG]   the page, to docs/SECURITY-TESTS.md

LOG is what `cargo test` printed. With it the page says of each row how its tests ended.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "tests/it/security/rows.tsv"
PAGE = ROOT / "docs/SECURITY-TESTS.md"

TOP = """# Where each attack is tested

<!-- Made by tests/security_page.py of the table tests/it/security/rows.tsv: change that. -->

The project keeps a list of ways in which servers of the fediverse were attacked. This page says for each what shows that
Whimbrel withstands it, or why there is nothing to show. Tests below `tests/it` go through the real server and the real queue,
with the hostile peer of `tests/it/support/hostile.rs`, and run on both databases where that matters; tests that bear the
number of a row were written for it. A test holds that the page is complete and names nothing that is not there.

`tests/security_page.py --write LOG` adds how the tests ended, from what `cargo test` printed.

What strangers can make a node do is bounded. One cause (an activity, a search, a job) fetches at most 30 documents and asks
whose 10 handles are; one host is asked at most 300 times a minute for strangers. Of a thread 20 lists of replies are read, 4
pages of each, and 200 replies fetched; of what somebody pinned 10 ids are looked at and 5 posts fetched; of a list of
followers 10 pages are read; of an outbox 50. A chain of replies is fetched upwards for 20 posts, a chain of quotes, or of
quotes and replies by turns, for 3 quotes. A post that answers a chain of 60 posts, each on a server of its own, quotes a
chain of 20, and names 150 people, emoji and hashtags and 50 files, causes at most 120 requests.
"""

SECTIONS = {
    "A": "Origin, identity and forgery",
    "B": "Leaks",
    "C": "Bypass of blocks",
    "D": "Outgoing requests",
    "E": "Denial of service",
    "F": "Injection, files, browsers",
    "G": "Authentication",
    "H": "Robustness of the protocol",
}

BOTTOM = """
## Malformed requests

`tests/it/bad_input.rs` sends about two hundred malformed requests to every door: each is answered with a 4xx and a sentence,
changes no row of the database, and the node answers afterwards as before.
"""


def read_table():
    """The rows: number, what it is about, tests as (file, name), and a note."""
    lines = TABLE.read_text().splitlines()[1:]
    for line in lines:
        row, about, tests, note = line.split("\t")
        yield row, about, [tuple(test.split("::")) for test in tests.split()], note


def module_of(file):
    """The path by which the test runner names what stands in a file."""
    path = file.removeprefix("src/").removeprefix("tests/it/").removesuffix(".rs").removesuffix("/mod")
    return path.replace("/", "::")


def read_log(path):
    """How each test ended, by its name: pairs of its module and its result."""
    found = {}
    for name, result in re.findall(r"^test (\S+)(?: - should panic)? \.\.\. (ok|FAILED)", Path(path).read_text(), re.M):
        parts = name.split("::")
        if parts[-1] in ("sqlite", "postgres"):
            parts.pop()
        found.setdefault(parts[-1], []).append(("::".join(parts[:-1]), result))
    return found


def outcome(tests, log):
    """How the tests of a row ended together."""
    if not tests:
        return ""
    results = []
    for file, name in tests:
        module = module_of(file)
        ends = [end for place, end in log.get(name, []) if place == module or place.startswith(module + "::")]
        results.append("FAILED" if "FAILED" in ends else "ok" if ends else "not run")
    for bad in ("FAILED", "not run"):
        if bad in results:
            return bad
    return "ok"


def proof(tests, note):
    """What stands in the last cell: tests by their files, and the note."""
    files = {}
    for file, name in tests:
        files.setdefault(file, []).append(name)
    parts = [f"`{file}`: " + ", ".join(f"`{name}`" for name in names) for file, names in files.items()]
    return "; ".join(parts + ([note] if note else []))


def render(log):
    """The whole page."""
    lines = [TOP]
    last = None
    for row, about, tests, note in read_table():
        if row[0] != last:
            last = row[0]
            more = ("| result ", "|---") if log is not None else ("", "")
            lines.append(f"\n## {last}. {SECTIONS[last]}\n\n| row | about | tests {more[0]}|\n|---|---|---{more[1]}|\n")
        result = f"| {outcome(tests, log)} " if log is not None else ""
        lines.append(f"| {row} | {about} | {proof(tests, note)} {result}|\n")
    return "".join(lines) + BOTTOM


def main(arguments):
    if not arguments:
        sys.stdout.write(render(None))
    elif arguments[0] == "--write" and len(arguments) <= 2:
        PAGE.write_text(render(read_log(arguments[1]) if len(arguments) == 2 else None))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Pages of the docs that are made from what the checks saw."""

import os
import sys

DOCS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "docs")
# Lines that are shown of what differs.
SHOWN = 20


def settle(name, page):
    """Writes a page if asked to with `--write`, else compares it as one check; returns the status to leave with."""
    path = os.path.join(DOCS, name)
    if "--write" in sys.argv:
        with open(path, "w", encoding="utf-8") as file:
            file.write(page)
        return 0
    with open(path, encoding="utf-8") as file:
        known = file.read()
    if known == page:
        print("1 passed, 0 failed")
        return 0
    changed = sorted(set(known.split("\n")) ^ set(page.split("\n")))
    print(f"docs/{name} is not what the checks saw; {os.path.relpath(sys.argv[0])} --write puts it right")
    print("\n".join(changed[:SHOWN]))
    print("0 passed, 1 failed")
    return 1

"""Which client used which route: what the recorders saw, and the page that shows it.

    python tests/peers/matrix.py            says whether docs/CLIENTS.md is what the last checks saw
    python tests/peers/matrix.py --write    writes the page

The checks with clients have to run first: each leaves what it saw in `target/ci/clients`.
"""

import os
import sys

import made_pages

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "target", "ci", "clients")

# Clients by the name that they send, in the order of the columns.
CLIENTS = {
    "mastodonpy": "Mastodon.py",
    "toot": "toot",
    "node": "masto.js",
    "Elk": "Elk",
    "Phanpy": "Phanpy",
    "Tusky": "Tusky",
    "IceCubesApp": "Ice Cubes",
    "Tuba": "Tuba",
}

HEAD = """# Clients

Which routes of the [client API](API.md) which client asks in the checks of every change, against the release binary.
Mastodon.py, toot and masto.js are those libraries and programs themselves; what Elk, Phanpy, Tusky, Ice Cubes and Tuba
ask at their start and on a usual day is sent by a script that reads the answers as strictly as each of them does. Each
answer is held against the shape that the API promises (`tests/schema`). `tests/peers/matrix.py --write` makes this
page from what was seen, and the checks fail when it is not what they see.

"""


def keep(seen):
    """Adds what a recorder saw, sets of methods and paths by client, to what the others saw."""
    os.makedirs(FOLDER, exist_ok=True)
    for name, routes in seen.items():
        if name in CLIENTS:
            path = os.path.join(FOLDER, name)
            lines = _lines(path) | {f"{method} {pattern}" for method, pattern in routes}
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in sorted(lines))


def _lines(path):
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as file:
        return set(file.read().split("\n")) - {""}


def to_page():
    """The page, as text."""
    seen = {title: _lines(os.path.join(FOLDER, name)) for name, title in CLIENTS.items()}
    counts = [f"| **{len(set().union(*seen.values()))} routes** | " + " | ".join(str(len(one)) for one in seen.values()) + " |"]
    rows = []
    for route in sorted(set().union(*seen.values()), key=lambda route: route.split(" ")[::-1]):
        method, path = route.split(" ")
        cells = ["yes" if route in routes else "" for routes in seen.values()]
        rows.append(f"| {method} `{path}` | " + " | ".join(cells) + " |")
    head = ["| route | " + " | ".join(seen) + " |", "|---|" + "---|" * len(seen)]
    return HEAD + "\n".join(head + counts + rows) + "\n"


if __name__ == "__main__":
    sys.exit(made_pages.settle("CLIENTS.md", to_page()))

"""What works between this software and others: what the checks saw, and the page that shows it.

    python tests/peers/interop.py            says whether docs/INTEROP.md is what the last checks saw
    python tests/peers/interop.py --write    writes the page

`fedify.py` has to run first in each of the modes, and `cargo test`, whose output is read from `target/ci/tests.log`.
"""

import json
import os
import re
import sys

import made_pages

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "target", "ci", "interop")
TESTS = os.path.join(ROOT, "target", "ci", "tests.log")

# How Fedify signs: (which standard it tries first, whether it makes integrity proofs), in the order of the columns.
MODES = {
    ("draft-cavage-http-signatures-12", "on"): "Fedify, draft first, proofs",
    ("rfc9421", "on"): "Fedify, RFC 9421 first, proofs",
    ("draft-cavage-http-signatures-12", "off"): "Fedify, draft first, no proofs",
}
ENGINES = {"sqlite": "two nodes, SQLite", "postgres": "two nodes, PostgreSQL"}

EVERYDAY = "everyday::posts_replies_boosts_likes_edits_and_deletions_cross_all_pairs"
# What is shown by which checks with Fedify and which test between nodes; what has none is not in reach there.
FEATURES = {
    "follow, accept": (["follows_alice", "follows_fern"], "everyday::a_follow_is_accepted_and_counted_on_both_sides"),
    "unfollow": (["unfollow_arrives", "unfollow_reaches"], "everyday::an_unfollow_and_a_block_end_what_crosses"),
    "post": (["create_arrives", "note_is_read", "post_arrives"], EVERYDAY),
    "reply": (["reply_arrives", "answers_arrive"], EVERYDAY),
    "mention": (["create_arrives", "post_arrives"], EVERYDAY),
    "followers-only post": (
        ["private_arrives", "private_is_private"],
        "everyday::private_and_direct_posts_reach_only_whom_they_address",
    ),
    "direct post": (["direct_arrives"], "everyday::private_and_direct_posts_reach_only_whom_they_address"),
    "boost and its end": (["like_and_boost_arrive", "boost_in_home", "answers_arrive", "undo_arrives", "undo_reaches"], EVERYDAY),
    "like and its end": (["like_and_boost_arrive", "answers_arrive", "undo_arrives", "undo_reaches"], EVERYDAY),
    "edit": (["update_arrives", "edit_arrives"], EVERYDAY),
    "delete": (["delete_arrives", "delete_received"], EVERYDAY),
    "media with description": (["create_arrives", "post_arrives"], "everyday::a_changed_profile_and_a_picture_cross"),
    "changed profile": (["profile_arrives", "profile_reaches"], "everyday::a_changed_profile_and_a_picture_cross"),
    "poll and vote": (
        ["alice_asks", "fern_asks"],
        "kept::a_poll_is_voted_in_from_everywhere_and_everybody_hears_how_it_ends",
    ),
    "quote, consent, revocation": (
        ["alice_quotes", "fern_quotes"],
        "quotes::a_quote_is_agreed_to_seen_by_others_and_taken_back",
    ),
    "emoji reaction": (["reacts"], "reactions::a_reaction_arrives_is_counted_and_is_taken_back"),
    "pin and its end": (["pins"], "kept::pins_are_seen_by_followers_and_by_those_who_come_later"),
    "move": ([], "moves::followers_elsewhere_come_along_when_somebody_moves"),
    "block": (["block_reaches"], "everyday::unfollows_and_blocks_cross_all_pairs"),
    "report": (["reports"], None),
    "integrity proofs are believed": (["all_proven"], None),
    "forgeries are refused": (["fedify_refuses", "whimbrel_refuses"], None),
}

HEAD = """# Interoperability

What works between this node and others in the checks of every change, both ways. [Fedify](https://fedify.dev/) is an
independent implementation of ActivityPub; an actor written on it talks with the release binary over https, in each of
the ways in which it signs (`tests/peers/fedify.py`). Between nodes the tests are in `tests/it/network`.
`tests/peers/interop.py --write` makes this page from what was seen, and the checks fail when it is not what they see.
What other software sends and wants is told in [FEDERATION.md](../FEDERATION.md); real documents of it are read in
`tests/it/federation`.

"""


def keep(results):
    """Keeps the results of one run with Fedify, by check, under its mode."""
    mode = (os.environ.get("PEER_FIRST_KNOCK", "draft-cavage-http-signatures-12"), os.environ.get("PEER_PROOFS", "on"))
    os.makedirs(FOLDER, exist_ok=True)
    with open(_file_of(mode), "w", encoding="utf-8") as file:
        json.dump(results, file)


def _file_of(mode):
    return os.path.join(FOLDER, "-".join(mode) + ".json")


def _read_modes():
    seen = {}
    for mode, title in MODES.items():
        if os.path.exists(_file_of(mode)):
            with open(_file_of(mode), encoding="utf-8") as file:
                seen[title] = json.load(file)
    return seen


def _read_tests():
    if not os.path.exists(TESTS):
        return set()
    with open(TESTS, encoding="utf-8", errors="replace") as file:
        return set(re.findall(r"^test network::(\S+) \.\.\. ok$", file.read(), re.MULTILINE))


def to_page():
    """The page, as text."""
    modes, tests = _read_modes(), _read_tests()
    rows = []
    for feature, (checks, test) in FEATURES.items():
        cells = []
        for title in MODES.values():
            passed = [modes.get(title, {}).get(check, False) for check in checks]
            cells.append("" if not checks else "yes" if all(passed) else "NO")
        for engine in ENGINES:
            cells.append("" if test is None else "yes" if f"{test}::{engine}" in tests else "NO")
        rows.append(f"| {feature} | " + " | ".join(cells) + " |")
    titles = [*MODES.values(), *ENGINES.values()]
    head = ["| | " + " | ".join(titles) + " |", "|---|" + "---|" * len(titles)]
    return HEAD + "\n".join(head + rows) + "\n"


if __name__ == "__main__":
    sys.exit(made_pages.settle("INTEROP.md", to_page()))

"""toot, the command line client, against two running nodes: the real command, one process per call.

Alice lives on alpha and signs in with `toot login`, whose out-of-band code is fetched through the pages; Bob lives
on beta and signs in the same way, in a configuration folder of his own. toot edits posts only inside its text
interface, so the edit is done by the function that this interface calls.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import node
from browser import Browser
from checks import Checks, expect, expect_equal, finish, wait_for
from pictures import png

suite = Checks("toot on two nodes")

EDIT = """
import sys
from toot import api, config
user, app = config.get_active_user_app()
print(api.edit_status(app, user, sys.argv[1], sys.argv[2]).text)
"""


class Toot:
    """The toot command with a configuration folder of its own, signed in as one account."""

    def __init__(self, account):
        self.account = account
        self.folder = tempfile.mkdtemp(prefix="whimbrel-toot-")
        self._environment = node.clean_environment(
            XDG_CONFIG_HOME=self.folder,
            HOME=self.folder,
            PYTHONPATH=node.LOOPBACK,
            PYTHONIOENCODING="utf-8",
            COLUMNS="200",
            TERM="dumb",
        )

    def close(self):
        """Removes the configuration folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _python(self, *arguments, **options):
        return subprocess.run(
            [sys.executable, *arguments],
            env=self._environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            **options,
        )

    def say(self, *arguments):
        """Runs toot and returns what it printed; fails when it left with another status than 0."""
        done = self._python("-m", "toot", *arguments)
        shown = " ".join(arguments)
        if done.returncode != 0:
            raise AssertionError(f"`toot {shown}` left with {done.returncode}: {done.stdout} {done.stderr}")
        expect("Traceback" not in done.stderr, f"`toot {shown}` printed {done.stderr[-400:]}")
        return done.stdout

    def ask(self, *arguments):
        """Runs toot with --json and returns what it printed, read."""
        return json.loads(self.say(*arguments, "--json"))

    def refuse(self, *arguments):
        """Runs toot where it must fail and returns what it printed on its error output."""
        done = self._python("-m", "toot", *arguments)
        expect(done.returncode != 0, f"`toot {' '.join(arguments)}` succeeded: {done.stdout}")
        return done.stderr

    def edit(self, status_id, text):
        """Edits a post with toot's own function and returns the answer."""
        done = self._python("-c", EDIT, status_id, text)
        expect(done.returncode == 0, f"toot's edit_status failed: {done.stderr[-400:]}")
        return json.loads(done.stdout)

    def login(self):
        """`toot login`: reads the address it prints, signs in through the pages, types the code."""
        command = [sys.executable, "-u", "-m", "toot", "login", "--instance", self.account.node.origin]
        process = subprocess.Popen(
            command,
            env=self._environment,
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        printed = []
        try:
            for line in process.stdout:
                printed.append(line)
                if re.match(r"https?://\S+$", line.strip()):
                    break
            else:
                raise AssertionError(f"`toot login` printed no address: {''.join(printed)}")
            code, _ = Browser().authorise(line.strip(), self.account.email, self.account.password)
            rest, _ = process.communicate(f"n\n{code}\n", timeout=60)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        expect_equal(process.returncode, 0, f"the status of `toot login` (it printed {rest!r})")
        expect("Successfully logged in" in rest, f"`toot login` printed {rest!r}")


def listed(timeline, status_id):
    """The status of a timeline with this id, if there."""
    return next((one for one in timeline if one["id"] == status_id), None)


def with_uri(timeline, uri):
    """The status of a timeline with this uri, if there."""
    return next((one for one in timeline if one["uri"] == uri), None)


def notified(toot, kind, name):
    """Waits for a notification of a kind from an account and returns it."""

    def look():
        found = toot.ask("notifications", "--type", kind)
        return next((one for one in found if one["account"]["acct"] == name), None)

    return wait_for(f"a '{kind}' notification from {name} arrives", look)


@suite.check("Alice signs in with `toot login`, through the pages")
def signs_in(facts):
    facts["alice"].login()
    expect_equal(facts["alice"].ask("whoami")["acct"], "alice", "who is signed in")
    expect("alice@" in facts["alice"].say("auth"), "`toot auth` does not list Alice")


@suite.check("Bob signs in on the other node")
def other_signs_in(facts):
    facts["bob"].login()
    expect_equal(facts["bob"].ask("whoami")["acct"], "bob", "who is signed in")


@suite.check("toot shows the node and the account")
def shows(facts):
    alice = facts["alice"]
    expect_equal(alice.ask("instance")["uri"], alice.account.node.domain, "the instance's uri")
    expect(alice.account.node.domain in alice.say("instance"), "`toot instance` does not name the node")
    expect("@alice" in alice.say("whoami"), "`toot whoami` does not name Alice")


@suite.check("Alice posts with a picture and its description")
def posts_with_picture(facts):
    path = os.path.join(facts["alice"].folder, "slope.png")
    with open(path, "wb") as file:
        file.write(png(320, 200, (200, 40, 90)))
    status = facts["alice"].ask(
        *("post", "Good morning #checks from a terminal", "--media", path),
        *("--description", "A red slope", "--spoiler-text", "slopes", "--language", "en"),
    )
    expect_equal(status["media_attachments"][0]["description"], "A red slope", "the description")
    expect(status["media_attachments"][0]["url"], "the picture has no address")
    expect_equal(status["spoiler_text"], "slopes", "the content warning")
    facts["status"] = status


@suite.check("Alice replies to her post, and `toot thread` shows both")
def replies(facts):
    alice, status = facts["alice"], facts["status"]
    reply = alice.ask("post", "and it goes on", "--reply-to", status["id"])
    expect_equal(reply["in_reply_to_id"], status["id"], "what the reply replies to")
    context = alice.ask("thread", status["id"])
    expect_equal([one["id"] for one in context["descendants"]], [reply["id"]], "the descendants")
    shown = alice.say("thread", status["id"])
    expect("Good morning" in shown and "and it goes on" in shown, f"`toot thread` printed {shown!r}")


@suite.check("Alice favourites, bookmarks and boosts, sees it listed, and takes each back")
def interacts(facts):
    alice, identifier = facts["alice"], facts["status"]["id"]
    expect(alice.ask("favourite", identifier)["favourited"], "favourited is not set")
    expect(alice.ask("bookmark", identifier)["bookmarked"], "bookmarked is not set")
    expect_equal(alice.ask("reblog", identifier)["reblog"]["id"], identifier, "what the boost boosts")
    expect("alice" in alice.say("reblogged-by", identifier), "`toot reblogged-by` does not name Alice")
    expect("Good morning" in alice.say("bookmarks"), "`toot bookmarks` lacks the post")
    expect(listed(alice.ask("timelines", "favourites"), identifier), "`toot timelines favourites` lacks the post")
    expect_equal(alice.ask("unfavourite", identifier)["favourited"], False, "favourited")
    expect_equal(alice.ask("unbookmark", identifier)["bookmarked"], False, "bookmarked")
    expect_equal(alice.ask("unreblog", identifier)["reblogged"], False, "reblogged")


@suite.check("Alice edits her post with toot's own function")
def edits(facts):
    edited = facts["alice"].edit(facts["status"]["id"], "Good evening #checks from a terminal")
    expect(edited["edited_at"], "edited_at is not set")
    shown = facts["alice"].ask("status", facts["status"]["id"])
    expect("Good evening" in shown["content"], f"the text is {shown['content']}")
    expect("Good evening" in facts["alice"].say("status", facts["status"]["id"]), "`toot status` shows the old text")


@suite.check("home, public, local, tag and account timelines show the post")
def timelines(facts):
    alice, identifier = facts["alice"], facts["status"]["id"]
    for arguments in (
        ("home",),
        ("public",),
        ("public", "--local"),
        ("tag", "checks"),
        ("account", "alice"),
    ):
        found = alice.ask("timelines", *arguments)
        expect(listed(found, identifier), f"`toot timelines {' '.join(arguments)}` lacks the post")
    expect("Good evening" in alice.say("timeline", "--once"), "`toot timeline` lacks the post")
    expect("Good evening" in alice.say("timeline", "--public", "--once"), "`toot timeline --public` lacks it")


@suite.check("Alice deletes a post, and toot says that it is gone")
def deletes(facts):
    alice = facts["alice"]
    status = alice.ask("post", "Soon gone")
    expect("deleted" in alice.say("delete", status["id"]), "`toot delete` did not say so")
    expect("not found" in alice.refuse("status", status["id"]).lower(), "toot did not say that it is not found")


@suite.check("Alice changes her profile with a picture")
def profile(facts):
    path = os.path.join(facts["alice"].folder, "face.png")
    with open(path, "wb") as file:
        file.write(png(200, 200, (20, 90, 200)))
    account = facts["alice"].ask(
        *("update-account", "--display-name", "Alice A.", "--note", "Writes in a terminal", "--avatar", path),
        *("--language", "en", "--privacy", "public"),
    )
    expect_equal(account["display_name"], "Alice A.", "the display name")
    expect("Writes in a terminal" in account["note"], f"the note is {account['note']}")


@suite.check("Alice follows Bob of the other node, and he is told")
def follows_across(facts):
    alice, bob = facts["alice"], facts["bob"]
    handle = bob.account.handle
    expect("following" in alice.say("follow", handle), "`toot follow` did not say so")
    follow = notified(bob, "follow", alice.account.handle)
    expect(follow["account"]["url"], "the follower has no address")
    wait_for("toot lists Bob as followed", lambda: handle in alice.say("following"))
    expect(alice.account.handle in bob.say("followers"), "`toot followers` of Bob lacks Alice")
    expect("@bob" in alice.say("whois", handle), "`toot whois` does not show Bob")


@suite.check("Bob's next post reaches Alice's home timeline")
def next_post(facts):
    alice, bob = facts["alice"], facts["bob"]
    posted = bob.ask("post", f"Hello across @{alice.account.handle}")
    seen = wait_for("the post is there", lambda: with_uri(alice.ask("timelines", "home"), posted["uri"]))
    expect_equal(seen["account"]["acct"], bob.account.handle, "the author")
    expect("Hello across" in alice.say("timeline", "--once"), "`toot timeline` lacks it")
    notified(alice, "mention", bob.account.handle)
    expect("Hello across" in alice.say("notifications"), "`toot notifications` does not show it")
    facts["posted"], facts["seen"] = posted, seen


@suite.check("Alice's reply, favourite and boost reach Bob")
def answers_across(facts):
    alice, bob, seen = facts["alice"], facts["bob"], facts["seen"]
    alice.ask("post", f"@{bob.account.handle} hello back", "--reply-to", seen["id"])
    alice.ask("favourite", seen["id"])
    alice.ask("reblog", seen["id"])
    for kind in ("favourite", "reblog", "mention"):
        found = notified(bob, kind, alice.account.handle)
        if kind == "mention":
            expect_equal(found["status"]["in_reply_to_id"], facts["posted"]["id"], "what the reply replies to")
        else:
            expect_equal(found["status"]["id"], facts["posted"]["id"], f"the post of the {kind}")


@suite.check("Alice opens Bob's post by its address")
def resolves_address(facts):
    found = facts["alice"].ask("search", "--resolve", "--type", "statuses", facts["posted"]["url"])
    expect_equal([one["id"] for one in found["statuses"]], [facts["seen"]["id"]], "the posts found")


@suite.check("Bob deletes his post, and Alice no longer finds it")
def delete_across(facts):
    facts["bob"].say("delete", facts["posted"]["id"])
    alice, uri = facts["alice"], facts["posted"]["uri"]
    wait_for("the post is gone", lambda: not with_uri(alice.ask("timelines", "home"), uri))


@suite.check("Alice mutes and blocks Bob and takes each back, then unfollows him")
def relationships(facts):
    alice, handle = facts["alice"], facts["bob"].account.handle
    expect(alice.ask("mute", handle)["muting"], "muting is not set")
    expect(handle in alice.say("muted"), "`toot muted` lacks Bob")
    expect(not alice.ask("unmute", handle)["muting"], "muting is still set")
    expect(not alice.ask("unfollow", handle)["following"], "following is still set")
    expect(alice.ask("block", handle)["blocking"], "blocking is not set")
    expect(handle in alice.say("blocked"), "`toot blocked` lacks Bob")
    expect(not alice.ask("unblock", handle)["blocking"], "blocking is still set")


@suite.check("Alice clears her notifications")
def clears(facts):
    facts["alice"].say("notifications", "--clear")
    expect_equal(facts["alice"].ask("notifications"), [], "the notifications")


@suite.check("each JSON answer had the shape that the API promises")
def answers_have_their_shapes(facts):
    recorders = [facts["pair"].alpha.recorder, facts["pair"].beta.recorder]
    expect(sum(one.answers for one in recorders) > 50, "hardly any answer was looked at")
    faults = [fault for one in recorders for fault in one.faults]
    expect(not faults, f"{len(faults)} faults, among them {'; '.join(sorted(set(faults))[:10])}")


@suite.check("both nodes stop on SIGTERM with status 0")
def stops(facts):
    facts["pair"].beta.stop()
    facts["pair"].alpha.stop()


def main():
    """Runs the checks on two fresh nodes."""
    with node.Pair(watched=True) as pair:
        suite.facts["pair"] = pair
        suite.facts["alice"] = Toot(pair.alpha.create_account("alice"))
        suite.facts["bob"] = Toot(pair.beta.create_account("bob"))
        try:
            passed, failed = suite.run()
        finally:
            suite.facts["alice"].close()
            suite.facts["bob"].close()
        if failed:
            pair.print_logs()
    finish(passed, failed)


if __name__ == "__main__":
    sys.exit(main())

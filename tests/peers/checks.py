"""Named checks that run in order, each printing one line, and the waiting that goes with them.

What a check learns for later ones it puts into `Facts`; a check whose fact is missing says which one instead of
failing with something obscure. A failed check does not stop the run.
"""

import os
import sys
import time
import traceback


class Facts(dict):
    """What earlier checks found, by name."""

    def __missing__(self, name):
        raise AssertionError(f"needs '{name}', which an earlier check did not give")


class Checks:
    """A list of checks with one title; `run` prints a line for each, and leaves in `results` which passed, by function."""

    def __init__(self, title):
        self.title = title
        self.facts = Facts()
        self.results = {}
        self._checks = []

    def check(self, sentence):
        """Registers the decorated function, which takes the facts, under a sentence that says what must hold."""

        def register(function):
            self._checks.append((sentence, function))
            return function

        return register

    def run(self):
        """Runs all checks in order and returns how many passed and how many failed."""
        passed = failed = 0
        print(f"== {self.title}", flush=True)
        for sentence, function in self._checks:
            began = time.monotonic()
            self.results[function.__name__] = False
            try:
                function(self.facts)
            except Exception as cause:  # every kind of failure is a failed check
                failed += 1
                print(f"FAIL {sentence}: {explain(cause)}", flush=True)
            else:
                passed += 1
                self.results[function.__name__] = True
                print(f"ok   {sentence} ({time.monotonic() - began:.1f} s)", flush=True)
        return passed, failed


def explain(cause):
    """One line that names the cause and the line of the check where it arose."""
    frames = traceback.extract_tb(cause.__traceback__)
    own = [frame for frame in frames if os.path.dirname(os.path.abspath(frame.filename)) == HERE]
    own = [frame for frame in own if os.path.basename(frame.filename) != "checks.py"] or frames
    place = f"{os.path.basename(own[-1].filename)}:{own[-1].lineno}" if own else "?"
    text = " ".join(str(cause).split()) or type(cause).__name__
    if not isinstance(cause, AssertionError):
        text = f"{type(cause).__name__}: {text}"
    return f"{text[:600]} [{place}]"


HERE = os.path.dirname(os.path.abspath(__file__))


def expect(condition, message):
    """Fails the check with the message unless the condition holds."""
    if not condition:
        raise AssertionError(message)


def expect_equal(found, wanted, what):
    """Fails the check unless the two are equal, showing both."""
    if found != wanted:
        raise AssertionError(f"{what} is {found!r}, not {wanted!r}")


def wait_for(what, probe, seconds=20.0):
    """Asks `probe` until it answers something true and returns that; fails after so many seconds."""
    ends = time.monotonic() + seconds
    pause = 0.05
    last = None
    while True:
        try:
            answer = probe()
            if answer:
                return answer
            last = None
        except Exception as cause:  # the thing may just not be there yet
            last = cause
        if time.monotonic() >= ends:
            suffix = f" (last: {type(last).__name__}: {last})" if last else ""
            raise AssertionError(f"waited {seconds:g} s in vain until {what}{suffix}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.5)


def finish(passed, failed):
    """Prints the count as the last line and leaves with a status that says whether all passed."""
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or not passed else 0)

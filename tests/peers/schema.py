"""Holds what a node answers against the shapes in `tests/schema`: the same files that the node's own tests use."""

import json
import os
import re

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "schema")
# Faults of one answer that are shown; a list of 40 broken entities breaks for one reason.
SHOWN = 5

PATTERNS = {
    "id": r"\d{1,19}",
    "digits": r"-?\d+(\.\d+)?",
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "date": r"\d{4}-\d\d-\d\d",
    "url": r"https?://[^\s/]+(/\S*)?",
    "socket": r"wss?://[^\s/]+(/\S*)?",
    "html": r"(?s).*",
    "string": r"(?s).*",
}


def _one(method):
    """PUT and PATCH are one: what may be changed by the one may be changed by the other."""
    return "PUT" if method == "PATCH" else method


def _lines(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return [line.rstrip() for line in file if line.strip() and not line.startswith("#")]


class Key:
    """One key of an object: its name, its type, when it may be missing, and the keys of its own."""

    def __init__(self, line):
        name, self.type = line.strip().rsplit(": ", 1)
        name, _, when = name.partition(" when ")
        self.name = name.removesuffix("?")
        self._may_miss = name.endswith("?")
        self._when = when.split(" is ") if when else None
        self.keys = []

    def may_miss_in(self, value):
        """Whether this object may lack it."""
        if not self._when:
            return self._may_miss
        other, words = self._when
        return value.get(other) not in words.split(" ")


class Schema:
    """The entities and what each route answers."""

    def __init__(self):
        self.entities = {}
        self._read_entities()
        self._answers = {}
        for line in _lines("answers.txt"):
            route, shape = line.split(": ", 1)
            method, path = route.split(" ")
            self._answers.setdefault((_one(method), path.count("/")), []).append((path.split("/"), shape))

    def _read_entities(self):
        levels, bases = [], {}
        for line in _lines("entities.txt"):
            depth = (len(line) - len(line.lstrip())) // 2
            if depth == 0:
                name, _, base = line.partition(" = ")
                keys = self.entities[name] = []
                if base:
                    bases[name] = base.removesuffix(" and")
                levels = [keys]
                continue
            key = Key(line)
            levels[depth - 1].append(key)
            levels[depth:] = [key.keys]
        for name, base in bases.items():
            self.entities[name] += self.entities[base]

    def find(self, method, path):
        """The pattern of the route and the shape it answers, or two times None."""
        parts = path.rstrip("/").split("/")
        best = None
        for pattern, shape in self._answers.get((_one(method), len(parts) - 1), ()):
            if all(want == have or want.startswith("{") for want, have in zip(pattern, parts)):
                exact = sum(not want.startswith("{") for want in pattern)
                if best is None or exact > best[0]:
                    best = (exact, "/".join(pattern), shape)
        return best[1:] if best else (None, None)

    def check(self, method, path, status, body):
        """What is wrong with the body of an answer: sentences, none when all is well."""
        _, shape = self.find(method, path)
        if shape is None:
            return [] if status == 404 else [f"{method} {path} is answered with {status}, but is not in answers.txt"]
        if status >= 400:
            shape = "Error"
        elif status in (202, 206) and shape not in ("MediaAttachment", "[Status]"):
            return []
        if shape == "nothing at all":
            return [f"{method} {path} has a body"] if body else []
        try:
            value = json.loads(body)
        except ValueError:
            return [f"{method} {path} ({status}) is no JSON"]
        faults = self._faults(value, shape, [], f"{method} {path} ({status})")
        return faults[:SHOWN]

    def _faults(self, value, shape, keys, place):
        if shape.endswith(" | null"):
            if value is None:
                return []
            shape = shape.removesuffix(" | null")
        if " or " in shape:
            tried = [self._faults(value, one, keys, place) for one in shape.split(" or ")]
            return [] if [] in tried else min(tried, key=len)
        if shape.startswith("["):
            if not isinstance(value, list):
                return [f"{place} is no list: {_show(value)}"]
            inner = shape[1:-1]
            return [fault for at, one in enumerate(value) for fault in self._faults(one, inner, keys, f"{place}[{at}]")]
        if shape in self.entities:
            return self._object(value, self.entities[shape], place)
        if shape == "object":
            return self._object(value, keys, place)
        return [] if _is_plain(value, shape) else [f"{place} is not {shape}: {_show(value)}"]

    def _object(self, value, keys, place):
        if not isinstance(value, dict):
            return [f"{place} is no object: {_show(value)}"]
        faults = []
        for key in keys:
            if key.name in value:
                faults += self._faults(value[key.name], key.type, key.keys, f"{place}.{key.name}")
            elif not key.may_miss_in(value):
                faults.append(f"{place}.{key.name} is missing")
        return faults


def _is_plain(value, shape):
    if shape == "null":
        return value is None
    if shape == "bool":
        return isinstance(value, bool)
    if shape == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if shape == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if not isinstance(value, str):
        return False
    if shape.startswith("one of "):
        return value in shape.removeprefix("one of ").split(" ")
    return re.fullmatch(PATTERNS[shape], value) is not None


def _show(value):
    return json.dumps(value, ensure_ascii=False)[:80]

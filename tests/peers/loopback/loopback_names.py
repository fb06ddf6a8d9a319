"""Resolves `localhost` and every name below it to 127.0.0.1 inside a Python program (RFC 6761, section 6.3).

Browsers do this by themselves; the resolver of the C library often knows only the bare name. Nothing else about
name resolution changes. `sitecustomize.py` beside this file installs it in programs that the checks start.
"""

import socket

_ask_the_system = socket.getaddrinfo


def _resolve(host, port, family=0, type=0, proto=0, flags=0):
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if isinstance(name, str):
        bare = name.rstrip(".").lower()
        if bare == "localhost" or bare.endswith(".localhost"):
            return _ask_the_system("127.0.0.1", port, 0, type, proto, flags)
    return _ask_the_system(host, port, family, type, proto, flags)


def install():
    """Puts the rule in force for this process."""
    socket.getaddrinfo = _resolve

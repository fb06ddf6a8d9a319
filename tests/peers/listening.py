"""A listener that knows when its stream is open.

Mastodon.py asks for a stream in a thread of its own, so that what happens just afterwards may be missed.
"""

from mastodon import StreamListener


class Listener(StreamListener):
    """Is open once the stream has said its first line, which is a comment."""

    def __init__(self):
        self.is_open = False

    def handle_heartbeat(self):
        self.is_open = True

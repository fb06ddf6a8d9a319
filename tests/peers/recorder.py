"""Stands between clients and a node, sees what the node answers, and holds it against the schema.

It speaks as much HTTP/1.1 as it needs: heads are read, bodies of known length are looked at, everything else (streams,
WebSockets, chunked bodies) is passed on as it comes.
"""

import asyncio
import threading

from matrix import keep
from schema import Schema

LONGEST_HEAD = 65_536


class Recorder:
    """A listener on `port` before the node on `upstream`. `seen` holds what was asked, by client; `faults` what was
    wrong with the answers."""

    def __init__(self, port, upstream):
        self.schema = Schema()
        self.seen = {}
        self.faults = []
        self.answers = 0
        self._upstream = upstream
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        start = asyncio.start_server(self._serve, "127.0.0.1", port, limit=LONGEST_HEAD)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result(10)

    def close(self):
        """Ends the listener; connections under way end with it."""

        def stop():
            self._server.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.call_later(0.1, self._loop.stop)

        self._loop.call_soon_threadsafe(stop)
        self._thread.join(10)
        keep(self.seen)

    async def _serve(self, reader, writer):
        try:
            node_reader, node_writer = await asyncio.open_connection("127.0.0.1", self._upstream, limit=LONGEST_HEAD)
            try:
                while await self._exchange(reader, writer, node_reader, node_writer):
                    pass
            finally:
                node_writer.close()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader, writer, node_reader, node_writer):
        """One request and its answer; whether the connection goes on."""
        head = await reader.readuntil(b"\r\n\r\n")
        first, fields = _parse(head)
        node_writer.write(_without(head, b"accept-encoding"))
        await _pass_body(reader, node_writer, fields)
        answer = await node_reader.readuntil(b"\r\n\r\n")
        while answer.startswith(b"HTTP/1.1 1") and not answer.startswith(b"HTTP/1.1 101"):
            writer.write(answer)
            answer = await node_reader.readuntil(b"\r\n\r\n")
        status_line, answered = _parse(answer)
        writer.write(answer)
        method, target = first.split(" ")[:2]
        status = int(status_line.split(" ")[1])
        length = answered.get("content-length")
        if method == "HEAD" or status in (204, 304):
            length = "0"
        if length is None:
            self._see(fields, method, target, status)
            await _relay(reader, writer, node_reader, node_writer)
            return False
        body = await node_reader.readexactly(int(length))
        writer.write(body)
        await writer.drain()
        self._note(fields, method, target, status, answered.get("content-type", ""), body)
        return answered.get("connection", "").lower() != "close"

    def _see(self, fields, method, target, status):
        """Counts a route as used by a client, unless it was refused; gives the pattern of its path."""
        pattern, _ = self.schema.find(method, target.partition("?")[0])
        if pattern and status < 400:
            client = fields.get("user-agent", "").partition("/")[0] or "-"
            self.seen.setdefault(client, set()).add((method, pattern))
        return pattern

    def _note(self, fields, method, target, status, kind, body):
        path = target.partition("?")[0]
        pattern = self._see(fields, method, target, status)
        is_api = path.startswith("/api/") and not path.startswith("/api/whimbrel/")
        if is_api and (body or pattern) and (kind.startswith("application/json") or pattern) and method != "OPTIONS":
            if kind.startswith("text/plain") and status < 400:
                return
            self.answers += 1
            self.faults += self.schema.check(method, path, status, body)

    def patterns(self):
        """All that was asked and answered without an error: methods with patterns of paths."""
        return set().union(*self.seen.values()) if self.seen else set()


def _parse(head):
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = {}
    for line in lines:
        name, found, value = line.partition(":")
        if found:
            fields[name.strip().lower()] = value.strip()
    return first, fields


def _without(head, name):
    """The head without a field: bodies must come as they are, not packed."""
    lines = head.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.lower().startswith(name + b":"))


async def _pass_body(reader, writer, fields):
    if fields.get("transfer-encoding", "").lower() == "chunked":
        while True:
            line = await reader.readuntil(b"\r\n")
            writer.write(line)
            size = int(line.split(b";")[0], 16)
            writer.write(await reader.readexactly(size + 2))
            if size == 0:
                break
    else:
        left = int(fields.get("content-length", "0"))
        while left > 0:
            piece = await reader.read(min(left, 65_536))
            if not piece:
                raise asyncio.IncompleteReadError(b"", left)
            writer.write(piece)
            left -= len(piece)
    await writer.drain()


async def _relay(reader, writer, node_reader, node_writer):
    """Passes everything on in both directions until one side ends."""

    async def pump(source, sink):
        while piece := await source.read(65_536):
            sink.write(piece)
            await sink.drain()

    pumps = [asyncio.ensure_future(pump(reader, node_writer)), asyncio.ensure_future(pump(node_reader, writer))]
    await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    for one in pumps:
        one.cancel()

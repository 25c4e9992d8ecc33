"""A server of frames, over a real socket: what is sent, to whoever asks for what."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from threading import Thread

from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve


class Streaming:
    """`asked` are the paths of those who connected, or tried; each gets the next of `frames` and then silence, or, once the
    list is used up, is hung up on. The first answers are `statuses`."""

    def __init__(self, frames: Sequence[Sequence[str | bytes]], statuses: Sequence[int]) -> None:
        self.frames, self.statuses, self.asked, self.address = list(frames), list(statuses), list[str](), ""

    def refuse(self, line: ServerConnection, request: Request) -> Response | None:
        self.asked.append(request.path)
        return line.respond(HTTPStatus(self.statuses.pop(0)), "no\n") if self.statuses else None

    def tell(self, line: ServerConnection) -> None:
        if self.frames:
            for frame in self.frames.pop(0):
                line.send(frame)
            line.recv()


@contextmanager
def streaming(*frames: Sequence[str | bytes], statuses: Sequence[int] = ()) -> Iterator[Streaming]:
    stream = Streaming(frames, statuses)
    with serve(stream.tell, "127.0.0.1", 0, process_request=stream.refuse, close_timeout=1) as server:
        stream.address = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/subscribe"
        Thread(target=server.serve_forever, daemon=True).start()
        yield stream
        server.shutdown()

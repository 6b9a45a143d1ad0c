# SPDX-License-Identifier: Apache-2.0
"""A raw HTTP/2 peer over TLS: it sends any frame in any order, and reads what comes.

Nothing here minds the rules of HTTP/2; that is the point.
"""

import base64
import contextlib
import socket
import ssl
import struct
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import hpack
from hyperframe import frame as frames

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DEADLINE_S = 60
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, CANCEL, ENHANCE_YOUR_CALM = 0, 1, 2, 8, 11
LARGE_WINDOW = 2**30


def message(data, flag=0):
    """One gRPC message with its prefix."""
    return struct.pack(">BI", flag, len(data)) + data


def headers(path="/test.Echo/Unary", **changes):
    """A gRPC request's header list; |changes| override (None: leave out). "_" stands for "-",
    a leading one for ":"."""
    values = {":method": "POST", ":scheme": "https", ":path": path, ":authority": "localhost",
              "content-type": "application/grpc", "te": "trailers"}
    for name, value in changes.items():
        values[(":" if name[0] == "_" else "") + name.strip("_").replace("_", "-")] = value
    return [(name, value) for name, value in values.items() if value is not None]


@dataclass
class Answer:
    """What came on one stream."""
    head: dict = field(default_factory=dict)
    trailers: dict = field(default_factory=dict)
    data: bytes = b""
    header_frames: int = 0
    reset: int = None     # the code of RST_STREAM
    ended: bool = False

    @property
    def status(self):
        """The grpc-status, wherever it stood."""
        return int({**self.head, **self.trailers}["grpc-status"])

    @property
    def text(self):
        return {**self.head, **self.trailers}.get("grpc-message", "")

    @property
    def details(self):
        """The bytes of grpc-status-details-bin, which must come unpadded."""
        text = {**self.head, **self.trailers}.get("grpc-status-details-bin", "")
        assert "=" not in text
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)

    @property
    def pushback_ms(self):
        """grpc-retry-pushback-ms, or None."""
        text = {**self.head, **self.trailers}.get("grpc-retry-pushback-ms")
        return None if text is None else int(text)

    @property
    def is_trailers_only(self):
        return self.header_frames == 1 and not self.data and "grpc-status" in self.head


def connect(port, authority, identity=None, alpn=("h2",), **options):
    """A TLS socket to the server. With TLS 1.3 the server's opinion of our
    certificate comes with the first read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority.certificate.decode())
    for name, value in options.items():
        setattr(context, name, value)
    if alpn:
        context.set_alpn_protocols(list(alpn))
    if identity:
        with tempfile.TemporaryDirectory() as folder:
            context.load_cert_chain(*identity.write(Path(folder), "peer"))
    plain = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
    return context.wrap_socket(plain, server_hostname="localhost")


def hello(server):
    """The first words of a client that knows the server's name, and who goes on with them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=server.authority.certificate.decode())
    context.set_alpn_protocols(["h2"])
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read(), client, incoming


class Peer:
    """One connection; |windows| opens our side wide, so that answers are not held."""

    def __init__(self, server, greet=True, windows=True, settings=None):
        self.socket = connect(server.port, server.authority, server.identity)
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.decoder.max_header_list_size = 2**20
        self.answers, self.others = {}, []
        self.buffer = b""
        self.next_stream = 1
        self.closed = False
        if greet:
            self.greet(windows, settings)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.socket.close()

    def greet(self, windows=True, settings=None):
        settings = dict(settings or {})
        if windows:
            settings[frames.SettingsFrame.INITIAL_WINDOW_SIZE] = LARGE_WINDOW
        self.write(PREFACE)
        self.send(frames.SettingsFrame(0, settings=settings))
        if windows:
            self.send(frames.WindowUpdateFrame(0, window_increment=LARGE_WINDOW))

    # -- sending ----------------------------------------------------------------

    def write(self, data):
        self.socket.sendall(data)

    def send(self, *all_frames):
        self.write(b"".join(frame.serialize() for frame in all_frames))

    def stream(self):
        self.next_stream += 2
        return self.next_stream - 2

    def headers_frame(self, stream, fields, end=False):
        block = self.encoder.encode(fields)
        return frames.HeadersFrame(stream, data=block,
                                   flags=["END_HEADERS"] + ["END_STREAM"] * end)

    @staticmethod
    def data_frame(stream, data, end=False):
        return frames.DataFrame(stream, data=data, flags=["END_STREAM"] * end)

    def open(self, fields=None, end=False):
        """Begins a call; returns its stream."""
        stream = self.stream()
        self.send(self.headers_frame(stream, fields or headers(), end))
        return stream

    def call(self, data=message(b"hello"), fields=None, end=True):
        """A whole request in one write; waits for its answer."""
        stream = self.stream()
        self.send(self.headers_frame(stream, fields or headers()),
                  self.data_frame(stream, data, end))
        return self.answer(stream)

    # -- reading ----------------------------------------------------------------

    def _receive(self):
        """Reads what there is; False when the server has closed."""
        try:
            data = self.socket.recv(65536)
        except (ssl.SSLError, ConnectionError):
            data = b""
        self.buffer += data
        self.closed = self.closed or not data
        return bool(data)

    def _frame(self):
        """The next whole frame in the buffer, or None."""
        if len(self.buffer) < 9:
            return None
        frame, length = frames.Frame.parse_frame_header(memoryview(self.buffer[:9]))
        if len(self.buffer) < 9 + length:
            return None
        frame.parse_body(memoryview(self.buffer[9:9 + length]))
        self.buffer = self.buffer[9 + length:]
        return frame

    def read_frame(self):
        """The next frame that came, or None when the server has closed."""
        while (frame := self._frame()) is None:
            if not self._receive():
                return None
        self._note(frame)
        return frame

    def _note(self, frame):
        answer = self.answers.setdefault(frame.stream_id, Answer())
        if isinstance(frame, frames.HeadersFrame):
            fields = dict(self.decoder.decode(frame.data))
            answer.header_frames += 1
            if answer.header_frames == 1:
                answer.head = fields
            else:
                answer.trailers = fields
        elif isinstance(frame, frames.DataFrame):
            answer.data += frame.data
        elif isinstance(frame, frames.RstStreamFrame):
            answer.reset = frame.error_code
        else:
            self.others.append(frame)
            if isinstance(frame, frames.SettingsFrame) and "ACK" not in frame.flags:
                with contextlib.suppress(OSError):  # an attacker may be cut off already
                    self.send(frames.SettingsFrame(0, flags=["ACK"]))
        answer.ended = answer.ended or answer.reset is not None or "END_STREAM" in frame.flags

    def answer(self, stream):
        """Waits until |stream| has ended."""
        while not self.answers.setdefault(stream, Answer()).ended:
            assert self.read_frame() is not None, f"closed before an answer: {self.farewell()}"
        return self.answers[stream]

    def wait_for(self, kind, accept=lambda frame: True):
        """The next frame of |kind| that |accept| likes."""
        while (frame := self.read_frame()) is not None:
            if isinstance(frame, kind) and accept(frame):
                return frame
        raise AssertionError(f"closed without a {kind.__name__}: {self.farewell()}")

    def ping(self, payload=b"pingpong"):
        """A round trip: whatever was sent before has been read."""
        self.send(frames.PingFrame(0, opaque_data=payload))
        self.wait_for(frames.PingFrame, lambda f: "ACK" in f.flags and f.opaque_data == payload)

    def until_closed(self):
        """Reads to the end; returns the code and the text of the last GOAWAY."""
        while self.read_frame() is not None:
            pass
        return self.farewell()

    def farewell(self):
        goaways = [frame for frame in self.others if isinstance(frame, frames.GoAwayFrame)]
        if not goaways:
            return None
        return goaways[-1].error_code, goaways[-1].additional_data.decode()

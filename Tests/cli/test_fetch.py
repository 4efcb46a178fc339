"""xpl fetch, against a server on this machine."""

import hashlib
import http.server
import os
import signal
import socket
import threading
import time
import unittest

from support import CommandLineTestCase

NAME = "vgg19_bn-c79401a0.pth"
# Something that the hash in the name is right for: the last eight bytes were searched for.
CONTENT = bytes((i * i >> 8) & 255 for i in range(1 << 20)) + (1463902715).to_bytes(8, "little")


class Server(http.server.ThreadingHTTPServer):
    """Serves one file, in the ways that servers do."""

    def __init__(self, content=CONTENT, ranges=True, break_after=None, status=None, location=None, stall=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.ranges, self.status, self.location = content, ranges, status, location
        self.stall = stall
        # Bytes after which each of the first connections breaks; then they hold.
        self.break_after = list(break_after or [])
        self.requests = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}/models"


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        server = self.server
        wanted = self.headers.get("Range")
        server.requests.append((self.path, wanted))
        if server.status or server.location:
            self.send_response(server.status or 302)
            if server.location:
                self.send_header("Location", server.location)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"sorry")
            return
        body, start = server.content, 0
        if wanted and server.ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(body)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        body = body[start:]
        if server.break_after:
            body = body[: server.break_after.pop(0)]
            self.close_connection = True
        if server.stall is not None:
            self.wfile.write(body[: server.stall])
            self.wfile.flush()
            time.sleep(30)
            return
        self.wfile.write(body)


class FetchTests(CommandLineTestCase):
    def setUp(self):
        super().setUp()
        self.place = self.folder / "torch/hub/checkpoints"
        self.path, self.part = self.place / NAME, self.place / f"{NAME}.part"
        self.assertTrue(hashlib.sha256(CONTENT).hexdigest().startswith("c79401a0"))

    def serve(self, **options):
        server = Server(**options)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def fetch(self, server, status=0):
        return self.xpl("fetch", "vgg19_bn", "--from", server.address, status=status)

    def refused(self, server, *saying):
        return self.fails(1, "fetch", "vgg19_bn", "--from", server.address, saying=saying)

    def leave_part(self, content):
        self.place.mkdir(parents=True)
        self.part.write_bytes(content)

    def is_finished(self):
        self.assertEqual(os.listdir(self.place), [NAME])
        self.assertEqual(self.path.read_bytes(), CONTENT)

    def test_downloads_into_torchs_cache(self):
        server = self.serve()
        self.assertEqual(self.fetch(server), (f"{self.path}: downloaded\n", ""))
        self.assertEqual(server.requests, [(f"/models/{NAME}", None)])
        self.is_finished()

    def test_does_not_download_what_is_there(self):
        server = self.serve()
        self.fetch(server)
        self.assertEqual(self.fetch(server), (f"{self.path}: is there already\n", ""))
        self.assertEqual(len(server.requests), 1)

    def test_replaces_a_damaged_file(self):
        self.place.mkdir(parents=True)
        self.path.write_bytes(CONTENT[:-1])
        _, errors = self.fetch(self.serve())
        self.assertIn("damaged", errors)
        self.is_finished()

    def test_goes_on_after_broken_connections(self):
        server = self.serve(break_after=[300_000, 200_000])
        self.fetch(server)
        self.assertEqual([wanted for _, wanted in server.requests], [None, "bytes=300000-", "bytes=500000-"])
        self.is_finished()

    def test_goes_on_where_an_earlier_fetch_was_broken_off(self):
        self.leave_part(CONTENT[:123_456])
        server = self.serve()
        self.fetch(server)
        self.assertEqual(server.requests[0][1], "bytes=123456-")
        self.is_finished()

    def test_gives_up_when_nothing_comes_and_keeps_what_came(self):
        errors = self.refused(self.serve(break_after=[300_000, 0]), "kept", "300.0 kB")
        self.assertEqual(self.part.read_bytes(), CONTENT[:300_000])
        self.assertFalse(self.path.exists())

    def test_starts_anew_where_a_server_ignores_ranges(self):
        self.leave_part(b"x" * 123_456)
        self.fetch(self.serve(ranges=False))
        self.is_finished()

    def test_a_part_that_is_the_whole_file(self):
        self.leave_part(CONTENT)
        server = self.serve()
        self.fetch(server)
        self.assertEqual(len(server.requests), 1)
        self.is_finished()

    def test_a_part_that_is_longer_than_the_file(self):
        self.leave_part(CONTENT + b"more")
        server = self.serve()
        self.fetch(server)
        self.assertEqual([wanted for _, wanted in server.requests], [f"bytes={len(CONTENT) + 4}-", None])
        self.is_finished()

    def test_refuses_a_file_of_another_hash(self):
        wrong = b"y" + CONTENT[1:]
        self.refused(self.serve(content=wrong), "SHA-256", hashlib.sha256(wrong).hexdigest()[:8], "c79401a0")
        self.assertEqual(os.listdir(self.place), [])

    def test_hashes_as_everybody_does(self):
        # Around the ends of blocks, where padding is made.
        for length in 0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 1 << 20, (1 << 20) + 55:
            content = CONTENT[:length] if length <= len(CONTENT) else CONTENT + bytes(length - len(CONTENT))
            self.refused(self.serve(content=content), hashlib.sha256(content).hexdigest()[:8])

    def test_answers_other_than_the_file(self):
        for status in 403, 404, 500:
            self.refused(self.serve(status=status), f"the server answers {status}", NAME)
        self.refused(self.serve(location="file:///etc/passwd"), "cannot download")
        self.assertEqual(os.listdir(self.place), [])

    def test_an_error_leaves_what_was_there(self):
        self.leave_part(CONTENT[:1000])
        self.refused(self.serve(status=503), "503")
        self.assertEqual(self.part.read_bytes(), CONTENT[:1000])

    def test_no_server(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            address = f"http://127.0.0.1:{port}"
            self.fails(1, "fetch", "vgg19", "--from", address, saying=[f"cannot download {address}/vgg19", "connect"])
        self.assertEqual(os.listdir(self.place), [])

    def test_a_redirection_is_followed(self):
        server = self.serve()
        self.fetch(self.serve(location=f"{server.address}/{NAME}"))
        self.is_finished()

    def test_one_download_at_a_time(self):
        server = self.serve(stall=5000)
        first = self.start("fetch", "vgg19_bn", "--from", server.address)
        while not self.part.exists() or self.part.stat().st_size < 5000:
            time.sleep(0.02)
        self.refused(server, "another download")
        first.send_signal(signal.SIGINT)
        output, errors = first.communicate(timeout=30)
        self.assertEqual((first.returncode, output), (130, ""))
        self.assertRegex(errors, r"\Axpl: interrupted; 5\.0 kB are kept[^\n]*\n\Z")
        self.assertEqual(self.part.read_bytes(), CONTENT[:5000])

    def test_a_folder_that_cannot_be_made(self):
        self.write("torch", b"")
        self.fails(1, "fetch", "vgg19", "--from", "http://127.0.0.1:9", saying="torch")

    def test_usage(self):
        self.fails(2, "fetch", saying="argument")
        self.fails(2, "fetch", "vgg", saying=["vgg", "vgg11"])
        self.fails(2, "fetch", "vgg19", "--from", "file:///tmp", saying="http")


if __name__ == "__main__":
    unittest.main()

# test_webhook.py -- events posted to web servers good and bad.
# SPDX-License-Identifier: GPL-3.0-or-later

import base64
import hashlib
import hmac
import http.server
import threading
import time

import pytest

from delivery import EVENT, SLACK, probe
from smtp_server import Authority, BlackHole


class WebServer:
    """Answers every POST with status, or hangs; keeps what it got."""

    def __init__(self, status=200, location=None, context=None, hangs=None,
                 answer=b"ok"):
        self.got = []
        self.stop = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                outer.got.append((self.path, self.headers,
                                  self.rfile.read(length)))
                if hangs == "before":
                    outer.stop.wait()
                self.send_response(status)
                if location is not None:
                    self.send_header("Location", location)
                self.end_headers()
                try:
                    self.wfile.write(answer)
                    self.wfile.flush()
                    while hangs == "after" and not outer.stop.wait(0.1):
                        self.wfile.write(b"x")
                        self.wfile.flush()
                except OSError:
                    pass

            do_GET = do_POST

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True)
        self.server.handle_error = lambda *arguments: None
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}/hook?a=b"
        self.thread = threading.Thread(target=self.server.serve_forever,
                                       kwargs={"poll_interval": 0.05})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.stop.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def signature(secret, headers, body):
    """What Standard Webhooks wants it to be."""
    text = b".".join((headers["webhook-id"].encode(),
                      headers["webhook-timestamp"].encode(), body))
    digest = hmac.new(secret.encode(), text, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def post(url, *options, timeout_ms=5000, text=EVENT):
    return probe("webhook", f"url={url}", f"timeout_ms={timeout_ms}",
                 *options, text=text)


@pytest.mark.parametrize("text", [EVENT, "{}", '"\u00fc"' * 5000],
                         ids=["event", "empty", "long"])
def test_a_webhook_is_signed(text):
    with WebServer() as server:
        done = post(server.url, "secret=k\u00e9y", text=text)
    assert (done.result, done.text) == ("done", "HTTP status 200")
    (path, headers, body), = server.got
    assert path == "/hook?a=b"
    assert body == text.encode()
    assert headers["Content-Type"] == "application/json"
    assert headers["webhook-id"] == "evt_1"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert headers["webhook-signature"] == signature("k\u00e9y", headers, body)


def test_a_webhook_without_a_secret_has_no_signature():
    with WebServer() as server:
        assert post(server.url).result == "done"
    assert "webhook-signature" not in server.got[0][1]


@pytest.mark.parametrize("status, result", [
    (200, "done"), (202, "done"), (204, "done"),
    (400, "refused"), (401, "refused"), (404, "refused"), (410, "refused"),
    (408, "retry"), (429, "retry"), (500, "retry"), (503, "retry"),
    (304, "retry"),
])
def test_what_the_status_means(status, result):
    with WebServer(status=status, answer=b"") as server:
        done = post(server.url)
    assert (done.result, done.text) == (result, f"HTTP status {status}")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status):
    with WebServer() as target:
        with WebServer(status=status, location=target.url) as server:
            done = post(server.url)
    assert done.result == "retry"
    assert len(server.got) == 1
    assert target.got == []


def test_a_webhook_that_hangs():
    with WebServer(hangs="before") as server:
        done = post(server.url, timeout_ms=1000)
    assert done.result == "retry"
    assert 0.9 < done.took < 1 + SLACK


@pytest.mark.parametrize("answer", [b"", b"x" * 10000000],
                         ids=["slow", "long"])
def test_an_answer_without_end_changes_nothing(answer):
    with WebServer(hangs="after", answer=answer) as server:
        done = post(server.url, timeout_ms=1000)
    assert done.result == "done"
    assert done.took < 1 + SLACK


def test_a_webhook_into_a_black_hole():
    with BlackHole() as hole:
        done = post(f"http://127.0.0.1:{hole.port}/", timeout_ms=1000)
    assert done.result == "retry"
    assert done.took < 1 + SLACK


def test_a_webhook_with_a_bad_certificate(tmp_path):
    context = Authority(tmp_path).context("IP:127.0.0.1")
    with WebServer(context=context) as server:
        done = post(server.url)
    assert done.result == "retry"
    assert "certificate" in done.text
    assert server.got == []


def test_a_webhook_is_http(tmp_path):
    target = tmp_path / "file"
    for url in (f"file://{target}", "ftp://127.0.0.1/", "smtp://127.0.0.1/",
                "", "nonsense"):
        assert post(url).result == "retry"
    assert not target.exists()

"""http_api.py -- talk to the HTTP interface of a daemon.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import base64
import http.client
import json
import socket
import ssl

from waiting import PATIENCE, until


class Answer:
    """A response, read to its end."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.type = (response.headers.get("Content-Type") or "").partition(
            ";")[0]
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.type} {self.body[:300]!r}>"


class UnixConnection(http.client.HTTPConnection):
    """http.client over a Unix socket."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Api:
    """listen is what http.listen says; a request is a connection."""

    def __init__(self, listen, user=None, token=None, tls=None, timeout=60):
        self.listen = listen
        self.tls = tls
        self.timeout = timeout * PATIENCE
        self.headers = {}
        if user:
            self.headers["Authorization"] = "Basic " + base64.b64encode(
                ":".join(user).encode()).decode()
        if token:
            self.headers["Authorization"] = "Bearer " + token

    def connection(self):
        if self.listen.startswith("unix:"):
            return UnixConnection(self.listen[5:], self.timeout)
        host, _, port = self.listen.rpartition(":")
        if self.tls is not None:
            return http.client.HTTPSConnection(
                host.strip("[]"), int(port), timeout=self.timeout,
                context=self.tls)
        return http.client.HTTPConnection(host.strip("[]"), int(port),
                                          timeout=self.timeout)

    def __call__(self, method, path, body=None, **headers):
        """body: bytes as they are, anything else as JSON."""
        sent = dict(self.headers)
        if body is not None:
            sent["Content-Type"] = "application/json"
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        for name, value in headers.items():
            name = name.replace("_", "-")
            if value is None:
                sent.pop(name, None)
            else:
                sent[name] = value
        connection = self.connection()
        try:
            connection.request(method, path, body, sent)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def wait_ready(self):
        def ask():
            try:
                return self("GET", "/readyz").status == 200
            except (OSError, http.client.HTTPException):
                return False
        until(ask, "the HTTP interface to be ready")
        return self


def console_of(policyd):
    """The process id of the console, as soon as all processes are up."""
    return policyd.processes()["console"][0]


def unverified():
    """TLS that takes any certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def metrics(text):
    """Prometheus' text format, taken apart with its rules checked: a dict of
    (name, labels) to values. See "Text-based format" of its documentation."""
    import re
    types, values, current = {}, {}, None
    assert text.endswith("\n")
    for line in text.splitlines():
        match = re.fullmatch(r"# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)", line)
        if match and match.group(1) == "TYPE":
            name, kind = match.group(2), match.group(3)
            assert name not in types, f"{name} has two types"
            assert kind in ("counter", "gauge", "histogram"), line
            assert kind != "counter" or name.endswith("_total"), line
            types[name], current = kind, name
            continue
        if match:
            continue
        match = re.fullmatch(
            r'([a-zA-Z_:][\w:]*)(?:\{((?:\w+="[^"\\\n]*",?)*)\})? (\S+)',
            line)
        assert match, f"not a metric: {line!r}"
        name, labels, value = match.groups()
        base = re.sub(r"_(bucket|sum|count)$", "", name) \
            if types.get(current) == "histogram" else name
        assert base == current, f"{name} is not below its TYPE"
        key = (name, labels or "")
        assert key not in values, f"{key} is there twice"
        values[key] = float(value)
    for name, kind in types.items():
        if kind == "histogram":
            check_histogram(name, values)
    return values


def check_histogram(name, values):
    buckets = [(labels, value) for (metric, labels), value in values.items()
               if metric == name + "_bucket"]
    counts = [value for _, value in buckets]
    bounds = [float(labels[4:-1]) for labels, _ in buckets]
    assert bounds == sorted(bounds) and bounds[-1] == float("inf"), name
    assert counts == sorted(counts), f"{name} is not cumulative"
    assert counts[-1] == values[name + "_count", ""], name
    assert (name + "_sum", "") in values

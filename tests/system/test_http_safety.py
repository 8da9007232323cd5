"""test_http_safety.py -- who may use the HTTP interface, and how hard.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import concurrent.futures
import ctypes
import hashlib
import http.client
import os
import pathlib
import signal
import socket
import ssl
import stat
import subprocess
import threading
import time
from statistics import median

import pytest

import policyd as daemon
from geoip import address
from http_api import Api, console_of, unverified
from policyd import children, free_port, is_alive
from proc import open_files
from waiting import PATIENCE, measured, until

JOE = "joe@example.com"
TOKENS = {scope: f"secret-{scope}-token" for scope in
          ("read", "operate", "admin")}


def crypt(password, setting):
    """crypt(3) itself: Python's module goes away."""
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    library.crypt_gensalt.restype = ctypes.c_char_p
    salt = library.crypt_gensalt(setting, 0, None, 0)
    return library.crypt(password.encode(), salt).decode()


@pytest.fixture(scope="module")
def hashes():
    """Passwords in the two kinds of hash that people use."""
    return {"anna": crypt("pass:wörd", b"$y$"), "bert": crypt("b", b"$2b$"),
            "gone": "*"}


def start(make_policyd, listen=None, **http):
    policyd = make_policyd({"http": {
        "listen": listen or f"127.0.0.1:{free_port()}", **http}},
        is_embedded=True)
    # It holds hashes: not for everybody.
    policyd.path.chmod(0o640)
    if daemon.IS_ROOT:
        os.chown(policyd.path, os.stat(policyd.root).st_uid, -1)
    policyd.start()
    policyd.listen = policyd.config["http"]["listen"]
    return policyd


@pytest.fixture
def guarded(make_policyd, hashes):
    """A daemon with users and tokens."""
    policyd = start(make_policyd, users=hashes, tokens=[
        f"{scope}:{hashlib.sha256(token.encode()).hexdigest()}"
        for scope, token in TOKENS.items()])
    Api(policyd.listen).wait_ready()
    return policyd


# --- who ------------------------------------------------------------------------

def test_users(guarded):
    for user in (("anna", "pass:wörd"), ("bert", "b")):
        api = Api(guarded.listen, user=user)
        assert api("GET", "/v1/configuration").status == 200
        # A second time it is known; a wrong one still is not.
        assert api("GET", "/v1/configuration").status == 200
        assert Api(guarded.listen, user=(user[0], "wrong"))(
            "GET", "/v1/blocks").status == 401


@pytest.mark.parametrize("user", [("nobody", "b"), ("gone", ""), ("gone", "*"),
                                  ("bert", ""), ("", ""), ("anna", "b"),
                                  ("ann", "pass:wörd"), ("BERT", "b")])
def test_others(guarded, user):
    answer = Api(guarded.listen, user=user)("GET", "/v1/blocks")
    assert answer.status == 401 and answer.type == "application/problem+json"
    assert any(value.startswith("Basic ") for value in
               answer.headers.get_all("WWW-Authenticate"))


@pytest.mark.parametrize("header", [
    "Basic", "Basic ", "Basic !!!!", "Basic YTpi=", "Basic " + "A" * 4000,
    "Basic AGI6Yg==", "Bearer", "Bearer ", "Bearer x", "Digest x", "",
    "Bearer " + hashlib.sha256(b"secret-admin-token").hexdigest(),
    "Bearer " + "x" * 5000, "secret-admin-token"])
def test_malformed_credentials(guarded, header):
    assert Api(guarded.listen)("GET", "/v1/blocks",
                               Authorization=header).status == 401


def test_scopes(guarded):
    """What each token may do, by one request of each kind."""
    body = {"key": "sender", "value": JOE}
    wanted = [
        ("read", "GET", "/v1/blocks", None, 200),
        ("read", "GET", "/metrics", None, 200),
        ("read", "GET", f"/v1/accounts/{JOE}", None, 200),
        ("read", "GET", "/custom-settings", None, 200),
        ("operate", "POST", "/remove", body, 202),
        ("operate", "PUT", f"/v1/blocks/{JOE}", {}, 200),
        ("operate", "DELETE", f"/v1/blocks/{JOE}", None, 204),
        ("admin", "PUT", "/update", {"data": []}, 202),
        ("admin", "PUT", f"/v1/overrides/{JOE}", {}, 201),
        ("admin", "DELETE", f"/v1/overrides/{JOE}", None, 204),
        ("admin", "GET", "/v1/configuration", None, 200),
        ("admin", "GET", "/v1/audit", None, 200),
        ("admin", "POST", "/reload", None, 202),
    ]
    order = ["read", "operate", "admin"]
    for needed, method, path, data, status in wanted:
        assert Api(guarded.listen)(method, path, data).status == 401
        for scope in order[:order.index(needed) + 1]:
            answer = Api(guarded.listen, token=TOKENS[scope])(
                method, path, data)
            assert answer.status == (status if scope == needed else 403), (
                scope, path, answer)
    # And each may do what those below it may.
    for scope in order:
        assert Api(guarded.listen, token=TOKENS[scope])(
            "GET", "/v1/blocks").status == 200


def test_probes_need_nothing(guarded):
    for path in ("/livez", "/readyz"):
        assert Api(guarded.listen)("GET", path).status == 200


def test_the_trail_names_who(guarded):
    Api(guarded.listen, user=("bert", "b"))("PUT", f"/v1/overrides/{JOE}", {})
    Api(guarded.listen, token=TOKENS["operate"])(
        "PUT", f"/v1/blocks/{JOE}", {})
    changes = Api(guarded.listen, token=TOKENS["admin"])(
        "GET", "/v1/audit").json()["changes"]
    digest = hashlib.sha256(TOKENS["operate"].encode()).hexdigest()
    assert [c["actor"] for c in changes] == [f"token:{digest[:8]}", "bert"]


def test_no_secret_is_told(guarded, hashes):
    Api(guarded.listen, user=("anna", "pass:wörd"))("GET", "/v1/blocks")
    Api(guarded.listen, user=("anna", "almost"))("GET", "/v1/blocks")
    Api(guarded.listen, token=TOKENS["admin"])("GET", "/v1/blocks")
    told = Api(guarded.listen, token=TOKENS["admin"])(
        "GET", "/v1/configuration").body.decode()
    told += guarded.log(everything=True)
    told += guarded.cli("--dump-config").stdout
    told += guarded.cli("--get-config", "http.users").stdout
    for pid in [guarded.pid, *children(guarded.pid)]:
        told += pathlib.Path(f"/proc/{pid}/cmdline").read_text()
    digests = [hashlib.sha256(token.encode()).hexdigest()
               for token in TOKENS.values()]
    for secret in ("pass:wörd", "almost", *TOKENS.values(), *digests,
                   hashes["anna"], hashes["bert"], "cGFzczp3w7ZyZA"):
        assert secret not in told


def test_a_config_without_credentials_is_for_loopback(make_policyd):
    for listen in ("0.0.0.0:8080", "192.0.2.1:8080", "[::]:8080"):
        policyd = make_policyd({"http": {"listen": listen}})
        assert policyd.cli("--check-config").returncode == 78


# --- how hard -------------------------------------------------------------------

def test_guesses_are_slow_and_disturb_nobody(guarded):
    """While many guess, who is known and who needs nothing is served."""
    bert = Api(guarded.listen, user=("bert", "b"))
    assert bert("GET", "/v1/blocks").status == 200
    answers = []

    def guess(number):
        began = time.monotonic()
        status = Api(guarded.listen, user=("anna", f"x{number}"))(
            "GET", "/v1/blocks").status
        answers.append((status, time.monotonic() - began))
    threads = [threading.Thread(target=guess, args=(i,)) for i in range(24)]
    for thread in threads:
        thread.start()
    quick = []
    while any(thread.is_alive() for thread in threads):
        began = time.monotonic()
        assert bert("GET", "/v1/blocks").status == 200
        assert bert("GET", "/livez", Authorization=None).status == 200
        quick.append(time.monotonic() - began)
    for thread in threads:
        thread.join()
    assert len(answers) == 24
    assert {status for status, _ in answers} <= {401, 429, 503}
    refused = [took for status, took in answers if status == 401]
    assert min(refused) >= 1
    assert median(quick) < median(refused) / 2


def test_a_source_that_is_often_wrong(guarded):
    """It is refused without a look; what is right needs none."""
    bert = Api(guarded.listen, user=("bert", "b"))
    assert bert("GET", "/v1/blocks").status == 200
    with concurrent.futures.ThreadPoolExecutor(14) as pool:
        wrong = list(pool.map(lambda i: Api(guarded.listen, token=f"x{i}")(
            "GET", "/v1/blocks").status, range(14)))
    assert wrong.count(401) >= 10 and set(wrong) == {401, 429}
    for stranger in (Api(guarded.listen, token="y"),
                     Api(guarded.listen, user=("anna", "pass:wörd"))):
        def took():
            began = time.monotonic()
            refused = stranger("GET", "/v1/blocks")
            assert refused.status == 429
            assert 1 <= int(refused.headers["Retry-After"]) <= 60
            return time.monotonic() - began
        # What is looked at takes a second.
        measured(took, lambda s: s < 0.5)
    assert bert("GET", "/v1/blocks").status == 200
    assert Api(guarded.listen, token=TOKENS["read"])(
        "GET", "/v1/blocks").status == 200
    # Of another address nobody has heard.
    host, _, port = guarded.listen.rpartition(":")
    other = http.client.HTTPConnection(host, int(port), timeout=60,
                                       source_address=("127.0.0.9", 0))
    other.request("GET", "/v1/blocks", headers={
        "Authorization": Api(guarded.listen, user=("anna", "pass:wörd"))
        .headers["Authorization"]})
    assert other.getresponse().status == 200
    other.close()


def test_wrong_tokens_are_logged(guarded):
    Api(guarded.listen, token="no-such-token")("GET", "/v1/blocks")
    line = daemon.fields(guarded.wait_log(
        r"^.*\bhttp .*wrong credentials.*$").group())
    assert line["client"] == "127.0.0.1"
    assert "no-such-token" not in guarded.log()


def raw(listen, data, timeout=60):
    """Send bytes, read until the end; what came."""
    host, _, port = listen.rpartition(":")
    with socket.create_connection((host, int(port)), timeout) as sock:
        sock.sendall(data)
        got = b""
        try:
            while more := sock.recv(65536):
                got += more
        except (ConnectionResetError, TimeoutError):
            pass
        return got


@pytest.fixture(scope="module")
def shared(geoip):
    """A daemon that many harmless tests share."""
    policyd = daemon.Policyd({"http": {"listen": f"127.0.0.1:{free_port()}"},
                              "geoip": {"country":
                                        str(geoip / "country.mmdb")}})
    policyd.write({"store": {"url": f"sqlite:{policyd.root}/db"}})
    policyd.start()
    policyd.listen = policyd.config["http"]["listen"]
    Api(policyd.listen).wait_ready()
    yield policyd
    policyd.close()


@pytest.mark.parametrize("data, status", [
    (b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
     200),
    (b"GET /" + b"x" * 100000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    (b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 100000 +
     b"\r\n\r\n", 431),
    (b"GET /livez HTTP/1.1\r\nHost: localhost\r\n" + b"".join(
        b"X%d: y\r\n" % i for i in range(5000)) + b"\r\n", 431),
    (b"POST /remove HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
     b"Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\n",
     None),
    (b"POST /remove HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
     b"Content-Type: application/json\r\nContent-Length: -1\r\n\r\n", 400),
    (b"POST /remove HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
     b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
     b"5\r\n{\"key\r\n0\r\n\r\n", 400),
    (b"POST /remove HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
     b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
     b"zz\r\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", None),
    (b"\0" * 1000 + b"\r\n\r\n", None),
    (b"GET http://other.example/livez HTTP/1.1\r\nHost: evil.example\r\n"
     b"Connection: close\r\n\r\n", None),
], ids=range(11))
def test_what_is_no_good_http(shared, data, status):
    got = raw(shared.listen, data, 20 if status is not None else 3)
    if status is not None:
        assert got.startswith(b"HTTP/1.1 %d " % status), got[:200]
    else:
        assert not got.startswith(b"HTTP/1.1 2"), got[:200]
    assert Api(shared.listen)("GET", "/livez").status == 200


@pytest.mark.parametrize("headers", [
    b"Content-Length: 2\r\nContent-Length: 3\r\n",
    b"Content-Length: 2\r\nContent-Length: 2\r\n",
    b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
    b"Transfer-Encoding: gzip\r\n", b"Host: 127.0.0.1\r\n",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"],
    ids=range(7))
def test_requests_whose_end_is_not_clear(shared, headers):
    """One answer, and the connection ends: nothing behind it is obeyed."""
    got = raw(shared.listen, b"POST /remove HTTP/1.1\r\nHost: localhost\r\n"
              b"Content-Type: application/json\r\n" + headers +
              b"\r\n{}GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 400 "), got[:200]
    assert got.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("path", [
    "/v1/blocks?after=%ff", "/v1/blocks?after=a%0ab", "/v1/blocks?limit=0",
    "/v1/blocks?limit=1001", "/v1/blocks?limit=", "/v1/blocks?limit=x",
    "/v1/blocks?limit=1&limit=2", "/v1/blocks?afer=a", "/v1/overrides?x",
    "/v1/overrides?after=%c3", "/v1/audit?before=-1", "/v1/audit?after=a",
    f"/v1/accounts/{JOE}?adress=192.0.2.1", "/v1/statistics?x=1",
    f"/v1/blocks/{JOE}?limit=1", "/v1/configuration?key=a"])
def test_parameters_that_make_no_sense(shared, path):
    answer = Api(shared.listen)("GET", path)
    assert answer.status == 400, answer
    assert answer.type == "application/problem+json"


def test_keys_that_make_no_sense(shared):
    api = Api(shared.listen)
    for path, body in ((f"/v1/blocks/{JOE}", {"durations": 5}),
                       (f"/v1/blocks/{JOE}", {"reason": "x", "until": 7}),
                       (f"/v1/overrides/{JOE}", {"contries": 5})):
        answer = api("PUT", path, body)
        assert answer.status == 400 and "no such key" in answer.json()[
            "detail"]
    assert api("GET", f"/v1/blocks/{JOE}").status == 404


def test_bodies_that_are_too_long(shared):
    api = Api(shared.listen)
    body = b'{"key":"sender","value":"' + b"x" * 70000 + b'"}'
    assert api("POST", "/remove", body).status == 413
    # Without a length that gives it away.
    connection = api.connection()
    connection.request("POST", "/remove", iter([body]), {
        "Content-Type": "application/json"}, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


def test_a_body_where_none_is_wanted(shared):
    assert Api(shared.listen)("GET", "/v1/blocks", {}).status == 400


def test_a_body_is_not_read_for_strangers(guarded):
    """What a stranger sends is not kept, however much is allowed."""
    answer = Api(guarded.listen)("PUT", "/update", b" " * 500000)
    assert answer.status == 401


@pytest.mark.parametrize("headers", [
    {"Origin": "http://evil.example"}, {"Origin": "null"},
    {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
    {"Referer": "http://evil.example/page"}, {"Referer": "nonsense"},
    {"Host": "evil.example:8080"}, {"Host": "127.0.0.1.evil.example"},
    {"Origin": "http://127.0.0.1.evil.example"},
], ids=str)
def test_pages_of_other_sites(shared, headers):
    api = Api(shared.listen)
    for method, path, body in (("POST", "/reload", None),
                               ("GET", "/v1/blocks", None),
                               ("POST", "/remove", {"key": "sender",
                                                    "value": JOE})):
        assert api(method, path, body, **headers).status == 403


def test_our_own_pages(shared):
    api = Api(shared.listen)
    for headers in ({"Origin": f"http://{shared.listen}"},
                    {"Sec_Fetch_Site": "same-origin"},
                    {"Sec_Fetch_Site": "none"}, {"Host": "localhost"},
                    {"Host": "[::1]:8080"},
                    {"Referer": f"http://{shared.listen}/v1/blocks"}):
        assert api("GET", "/v1/blocks", **headers).status == 200, headers
    assert "Access-Control-Allow-Origin" not in api(
        "GET", "/v1/blocks").headers


@pytest.mark.parametrize("said", [b"", b"GET /livez HTTP/1.1\r\nHost: "])
def test_many_connections_that_say_little(shared, said):
    """They are limited and give way, whichever addresses they have."""
    host, _, port = shared.listen.rpartition(":")
    held = []
    for i in range(300):
        held.append(socket.create_connection(
            (host, int(port)), source_address=(f"127.0.0.{i % 5 + 1}", 0)))
        held[-1].sendall(said)
    console = console_of(shared)
    until(lambda: len(open_files(console)) < 200, "the limit to hold")

    def took():
        began = time.monotonic()
        for path in ("/livez", "/readyz", "/v1/blocks"):
            assert Api(shared.listen)("GET", path).status == 200
        return time.monotonic() - began
    # Who had to wait for their end would wait for seconds.
    measured(took, lambda s: s < 2)
    for sock in held:
        sock.close()


def test_headers_that_drip(shared):
    """A byte now and then does not keep a connection open."""
    host, _, port = shared.listen.rpartition(":")
    began = time.monotonic()
    with socket.create_connection((host, int(port))) as sock:
        sock.sendall(b"GET /livez HTTP/1.1\r\nHost: ")
        sock.settimeout(0.5)
        while True:
            try:
                sock.sendall(b"x")
                if sock.recv(1) == b"":
                    break
            except TimeoutError:
                assert time.monotonic() - began < 30 * PATIENCE
            except ConnectionError:
                break
    assert time.monotonic() - began > 3


def test_health_when_all_connections_are_busy(guarded):
    """Requests that are under way hold them all."""
    api = Api(guarded.listen)
    host, _, port = guarded.listen.rpartition(":")
    held = []

    def hold():
        held.append(socket.create_connection(
            (host, int(port)),
            source_address=(f"127.0.{1 + len(held) // 250}."
                            f"{1 + len(held) % 250}", 0)))
        # The body never comes.
        held[-1].sendall(
            b"POST /remove HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\n"
            b"Authorization: Bearer " + TOKENS["operate"].encode() +
            b"\r\nContent-Length: 9\r\n\r\n")

    def is_full():
        """Who asks may have taken the place of one that had just come."""
        if api("GET", "/v1/blocks").status == 503:
            return True
        hold()
        return False
    for _ in range(200):
        hold()
    until(is_full, "no room")
    for _ in range(5):
        assert api("GET", "/livez").status == 200
        assert api("GET", "/v1/blocks").status == 503
    for sock in held:
        sock.close()
    until(lambda: api("GET", "/v1/blocks").status == 401,
          "the interface to have room")


# --- mail goes on -----------------------------------------------------------------

def test_a_console_that_hangs_or_dies(make_policyd):
    policyd = start(make_policyd)
    api = Api(policyd.listen).wait_ready()
    victim = console_of(policyd)
    os.kill(victim, signal.SIGSTOP)
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    os.kill(victim, signal.SIGKILL)
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    api.wait_ready()
    assert console_of(policyd) != victim


def test_a_console_that_hangs_does_not_keep_the_server(make_policyd):
    policyd = start(make_policyd)
    Api(policyd.listen).wait_ready()
    os.kill(console_of(policyd), signal.SIGSTOP)
    assert policyd.stop() == 0
    assert not children(policyd.pid)


def test_reload_serves_without_a_gap(make_policyd):
    policyd = start(make_policyd)
    api = Api(policyd.listen).wait_ready()
    stop = threading.Event()
    failures = []

    def ask():
        while not stop.is_set():
            try:
                if api("GET", "/livez").status != 200:
                    failures.append("status")
            except (OSError, http.client.HTTPException) as error:
                failures.append(repr(error))
    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for _ in range(3):
            policyd.reload()
    finally:
        stop.set()
        thread.join()
    assert failures == []


def test_http_comes_and_goes_by_reload(make_policyd):
    policyd = start(make_policyd)
    api = Api(policyd.listen).wait_ready()
    policyd.write({"http": {"listen": ""}})
    policyd.path.chmod(0o644)
    policyd.reload()
    with pytest.raises(ConnectionRefusedError):
        api("GET", "/livez")
    other = f"127.0.0.1:{free_port()}"
    policyd.write({"http": {"listen": other}})
    policyd.reload()
    Api(other).wait_ready()


def test_a_store_that_is_away(make_policyd, database, postgres):
    policyd = make_policyd({"http": {"listen": f"127.0.0.1:{free_port()}"}})
    policyd.start()
    api = Api(policyd.config["http"]["listen"]).wait_ready()
    assert api("GET", "/v1/blocks").status == 200
    policyd.write({"store": {"url": "postgresql:///nowhere?host=/nowhere"}})
    policyd.reload()
    until(lambda: api("GET", "/livez").status == 200, "the new console")
    for method, path, body in (
            ("GET", "/v1/blocks", None), ("GET", f"/v1/accounts/{JOE}", None),
            ("PUT", f"/v1/overrides/{JOE}", {}), ("GET", "/v1/audit", None),
            ("GET", "/custom-settings", None), ("PUT", "/update", {"data": []}),
            ("PATCH", "/modify", {"key": "sender", "value": {"sender": JOE}}),
            ("POST", "/remove", {"key": "sender", "value": JOE}),
            ("POST", "/query", {"key": "client", "value": {
                "address": "192.0.2.1", "sender": JOE}}),
            ("POST", "/dovecotpolicy?command=allow", {
                "login": JOE, "remote": "192.0.2.1"})):
        answer = api(method, path, body)
        assert answer.status == 503, (path, answer)
        assert answer.headers["Retry-After"]
    assert api("GET", "/readyz").status == 503
    assert b"policyd_store_up 0" in api("GET", "/metrics").body


# --- Unix socket, IPv6, TLS ---------------------------------------------------------

def test_a_unix_socket(make_policyd):
    policyd = make_policyd(is_embedded=True)
    listen = f"unix:{policyd.root}/http"
    policyd.write({"http": {"listen": listen}})
    policyd.start()
    api = Api(listen).wait_ready()
    assert api("PUT", f"/v1/overrides/{JOE}", {}).status == 201
    change = api("GET", "/v1/audit").json()["changes"][0]
    assert change["actor"] == f"uid:{os.getuid()}"
    assert change["origin"] == "unix"
    status = os.stat(policyd.root / "http")
    assert stat.S_IMODE(status.st_mode) == 0o660
    if daemon.IS_ROOT:
        assert status.st_uid == os.stat(policyd.root).st_uid
    # Whatever a Host says: a browser does not come here.
    assert api("GET", "/v1/blocks", Host="policyd").status == 200
    policyd.reload()
    assert api.wait_ready()("GET", "/v1/blocks").status == 200
    assert policyd.stop() == 0
    assert not (policyd.root / "http").exists()


def test_ipv6(make_policyd):
    policyd = start(make_policyd, f"[::1]:{free_port(socket.AF_INET6, '::1')}")
    api = Api(policyd.listen).wait_ready()
    api("PUT", f"/v1/overrides/{JOE}", {})
    assert api("GET", "/v1/audit").json()["changes"][0]["origin"] == "::1"


def certificate(folder, name):
    """A key and a certificate of its own; the certificate's path."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
         f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
         folder / f"{name}.key", "-out", folder / f"{name}.pem"],
        check=True, capture_output=True)
    owner = os.stat(folder).st_uid
    for path in (folder / f"{name}.key", folder / f"{name}.pem"):
        os.chown(path, owner, -1)
    return folder / f"{name}.pem"


@pytest.fixture
def secured(make_policyd):
    policyd = make_policyd(is_embedded=True)
    certificate(policyd.root, "first")
    policyd.write({
        "http": {"listen": f"127.0.0.1:{free_port()}", "tls": {
            "cert_file": str(policyd.root / "first.pem"),
            "key_file": str(policyd.root / "first.key")}}})
    policyd.start()
    policyd.listen = policyd.config["http"]["listen"]
    return policyd


def verified_by(path):
    return ssl.create_default_context(cafile=path)


def test_tls(secured):
    api = Api(secured.listen, tls=verified_by(secured.root / "first.pem"))
    api.wait_ready()
    assert api("PUT", f"/v1/blocks/{JOE}", {"reason": "x" * 100}).status == 200
    with pytest.raises((OSError, http.client.HTTPException)):
        Api(secured.listen)("GET", "/livez")
    assert api("GET", "/livez").status == 200


@pytest.mark.parametrize("version, works", [
    (ssl.TLSVersion.TLSv1, False), (ssl.TLSVersion.TLSv1_1, False),
    (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)])
def test_versions_of_tls(secured, version, works):
    Api(secured.listen, tls=unverified()).wait_ready()
    context = unverified()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    if works:
        assert Api(secured.listen, tls=context)("GET", "/livez").status == 200
    else:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            Api(secured.listen, tls=context)("GET", "/livez")


@pytest.mark.parametrize("ciphers, works", [
    ("ECDHE+AESGCM", True), ("ECDHE+CHACHA20", True), ("kRSA", False),
    ("DHE", False), ("ECDHE+AES+SHA1:ECDHE+AES+SHA256", False)])
def test_ciphers_of_tls(secured, ciphers, works):
    Api(secured.listen, tls=unverified()).wait_ready()
    context = unverified()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(ciphers)
    if works:
        assert Api(secured.listen, tls=context)("GET", "/livez").status == 200
    else:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            Api(secured.listen, tls=context)("GET", "/livez")


def test_a_certificate_is_taken_on_reload(secured):
    Api(secured.listen, tls=unverified()).wait_ready()
    certificate(secured.root, "second")
    for kind in ("pem", "key"):
        os.replace(secured.root / f"second.{kind}",
                   secured.root / f"first.{kind}")
    secured.reload()
    Api(secured.listen,
        tls=verified_by(secured.root / "first.pem")).wait_ready()


def test_a_broken_certificate_is_refused_on_reload(secured):
    api = Api(secured.listen, tls=verified_by(secured.root / "first.pem"))
    api.wait_ready()
    before = set(children(secured.pid))
    good = (secured.root / "first.pem").read_bytes()
    (secured.root / "first.pem").write_text("nothing\n")
    secured.signal(signal.SIGHUP)
    secured.wait_log(r"http: the server does not start")
    until(lambda: set(children(secured.pid)) == before,
          "the old generation alone")
    (secured.root / "first.pem").write_bytes(good)
    assert api("GET", "/livez").status == 200


@pytest.mark.skipif(not daemon.IS_ROOT, reason="only root can be kept out")
def test_a_key_that_cannot_be_read(make_policyd):
    policyd = make_policyd()
    certificate(policyd.root, "own")
    os.chown(policyd.root / "own.key", 0, 0)
    policyd.write({"http": {"listen": f"127.0.0.1:{free_port()}", "tls": {
        "cert_file": str(policyd.root / "own.pem"),
        "key_file": str(policyd.root / "own.key")}}})
    policyd.launch()
    assert policyd.process.wait(60 * PATIENCE) == 78
    assert "own.key cannot be read as user" in policyd.log()
    assert not is_alive(policyd.pid)

# smtp_server.py -- mail servers for the tests: a real one and nasty ones.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every server listens on a free port of 127.0.0.1 in a thread of its own and
is a context manager with a member `port`."""

import asyncio
import socket
import ssl
import subprocess
import threading

from aiosmtpd.smtp import SMTP, AuthResult


class Mail:
    """What the server took: envelope, text as it came, version of TLS."""

    def __init__(self, server, session, envelope):
        self.sender = envelope.mail_from
        self.recipients = list(envelope.rcpt_tos)
        self.content = envelope.original_content
        self.helo = session.host_name
        cipher = server.transport.get_extra_info("cipher")
        self.tls = cipher[1] if cipher else None
        self.login = session.auth_data


class SmtpServer:
    """aiosmtpd with prepared answers: refuse maps a recipient, sender= and
    data= are what MAIL FROM and the text are answered with."""

    def __init__(self, refuse=None, sender="250 OK", data="250 OK queued",
                 starttls=None, wrapped=None, password=None, hostname="mx",
                 address="127.0.0.1", port=0):
        self.mails = []
        self.commands = []
        self.refuse = refuse or {}
        self.sender = sender
        self.data = data
        self.starttls = starttls
        self.wrapped = wrapped
        self.password = password
        self.hostname = hostname
        self.address = address
        self.wanted_port = port
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)

    def make_protocol(self):
        login = {}
        if self.password is not None:
            login = {"authenticator": self.authenticate,
                     "auth_required": True,
                     "auth_require_tls": self.starttls is not None}
        return SMTP(self, hostname=self.hostname, tls_context=self.starttls,
                    require_starttls=self.starttls is not None,
                    loop=self.loop, enable_SMTPUTF8=True, **login)

    def authenticate(self, server, session, envelope, mechanism, data):
        self.commands.append(mechanism)
        is_right = (data.login, data.password) == self.password
        return AuthResult(success=is_right, handled=False,
                          auth_data=data.login)

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.commands.append("MAIL")
        if self.sender.startswith("250"):
            envelope.mail_from = address
        return self.sender

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.commands.append("RCPT")
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.commands.append("DATA")
        if self.data.startswith("250"):
            self.mails.append(Mail(server, session, envelope))
        return self.data

    def __enter__(self):
        self.thread.start()
        made = self.loop.create_server(self.make_protocol, self.address,
                                       self.wanted_port,
                                       ssl=self.wrapped)
        self.server = asyncio.run_coroutine_threadsafe(
            made, self.loop).result(60)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def close(self):
        self.server.close()
        await self.server.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def __exit__(self, *error):
        asyncio.run_coroutine_threadsafe(self.close(), self.loop).result(60)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


class RawServer:
    """serve(connection, stop) talks to each client as it likes; stop is an
    event that tells it to end. Errors of the connection end it too. One client
    at a time, unless parallel."""

    def __init__(self, serve, parallel=False):
        self.serve = serve
        self.parallel = parallel
        self.threads = []
        self.stop = threading.Event()
        self.connections = 0

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept)
        self.thread.start()
        return self

    def accept(self):
        self.listener.settimeout(0.05)
        while not self.stop.is_set():
            try:
                connection, _ = self.listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            if self.parallel:
                self.threads.append(threading.Thread(target=self.attend,
                                                     args=(connection,)))
                self.threads[-1].start()
            else:
                self.attend(connection)

    def attend(self, connection):
        with connection:
            connection.settimeout(60)
            try:
                self.serve(connection, self.stop)
            except OSError:
                pass

    def __exit__(self, *error):
        self.stop.set()
        self.thread.join()
        for thread in self.threads:
            thread.join()
        self.listener.close()


SILENCE = object()
CLOSE = object()


def script(answers):
    """A serve function that answers each command by its first word, "." for
    the end of the text, "" for the greeting. SILENCE: says nothing from then
    on; CLOSE: hangs up. A function is called with (connection, stop)."""
    usual = {"": "220 nasty ESMTP", "EHLO": "250 nasty", "MAIL": "250 OK",
             "RCPT": "250 OK", "DATA": "354 go on", ".": "250 OK",
             "QUIT": "221 bye"}

    def serve(connection, stop):
        lines = connection.makefile("rb")
        is_text = False
        word = ""
        while True:
            answer = {**usual, **answers}.get(word, "500 what?")
            if answer is SILENCE:
                stop.wait()
                return
            if answer is CLOSE:
                return
            if callable(answer):
                answer(connection, stop)
                return
            connection.sendall(answer.encode() + b"\r\n")
            is_text = word == "DATA" and answer.startswith("354")
            line = lines.readline()
            while is_text and line not in (b".\r\n", b""):
                line = lines.readline()
            if line == b"":
                return
            word = "." if is_text else line.split()[0].decode().upper()

    return serve


class Recorder:
    """A connection whose lines are kept as they are read."""

    def __init__(self, connection, lines):
        self.connection = connection
        self.lines = lines

    def makefile(self, mode, **options):
        file = self.connection.makefile(mode, **options)
        recorder = self

        class Lines:
            def readline(self):
                line = file.readline()
                recorder.lines.append(line)
                return line

            def __iter__(self):
                return iter(self.readline, b"")

            def write(self, data):
                return file.write(data)

        return Lines()

    def __getattr__(self, name):
        return getattr(self.connection, name)


def recorded(serve, lines):
    """serve, with what clients say added to lines."""
    return lambda connection, stop: serve(Recorder(connection, lines), stop)


def drip(text, forever):
    """Sends text, and then, four times a second, forever."""

    def serve(connection, stop):
        connection.sendall(text)
        while not stop.wait(0.25):
            connection.sendall(forever)

    return serve


class BlackHole:
    """A port whose listen queue is full: connecting to it never succeeds and
    never fails."""

    def __enter__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.clients = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", self.port))
            self.clients.append(client)
        return self

    def __exit__(self, *error):
        for client in self.clients:
            client.close()
        self.listener.close()


class Authority:
    """A certificate authority in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.ca_file = str(folder / "ca.pem")
        self.key_file = str(folder / "ca.key")
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                     "-subj", "/CN=Test authority", "-keyout", self.key_file,
                     "-out", self.ca_file)

    @staticmethod
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True,
                       capture_output=True)

    def context(self, names):
        """A server's context with a certificate for names, such as
        "DNS:localhost,IP:127.0.0.1"."""
        base = self.folder / names.replace(":", "-").replace(",", "-")
        key, request, pem = (f"{base}.{end}" for end in ("key", "csr", "pem"))
        extensions = f"{base}.ext"
        with open(extensions, "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\n")
        self.openssl("req", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-subj",
                     "/CN=server", "-keyout", key, "-out", request)
        self.openssl("x509", "-req", "-in", request, "-CA", self.ca_file,
                     "-CAkey", self.key_file, "-CAcreateserial", "-days", "2",
                     "-extfile", extensions, "-out", pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, key)
        return context

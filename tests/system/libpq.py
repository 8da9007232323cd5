"""libpq.py -- a session with a PostgreSQL server, as psql has one.

To start psql takes ten times as long as what it is to do.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import ctypes
import select

_lib = ctypes.CDLL("libpq.so.5")
for _name in ("PQconnectdb", "PQgetResult"):
    getattr(_lib, _name).restype = ctypes.c_void_p
for _name in ("PQerrorMessage", "PQgetvalue"):
    getattr(_lib, _name).restype = ctypes.c_char_p
_CONNECTION_OK = _TRANSACTION_IDLE = 0
_DONE = {1, 2}      # PGRES_COMMAND_OK, PGRES_TUPLES_OK


class Session:
    """conninfo: as PostgreSQL's manual has it, or a URL."""

    def __init__(self, conninfo):
        self._conn = ctypes.c_void_p(_lib.PQconnectdb(conninfo.encode()))
        if _lib.PQstatus(self._conn) != _CONNECTION_OK:
            error = self._error()
            self.close()
            raise AssertionError(error)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _error(self):
        return _lib.PQerrorMessage(self._conn).decode()

    def sql(self, text):
        """Run SQL; the rows of all statements as lists of strings. Statements
        that say nothing else are one transaction."""
        assert _lib.PQsendQuery(self._conn, text.encode()), self._error()
        rows, error = [], None
        while result := _lib.PQgetResult(self._conn):
            result = ctypes.c_void_p(result)
            if _lib.PQresultStatus(result) not in _DONE:
                error = error or self._error()
            rows += [[_lib.PQgetvalue(result, row, column).decode()
                      for column in range(_lib.PQnfields(result))]
                     for row in range(_lib.PQntuples(result))]
            _lib.PQclear(result)
        assert error is None, error
        return rows

    def is_fresh(self):
        """Is it as good as a new one: no transaction is open, and the server
        has said nothing since, such as that it ends?"""
        if _lib.PQtransactionStatus(self._conn) != _TRANSACTION_IDLE:
            return False
        waiting = select.poll()
        waiting.register(_lib.PQsocket(self._conn), select.POLLIN)
        return not waiting.poll(0)

    def close(self):
        _lib.PQfinish(self._conn)
        self._conn = None

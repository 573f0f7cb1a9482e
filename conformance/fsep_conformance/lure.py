"""An address that nobody may visit: a listener on loopback that writes down who did."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Lure:
    """Listens while cases run; a context manager."""

    def __init__(self) -> None:
        """Take a port."""
        self._visits: Counter[str] = Counter()
        visits = self._visits

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the name is the library's
                visits[self.path.strip("/").partition("/")[0]] += 1
                self.send_error(404)

            do_HEAD = do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def address(self) -> tuple[str, str]:
        """Return an address that has not been given away yet, and its token."""
        token = secrets.token_hex(8)
        return f"http://127.0.0.1:{self._server.server_address[1]}/{token}/", token

    def visits(self, token: str) -> int:
        """Return how often an address was visited."""
        return self._visits[token]

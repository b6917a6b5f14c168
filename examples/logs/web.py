"""A web server, which logs as web servers do. Arguments: port, number of requests after which it ends."""

import sys
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"

server = HTTPServer(("127.0.0.1", int(sys.argv[1])), partial(SimpleHTTPRequestHandler, directory=DATA))
for _ in range(int(sys.argv[2])):
    server.handle_request()

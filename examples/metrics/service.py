"""A service: compresses flights again and again, and prints how long that took, as "NAME|MILLISECONDS".

Argument: its name, which is what it compresses with: zlib, bz2 or lzma.
"""

import importlib
import pathlib
import signal
import sys
import time

FLIGHTS = pathlib.Path(__file__).resolve().parents[1] / "data" / "flights.jsonl"

signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # ends when nobody listens any more
name = sys.argv[1]
compress = importlib.import_module(name).compress
flights = FLIGHTS.read_bytes()
while True:
    start = time.perf_counter()
    compress(flights)
    print(f"{name}|{(time.perf_counter() - start) * 1000:.1f}", flush=True)
    time.sleep(0.1)

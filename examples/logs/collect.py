"""The collector: makes one format of the logs of all services.

Reads lines as a service logs them, and prints "SERVICE|JSON". Argument: name of the service. A line of
a format that it does not know becomes the message as it is: nothing gets lost.
"""

import json
import re
import sys
from datetime import datetime

FORMATS = [
    # Web servers:       127.0.0.1 - - [30/Nov/2026 14:10:26] "GET /README.md HTTP/1.1" 200 -
    (r"\S+ \S+ \S+ \[(?P<time>[^]]+)\] (?P<message>.*)", "%d/%b/%Y %H:%M:%S"),
    # Python's logging:  2026-11-30 14:10:26,842 WARNING DTW to LAS: +66 minutes
    (r"(?P<time>\S+ \S+),\d+ (?P<level>[A-Z]+) (?P<message>.*)", "%Y-%m-%d %H:%M:%S"),
    # logfmt:            time=2026-11-30T14:10:26 level=info msg="README.md: 4711 bytes"
    (r'time=(?P<time>\S+) level=(?P<level>\S+) msg="(?P<message>.*)"', "%Y-%m-%dT%H:%M:%S"),
]
STATUS = re.compile(r'(?:" |^code )([45])\d\d\b')
LEVELS = {"4": "warning", "5": "error"}


def entry(service: str, line: str) -> dict:
    """What a line says, in the format of the topic."""
    for pattern, time_format in FORMATS:
        found = re.fullmatch(pattern, line)
        if found:
            said = found.groupdict()
            time = datetime.strptime(said["time"], time_format).isoformat()
            level = said.get("level", "").lower() or level_of(said["message"])
            return {"time": time, "service": service, "level": level, "message": said["message"]}
    return {"time": None, "service": service, "level": "info", "message": line}


def level_of(message: str) -> str:
    """Web servers tell a status instead of a level."""
    status = STATUS.search(message)
    return LEVELS[status[1]] if status else "info"


for text in sys.stdin:
    print(sys.argv[1] + "|" + json.dumps(entry(sys.argv[1], text.rstrip("\n"))), flush=True)

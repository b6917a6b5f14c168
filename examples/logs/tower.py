"""The tower: logs flights that leave, and warns of those that are late. Argument: number of flights."""

import json
import logging
import sys
import time
from itertools import islice
from pathlib import Path

FLIGHTS = Path(__file__).resolve().parents[1] / "data" / "flights.jsonl"

logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
with FLIGHTS.open() as lines:
    for flight in map(json.loads, islice(lines, int(sys.argv[1]))):
        late = flight["delay"]
        level = logging.ERROR if late > 120 else logging.WARNING if late > 60 else logging.INFO
        logging.log(level, "%s to %s: %+d minutes", flight["origin"], flight["destination"], late)
        time.sleep(0.02)

"""The audit: computes every window from the topic metrics, and compares with those in the topic windows.

Argument: the leat command.
"""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime

WINDOW_MS = 2000
LEAST_WINDOWS = 2  # of each service: fewer would show nothing
ROUNDED_MS = 0.06


def records(topic):
    consume = [sys.argv[1], "consume", topic, "--from-beginning", "--exit-at-end", "--format", "json"]
    printed = subprocess.run(consume, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in printed.splitlines()]


def window_of(record):
    start = json.loads(record["value"])["from"].replace("Z", "+00:00")
    return record["key"], round(datetime.fromisoformat(start).timestamp() * 1000)


windows = [(window_of(record), json.loads(record["value"])) for record in records("windows")]
measured = defaultdict(list)
for record in records("metrics"):
    start = record["timestamp"] // WINDOW_MS * WINDOW_MS
    measured[record["key"], start].append(float(record["value"]))

wrong = [
    (window, summary)
    for window, summary in windows
    if summary["times"] != len(measured[window])
    or summary["maxMs"] != max(measured[window])
    or abs(summary["averageMs"] - sum(measured[window]) / len(measured[window])) > ROUNDED_MS
]
times = Counter(window for window, _ in windows)
last = {service: start for service, start in sorted(times)}
missing = [
    (service, start)
    for service, start in measured
    if start <= last.get(service, start) and (service, start) not in times
]
twice = [window for window, count in times.items() if count > 1]
services = Counter(service for service, _ in times)
print(
    f"{len(services)} services, {len(windows)} windows: "
    f"{len(wrong)} wrong, {len(missing)} missing, {len(twice)} twice"
)
few = len(services) < 3 or min(services.values()) < LEAST_WINDOWS
sys.exit(f"{wrong[:3]} {missing[:3]} {twice[:3]}" if wrong or missing or twice or few else 0)

"""Counts the kinds of changes that Debezium wrote. Reads what leat consume --format json prints."""

import json
import sys
from collections import Counter

KINDS = {"r": "there at the start", "c": "inserted", "u": "updated", "d": "deleted"}

values = (json.loads(line)["value"] for line in sys.stdin)
# Behind a deletion comes a record without a value: compaction then forgets the row.
changes = (json.loads(value)["payload"] for value in values if value is not None)
counts = Counter(change["op"] for change in changes)
print(", ".join(f"{count} {KINDS[kind]}" for kind, count in counts.items()))
sys.exit(0 if set(counts) == set(KINDS) else "not every kind of change is in the topic")

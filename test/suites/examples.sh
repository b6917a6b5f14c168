# The examples of one command, as a newcomer runs them: each says at its end what it has checked.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"

flights=$LEAT_HOME/examples/data/flights.jsonl

# example NAME PART ARGUMENT...: ends well, and prints PART. The limit is that of downloads: without, it is seconds.
example() {
  local name=$1 part=$2 limit=600
  shift 2
  check "example $name" timeout $limit "$LEAT_HOME/examples/$name/run" "$@" >"$work/$name"
  cat "$work/$name"
  check_contains "example $name: '$part'" "$part" "$(cat "$work/$name")"
}

website() {
  local port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  timeout 120 "$LEAT_HOME/examples/website/run" "$port" >"$work/website" &
  local website=$!
  check "example website: there is a page" await 60 page_is_there "$port"
  check "example website: the page is told of the counts" await 60 page_is_told "$port"
  check "example website: so is the terminal" await 60 grep -qF "/shop/boats=" "$work/website"
  kill $website && wait $website
}

page_is_there() {
  case $(curl -s --max-time 2 "http://localhost:$1/") in
    *"EventSource('/counts')"*) ;;
    *) return 1 ;;
  esac
}

page_is_told() {
  case $(curl -sN --max-time 2 "http://localhost:$1/counts") in
    *"data: /="[0-9]*) ;;
    *) return 1 ;;
  esac
}

# What the board must show of an airport at the end.
board_of() {
  sed -n "s/.*\"delay\":\(-*[0-9]*\).*\"origin\":\"$1\".*/\1/p" "$flights" |
    awk -v name="$1" '{ minutes += $1 } END { printf "%s %d flights %+.1f min", name, NR, minutes / NR }'
}

website
example microservices "400 orders, 400 invoices, 0 missing, 0 twice" 400
example metrics "0 wrong, 0 missing, 0 twice" 12
example logs ": as logged" 150
check "PostgreSQL is there" install_postgres
example table "equal, row by row" 5
example feed "$(wc -l <"$flights" | tr -d ' ') of $(wc -l <"$flights" | tr -d ' ') flights, from 150 airports, 0 out of order"
check_contains "example feed: the board is right" "$(board_of ORD)" "$(cat "$work/feed")"
check_contains "example feed: the board is live" "2001/01/05: " "$(sed '/the feed has ended/,$d' "$work/feed")"

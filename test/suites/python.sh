# The Python example, with grpcio from PyPI, against a real broker.
# shellcheck shell=bash
set -uo pipefail
. "$LEAT_HOME/test/checks.sh"

example=$LEAT_HOME/examples/python
venv=$LEAT_HOME/.leat/test/venv

prepare() {
  if [ ! -f "$venv/ready" ] || [ "$example/requirements.txt" -nt "$venv/ready" ]; then
    rm -rf "$venv"
    python3 -m venv "$venv" && "$venv/bin/pip" install --quiet -r "$example/requirements.txt" \
      && touch "$venv/ready"
  fi
}

check "grpcio is installed" prepare || exit 1
check "stubs are generated from the protos" "$venv/bin/python" "$example/generate.py"
start_broker "$work/data" || { not_ok "up starts"; exit 1; }
check "topic create" timeout 60 "$leat" topic create greetings --partitions 3
check "Python produces and consumes" \
  timeout 120 "$venv/bin/python" "$example/check.py" greetings --bootstrap "$LEAT_BOOTSTRAP"
check "topic create" timeout 60 "$leat" topic create words
printf 'hello\nworld\n' | timeout 60 "$leat" produce words
check_equal "Python reads what leat produced" "hello world " "$(
  timeout 60 "$venv/bin/python" "$example/consume.py" words --bootstrap "$LEAT_BOOTSTRAP" --max 2 |
    cut -d ' ' -f 3 | tr '\n' ' '
)"
printf 'one\ntwo\n' |
  timeout 60 "$venv/bin/python" "$example/produce.py" words --bootstrap "$LEAT_BOOTSTRAP"
check_equal "leat reads what Python produced" "one two " \
  "$(timeout 60 "$leat" consume words --from-beginning --exit-at-end | tail -n 2 | tr '\n' ' ')"

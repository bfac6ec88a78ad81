#!/usr/bin/env bash
# Package:   feast[grpcio] 0.67.0 with fastapi 0.165.0 and 0.139.2 (PyPI), Python 3.11
# Behaviour: feast 0.67.0 accepts FastAPI 0.165 by its own requirements (`pip check` finds nothing),
#            and `feast serve_registry --rest-api` then ends before it listens with "unexpected
#            keyword argument 'default_status_code'". With FastAPI 0.139 the same command serves.
# Seen:      2026-11-30
#            fastapi 0.165.0: No broken requirements found.  REST port closed
#            TypeError: FastAPI.__init__() got an unexpected keyword argument 'default_status_code'
#            fastapi 0.139.2: No broken requirements found.  REST port open
set -euo pipefail

work=$(mktemp -d)
server=
stop() {
  [[ -z $server ]] || kill "$server" 2>/dev/null || true
  wait 2>/dev/null || true
  server=
}
trap 'stop; rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
export FEAST_USAGE=False HOME=$work PATH=$work/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1
pip install --quiet 'feast[grpcio]==0.67.0' 'fastapi==0.165.0'

mkdir "$work/repo" && cd "$work/repo"
cat >feature_store.yaml <<'YAML'
project: demo
provider: local
registry: registry.db
online_store: {type: sqlite, path: online.db}
entity_key_serialization_version: 3
YAML
printf 'from feast import Entity\n\ndriver = Entity(name="driver", join_keys=["driver_id"])\n' >definitions.py
feast apply >/dev/null 2>&1

port=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
listens() { python -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$port" 2>/dev/null; }
serve() {
  feast serve_registry --host 127.0.0.1 --no-grpc --rest-api --rest-port "$port" >"$work/log" 2>&1 &
  server=$!
  for _ in $(seq 120); do
    if listens; then
      echo "fastapi $1: $(pip check | tail -1)  REST port open"
      return 0
    fi
    kill -0 "$server" 2>/dev/null || break
    sleep 1
  done
  echo "fastapi $1: $(pip check | tail -1)  REST port closed"
  return 1
}

if serve 0.165.0 || ! grep -m1 "unexpected keyword argument 'default_status_code'" "$work/log"; then
  echo "the behaviour has changed"
  exit 1
fi
stop
pip install --quiet 'fastapi==0.139.2'
serve 0.139.2 || { echo "the behaviour has changed"; exit 1; }
stop
echo "seen as described"

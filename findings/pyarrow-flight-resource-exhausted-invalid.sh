#!/usr/bin/env bash
# Package:   pyarrow 26.0.1 and grpcio 1.85.3 (PyPI), Python 3.11
# Behaviour: a Flight server that asks a client to slow down (RESOURCE_EXHAUSTED) is reported by the
#            Python client as ArrowInvalid, the class of a malformed request and a subclass of
#            ValueError: the same class as for INVALID_ARGUMENT, so a client cannot tell "later"
#            from "never" by class.
# Seen:      2026-11-30
#            RESOURCE_EXHAUSTED ArrowInvalid
#            INVALID_ARGUMENT   ArrowInvalid
#            UNAVAILABLE        FlightUnavailableError
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'pyarrow==26.0.1' 'grpcio==1.85.3'

cat >"$work/ask.py" <<'PYTHON'
import sys
from concurrent import futures

import grpc
import pyarrow.flight as flight

answer = {}


class Refusing(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda _, context: context.abort(answer["code"], "try later"))


server = grpc.server(futures.ThreadPoolExecutor(2))
server.add_generic_rpc_handlers((Refusing(),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
client = flight.connect(f"grpc://127.0.0.1:{port}")
expected = {
    "RESOURCE_EXHAUSTED": "ArrowInvalid",
    "INVALID_ARGUMENT": "ArrowInvalid",
    "UNAVAILABLE": "FlightUnavailableError",
}
seen = {}
for name in expected:
    answer["code"] = grpc.StatusCode[name]
    try:
        client.get_flight_info(flight.FlightDescriptor.for_path("view"))
    except Exception as error:
        seen[name] = type(error).__name__
    print(f"{name:18} {seen.get(name, 'nothing raised')}")
server.stop(0)
sys.exit(seen != expected)
PYTHON
"$work/venv/bin/python" "$work/ask.py" || { echo "the behaviour has changed"; exit 1; }
echo "seen as described"

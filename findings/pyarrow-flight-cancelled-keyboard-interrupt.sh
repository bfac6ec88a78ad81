#!/usr/bin/env bash
# Package:   pyarrow 26.0.1 and grpcio 1.85.3 (PyPI), Python 3.11
# Behaviour: a Flight server that answers ListFlights with the gRPC status CANCELLED makes the
#            Python client raise KeyboardInterrupt, as if the user had pressed Ctrl-C. `except
#            Exception` does not catch it. The same status on GetFlightInfo and DoGet raises
#            FlightCancelledError.
# Seen:      2026-11-30
#            get_flight_info FlightCancelledError
#            do_get          FlightCancelledError
#            list_flights    KeyboardInterrupt
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


def one(_, context):
    context.abort(grpc.StatusCode.CANCELLED, "stopped by the server")


def stream(_, context):
    context.abort(grpc.StatusCode.CANCELLED, "stopped by the server")
    yield b""


class Cancelling(grpc.GenericRpcHandler):
    def service(self, details):
        if details.method.endswith("/GetFlightInfo"):
            return grpc.unary_unary_rpc_method_handler(one)
        return grpc.unary_stream_rpc_method_handler(stream)


server = grpc.server(futures.ThreadPoolExecutor(2))
server.add_generic_rpc_handlers((Cancelling(),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
client = flight.connect(f"grpc://127.0.0.1:{port}")
calls = {
    "get_flight_info": lambda: client.get_flight_info(flight.FlightDescriptor.for_path("view")),
    "do_get": lambda: client.do_get(flight.Ticket(b"view")).read_all(),
    "list_flights": lambda: list(client.list_flights()),
}
seen = {}
for name, call in calls.items():
    try:
        call()
    except BaseException as error:
        seen[name] = type(error).__name__
    print(f"{name:15} {seen.get(name, 'nothing raised')}")
server.stop(0)
expected = {
    "get_flight_info": "FlightCancelledError",
    "do_get": "FlightCancelledError",
    "list_flights": "KeyboardInterrupt",
}
sys.exit(seen != expected)
PYTHON
"$work/venv/bin/python" "$work/ask.py" 2>/dev/null || { echo "the behaviour has changed"; exit 1; }
echo "seen as described"

#!/usr/bin/env bash
# Package:   pyarrow 26.0.1 and grpcio 1.85.3 (PyPI), Python 3.11
# Behaviour: the Python client of Arrow Flight raises FlightUnauthorizedError for PERMISSION_DENIED
#            and FlightUnauthenticatedError for UNAUTHENTICATED on every call but one: get_schema
#            raises a plain OSError for both, and for UNAVAILABLE, so code that catches FlightError
#            misses them.
# Seen:      2026-11-30
#            UNAUTHENTICATED    get_flight_info FlightUnauthenticatedError  get_schema OSError
#            PERMISSION_DENIED  get_flight_info FlightUnauthorizedError     get_schema OSError
#            UNAVAILABLE        get_flight_info FlightUnavailableError      get_schema OSError
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
        return grpc.unary_unary_rpc_method_handler(lambda _, context: context.abort(answer["code"], "refused"))


server = grpc.server(futures.ThreadPoolExecutor(2))
server.add_generic_rpc_handlers((Refusing(),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
client = flight.connect(f"grpc://127.0.0.1:{port}")
descriptor = flight.FlightDescriptor.for_path("view")


def raised(call):
    try:
        call(descriptor)
    except Exception as error:
        return type(error)


changed = False
for name in ("UNAUTHENTICATED", "PERMISSION_DENIED", "UNAVAILABLE"):
    answer["code"] = grpc.StatusCode[name]
    info, schema = raised(client.get_flight_info), raised(client.get_schema)
    print(f"{name:18} get_flight_info {info.__name__:27} get_schema {schema.__name__}")
    changed |= not issubclass(info, flight.FlightError) or issubclass(schema, flight.FlightError)
server.stop(0)
sys.exit(changed)
PYTHON
"$work/venv/bin/python" "$work/ask.py" || { echo "the behaviour has changed"; exit 1; }
echo "seen as described"

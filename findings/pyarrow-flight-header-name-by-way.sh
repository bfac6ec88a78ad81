#!/usr/bin/env bash
# Package:   pyarrow 26.0.1 (PyPI), Python 3.11
# Behaviour: a Flight client sends a header in one of two ways. The name `Authorization` given to a
#            client middleware arrives in lower case. The same name in `FlightCallOptions(headers=)`
#            ends the call with FlightInternalError before anything is sent; there, only the name in
#            lower case works. A header that is given in both ways arrives twice.
# Seen:      2026-11-30
#            middleware Authorization     arrives: Bearer m
#            options Authorization        FlightInternalError
#            options authorization        arrives: Bearer o
#            both                         arrives: Bearer o, Bearer m
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'pyarrow==26.0.1'
cat >"$work/try.py" <<'PYTHON'
import pyarrow.flight as flight

received = []


class Recorder(flight.ServerMiddlewareFactory):
    def start_call(self, info, headers):
        received.extend(value for name, values in headers.items() if name == "authorization" for value in values)


class Server(flight.FlightServerBase):
    def list_actions(self, context):
        return []


class Header(flight.ClientMiddleware):
    def sending_headers(self):
        return {"Authorization": "Bearer m"}


class HeaderFactory(flight.ClientMiddlewareFactory):
    def start_call(self, info):
        return Header()


def call(middleware, headers):
    received.clear()
    client = flight.FlightClient(f"grpc://127.0.0.1:{server.port}", middleware=middleware)
    try:
        list(client.list_actions(flight.FlightCallOptions(headers=headers, timeout=20)))
        return "arrives: " + ", ".join(received)
    except flight.FlightError as error:
        return type(error).__name__
    finally:
        client.close()


server = Server("grpc://127.0.0.1:0", middleware={"recorder": Recorder()})
ways = {
    "middleware Authorization": ([HeaderFactory()], []),
    "options Authorization": ([], [(b"Authorization", b"Bearer o")]),
    "options authorization": ([], [(b"authorization", b"Bearer o")]),
    "both": ([HeaderFactory()], [(b"authorization", b"Bearer o")]),
}
seen = [call(*way) for way in ways.values()]
server.shutdown()
for name, outcome in zip(ways, seen):
    print(f"{name:<29}{outcome}")
if seen != ["arrives: Bearer m", "FlightInternalError", "arrives: Bearer o", "arrives: Bearer o, Bearer m"]:
    raise SystemExit("The behaviour has changed.")
PYTHON
"$work/venv/bin/python" "$work/try.py" 2>/dev/null

#!/usr/bin/env bash
# Package:   grpcio 1.85.3 (PyPI), Python 3.11: the gRPC server under Feast's registry server
# Behaviour: a token that is sent as metadata makes the headers of a call longer than 8 KiB. The
#            server then serves some calls and refuses others with RESOURCE_EXHAUSTED, at random,
#            the more of them the longer the headers are; above 16 KiB it refuses all. So a user
#            whose token lists many groups is served now and then.
# Seen:      2026-11-30, of 200 calls each
#            token of  6 KiB: served 200
#            token of 12 KiB: served 71
#            token of 20 KiB: served 0
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'grpcio==1.85.3'
cat >"$work/ask.py" <<'PYTHON'
import concurrent.futures
import sys

import grpc


class Echo(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda request, context: request)


server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
server.add_generic_rpc_handlers((Echo(),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
CALLS = 200
served = {}
refusals = set()
with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
    ask = channel.unary_unary("/demo.Echo/Ask")
    for kib in (6, 12, 20):
        served[kib] = 0
        for _ in range(CALLS):
            try:
                ask(b"", metadata=[("authorization", "Bearer " + "a" * (kib * 1024 - 7))], timeout=10)
                served[kib] += 1
            except grpc.RpcError as error:
                refusals.add(error.code().name)
        print(f"token of {kib:2} KiB: served {served[kib]}")
server.stop(None)
print("refused with", ", ".join(sorted(refusals)))
ok = served[6] == CALLS and 0 < served[12] < CALLS and served[20] == 0
if not ok or refusals != {"RESOURCE_EXHAUSTED"}:
    sys.exit("The behaviour has changed.")
PYTHON
"$work/venv/bin/python" "$work/ask.py"

#!/usr/bin/env bash
# Package:   feast[grpcio] 0.67.0 (PyPI), Python 3.11, remote registry (gRPC)
# Behaviour: refresh() of a remote registry without a project, as its signature allows, asks the
#            registry server to refresh a project of the name "None". A server that decides on that
#            request decides on a project which does not exist, not on that of the store.
# Seen:      2026-11-30
#            refresh()         project in the request: None
#            refresh("demo")   project in the request: demo
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'feast[grpcio]==0.67.0'
export FEAST_USAGE=False HOME=$work
cd "$work"

cat >try.py <<'PYTHON'
from concurrent import futures

import grpc
from google.protobuf.empty_pb2 import Empty

from feast.infra.registry.remote import RemoteRegistry, RemoteRegistryConfig
from feast.permissions.auth_model import NoAuthConfig
from feast.protos.feast.registry import RegistryServer_pb2_grpc

seen = []


class Server(RegistryServer_pb2_grpc.RegistryServerServicer):
    def Refresh(self, request, context):
        seen.append(request.project)
        return Empty()


server = grpc.server(futures.ThreadPoolExecutor(1))
RegistryServer_pb2_grpc.add_RegistryServerServicer_to_server(Server(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
registry = RemoteRegistry(RemoteRegistryConfig(path=f"127.0.0.1:{port}"), "demo", None, NoAuthConfig())
registry.refresh()
registry.refresh("demo")
server.stop(None).wait()
for call, project in zip(("refresh()", 'refresh("demo")'), seen):
    print(f"{call:<18}project in the request: {project}")
if seen != ["None", "demo"]:
    raise SystemExit("The behaviour has changed.")
PYTHON
venv/bin/python -W ignore try.py

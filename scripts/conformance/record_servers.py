"""Starts the servers of the installed Feast, and records the statuses that they answer with.

    python record_servers.py test/conformance/servers [--online]

Writes FEAST_VERSION.json in that folder: `grpc`, `rest` and `flight` of a caller without roles and groups, by what was asked. With
`--online` also online.jsonl.gz, what the online server answers to the requests of online_requests.py. Needs Feast with `grpcio`, `cryptography` and a
FastAPI before 0.140. The registry is that of examples/credit_scoring, applied anew.
"""

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import warnings
from datetime import datetime, timezone
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_connection, socket

import feast
import grpc
import jwt
import pandas
import pyarrow
import pyarrow.flight
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from feast.protos.feast.registry import RegistryServer_pb2 as registry
from google.protobuf import message_factory
from online_requests import REQUESTS
from record_online_features import TABLES, VIEWS, DAYS

ROOT = Path(__file__).parents[2]
PROJECT = "credit_scoring"
VIEW = "transaction_features"
IN = {"project": PROJECT}

# What is asked of the REST registry server beside every GET without parameters in its path.
ASKED = [
    ("POST /monitoring/compute", IN),
    ("POST /monitoring/compute", {**IN, "feature_view_name": VIEW}),
    ("POST /monitoring/compute", {**IN, "feature_view_name": "nosuch"}),
    ("POST /monitoring/compute", {**IN, "feature_service_name": "credit_model_v1"}),
    ("POST /monitoring/compute", {"project": ""}),
    ("POST /monitoring/compute?project=fraud_detection", IN),
    ("POST /monitoring/auto_compute", IN),
    ("POST /monitoring/auto_compute", {**IN, "feature_view_name": VIEW}),
    ("POST /monitoring/auto_compute/log", IN),
    ("POST /monitoring/auto_compute/log", {**IN, "feature_service_name": "credit_model_v1"}),
    ("POST /monitoring/compute/log", {**IN, "feature_service_name": "credit_model_v1"}),
    ("POST /monitoring/compute/log", IN),
    ("POST /monitoring/compute/transient", {**IN, "feature_view_name": VIEW}),
    ("POST /monitoring/compute/transient", IN),
    *((f"GET /monitoring/metrics/{metric}?project={PROJECT}&{selector}", None)
      for metric in ("features", "feature_views", "timeseries", "baseline", "feature_services")
      for selector in (f"feature_view_name={VIEW}", "feature_service_name=credit_model_v1",
                       f"feature_view_name={VIEW}&feature_service_name=credit_model_v1")),
    ("GET /monitoring/metrics/features?project=nosuch", None),
    ("GET /monitoring/jobs/nosuch", None),
    (f"GET /monitoring/jobs/nosuch?project={PROJECT}", None),
    ("POST /feature_views", {**IN, "name": "new_view", "batch_source": "transactions_source"}),
    ("POST /feature_views", {**IN, "name": "new_view", "batch_source": "nosuch"}),
    ("POST /feature_views", {**IN, "name": "new_view"}),
    ("POST /permissions", {**IN, "name": "new", "types": ["nosuch"], "actions": ["DESCRIBE"], "policy": {}}),
    ("POST /permissions", {**IN, "name": "new", "types": ["ENTITY"], "actions": ["nosuch"], "policy": {}}),
    ("POST /permissions", {**IN, "name": "new", "types": ["ENTITY"], "actions": ["DESCRIBE"],
                           "policy": {"role_based_policy": {"roles": ["a"]}}}),
]

HISTORY = {
    "api": "get_historical_features",
    "feature_view_names": [VIEW],
    "name_aliases": [None],
    "feature_refs": [f"{VIEW}:amount"],
    "project": PROJECT,
    "full_feature_names": False,
}
SOURCE = {"data_source_name": "transactions_source", "join_key_columns": ["driver_id"], "feature_name_columns": ["amount"],
          "timestamp_field": "event_timestamp", "created_timestamp_column": "created", "start_date": "2026-01-01T00:00:00",
          "end_date": "2026-01-04T00:00:00"}
COMMANDS = {
    "get_historical_features": HISTORY,
    "pull_latest_from_table_or_query": {"api": "pull_latest_from_table_or_query", **SOURCE},
    "pull_all_from_table_or_query": {"api": "pull_all_from_table_or_query", **SOURCE},
    "offline_write_batch": {"api": "offline_write_batch", "feature_view_names": [VIEW], "name_aliases": [None], "progress": None},
}


class Issuer:
    """An OIDC provider: its keys, and tokens of any kind."""

    def __init__(self):
        self.key, self.other = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        self.elliptic = ec.generate_private_key(ec.SECP256R1())
        keys = [
            {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key())), "kid": "main", "alg": "RS256", "use": "sig"},
            {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.elliptic.public_key())), "kid": "elliptic", "alg": "ES256", "use": "sig"},
        ]
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                found = {"/keys": {"keys": keys}, "/discovery": issuer.document()}.get(self.path)
                self.send_response(200 if found else 404)
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def document(self):
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", "token_endpoint": f"{self.url}/token",
                "authorization_endpoint": f"{self.url}/auth"}

    def sign(self, token):
        now = int(time.time())
        claims = {"preferred_username": "caller", "iss": self.url, "sub": "caller", "exp": now + token.get("expires", 3600),
                  **token["claims"]}
        if "starts" in token:
            claims["nbf"] = now + token["starts"]
        claims = {name: value for name, value in claims.items() if value is not None}
        key, algorithm, kid = {
            None: (self.key, "RS256", "main"),
            "not at all": (None, "none", "main"),
            "by another key of the same name": (self.other, "RS256", "main"),
            "by a key that nobody knows": (self.other, "RS256", "unknown"),
            "with a shared secret": ("a secret that is long enough to sign", "HS256", "main"),
            "by the elliptic key": (self.elliptic, "ES256", "elliptic"),
            "under the name of the elliptic key": (self.key, "RS256", "elliptic"),
        }[token.get("signed")]
        return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})


def free_port():
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Servers:
    """Programs that are ended with this one."""

    def __init__(self, folder):
        self.folder = folder
        self.running = []

    def start(self, *command):
        port = free_port()
        log = open(self.folder / f"{command[0]}-{port}.log", "w", encoding="utf-8")
        program = Path(sys.executable).with_name("feast")
        child = subprocess.Popen([program, "-c", self.folder, *(part.format(port=port) for part in command)], stdout=log, stderr=log)
        self.running.append(child)
        for _ in range(1200):
            if child.poll() is not None:
                raise RuntimeError(Path(log.name).read_text(encoding="utf-8")[-3000:])
            try:
                create_connection(("127.0.0.1", port), 1).close()
                return port
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{command[0]} does not answer")

    def stop(self):
        for child in self.running:
            child.terminate()
            child.wait()


def prepare(folder, issuer):
    """The example, applied and filled by this Feast, whose servers ask for tokens."""
    shutil.copytree(ROOT / "examples/credit_scoring", folder, dirs_exist_ok=True)
    data = folder / "data"
    for name, columns in TABLES.items():
        # Without a zone, as the times that are pushed.
        days = pandas.to_datetime(DAYS).tz_localize(None)
        pandas.DataFrame({**columns, "event_timestamp": days, "created": days}).to_parquet(data / f"{name}.parquet")
    for name in ("online_store.db", "registry.db"):
        (data / name).unlink()
    subprocess.run([Path(sys.executable).with_name("feast"), "-c", folder, "apply"], check=True, stdout=sys.stderr)
    first, last = datetime(2025, 12, 1, tzinfo=timezone.utc), datetime(2026, 2, 1, tzinfo=timezone.utc)
    feast.FeatureStore(str(folder)).materialize(first, last, feature_views=VIEWS)
    auth = f"\nauth:\n  type: oidc\n  auth_discovery_url: {issuer.url}/discovery\n  client_id: feast-server\n"
    with open(folder / "feature_store.yaml", "a", encoding="utf-8") as file:
        file.write(auth)


def send(port, method, path, body=None, headers=()):
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("content-type", "application/json")
        connection.putheader("content-length", str(len(body.encode())))
    connection.endheaders(None if body is None else body.encode())
    status = connection.getresponse().status
    connection.close()
    return status


def record_online(port, issuer):
    rows = []
    for requests in REQUESTS.values():
        for case, request in requests.items():
            signed = issuer.sign(request["token"]) if request.get("token") else ""
            headers = [(name, value.replace("{token}", signed)) for name, value in request["headers"]]
            status = send(port, request["method"], request["path"], request.get("body"), headers)
            row = {"id": f"s{len(rows) + 1:03}", "case": case, **request, "status": status}
            rows.append({key: value for key, value in row.items() if value is not None})
    return rows


def name_for(method):
    names = {"OnDemand": "transformed_amount", "Stream": "transaction_stream_agg", "LabelView": "loan_labels", "Entity": "driver",
             "DataSource": "transactions_source", "FeatureService": "credit_model_v1", "Permission": "admin-all", "Project": PROJECT}
    return next((name for part, name in names.items() if part in method), VIEW)


def record_grpc(port, token):
    """Each method with the name and the project of its object. Left out: ApplyProject, whose object has its name inside."""
    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
    answers = {}
    for method in registry.DESCRIPTOR.services_by_name["RegistryServer"].methods:
        if method.name == "ApplyProject":
            continue
        request = message_factory.GetMessageClass(method.input_type)()
        fields = {"project": PROJECT, "name": name_for(method.name)}
        if method.name == "GetFeature":
            fields["feature_view"] = VIEW
        for field, value in fields.items():
            known = method.input_type.fields_by_name.get(field)
            if known is not None and known.message_type is None:
                setattr(request, field, value)
        call = channel.unary_unary(
            f"/feast.registry.RegistryServer/{method.name}", request_serializer=lambda one: one.SerializeToString(),
            response_deserializer=message_factory.GetMessageClass(method.output_type).FromString)
        try:
            call(request, metadata=[("authorization", f"Bearer {token}")], timeout=60)
            answers[method.name] = "OK"
        except grpc.RpcError as error:
            answers[method.name] = error.code().name
    return answers


def record_rest(port, token):
    headers = [("authorization", f"Bearer {token}")]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/openapi.json") as answer:
        paths = json.load(answer)["paths"]
    lists = [(f"GET {path}", None) for path, methods in paths.items() if "get" in methods and "{" not in path]
    answers = {}
    for request, body in [*lists, *ASKED]:
        method, target = request.split(" ")
        sent = f"/api/v1{target}" if body is not None or "?" in target or "/jobs/nosuch" in target else f"/api/v1{target}?project={PROJECT}"
        text = None if body is None else json.dumps(body)
        key = request if body is None else f"{request} {text}"
        answers[key] = send(port, method, sent, text, headers)
    return answers


def record_flight(port, token):
    """Each command with each method that may bring one: the outcome, or the class of the error."""
    table = pyarrow.table({"driver_id": [1001], "event_timestamp": [datetime(2026, 1, 5)]})
    options = pyarrow.flight.FlightCallOptions(headers=[(b"authorization", f"Bearer {token}".encode())], timeout=60)

    def put(client, command):
        writer, _ = client.do_put(command, table.schema, options)
        writer.write_table(table)
        writer.close()

    def exchange(client, command):
        writer, reader = client.do_exchange(command, options)
        writer.begin(table.schema)
        writer.write_table(table)
        writer.done_writing()
        reader.read_all()
        writer.close()

    def attempt(call):
        try:
            with pyarrow.flight.connect(f"grpc://127.0.0.1:{port}") as client:
                call(client)
            return "OK"
        except Exception as error:
            named = '"class": "FeastPermissionError"' in str(error)
            return "FeastPermissionError" if named else type(error).__name__

    answers = {"list_flights": attempt(lambda client: list(client.list_flights(options=options))),
               "list_actions": attempt(lambda client: client.list_actions(options))}
    for name, command in COMMANDS.items():
        descriptor = pyarrow.flight.FlightDescriptor.for_command(json.dumps({"command_id": name, **command}))
        answers[f"DoPut {name}"] = attempt(lambda client: put(client, descriptor))
        answers[f"DoExchange {name}"] = attempt(lambda client: exchange(client, descriptor))
    return answers


def main(target, with_online):
    warnings.filterwarnings("ignore")
    issuer = Issuer()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, issuer)
        servers = Servers(folder)
        try:
            token = issuer.sign({"claims": {}})
            recorded = {
                "note": f"Feast {feast.__version__}, CPython {sys.version.split()[0]}, registry of examples/credit_scoring, a valid token without roles and groups",
                "grpc": record_grpc(servers.start("serve_registry", "-p", "{port}"), token),
                "rest": record_rest(servers.start("serve_registry", "--no-grpc", "--rest-api", "--rest-port", "{port}"), token),
                "flight": record_flight(servers.start("serve_offline", "-h", "127.0.0.1", "-p", "{port}"), token),
            }
            rows = record_online(servers.start("serve", "-h", "127.0.0.1", "-p", "{port}", "--workers", "1"), issuer) if with_online else []
        finally:
            servers.stop()
    target.mkdir(exist_ok=True)
    (target / f"{feast.__version__}.json").write_text(json.dumps(recorded, indent=2) + "\n", encoding="utf-8")
    if with_online:
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (target / "online.jsonl.gz").write_bytes(gzip.compress(lines.encode(), 9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), "--online" in sys.argv)

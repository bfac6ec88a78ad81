"""What is asked of the online server for test/conformance: in words, and what is sent.

Over the registry of examples/credit_scoring. A token is given by what is in it, since nobody can keep a signed one that is still good: see the section
in test/conformance/README.md. Requests that a server answers without checking the caller or the resource are left out.
"""

import json

HEADERS = "the Authorization header"
ENDPOINTS = "endpoints"

READER, NOBODY, ADMIN = (
    {"claims": {"resource_access": {"feast-server": {"roles": roles}}}}
    for roles in (["super-reader"], [], ["feast-admin"])
)
SERVING = {"claims": {"resource_access": {"feast-server": {"roles": ["online-server"]}}}}

BEARER = [["authorization", "Bearer {token}"]]
DRIVERS = {"driver_id": [1001, 9999]}
DRIVER = {"driver_id": [1001]}
BOTH = {"driver_id": [1001], "customer_id": [1]}
TIMES = {"event_timestamp": ["2026-02-01T00:00:00"], "created": ["2026-02-01T00:00:00"]}
TRANSACTION = {"driver_id": [1001], "amount": [1.5], "count_7d": [3], **TIMES}
LABEL = {"customer_id": [1], "defaulted": [1], "labeler": ["mallory"], **TIMES}
RANGE = {"start_ts": "2025-12-01T00:00:00", "end_ts": "2026-02-01T00:00:00"}
TRANSACTIONS = "transaction_features"


def signed(by=None, claims=None, **more):
    """A token of the reader, with other claims, times or another signature."""
    token = {"claims": {**READER["claims"], **(claims or {})}, **more}
    return {**token, "signed": by} if by else token


def get(path):
    return {"method": "GET", "path": path}


def post(path, body):
    return {"method": "POST", "path": path, "body": body if isinstance(body, str) else json.dumps(body)}


def read(*features, **entities):
    return post("/get-online-features", {"features": list(features), "entities": entities})


def serve(service, **entities):
    return post("/get-online-features", {"feature_service": service, "entities": entities})


def push(source, df, to="online"):
    return post("/push", {"push_source_name": source, "df": df, "to": to})


def write(view, df):
    return post("/write-to-online-store", {"feature_view_name": view, "df": df})


FEATURES = read(f"{TRANSACTIONS}:amount", f"{TRANSACTIONS}:count_7d", **DRIVERS)


def header(value, name="authorization", token=READER):
    return {**FEATURES, "headers": [[name, value]], "token": token}


def token(token):
    return {**FEATURES, "headers": BEARER, "token": token}


def ask(request, token=None):
    return {**request, "headers": BEARER, "token": token} if token else {**request, "headers": []}


REQUESTS = {
    HEADERS: {
        "no header": ask(FEATURES),
        "empty header value": header("", token=None),
        "garbage token": header("Bearer garbage", token=None),
        "a.b.c": header("Bearer a.b.c", token=None),
        "expired token with role": token(signed(expires=-60)),
        "valid token without role": token(NOBODY),
        "valid token with role": token(READER),
        "role in the top-level roles claim": token({"claims": {"roles": ["super-reader"]}}),
        "scheme Basic": header("Basic {token}"),
        "no scheme": header("{token}"),
        "lower-case bearer": header("bearer {token}"),
        "BEARER": header("BEARER {token}"),
        "doubled spaces": header("Bearer  {token}"),
        "leading spaces": header("  Bearer {token}"),
        "trailing space": header("Bearer {token} "),
        "tab separator": header("Bearer\t{token}"),
        "third word": header("Bearer {token} extra"),
        "'Bearer' alone": header("Bearer", token=None),
        "two headers: bad then good": {
            **token(READER),
            "headers": [["authorization", "Bearer garbage"], *BEARER],
        },
        "two headers: good then bad": {
            **token(READER),
            "headers": [*BEARER, ["authorization", "Bearer garbage"]],
        },
        "AUTHORIZATION upper-case header name": header("Bearer {token}", name="AUTHORIZATION"),
        "token in X-Auth-Token": header("{token}", name="x-auth-token"),
        "alg none, forged role": token(signed("not at all")),
        "attacker key, right kid": token(signed("by another key of the same name")),
        "unknown kid": token(signed("by a key that nobody knows")),
        "HS256": token(signed("with a shared secret")),
        "ES256 from the same JWKS": token(signed("by the elliptic key")),
        "kid of the EC key, RS256 (TypeError inside)": token(signed("under the name of the elliptic key")),
        "roles claim holds a list (TypeError inside)": token(
            {"claims": {"resource_access": {"feast-server": {"roles": [["super-reader"]]}}}}
        ),
        "foreign audience, issuer (not configured)": token(
            signed(claims={"aud": "another", "iss": "https://another.example"})
        ),
        "nbf in the future": token(signed(starts=3600)),
        "username claims all absent": token(signed(claims={"preferred_username": None, "sub": None})),
    },
    ENDPOINTS: {
        "feature service, no role": ask(serve("credit_model_v1", **BOTH), NOBODY),
        "feature service, role online-server (READ_ONLINE on the service only, nothing on its views)": ask(
            serve("credit_model_v1", **BOTH), SERVING
        ),
        "same user, the same views by name": ask(
            read(f"{TRANSACTIONS}:amount", "customer_profile:age", **BOTH), SERVING
        ),
        "service excluded by (?!_risky), role online-server": ask(
            serve("credit_model_v2_risky", driver_id=[1001], merchant_id=[7], val_to_add=[1]), SERVING
        ),
        "unknown feature service": ask(serve("nosuch", **DRIVER), READER),
        "unknown feature view": ask(read("nosuch:amount", **DRIVER), READER),
        "on-demand view (transformed_amount), super-reader": ask(
            read("transformed_amount:amount_plus_val", **DRIVER, val_to_add=[1]), READER
        ),
        "on-demand view, no role": ask(
            read("transformed_amount:amount_plus_val", **DRIVER, val_to_add=[1]), NOBODY
        ),
        "malformed body, valid token": ask(post("/get-online-features", "{bad"), READER),
        "malformed body, no token": ask(post("/get-online-features", "{bad")),
        "push, no token": ask(push("transactions_push", TRANSACTION)),
        "push online, no role": ask(push("transactions_push", TRANSACTION), NOBODY),
        "push online, super-reader": ask(push("transactions_push", TRANSACTION), READER),
        "push online, feast-admin": ask(push("transactions_push", TRANSACTION), ADMIN),
        "push offline, feast-admin": ask(push("transactions_push", TRANSACTION, "offline"), ADMIN),
        "push bad 'to', no role": ask(push("transactions_push", TRANSACTION, "x"), NOBODY),
        "push to a source no feature view uses (unknown), NO ROLE": ask(push("nosuch", TRANSACTION), NOBODY),
        "write-to-online-store, no role": ask(write(TRANSACTIONS, TRANSACTION), NOBODY),
        "write-to-online-store, feast-admin": ask(write(TRANSACTIONS, TRANSACTION), ADMIN),
        "write-to-online-store, unknown view, no role": ask(write("nosuch", TRANSACTION), NOBODY),
        "write-to-online-store, LabelView, no role": ask(write("loan_labels", LABEL), NOBODY),
        "materialize, no role": ask(post("/materialize", {**RANGE, "feature_views": [TRANSACTIONS]}), NOBODY),
        "materialize, feast-admin": ask(post("/materialize", {**RANGE, "feature_views": [TRANSACTIONS]}), ADMIN),
        "materialize-incremental, no role": ask(
            post("/materialize-incremental", {"end_ts": RANGE["end_ts"], "feature_views": [TRANSACTIONS]}), NOBODY
        ),
        "GET /health, no token": ask(get("/health")),
        "GET /chat, no token": ask(get("/chat")),
        "GET /openapi.json, no token": ask(get("/openapi.json")),
        "GET /docs, no token": ask(get("/docs")),
        "GET /metrics, no token": ask(get("/metrics")),
        "GET /v1/vector_stores, no token": ask(get("/v1/vector_stores")),
        "GET /nosuch, no token": ask(get("/nosuch")),
        "GET /get-online-features, no token": ask(get("/get-online-features")),
        "GET /v1/vector_stores, no role": ask(get("/v1/vector_stores"), NOBODY),
        "POST /retrieve-online-documents, no role": ask(
            post("/retrieve-online-documents", {"features": [f"{TRANSACTIONS}:amount"], "query": [1.0], "top_k": 1}),
            NOBODY,
        ),
    },
}

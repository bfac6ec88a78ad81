"""Asks a feature server with Feast's own client, and says what came of it.

Standard input: {"url", "folder": of the registry and the online store, "calls": [{"op", "token", ...}]}.
Standard output: for each call {"answer"}, or {"error": name of the exception, "message"}.
"""
import json
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

import pandas
from feast import FeatureStore
from feast.data_source import PushMode
from feast.permissions.client.http_auth_requests_wrapper import HttpSessionManager

TOKEN = "TOKEN_OF_THE_CALLER"
STORE = """
project: credit_scoring
provider: local
registry: registry.db
entity_key_serialization_version: 3
"""


def open_store(folder, name, text):
    home = Path(folder, name)
    home.mkdir()
    shutil.copyfile(Path(folder, "registry.db"), home / "registry.db")
    (home / "feature_store.yaml").write_text(STORE + text)
    return FeatureStore(str(home))


def read(store, call):
    service = call.get("service")
    answer = store.get_online_features(
        features=store.get_feature_service(service) if service else call["features"],
        entity_rows=call["entities"],
        full_feature_names=call.get("full", False),
    )
    return {name: column for name, column in sorted(answer.to_dict().items())}


def frame(call):
    df = pandas.DataFrame(call["df"])
    for column in ("event_timestamp", "created"):
        df[column] = pandas.to_datetime(df[column], utc=True)
    return df


def push(store, call):
    store.push(call["source"], frame(call), to=PushMode.ONLINE)


def write(store, call):
    store.write_to_online_store(call["view"], df=frame(call))


def attempt(stores, call):
    token = call.get("token")
    os.environ[TOKEN] = token or ""
    # The session keeps the token that it was made with.
    HttpSessionManager.close_session()
    store = stores["filled" if call.get("direct") else "anonymous" if token is None else "oidc"]
    try:
        return {"answer": globals()[call["op"]](store, call)}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


def main():
    warnings.filterwarnings("ignore")
    given = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("registry.db", "online_store.db"):
            shutil.copyfile(Path(given["folder"], name), Path(folder, name))
        remote = f"online_store: {{type: remote, path: '{given['url']}', connection_retries: 0}}\n"
        oidc = f"auth: {{type: oidc, token_env_var: {TOKEN}}}\n"
        filled = f"online_store: {{type: sqlite, path: '{folder}/online_store.db'}}\n"
        stores = {
            "oidc": open_store(folder, "oidc", remote + oidc),
            "anonymous": open_store(folder, "anonymous", remote),
            "filled": open_store(folder, "filled", filled),
        }
        answers = [attempt(stores, call) for call in given["calls"]]
    json.dump(answers, sys.stdout)


main()

"""Asks for training data with Feast's own client of its offline server.

Standard input: {"registry": a file, "port", "queries": [{"token", "features" to read, or the view to "write"}]}.
Standard output: for each query the rows that came, or "written", or {"error": the class, "message"}.
"""
import json
import sys
import tempfile
from datetime import datetime

import pandas as pd
import pyarrow as pa
from feast import FeatureStore, RepoConfig
from feast.infra.offline_stores.remote import RemoteOfflineStore


def open_store(given, token):
    return FeatureStore(
        config=RepoConfig(
            project="credit_scoring",
            provider="local",
            registry=given["registry"],
            entity_key_serialization_version=3,
            offline_store={
                "type": "remote",
                "host": "127.0.0.1",
                "port": given["port"],
                "connection_retries": 0,
            },
            online_store={"type": "sqlite", "path": tempfile.mktemp()},
            auth={"type": "oidc", "token": token},
        )
    )


def attempt(given, query):
    entities = pd.DataFrame({"driver_id": [1001], "event_timestamp": [datetime(2026, 1, 5)]})
    try:
        store = open_store(given, query["token"])
        if "write" in query:
            view = store.get_feature_view(query["write"])
            table = pa.table({"customer_id": [1], "age": [30]})
            RemoteOfflineStore.offline_write_batch(store.config, view, table, None)
            return "written"
        job = store.get_historical_features(entity_df=entities, features=query["features"])
        return job.to_df().to_dict("records")
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


def main():
    given = json.load(sys.stdin)
    answers = [attempt(given, query) for query in given["queries"]]
    json.dump(answers, sys.stdout)


main()

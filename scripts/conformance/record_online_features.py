"""Fills the online store of examples/credit_scoring with Feast, and records what Feast reads from it.

    python3 record_online_features.py examples/credit_scoring

Writes data/online_store.db in that folder, and test/conformance/online_features.json. Needs the packages of
scripts/e2e/requirements.txt. The data are made here; the registry that lies in the folder stays as it is.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import warnings
from datetime import datetime, timezone
from pathlib import Path

import feast
import pandas
from feast.feature_server import convert_response_to_dict

DAYS = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"]
TABLES = {
    "transactions": {"driver_id": [1001, 1002, 1003], "amount": [1.5, 2.5, 3.5], "count_7d": [3, 4, 5]},
    "customers": {"customer_id": [1, 2, 3], "age": [30, 40, 50], "income": [1000.0, 2000.0, 3000.0]},
    "merchants": {"merchant_id": [7, 8, 9], "mcc": [5411, 5812, 4111], "risk_score": [0.1, 0.9, 0.4]},
}
VIEWS = [
    "transaction_features",
    "customer_profile",
    "merchant_risky_profile",
    "transactions_push_view",
    "untagged_view",
]

AMOUNT, COUNT = "transaction_features:amount", "transaction_features:count_7d"
AGE, SUM = "customer_profile:age", "transformed_amount:amount_plus_val"
DRIVERS = {"driver_id": [1001, 9999]}
BOTH = {**DRIVERS, "customer_id": [1, 2]}
RISKY = {**DRIVERS, "merchant_id": [7, 8], "val_to_add": [1, 2]}
ADDED = {**DRIVERS, "val_to_add": [1, 2]}

REQUESTS = [
    {"features": [AMOUNT], "entities": {"driver_id": [1001]}},
    {"features": [AMOUNT, COUNT], "entities": DRIVERS},
    {"features": [AMOUNT, AGE, COUNT], "entities": BOTH},
    {"features": [AGE, AMOUNT], "entities": BOTH},
    {"features": [AGE, AMOUNT], "entities": dict(reversed(BOTH.items()))},
    {"features": [AMOUNT, AGE], "entities": BOTH, "full_feature_names": True},
    {"feature_service": "credit_model_v1", "entities": BOTH},
    {"feature_service": "credit_model_v1", "features": [SUM], "entities": BOTH},
    {"feature_service": "credit_model_v2_risky", "entities": RISKY},
    {"feature_service": "credit_model_v2_risky", "entities": RISKY, "full_feature_names": True},
    {"feature_service": "fleet_service", "entities": {"driver_id": [1003, 1002, 1003]}},
    {"features": [SUM], "entities": ADDED},
    {"features": [SUM, AMOUNT], "entities": ADDED, "full_feature_names": True},
    {"features": ["risky_income_ratio:income_per_year"], "entities": {"customer_id": [1, 5]}},
    {"features": ["merchant_batch_daily:risk_score", "transaction_stream_agg:amount"],
     "entities": {"driver_id": [1001], "merchant_id": [7]}},
    {"features": ["loan_labels:defaulted"], "entities": {"customer_id": [1]}},
    {"features": [AMOUNT], "entities": {"driver_id": [1001], "unused": [1]}},
    {"features": [AMOUNT], "entities": {"driver_id": ["1001"]}},
    # What Feast refuses.
    {"features": [SUM], "entities": {"driver_id": [1001]}},
    {"features": ["transaction_features:nosuch"], "entities": {"driver_id": [1001]}},
    {"features": [AMOUNT], "entities": {"customer_id": [1]}},
    {"features": [AMOUNT], "entities": {"driver_id": ["x"]}},
    {"features": [AMOUNT], "entities": {"driver_id": [None]}},
    {"features": [AMOUNT], "entities": {"driver_id": []}},
    {"features": [AMOUNT], "entities": {"driver_id": [1001, 1002], "unused": [1]}},
    {"features": [AMOUNT, AMOUNT], "entities": {"driver_id": [1001]}},
    {"features": [AMOUNT, "transactions_push_view:amount"], "entities": {"driver_id": [1001]}},
]


def ask(store, request):
    try:
        service = request.get("feature_service")
        answer = store.get_online_features(
            features=store.get_feature_service(service) if service else request["features"],
            entity_rows=request["entities"],
            full_feature_names=request.get("full_feature_names", False),
        )
        return {"answer": convert_response_to_dict(answer.proto)}
    except Exception as error:
        return {"error": type(error).__name__}


def main(folder):
    warnings.filterwarnings("ignore")
    root = Path(__file__).parents[2]
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        data = Path(copy, "data")
        for name, columns in TABLES.items():
            days = pandas.to_datetime(DAYS)
            pandas.DataFrame({**columns, "event_timestamp": days, "created": days}).to_parquet(data / f"{name}.parquet")
        # The registry remembers where the tables of another machine are.
        for name in ("online_store.db", "registry.db"):
            (data / name).unlink(missing_ok=True)
        command = Path(sys.executable).with_name("feast")
        subprocess.run([command, "-c", copy, "apply"], check=True, stdout=sys.stderr)
        store = feast.FeatureStore(copy)
        first, last = datetime(2025, 12, 1, tzinfo=timezone.utc), datetime(2026, 2, 1, tzinfo=timezone.utc)
        store.materialize(first, last, feature_views=VIEWS)
        rows = [{"request": request, **ask(store, request)} for request in REQUESTS]
        shutil.copyfile(data / "online_store.db", Path(folder, "data", "online_store.db"))
    note = f"Feast {feast.__version__}, CPython {sys.version.split()[0]}, examples/credit_scoring/data/online_store.db"
    with open(root / "test/conformance/online_features.json", "w", encoding="utf-8") as file:
        lines = ",\n".join("    " + json.dumps(row) for row in rows)
        file.write(f'{{\n  "note": {json.dumps(note)},\n  "rows": [\n{lines}\n  ]\n}}\n')


if __name__ == "__main__":
    main(sys.argv[1])

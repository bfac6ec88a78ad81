"""Applies data sources, a saved dataset and pinned views of Feast 0.67, and records who may describe the sources.

    python3 record_sources.py test/conformance/registries/sources

Writes registry.db, registry.json (the same, dumped field by field) and sources.json in that folder. Needs the packages of
scripts/e2e/requirements.txt, with Feast 0.67. Feast defines the sources without mlflow, lance and pyspark, which it needs
only to read data. Its SDK fills no columns of a saved dataset, so these are added to the message with Feast's own protobuf
classes.
"""

import json
import sys
import tempfile
import warnings
from datetime import timedelta
from pathlib import Path

import feast
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, RepoConfig
from feast.data_source import DataSource
from feast.errors import FeastPermissionError
from feast.infra.data_sources.contrib.lance.lance_source import (
    LanceSource,
    SavedDatasetLanceStorage,
)
from feast.infra.data_sources.mlflow.mlflow_dataset_source import MlflowDatasetSource
from feast.infra.offline_stores.contrib.spark_offline_store.spark_source import SparkSource
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy
from feast.permissions.security_manager import (
    SecurityManager,
    permitted_resources,
    set_security_manager,
)
from feast.permissions.user import User
from feast.protos.feast.core.Registry_pb2 import Registry
from feast.protos.feast.core.SavedDataset_pb2 import SavedDatasetColumn
from feast.saved_dataset import SavedDataset
from feast.table_format import LanceFormat
from feast.types import Float64, Int64
from feast.value_type import ValueType
from google.protobuf.json_format import MessageToDict

PROJECT = "sources"
TIME = "event_timestamp"
car = Entity(name="car", join_keys=["car_id"], value_type=ValueType.INT64)


def data_sources():
    files = FileSource(name="files", path="cars.parquet", timestamp_field=TIME)
    pin = LanceFormat(catalog="main", namespace="features", version=7)
    return [
        files,
        MlflowDatasetSource(
            name="mlflow_dataset", dataset_name="rated", batch_source=files, tags={"team": "evaluation"}
        ),
        MlflowDatasetSource(
            name="mlflow_artifact", run_id="r1", artifact_path="cars.parquet", batch_source=files
        ),
        LanceSource(name="lance_path", uri="cars.lance", timestamp_field=TIME, tags={"team": "search"}),
        LanceSource(
            name="lance_catalog",
            table="cars",
            namespace_impl="dir",
            namespace_properties={"root": "warehouse"},
            table_format=LanceFormat(namespace="features", tag="reviewed"),
            timestamp_field=TIME,
        ),
        SparkSource(
            name="spark_lance",
            path="cars.lance",
            table_format=pin,
            timestamp_field=TIME,
            tags={"team": "search"},
        ),
    ]


def permissions():
    def allow(role, **fields):
        actions = [AuthzedAction.DESCRIBE]
        return Permission(name=role, actions=actions, policy=RoleBasedPolicy([role]), **fields)

    return [
        allow("sources", types=[DataSource]),
        allow("lance", types=[DataSource], name_patterns=["lance_.*"]),
        allow("views", types=[FeatureView], name_patterns=[".*"]),
        allow("datasets", types=[SavedDataset], name_patterns=["rated.*"]),
    ]


def view(source, widths):
    return FeatureView(
        name="car_size",
        entities=[car],
        ttl=timedelta(days=1),
        schema=[Field(name="car_id", dtype=Int64), *(Field(name=w, dtype=Float64) for w in widths)],
        source=source,
        tags={"widths": str(len(widths))},
    )


def apply_twice(folder):
    config = RepoConfig(
        project=PROJECT,
        provider="local",
        registry={"path": "registry.db", "enable_online_feature_view_versioning": True},
        online_store={"type": "sqlite", "path": str(folder / "online_store.db")},
        entity_key_serialization_version=3,
    )
    store = FeatureStore(repo_path=str(folder), config=config)
    sources = data_sources()
    store.apply([car, *sources, view(sources[3], ["length"]), *permissions()])
    large = view(sources[3], ["length", "width"])
    pinned = FeatureService(name="size_pinned", features=["car_size@v0:length"], tags={"team": "search"})
    store.apply([large, pinned, FeatureService(name="size_now", features=[large])])
    dataset = SavedDataset(
        name="rated_cars",
        features=["car_size:length"],
        join_keys=["car_id"],
        storage=SavedDatasetLanceStorage(LanceFormat(version=3), uri="rated.lance"),
        tags={"team": "evaluation"},
    )
    store.registry.apply_saved_dataset(dataset, PROJECT)
    return store


def may_describe(resource):
    try:
        return permitted_resources([resource], AuthzedAction.DESCRIBE) != []
    except FeastPermissionError:
        return False


def record(store):
    manager = SecurityManager(project=PROJECT, registry=store.registry)
    set_security_manager(manager)
    registry = store.registry
    resources = [
        *registry.list_data_sources(PROJECT),
        *registry.list_saved_datasets(PROJECT),
        *registry.list_feature_views(PROJECT),
    ]
    rows = []
    for role in [one.name for one in permissions()] + ["nothing"]:
        manager.set_current_user(User(username=role, roles=[role]))
        rows.append({"role": role, "described": sorted(r.name for r in resources if may_describe(r))})
    classes = {source.name: type(source).__name__ for source in registry.list_data_sources(PROJECT)}
    return dict(sorted(classes.items())), rows


def with_columns(encoded):
    registry = Registry.FromString(encoded)
    registry.saved_datasets[0].spec.columns.extend(
        [
            SavedDatasetColumn(name="car_id", type="long", nullable=False),
            SavedDatasetColumn(name="length", type="double", description="In metres", nullable=True),
            SavedDatasetColumn(name="rating", type="string"),
        ]
    )
    return registry


def main(target):
    warnings.simplefilter("ignore")
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = apply_twice(folder)
        classes, rows = record(store)
        registry = with_columns((folder / "registry.db").read_bytes())
    (target / "registry.db").write_bytes(registry.SerializeToString())
    dump = MessageToDict(registry, preserving_proto_field_name=True)
    (target / "registry.json").write_text(json.dumps(dump, indent=1, sort_keys=True) + "\n")
    header = {"feast": feast.__version__, "python": sys.version.split()[0]}
    answers = {"recorded": header, "classes": classes, "rows": rows}
    (target / "sources.json").write_text(json.dumps(answers, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

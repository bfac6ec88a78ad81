"""Applies two versions of some views with Feast, and records who may read which of them.

    python3 record_versions.py test/conformance/registries/versions

Writes registry.db and versions.json in that folder. Needs the packages of scripts/e2e/requirements.txt. The registry is applied as the SDK
does it, twice, with versions of views turned on; then the functions of the online server that decide are asked in this process, for users
with one role each.
"""

import asyncio
import copy
import json
import sys
import tempfile
import warnings
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import feast
import pandas
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, RepoConfig
from feast.errors import FeastError
from feast.feature_server import _authorize_materialize_views, _get_features
from feast.on_demand_feature_view import on_demand_feature_view
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy
from feast.permissions.security_manager import SecurityManager, set_security_manager
from feast.permissions.user import User
from feast.types import Float64, Int64
from feast.value_type import ValueType

PROJECT = "versions"
car = Entity(name="car", join_keys=["car_id"], value_type=ValueType.INT64)

# Role, views that it may read and write.
ROLES = {
    "all": [".*"],
    "score-and-facts": ["car_score", "car_facts"],
    "score-and-owner": ["car_score", "car_owner"],
    "facts": ["car_facts"],
    "size": ["car_size"],
    "nothing": ["nosuch"],
}

READS = [
    ["car_score:score"],
    ["car_score@v0:score"],
    ["car_score@V0:score"],
    ["car_score@v1:score"],
    ["car_score@latest:score"],
    ["car_score@LATEST:score"],
    ["car_score@:score"],
    ["car_score@v2:score"],
    ["car_score@v0:score", "car_score@v1:score"],
    ["car_score@0:score"],
    ["car_score@x:score"],
    ["car_size:length"],
    ["car_size@v0:length"],
    ["car_size@v1:length"],
    ["car_size@v7:length"],
    ["nosuch@v0:a"],
]
MATERIALIZATIONS = [
    ["car_size", None],
    ["car_size", "v0"],
    ["car_size", "version1"],
    ["car_size", "latest"],
    ["car_size", "v7"],
    ["car_size", "x"],
    ["nosuch", "v0"],
]


def file_source(folder, name):
    path = folder / f"{name}.parquet"
    frame = {"car_id": [1], "length": [1.5], "width": [2.5], "age": [3]}
    times = pandas.to_datetime(["2026-01-01T00:00:00Z"])
    pandas.DataFrame({**frame, "event_timestamp": times}).to_parquet(path)
    return FileSource(name=name, path=f"{name}.parquet", timestamp_field="event_timestamp")


def view(name, source, fields, tags):
    schema = [Field(name=field, dtype=dtype) for field, dtype in fields.items()]
    return FeatureView(
        name=name, entities=[car], ttl=timedelta(days=3650), schema=schema, source=source, tags=tags
    )


def score(source, tags, factor):
    def car_score(inputs: pandas.DataFrame) -> pandas.DataFrame:
        return pandas.DataFrame({"score": inputs["age"] * 1.0})

    def car_score_again(inputs: pandas.DataFrame) -> pandas.DataFrame:
        return pandas.DataFrame({"score": inputs["age"] * 2.0})

    function = car_score if factor == 1 else car_score_again
    function.__name__ = "car_score"
    schema = [Field(name="score", dtype=Float64)]
    made = on_demand_feature_view(sources=[source], schema=schema, tags=tags)(function)
    made.name = "car_score"
    return made


def permissions():
    actions = [AuthzedAction.READ_ONLINE, AuthzedAction.WRITE_ONLINE]
    return [
        Permission(name=role, name_patterns=names, actions=actions, policy=RoleBasedPolicy([role]))
        for role, names in ROLES.items()
    ]


def apply_twice(folder):
    config = RepoConfig(
        project=PROJECT,
        provider="local",
        registry={"path": "registry.db", "enable_online_feature_view_versioning": True},
        online_store={"type": "sqlite", "path": str(folder / "online_store.db")},
        entity_key_serialization_version=3,
    )
    store = FeatureStore(repo_path=str(folder), config=config)
    source = file_source(folder, "cars")
    owner = view("car_owner", source, {"age": Int64}, {"class": "secret"})
    facts = view("car_facts", source, {"age": Int64}, {"class": "open"})
    sizes = {"length": Float64}
    small = view("car_size", source, sizes, {"class": "secret"})
    first = score(owner, {"class": "secret"}, 1)
    service = FeatureService(name="cars_now", features=[first])
    store.apply([car, source, owner, facts, small, first, service, *permissions()])
    large = view("car_size", source, {**sizes, "width": Float64}, {"class": "open"})
    second = score(facts, {"class": "open"}, 2)
    pinned = FeatureService(name="cars_pinned", features=[second])
    pinned.feature_view_projections = [copy.copy(second.projection)]
    pinned.feature_view_projections[0].version_tag = 0
    store.apply([large, second, FeatureService(name="cars_now", features=[second]), pinned])
    return store


def outcome(ask):
    try:
        ask()
        return "allowed"
    except FeastError as error:
        return type(error).__name__
    except ValueError:
        return "ValueError"


def record(store):
    manager = SecurityManager(project=PROJECT, registry=store.registry)
    set_security_manager(manager)
    rows = []

    def ask(role, request, question):
        manager.set_current_user(User(username=role, roles=[role]))
        rows.append({"role": role, **request, "outcome": outcome(question)})

    for role in ROLES:
        for features in READS:
            request = SimpleNamespace(feature_service=None, features=features)
            ask(role, {"features": features}, lambda: asyncio.run(_get_features(request, store)))
        for name, version in MATERIALIZATIONS:
            ask(
                role,
                {"feature_views": [name], "version": version},
                lambda: _authorize_materialize_views(store, [name], version=version),
            )
    return rows


def main(target):
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = apply_twice(folder)
        rows = record(store)
        (target / "registry.db").write_bytes((folder / "registry.db").read_bytes())
    header = {"feast": feast.__version__, "python": sys.version.split()[0]}
    lines = ",\n".join(f"    {json.dumps(row)}" for row in rows)
    text = f'{{\n  "recorded": {json.dumps(header)},\n  "rows": [\n{lines}\n  ]\n}}\n'
    (target / "versions.json").write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

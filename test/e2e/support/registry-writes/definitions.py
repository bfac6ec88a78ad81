"""What the test of registry writes applies: a little of everything, and who may change it."""
from datetime import timedelta
from pathlib import Path

import pandas
from feast import Entity, FeatureService, FeatureView, Field, FileSource, PushSource
from feast.permissions.action import CRUD, READ, WRITE
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy
from feast.types import Float64
from feast.value_type import ValueType

data = Path(__file__).parent / "cars.parquet"
times = pandas.to_datetime(["2026-01-01T00:00:00Z"])
pandas.DataFrame({"car_id": [1], "length": [4.5], "event_timestamp": times}).to_parquet(data)

car = Entity(name="car", join_keys=["car_id"], value_type=ValueType.INT64)
source = FileSource(
    name="cars",
    path=str(data),
    timestamp_field="event_timestamp",
)
pushed = PushSource(name="cars_push", batch_source=source)
sizes = FeatureView(
    name="car_sizes",
    entities=[car],
    ttl=timedelta(days=3650),
    schema=[Field(name="length", dtype=Float64)],
    source=pushed,
    tags={"team": "cars"},
)
service = FeatureService(name="cars", features=[sizes])
makers = Permission(
    name="makers",
    name_patterns=[".*"],
    actions=CRUD + READ + WRITE,
    policy=RoleBasedPolicy(roles=["maker"]),
)

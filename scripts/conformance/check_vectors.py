"""Asks the enforcer of the installed Feast what is recorded in test/conformance, and prints where it answers otherwise.

    python check_vectors.py

Ends with 1 where something differs. Reads decisions.jsonl.gz and tags.jsonl.gz.
"""

import gzip
import json
import logging
import sys
import warnings
from pathlib import Path

import feast
from feast import batch_feature_view, feature_view, on_demand_feature_view, saved_dataset, stream_feature_view
from feast.labeling.label_view import LabelView
from feast.permissions import policy as policies
from feast.permissions.action import AuthzedAction
from feast.permissions.enforcer import enforce_policy
from feast.permissions.permission import Permission
from feast.permissions.user import User

FOLDER = Path(__file__).parents[2] / "test/conformance"
TYPES = {
    "Project": feast.Project,
    "FeatureView": feature_view.FeatureView,
    "OnDemandFeatureView": on_demand_feature_view.OnDemandFeatureView,
    "BatchFeatureView": batch_feature_view.BatchFeatureView,
    "StreamFeatureView": stream_feature_view.StreamFeatureView,
    "LabelView": LabelView,
    "Entity": feast.Entity,
    "FeatureService": feast.FeatureService,
    "DataSource": feast.FileSource,
    "ValidationReference": saved_dataset.ValidationReference,
    "SavedDataset": saved_dataset.SavedDataset,
    "Permission": Permission,
}


def resource_of(row):
    """An object of Feast that has what its enforcer looks at, and nothing else."""
    kind = TYPES[row["type"]]
    # Its text is written into a log, and would take fields that are not there.
    kind = type(kind.__name__, (kind,), {"__str__": lambda self: row["name"], "__repr__": lambda self: row["name"]})
    one = kind.__new__(kind)
    for field, value in (("name", row["name"]), ("tags", row.get("tags") or {})):
        try:
            setattr(one, field, value)
        except AttributeError:
            object.__setattr__(one, f"_{field}", value)
    return one


def permission_of(row):
    from feast.data_source import DataSource

    types = [DataSource if name == "DataSource" else TYPES[name] for name in row["types"]]
    fields = dict(row["policy"])
    kind = fields.pop("type")
    policy = policies.AllowAll if kind == "AllowAll" else getattr(policies, kind)(**fields)
    return Permission(name=row["name"], types=types, name_patterns=row["name_patterns"], required_tags=row.get("required_tags"),
                      actions=[AuthzedAction[action] for action in row["actions"]], policy=policy)


def answer(row):
    user = User(**(row["user"] or {"username": "", "roles": []}))
    resources = [resource_of(one) for one in row["resources"]]
    try:
        permissions = [permission_of(one) for one in row["permissions"]]
        actions = [AuthzedAction[action] for action in row["actions"]]
        allowed = enforce_policy(permissions, user, resources, actions, row["filterOnly"])
        return {"allowed": [at for at, one in enumerate(resources) if any(one is other for other in allowed)]}
    except Exception as error:
        return {"error": type(error).__name__}


def main():
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    differing = 0
    for name in ("decisions", "tags"):
        with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        asked = 0
        for row in rows:
            if "permissions" not in row:
                continue
            asked += 1
            recorded = {key: value for key, value in row["feast"].items() if key != "message"}
            found = answer(row)
            if found != recorded:
                differing += 1
                print(f"{name} {row['id']}: recorded {recorded}, Feast {feast.__version__} {found}")
        print(f"{name}: {asked} questions asked of Feast {feast.__version__}")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# Package:   feast 0.67.0 (PyPI), Python 3.11
# Behaviour: get_permission() of a name that does not exist raises another class of error with a
#            registry in a file than with one in a database, and neither is a kind of the other. With
#            a file, deleting it raises a third way: the class that a database uses. The texts are the
#            same. Code that catches the documented class works with one registry only.
# Seen:      2026-11-30
#            file   get     PermissionObjectNotFoundException
#            file   delete  PermissionNotFoundException
#            sql    get     PermissionNotFoundException
#            sql    delete  PermissionNotFoundException
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'feast==0.67.0'
export FEAST_USAGE=False HOME=$work
cd "$work"

cat >try.py <<'PYTHON'
from feast import Entity, FeatureStore, RepoConfig, ValueType
from feast.errors import PermissionNotFoundException, PermissionObjectNotFoundException

REGISTRIES = {
    "file": {"path": "registry.db"},
    "sql": {"registry_type": "sql", "path": "sqlite:///registry.sqlite"},
}
seen = {}
for kind, registry in REGISTRIES.items():
    config = RepoConfig(
        project="demo",
        provider="local",
        registry=registry,
        online_store={"type": "sqlite", "path": "online.db"},
        entity_key_serialization_version=3,
    )
    store = FeatureStore(config=config)
    store.apply([Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)])
    calls = {
        "get": lambda: store.get_permission("missing"),
        "delete": lambda: store.registry.delete_permission("missing", "demo"),
    }
    for name, call in calls.items():
        try:
            call()
            seen[kind, name] = "no error"
        except Exception as error:
            seen[kind, name] = type(error).__name__
        print(f"{kind:<7}{name:<8}{seen[kind, name]}")

related = issubclass(PermissionObjectNotFoundException, PermissionNotFoundException) or issubclass(
    PermissionNotFoundException, PermissionObjectNotFoundException
)
print("one is a kind of the other:", related)
expected = {
    ("file", "get"): "PermissionObjectNotFoundException",
    ("file", "delete"): "PermissionNotFoundException",
    ("sql", "get"): "PermissionNotFoundException",
    ("sql", "delete"): "PermissionNotFoundException",
}
if related or seen != expected:
    raise SystemExit("The behaviour has changed.")
PYTHON
venv/bin/python -W ignore try.py

#!/usr/bin/env bash
# Package:   feast 0.67.0 (PyPI), Python 3.11, SQL registry on SQLite
# Behaviour: a server keeps a copy of a SQL registry for cache_ttl_seconds and calls
#            refresh_registry() to see a change at once. While the database does not answer (here
#            another program holds it), the call waits, returns without an error, and the copy stays
#            as it was. A caller cannot tell that from a refresh that has worked.
# Seen:      2026-11-30
#            copy after another process applied           role x
#            refresh while the database is held           returned, role x
#            refresh when it is free again                returned, role y
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'feast==0.67.0'
export FEAST_USAGE=False HOME=$work
cd "$work"

cat >try.py <<'PYTHON'
import sqlite3

from feast import Entity, FeatureStore, RepoConfig
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy


def open_store():
    config = RepoConfig(
        project="demo",
        provider="local",
        registry={"registry_type": "sql", "path": "sqlite:///registry.sqlite", "cache_ttl_seconds": 3600},
        online_store={"type": "sqlite", "path": "online.db"},
        entity_key_serialization_version=3,
    )
    return FeatureStore(config=config)


def apply(role):
    policy = RoleBasedPolicy(roles=[role])
    open_store().apply([Permission(name="p", types=[Entity], policy=policy, actions=[AuthzedAction.DESCRIBE])])


seen = []


def report(what):
    [permission] = server.list_permissions(allow_cache=True)
    [role] = permission.policy.get_roles()
    seen.append(role)
    print(f"{what:<45}role {role}")


apply("x")
server = open_store()
report("copy at first")
apply("y")
report("copy after another process applied")
holder = sqlite3.connect("registry.sqlite")
holder.execute("BEGIN EXCLUSIVE")
server.refresh_registry()
report("refresh while the database is held: returned")
holder.rollback()
server.refresh_registry()
report("refresh when it is free again: returned")
if seen != ["x", "x", "x", "y"]:
    raise SystemExit("The behaviour has changed.")
PYTHON
venv/bin/python -W ignore try.py

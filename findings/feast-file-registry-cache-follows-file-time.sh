#!/usr/bin/env bash
# Package:   feast 0.67.0 (PyPI), Python 3.11, registry in a file
# Behaviour: with cache_ttl_seconds of an hour, a file that another process has written is read at
#            once, since its time is newer. An older copy that is put back with its time (a restored
#            backup) stays unnoticed for the rest of the hour: cached permissions are those of the file
#            that is gone, while a read without the cache gives those of the file.
# Seen:      2026-11-30
#            at first                  cached x   uncached x
#            another process applied   cached y   uncached y
#            copy put back             cached y   uncached x
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'feast==0.67.0'
export FEAST_USAGE=False HOME=$work
cd "$work"

cat >try.py <<'PYTHON'
import shutil
import time

from feast import Entity, FeatureStore, RepoConfig
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy


def open_store():
    config = RepoConfig(
        project="demo",
        provider="local",
        registry={"path": "registry.db", "cache_ttl_seconds": 3600},
        online_store={"type": "sqlite", "path": "online.db"},
        entity_key_serialization_version=3,
    )
    return FeatureStore(config=config)


def apply(role):
    policy = RoleBasedPolicy(roles=[role])
    open_store().apply([Permission(name="p", types=[Entity], policy=policy, actions=[AuthzedAction.DESCRIBE])])


def role_of(store, allow_cache):
    [permission] = store.list_permissions(allow_cache=allow_cache)
    [role] = permission.policy.get_roles()
    return role


seen = []


def report(what, server):
    # The uncached read is that of a process of its own: it also replaces what a process has cached.
    row = (role_of(server, True), role_of(open_store(), False))
    seen.append(row)
    print(f"{what:<26}cached {row[0]}   uncached {row[1]}")


apply("x")
server = open_store()
report("at first", server)
shutil.copy2("registry.db", "backup.db")
time.sleep(1.5)
apply("y")
report("another process applied", server)
shutil.copy2("backup.db", "registry.db")
report("copy put back", server)
if seen != [("x", "x"), ("y", "y"), ("y", "x")]:
    raise SystemExit("The behaviour has changed.")
PYTHON
venv/bin/python -W ignore try.py

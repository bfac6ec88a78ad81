#!/usr/bin/env bash
# Package:   feast 0.67.0 (PyPI), Python 3.11, SQL registry on SQLite
# Behaviour: the SQL registry keeps a time of last change per project (table feast_metadata). It
#            counts whole seconds: two different changes of a permission within one second leave the
#            same mark, so a reader that polls the mark between them never learns of the second one.
# Seen:      2026-11-30
#            permission changed again within the second: mark moved: no, permission moved: yes
#            permission changed two seconds later:       mark moved: yes, permission moved: yes
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'feast==0.67.0'
export FEAST_USAGE=False HOME=$work

cd "$work"
cat >ask.py <<'PYTHON'
import sqlite3
import sys
import time
import warnings

warnings.filterwarnings("ignore")
from feast import FeatureStore, FeatureView
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy
from feast.repo_config import RepoConfig

store = FeatureStore(
    config=RepoConfig(
        project="demo",
        provider="local",
        registry={"registry_type": "sql", "path": "sqlite:///registry.sqlite", "cache_ttl_seconds": 0},
        online_store={"type": "sqlite", "path": "online.db"},
        entity_key_serialization_version=3,
    )
)


def grant(role):
    policy = RoleBasedPolicy(roles=[role])
    store.apply([Permission(name="readers", types=[FeatureView], policy=policy, actions=[AuthzedAction.DESCRIBE])])


def state():
    rows = sqlite3.connect("registry.sqlite")
    marks = rows.execute(
        "select project_id, metadata_value from feast_metadata where metadata_key = 'last_updated_timestamp'"
    ).fetchall()
    return marks, rows.execute("select permission_proto from permissions").fetchall()


def moved(before, after):
    return ["yes" if old != new else "no" for old, new in zip(before, after)]


for _ in range(10):  # both changes have to fall into the same second
    time.sleep(1.02 - time.time() % 1)
    grant("first")
    first = state()
    grant("second")
    second = state()
    if first[0] == second[0]:
        break
within = moved(first, second)
time.sleep(2)
grant("third")
later = moved(second, state())
print(f"permission changed again within the second: mark moved: {within[0]}, permission moved: {within[1]}")
print(f"permission changed two seconds later:       mark moved: {later[0]}, permission moved: {later[1]}")
sys.exit((within, later) != (["no", "yes"], ["yes", "yes"]))
PYTHON
venv/bin/python ask.py 2>/dev/null || { echo "the behaviour has changed"; exit 1; }
echo "seen as described"

"""Takes the statuses out of a recording of Feast's servers: python3 extract_servers.py RECORDING.md > test/conformance/servers.json

The recording is a page with one table for each server: what was asked, the status, and the start of the answer. Only the
status is kept. The callers of the tables that are read here hold a valid token without any role or group.
"""

import json
import sys

SECTIONS = {
    "grpc": "## Registry server, gRPC: every method",
    "rest": "## Registry REST: every parameterless GET",
}


def rows(lines, heading):
    table = False
    for line in lines:
        if line.startswith("## "):
            table = line.startswith(heading)
        elif table and line.startswith("| ") and not line.startswith(("| case ", "|---")):
            asked, status = (cell.strip() for cell in line.split("|")[1:3])
            yield asked, status


def main(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    recorded = {key: dict(rows(lines, heading)) for key, heading in SECTIONS.items()}
    note = "Feast 0.66.0, CPython 3.11.7, registry of examples/credit_scoring, a valid token without roles and groups"
    json.dump({"note": note, **recorded}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main(sys.argv[1])

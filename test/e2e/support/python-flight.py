"""Calls a Flight server with pyarrow and says what came of it.

Standard input: {"port", "calls": [{"op", "headers": [[name, value]], "path" | "command" | "ticket" | "action"}]}.
Standard output: for each call what it answered, or {"error": the class, "message"}.
"""
import json
import sys

import pyarrow as pa
import pyarrow.flight as fl

TABLE = pa.table({"driver_id": [1, 2, 3]})


def descriptor_of(call):
    if "path" in call:
        return fl.FlightDescriptor.for_path(*call["path"])
    return fl.FlightDescriptor.for_command(json.dumps(call["command"]))


def list_flights(client, call, options):
    return len(list(client.list_flights(options=options)))


def get_flight_info(client, call, options):
    return client.get_flight_info(descriptor_of(call), options).schema.names


def get_schema(client, call, options):
    return client.get_schema(descriptor_of(call), options).schema.names


def do_get(client, call, options):
    ticket = call["ticket"].encode() if "ticket" in call else None
    if ticket is None:
        ticket = repr((2, json.dumps(call["command"]).encode(), ())).encode()
    return client.do_get(fl.Ticket(ticket), options).read_all().to_pydict()


def do_put(client, call, options):
    writer, reader = client.do_put(descriptor_of(call), TABLE.schema, options)
    writer.write_table(TABLE)
    writer.done_writing()
    answer = reader.read()
    writer.close()
    return answer is not None


def do_exchange(client, call, options):
    writer, reader = client.do_exchange(descriptor_of(call), options)
    with writer:
        writer.begin(TABLE.schema)
        writer.write_table(TABLE)
        writer.done_writing()
        return reader.read_all().to_pydict()


def do_action(client, call, options):
    action = fl.Action(call["action"], json.dumps(call.get("command", {})).encode())
    return [one.body.to_pybytes().decode() for one in client.do_action(action, options)]


def list_actions(client, call, options):
    return [one.type for one in client.list_actions(options)]


def attempt(client, call):
    headers = [(name.encode(), value.encode()) for name, value in call["headers"]]
    try:
        return globals()[call["op"]](client, call, fl.FlightCallOptions(headers=headers))
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


def main():
    given = json.load(sys.stdin)
    with fl.connect(f"grpc://127.0.0.1:{given['port']}") as client:
        json.dump([attempt(client, call) for call in given["calls"]], sys.stdout)


main()

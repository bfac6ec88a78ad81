"""Calls a registry server with the stubs of Feast and says what came of it.

Standard input: {"port", "calls": [{"method", "request": JSON of the message, "metadata": [[name, value]]}]}.
Standard output: for each call {"answer": JSON of the message}, or {"code": the status, "details"}.
"""
import json
import sys

import python_feast_protos  # noqa: F401

import grpc
from feast.protos.feast.registry import RegistryServer_pb2, RegistryServer_pb2_grpc
from google.protobuf import json_format, message_factory

METHODS = RegistryServer_pb2.DESCRIPTOR.services_by_name["RegistryServer"].methods_by_name


def attempt(stub, call):
    kind = message_factory.GetMessageClass(METHODS[call["method"]].input_type)
    request = json_format.ParseDict(call["request"], kind())
    try:
        send = getattr(stub, call["method"])
        answer = send(request, metadata=[tuple(pair) for pair in call["metadata"]], timeout=20)
        return {"answer": json_format.MessageToDict(answer, preserving_proto_field_name=True)}
    except grpc.RpcError as error:
        return {"code": error.code().name, "details": error.details()}


def main():
    given = json.load(sys.stdin)
    with grpc.insecure_channel(f"127.0.0.1:{given['port']}") as channel:
        stub = RegistryServer_pb2_grpc.RegistryServerStub(channel)
        json.dump([attempt(stub, call) for call in given["calls"]], sys.stdout)


main()

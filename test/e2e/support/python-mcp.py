"""Calls the tools of an MCP server over HTTP and says what came of it.

Standard input: {"url", "calls": [{"token", "tool", "arguments"}]}.
Standard output: {"tools": the names of all, "answers": for each call {"isError", "text", "data"}}.
"""
import asyncio
import json
import logging
import sys

from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport


def connect(url, token):
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return Client(StreamableHttpTransport(url, headers=headers))


async def attempt(url, call):
    async with connect(url, call.get("token")) as client:
        result = await client.call_tool(call["tool"], call.get("arguments", {}), raise_on_error=False)
        text = "".join(getattr(part, "text", "") for part in result.content)
        return {"isError": bool(result.is_error), "text": text}


async def main():
    logging.disable(logging.CRITICAL)
    given = json.load(sys.stdin)
    async with connect(given["url"], None) as client:
        tools = sorted(tool.name for tool in await client.list_tools())
    answers = [await attempt(given["url"], call) for call in given["calls"]]
    json.dump({"tools": tools, "answers": answers}, sys.stdout)


asyncio.run(main())

"""The least that an application service of Matrix can do: say each text again. `python -m benchmarks.matrix_echo`."""

from __future__ import annotations

import argparse
import itertools
from typing import Any
from urllib.parse import quote

import httpx
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.matrix_settings import localpart_of


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--homeserver", "--token", "--user"):
        parser.add_argument(name, required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    app = Sanic("echo")
    numbers = itertools.count(1)

    async def start(app: Sanic, _: Any) -> None:
        headers = {"Authorization": f"Bearer {arguments.token}"}
        app.ctx.http = httpx.AsyncClient(base_url=f"{arguments.homeserver}/_matrix/client/v3", headers=headers)
        user = {"type": "m.login.application_service", "username": localpart_of(arguments.user), "inhibit_login": True}
        await app.ctx.http.post("/register", json=user)

    app.register_listener(start, "after_server_start")

    @app.put("/_matrix/app/v1/transactions/<name>")
    async def take(request: Request, name: str) -> HTTPResponse:
        for event in request.json["events"]:
            room = f"/rooms/{quote(event['room_id'])}"
            if event["type"] == "m.room.member" and event["content"]["membership"] == "invite":
                await app.ctx.http.post(f"{room}/join", json={})
            elif event["type"] == "m.room.message" and event["sender"] != arguments.user:
                said = {"msgtype": "m.text", "body": event["content"]["body"]}
                await app.ctx.http.put(f"{room}/send/m.room.message/{next(numbers)}", json=said)
        return response.json({})

    app.run("127.0.0.1", arguments.port, access_log=False)


if __name__ == "__main__":
    main()

"""The files that a browser loads."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/assistant.js": ("assistant.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
}
"""File and media type by path."""


class RootBlueprint(Blueprint):
    """A blueprint that may hold `/`, where Rasa's server greets: the greeting makes way in the server that gets it."""

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Add the routes to a server; Sanic takes no second handler for a path."""
        greeting = app.router.static_routes.pop(("",), None)
        for route in greeting.routes if greeting else ():
            app.router.name_index.pop(route.name, None)
        super().register(app, options)  # type: ignore[no-untyped-call]


def add_files(routes: Blueprint) -> None:
    """Add a route for every file."""
    for path, (file, media_type) in FILES.items():
        routes.add_route(_serving(file, media_type), path, methods=["GET", "HEAD"], name=file.partition(".")[0])


def _serving(file: str, media_type: str) -> Any:
    """Make the handler of one file, which is packed once and sent again only if it is another."""
    content = (Path(__file__).parent / file).read_bytes()
    packed = gzip.compress(content, mtime=0)
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'

    async def serve(request: Request) -> HTTPResponse:
        headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if request.headers.get("If-None-Match") == tag:
            return HTTPResponse(status=304, headers=headers)
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return HTTPResponse(content, headers=headers, content_type=media_type)
        return HTTPResponse(packed, headers={**headers, "Content-Encoding": "gzip"}, content_type=media_type)

    return serve

"""The pages in a browser: the output folder and a health check, behind one password."""

from collections.abc import Callable, Mapping
from hmac import compare_digest
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, request, send_from_directory

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def create_app(folder: Path, password: str, health: Callable[[], Mapping[str, Any]]) -> Flask:
    """`folder` holds the pages; `health` tells how the service stands: `ok` false makes it a 503."""
    app = Flask(__name__, static_folder=None)

    @app.before_request
    def ask_for_password() -> Response | None:
        given = request.authorization
        told = (given.password or "") if given is not None and given.type == "basic" else ""
        if compare_digest(told.encode(), password.encode()):
            return None
        return Response("A password is needed.\n", 401, {"WWW-Authenticate": 'Basic realm="Listener", charset="UTF-8"'})

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        state = health()
        return jsonify(state), 200 if state["ok"] else 503

    @app.get("/")
    @app.get("/<path:name>")
    def page(name: str = "index.html") -> Response:
        if any(part.startswith(".") for part in name.split("/")):
            abort(404)
        return send_from_directory(folder, f"{name}index.html" if name.endswith("/") else name)

    return app


def serve(app: Flask, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Answers until it is interrupted; `ready` is told the address first."""
    from waitress.server import create_server

    server = create_server(app, host=host, port=port, threads=4, ident=None)
    ready(f"http://{host}:{server.effective_port}/")
    server.run()

"""A package index on this machine, so that uv can be asked without a network."""

from __future__ import annotations

import hashlib
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest

FOREIGN = ("UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_OFFLINE")


class Index:
    """Packages with one wheel for each release; `add` says how it looks."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.pages: dict[str, list[dict[str, object]]] = {}
        self.url = ""

    def add(
        self,
        package: str,
        version: str,
        day: str = "2024-01-01",
        tag: str = "py3-none-any",
        needs: tuple[str, ...] = (),
        yanked: bool = False,
    ) -> None:
        name = package.replace("-", "_")
        wheel = f"{name}-{version}-{tag}.whl"
        self.files[wheel] = _wheel(name, version, tag, needs)
        about = {
            "filename": wheel,
            "url": f"{self.url}/files/{wheel}",
            "hashes": {"sha256": hashlib.sha256(self.files[wheel]).hexdigest()},
            "upload-time": f"{day}T12:00:00Z",
            "yanked": yanked,
        }
        self.pages.setdefault(package, []).append(about)

    def find(self, path: str) -> tuple[str, bytes] | None:
        name = path.strip("/").rpartition("/")[2]
        if name in self.pages:
            page = {"meta": {"api-version": "1.1"}, "name": name, "files": self.pages[name]}
            return "application/vnd.pypi.simple.v1+json", json.dumps(page).encode()
        return ("application/zip", self.files[name]) if name in self.files else None


def _wheel(name: str, version: str, tag: str, needs: tuple[str, ...]) -> bytes:
    about = f"{name}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    files = {
        f"{name}.py": "",
        f"{about}/METADATA": "\n".join(lines + [f"Requires-Dist: {one}" for one in needs]) + "\n",
        f"{about}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
        f"{about}/RECORD": "",
    }
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return whole.getvalue()


@contextmanager
def served(patch: pytest.MonkeyPatch, cache: str) -> Iterator[Index]:
    """An empty index, the only one that uv knows."""
    index = Index()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            found = index.find(self.path)
            kind, body = found or ("text/plain", b"")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        index.url = f"http://127.0.0.1:{server.server_port}"
        for name in FOREIGN:
            patch.delenv(name, raising=False)
        patch.setenv("UV_DEFAULT_INDEX", f"{index.url}/simple")
        patch.setenv("UV_CACHE_DIR", cache)
        patch.setenv("NO_PROXY", "127.0.0.1")
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield index
        server.shutdown()

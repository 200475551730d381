"""The 1EdTech validator behind an HTTP door of its own, with its whole web in memory: what :mod:`.server` measures.

    .second-opinions/reference/bin/python tests/bench/_reference.py DOCUMENTS PORT

Runs in the validator's environment; each POST is one badge, each answer its report.
"""

import io
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "second_opinions"))

from reference_validator import Documents, HTTPAdapter, report_on  # type: ignore[import-not-found]  # that environment

web = Documents(json.loads(Path(sys.argv[1]).read_text("utf-8")))
HTTPAdapter.send = lambda adapter, request, **options: web.send(adapter, request, **options)


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        answer = json.dumps(report_on(content, None, web), default=repr).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def setup(self):
        super().setup()
        self.wfile = io.BufferedWriter(self.wfile)  # one packet for an answer, not one for each header

    def log_message(self, *_):
        pass


HTTPServer(("127.0.0.1", int(sys.argv[2])), Door).serve_forever()

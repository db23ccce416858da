#!/usr/bin/env python3
"""Serves the bare repositories of a folder over smart HTTP, for tests and demonstrations only.

    git_http_server.py --root DIR [--host 127.0.0.1] [--port 0] [--user U --password P] [--stay]

Prints `ready http://host:port` once it listens; a repository DIR/x.git is then http://host:port/x.git. Every request runs
`git http-backend`: fetch, partial fetch and push work, gzip bodies are taken, answers are streamed. With --user and
--password every request must carry them. Ends when its standard input is closed, unless told to --stay. Each request is written to stderr as
`METHOD path status request-bytes response-bytes`.
"""
import argparse
import base64
import gzip
import hmac
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BACKEND = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip() + "/git-http-backend"
SETTINGS = {"http.receivepack": "true", "uploadpack.allowFilter": "true", "uploadpack.allowAnySHA1InWant": "true", "safe.directory": "*"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    rbufsize = 1 << 16

    def do_GET(self):
        self.serve()

    def do_POST(self):
        self.serve()

    def body(self):
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            parts = []
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                parts.append(self.rfile.read(size))
                self.rfile.readline()
                if size == 0:
                    break
            data = b"".join(parts)
        else:
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
        return gzip.decompress(data) if self.headers.get("content-encoding") == "gzip" else data

    def allowed(self):
        login = self.server.login
        if login is None:
            return True
        given = self.headers.get("authorization", "")
        wanted = "Basic " + base64.b64encode(login.encode()).decode()
        return hmac.compare_digest(given.encode(), wanted.encode())

    def plain(self, status, text, headers=()):
        data = text.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()
        self.tell(status, 0, len(data))

    def tell(self, status, received, sent):
        sys.stderr.write("%s %s %d %d %d\n" % (self.command, self.path, status, received, sent))
        sys.stderr.flush()

    def serve(self):
        body = self.body()
        if not self.allowed():
            return self.plain(401, "authorization required\n", [("WWW-Authenticate", 'Basic realm="git"')])
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "GIT_PROJECT_ROOT": self.server.root,
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_USER": "tester",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_COUNT": str(len(SETTINGS)),
        }
        for i, (key, value) in enumerate(SETTINGS.items()):
            environment["GIT_CONFIG_KEY_%d" % i] = key
            environment["GIT_CONFIG_VALUE_%d" % i] = value
        if self.headers.get("git-protocol"):
            environment["GIT_PROTOCOL"] = self.headers["git-protocol"]
        process = subprocess.Popen([BACKEND], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        feeder = None
        if len(body) <= 1 << 15:
            self.feed(process, body)
        else:
            feeder = threading.Thread(target=self.feed, args=(process, body))
            feeder.start()
        status, headers = 200, []
        while True:
            line = process.stdout.readline().rstrip(b"\r\n")
            if not line:
                break
            name, _, value = line.decode("latin-1").partition(": ")
            if name.lower() == "status":
                status = int(value.split()[0])
            else:
                headers.append((name, value))
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        sent = 0
        while True:
            chunk = process.stdout.read1(1 << 16)
            if not chunk:
                break
            sent += len(chunk)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()
        process.wait()
        if feeder:
            feeder.join()
        self.tell(status, len(body), sent)

    @staticmethod
    def feed(process, body):
        try:
            process.stdin.write(body)
            process.stdin.close()
        except BrokenPipeError:
            pass

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--root", required=True)
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--user")
    arguments.add_argument("--password")
    arguments.add_argument("--stay", action="store_true")
    arguments = arguments.parse_args()
    server = Server((arguments.host, arguments.port), Handler)
    server.root = os.path.abspath(arguments.root)
    server.login = f"{arguments.user}:{arguments.password}" if arguments.user else None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"ready http://{arguments.host}:{server.server_address[1]}", flush=True)
    try:
        while arguments.stay or sys.stdin.buffer.read(1 << 16):
            if arguments.stay:
                threading.Event().wait()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()

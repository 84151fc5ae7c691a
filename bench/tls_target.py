"""An HTTPS server on loopback with a real chain (root, intermediate, leaf), TLS 1.3 only.

`python -m bench.tls_target <file>` writes the root's certificate into the file and prints its port.
"""

import socket
import socketserver
import ssl
import sys
from pathlib import Path

import trustme

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Handler(socketserver.BaseRequestHandler):
    """One request, one answer."""

    def handle(self) -> None:
        """Shake hands in this thread, not in the one that accepts."""
        try:
            with self.server.context.wrap_socket(self.request, server_side=True) as client:  # type: ignore[attr-defined]
                client.recv(4096)
                client.sendall(ANSWER)
                client.unwrap()
        except OSError:
            return


class Server(socketserver.ThreadingTCPServer):
    """A thread for each connection."""

    daemon_threads = True
    request_queue_size = 1024
    context: ssl.SSLContext


def main() -> None:
    """Serve until the process is ended."""
    root = trustme.CA()
    leaf = root.create_child_ca().issue_cert("127.0.0.1", "localhost")
    root.cert_pem.write_to_path(Path(sys.argv[1]))
    with Server(("127.0.0.1", 0), Handler) as server:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.minimum_version = ssl.TLSVersion.TLSv1_3
        leaf.configure_cert(server.context)
        server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()

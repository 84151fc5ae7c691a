"""A real gRPC server with the health service, as a program: grpcio does not bear a fork.

    python grpc_server.py PORT [CERTIFICATE KEY]

The services `good`, `bad` and `odd` are SERVING, NOT_SERVING and UNKNOWN; the whole server, with
the empty name, is SERVING. With `token` in the metadata anything but "Bearer s3cret" is refused.
"""

import sys
import time
from concurrent import futures
from pathlib import Path

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

STATUS = health_pb2.HealthCheckResponse
SERVICES = {
    "": STATUS.SERVING,
    "good": STATUS.SERVING,
    "bad": STATUS.NOT_SERVING,
    "odd": STATUS.UNKNOWN,
}


class Health(health.HealthServicer):
    """The library's own, with a few names that behave badly."""

    def Check(self, request, context):  # noqa: N802
        metadata = dict(context.invocation_metadata())
        if request.service == "guarded" and metadata.get("authorization") != "Bearer s3cret":
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "who are you? schöner Gruß")
        if request.service == "tenant" and metadata.get("x-tenant") != "shop":
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "not yours")
        if request.service == "slow":
            time.sleep(min(context.time_remaining(), 20))
        if request.service in {"guarded", "tenant"}:
            return STATUS(status=STATUS.SERVING)
        return super().Check(request, context)


def main(port: str, *pem: str) -> None:
    """Serve until somebody ends the process."""
    server = grpc.server(futures.ThreadPoolExecutor(4))
    if "bare" not in pem:
        servicer = Health()
        for name, status in SERVICES.items():
            servicer.set(name, status)
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    if len(pem) == 2:
        certificate, key = (Path(each).read_bytes() for each in pem)
        credentials = grpc.ssl_server_credentials([(key, certificate)])
        server.add_secure_port(f"127.0.0.1:{port}", credentials)
    else:
        server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main(*sys.argv[1:])

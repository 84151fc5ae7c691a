"""A server that speaks S3, with one bucket that everybody may read; prints its port."""

import json
import logging
import signal

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "status"


def main() -> None:
    """Serve until killed."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket=BUCKET)
    allow = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Statement": [allow]}))
    print(port, flush=True)
    signal.pause()  # until killed


if __name__ == "__main__":
    main()

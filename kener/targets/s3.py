"""Amazon S3, and what speaks its language: Cloudflare R2, MinIO, Garage, Hetzner, Backblaze …"""

from typing import Annotated, Any, ClassVar

from obstore.store import S3Store
from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from kener.targets._objects import (
    RETRIES,
    ObjectMirror,
    clean_endpoint,
    clean_folder,
    client_options,
    host_of,
)


class S3Mirror(ObjectMirror):
    """A bucket."""

    kind: ClassVar[str] = "s3"
    label: ClassVar[str] = "S3 or R2"

    bucket: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9._-]{3,255}$")
    ] = Field(title="Bucket", examples=["status-example-org"])
    folder: Annotated[str, AfterValidator(clean_folder)] = Field(
        "", title="Folder in the bucket", description="Empty: its top", max_length=500
    )
    endpoint: Annotated[str, AfterValidator(clean_endpoint)] = Field(
        "",
        title="Address of the service",
        description="Empty for Amazon. R2: https://<account>.r2.cloudflarestorage.com",
        max_length=500,
    )
    region: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9-]{2,40}$")
    ] = Field("us-east-1", title="Region", description="R2: auto")
    access_key_id: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[\x21-\x7e]{1,200}$")
    ] = Field(title="Access key ID")
    secret_access_key: SecretStr = Field(title="Secret access key", min_length=1, max_length=500)

    def place(self) -> str:
        where = host_of(self.endpoint)
        return "/".join(filter(None, [*(where or ["s3:/"]), self.bucket, self.folder]))

    def hosts(self) -> list[str]:
        return host_of(self.endpoint)

    def store(self) -> S3Store:
        given: Any = {"endpoint": self.endpoint} if self.endpoint else {}
        return S3Store(
            self.bucket,
            prefix=self.folder or None,
            region=self.region,
            access_key_id=self.access_key_id,
            secret_access_key=self.secret_access_key.get_secret_value(),
            client_options=client_options(self.endpoint),
            retry_config=RETRIES,
            **given,
        )


TARGET = S3Mirror

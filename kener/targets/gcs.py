"""Google Cloud Storage."""

import json
from typing import Annotated, Any, ClassVar

from obstore.store import GCSStore
from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from kener.targets._objects import RETRIES, ObjectMirror, clean_folder, client_options, host_of


def _account(value: SecretStr) -> SecretStr:
    try:
        found = json.loads(value.get_secret_value())
    except ValueError:
        found = None
    if not isinstance(found, dict) or not {"client_email", "private_key"} <= found.keys():
        raise ValueError("must be the whole JSON file of a service account's key")
    return value


class GcsMirror(ObjectMirror):
    """A bucket, written to by a service account."""

    kind: ClassVar[str] = "gcs"
    label: ClassVar[str] = "Google Cloud Storage"

    bucket: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9._-]{3,222}$")
    ] = Field(title="Bucket", examples=["status-example-org"])
    folder: Annotated[str, AfterValidator(clean_folder)] = Field(
        "", title="Folder in the bucket", description="Empty: its top", max_length=500
    )
    account_key: Annotated[SecretStr, AfterValidator(_account)] = Field(
        title="Key of a service account",
        description="The JSON file that Google made, whole",
        max_length=10_000,
        json_schema_extra={"widget": "textarea"},
    )

    def place(self) -> str:
        return "/".join(filter(None, ["gs:/", self.bucket, self.folder]))

    def hosts(self) -> list[str]:
        key = self._key()
        named = [str(key.get(name, "")) for name in ("gcs_base_url", "token_uri")]
        return [host for each in named for host in host_of(each)]

    def store(self) -> GCSStore:
        return GCSStore(
            self.bucket,
            prefix=self.folder or None,
            service_account_key=self.account_key.get_secret_value(),
            client_options=client_options(str(self._key().get("gcs_base_url", ""))),
            retry_config=RETRIES,
        )

    def _key(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.account_key.get_secret_value())
        return found


TARGET = GcsMirror

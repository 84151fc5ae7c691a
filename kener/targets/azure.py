"""Azure Blob Storage."""

from typing import Annotated, Any, ClassVar

from obstore.store import AzureStore
from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from kener.targets._objects import (
    RETRIES,
    ObjectMirror,
    clean_endpoint,
    clean_folder,
    client_options,
    host_of,
)


class AzureMirror(ObjectMirror):
    """A container of a storage account; `$web` is what Azure serves as a website."""

    kind: ClassVar[str] = "azure"
    label: ClassVar[str] = "Azure Blob Storage"
    container: ClassVar[str] = "container"

    account: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9]{3,24}$")
    ] = Field(title="Storage account")
    name: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^\$?[a-z0-9-]{3,63}$")
    ] = Field("$web", title="Container", description="$web is what Azure serves as a website")
    folder: Annotated[str, AfterValidator(clean_folder)] = Field(
        "", title="Folder in the container", description="Empty: its top", max_length=500
    )
    access_key: SecretStr = Field(title="Access key", min_length=1, max_length=500)
    endpoint: Annotated[str, AfterValidator(clean_endpoint)] = Field(
        "",
        title="Address of the service",
        description="Empty for the public cloud",
        max_length=500,
        json_schema_extra={"advanced": True},
    )

    def place(self) -> str:
        return "/".join(filter(None, [f"azure:/{self.account}", self.name, self.folder]))

    def hosts(self) -> list[str]:
        return host_of(self.endpoint)

    def store(self) -> AzureStore:
        given: Any = {"endpoint": self.endpoint} if self.endpoint else {}
        return AzureStore(
            self.name,
            prefix=self.folder or None,
            account_name=self.account,
            access_key=self.access_key.get_secret_value(),
            client_options=client_options(self.endpoint),
            retry_config=RETRIES,
            **given,
        )


TARGET = AzureMirror

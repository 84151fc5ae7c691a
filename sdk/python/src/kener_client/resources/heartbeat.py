"""`kener.heartbeat`"""

from kener_client._calls import Call, report
from kener_client._operations import Resource, W, operation


class Heartbeat(Resource[W]):
    """Where jobs report. All that is asked for is the token; the key is not sent. `log` is kept, to
    10 KB."""

    @operation
    def ping(self, token: str, log: str | None = None) -> Call[None]:
        """Say that a job is done."""
        return report("heartbeat", token, log=log)

    @operation
    def start(self, token: str, log: str | None = None) -> Call[None]:
        """Say that it begins."""
        return report("heartbeat", token, "start", log=log)

    @operation
    def fail(self, token: str, log: str | None = None) -> Call[None]:
        """Say that it failed."""
        return report("heartbeat", token, "fail", log=log)

    @operation
    def log(self, token: str, log: str) -> Call[None]:
        """Say something, which changes nothing."""
        return report("heartbeat", token, "log", log=log)

    @operation
    def exit(self, token: str, code: int, log: str | None = None) -> Call[None]:
        """Say with which code (0 to 255) it ended: 0 is good."""
        return report("heartbeat", token, str(code), log=log)

    @operation
    def push(
        self,
        token: str,
        *,
        status: str | None = None,
        msg: str | None = None,
        ping: float | None = None,
    ) -> Call[None]:
        """Report as one did to a push monitor of Uptime Kuma; `ping` in ms."""
        return report("push", token, status=status, msg=msg, ping=ping)

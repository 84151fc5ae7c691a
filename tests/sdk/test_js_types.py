"""The JavaScript library packed and installed from its file, and its types: TypeScript's compiler
reads a program that uses them, and holds them against the server's own description of its API."""

import json
import shutil

import pytest
from servers import a_web_server

from bench.nodes import LIBRARY, fetched, run

pytestmark = pytest.mark.slow
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TYPESCRIPT = "5.9.3"
STRICT = {
    "strict": True,
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
    "noEmit": True,
    "target": "es2022",
    "module": "nodenext",
    "moduleResolution": "nodenext",
    "lib": ["es2023", "dom", "dom.iterable"],
    "types": [],
}


@pytest.fixture
def installed(tmp_path):
    """A project that has the library from its packed file, and nothing else of it."""
    packed = run(LIBRARY, "npm", "pack", "--silent", "--pack-destination", str(tmp_path))
    assert packed.returncode == 0, packed.stdout
    project = tmp_path / "project"
    project.mkdir()
    (project / "package.json").write_text('{"name": "project", "type": "module"}')
    (file,) = tmp_path.glob("kener-sdk-*.tgz")
    done = run(project, "npm", "install", "--silent", "--offline", "--no-audit", str(file))
    assert done.returncode == 0, done.stdout
    return project


@pytest.fixture
def tsc(installed):
    """Have the compiler read some files of the project; what it says."""
    compiler = fetched("typescript", TYPESCRIPT) / "bin" / "tsc"
    (installed / "tsconfig.json").write_text(json.dumps({"compilerOptions": STRICT}))
    return lambda: run(installed, "node", str(compiler), "-p", ".")


@ON_SQLITE
def test_the_packed_library_is_whole_and_runs(installed, app):
    folder = installed / "node_modules" / "kener-sdk"
    assert {each.name for each in folder.iterdir()} == {
        "LICENSE",
        "README.md",
        "package.json",
        "src",
    }
    program = (
        'import { Kener } from "kener-sdk"; console.log((await new Kener().status.get()).status)'
    )
    with a_web_server(app) as address:
        done = run(installed, "node", "--input-type=module", "-e", program, KENER_URL=address)
    assert (done.returncode, done.stdout) == (0, "unknown\n")


def test_a_program_is_typed(installed, tsc):
    shutil.copy(LIBRARY / "test" / "types.ts", installed / "program.ts")
    done = tsc()

    assert done.stdout == ""
    assert done.returncode == 0


@ON_SQLITE
def test_the_types_are_those_of_the_servers_own_description(installed, tsc, app):
    with a_web_server(app) as address:
        drift = str(LIBRARY / "test" / "drift.js")
        wrote = run(installed, "node", drift, str(installed / "drift.ts"), KENER_URL=address)
    assert wrote.returncode == 0, wrote.stdout
    assert int(wrote.stdout) > 60
    done = tsc()

    assert done.stdout == ""
    assert done.returncode == 0


@ON_SQLITE
def test_a_type_that_drifts_is_found(installed, tsc, app):
    declared = installed / "node_modules" / "kener-sdk" / "src" / "types" / "monitors.d.ts"
    text = declared.read_text()
    assert "  hidden: boolean;\n" in text
    declared.write_text(text.replace("  hidden: boolean;\n", "  hiden: boolean;\n"))
    with a_web_server(app) as address:
        drift = str(LIBRARY / "test" / "drift.js")
        run(installed, "node", drift, str(installed / "drift.ts"), KENER_URL=address)

    assert "drift.ts" in tsc().stdout

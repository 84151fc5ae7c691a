"""What is published: a wheel and a source archive that install from their files."""

import json
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from kener_client import __version__

ROOT = Path(__file__).parents[3]
SDK = ROOT / "sdk" / "python"
ASK = """
import kener_client, kener_client.types, json
kener = kener_client.Kener("http://127.0.0.1:1")
print(json.dumps([kener_client.__file__, kener_client.__version__, repr(kener)]))
"""

pytestmark = pytest.mark.slow


def run(*command, **options):
    done = subprocess.run(
        [str(each) for each in command],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with both files."""
    folder = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=SDK)
    return folder


@pytest.fixture
def fresh(tmp_path):
    """The Python of a new environment that has nothing but what Kener's tests have: no network is
    asked for it."""
    folder = tmp_path / "fresh"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    packages = Path(run(python, "-c", "import site; print(site.getsitepackages()[0])").strip())
    (packages / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return python


@pytest.mark.parametrize("ending", [".whl", ".tar.gz"])
def test_it_installs_from_its_file(built, fresh, tmp_path, ending):
    [file] = [each for each in built.iterdir() if each.name.endswith(ending)]
    pip = [fresh, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    run(*pip, "--no-build-isolation", file)

    where, version, shown = json.loads(run(fresh, "-c", ASK, cwd=tmp_path))
    assert Path(where).is_relative_to(tmp_path / "fresh")
    assert (version, shown) == (__version__, "Kener('http://127.0.0.1:1')")
    assert run(fresh.parent / "kener", "--version", cwd=tmp_path).strip() == __version__


def test_they_hold_what_they_should_and_nothing_else(built):
    [wheel] = built.glob("*.whl")
    [archive] = built.glob("*.tar.gz")
    ours = {
        each.relative_to(SDK / "src").as_posix()
        for each in (SDK / "src").rglob("*")
        if each.suffix == ".py" or each.name == "py.typed"
    }

    named = set(zipfile.ZipFile(wheel).namelist())
    about = {each for each in named if ".dist-info/" in each}
    assert named - about == ours
    assert any(each.endswith("/licenses/LICENSE") for each in about)
    with tarfile.open(archive) as opened:
        names = {each.split("/", 1)[1] for each in opened.getnames()}
    sources = {f"src/{each}" for each in ours}
    assert names - {".gitignore"} == sources | {
        "LICENSE",
        "README.md",
        "PKG-INFO",
        "pyproject.toml",
    }


def test_it_says_the_same_version_and_licence_everywhere(built):
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        [name] = [each for each in opened.namelist() if each.endswith("METADATA")]
        told = opened.read(name).decode()

    assert f"\nVersion: {__version__}\n" in told
    assert "\nName: kener-python\n" in told
    assert (SDK / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()

"""`python build_status.py`"""

import os
import subprocess
import sys
from pathlib import Path

import pages
import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def run(database, config):
    with database.write() as session:
        pages.a_shop(session)

    def run(*arguments):
        return subprocess.run(
            [sys.executable, ROOT / "build_status.py", *arguments],
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": config.database_url,
                "KENER_DATA_DIR": str(config.data_dir),
            },
            cwd=config.data_dir,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_it_writes_the_site_into_a_folder(run, tmp_path):
    out = tmp_path / "out"
    done = run("--out", str(out), "--strict")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[1] == "files,"
    assert {"index.html", "now.json", "m", "a"} <= {each.name for each in out.iterdir()}


def test_a_second_time_replaces_what_changed_and_removes_what_went(run, tmp_path):
    out = tmp_path / "out"
    run("--out", str(out))
    (out / "m/gone").mkdir()
    (out / "m/gone/index.html").write_text("of a service that was deleted")
    style = next((out / "a").glob("site.*.css"))
    before = style.stat().st_mtime_ns
    run("--out", str(out))

    assert not (out / "m/gone").exists()
    assert style.stat().st_mtime_ns == before


def test_it_touches_no_folder_with_other_peoples_files(run, tmp_path):
    (tmp_path / "letter.txt").write_text("dear all")
    done = run("--out", str(tmp_path))

    assert done.returncode == 1
    assert "has files that are not ours" in done.stderr
    assert (tmp_path / "letter.txt").read_text() == "dear all"


def test_it_publishes_to_the_target(run, config):
    assert run("--publish").returncode == 0
    assert (config.site_dir / "current" / "index.html").is_file()


def test_a_setting_that_makes_no_sense_is_one_line(run, config):
    done = subprocess.run(
        [sys.executable, ROOT / "build_status.py"],
        env={"PATH": os.environ["PATH"], "DATABASE_URL": "mysql://x"},
        cwd=config.data_dir,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "DATABASE_URL: MySQL" in done.stderr
    assert "Traceback" not in done.stderr

"""The command line, as a real process, against a real Kener."""

import json
import sys

import pytest
from kener_client.cli import main
from moody import a_moody_server, answer
from servers import a_free_port


def test_monitors_are_added_listed_shown_and_deleted(shell, kener):
    told = shell.good("monitors", "add", "Shop", "tcp", "host=shop.example", "port=443", "tls=true")
    assert told == "shop is watched.\n"
    assert kener.monitors.get("shop")["settings"]["port"] == 443
    shell.good("monitors", "add", "Desk", "manual", "--tag", "prod", "--interval", "30", "--paused")

    assert shell.good("monitors", "ls") == (
        "unknown  shop  tcp       Shop\npaused   desk  manual    Desk\n"
    )
    assert "prod" not in shell.good("monitors", "ls", "--kind", "tcp")
    assert [each["slug"] for each in json.loads(shell.good("monitors", "ls", "--json"))] == [
        "shop",
        "desk",
    ]
    shown = shell.good("monitors", "show", "shop").splitlines()
    assert "settings.host              shop.example" in shown
    assert shell.good("monitors", "rm", "shop", "desk", "--yes") == "Deleted: shop, desk.\n"
    assert shell.good("monitors", "ls") == ""


def test_who_sits_at_a_terminal_is_asked_before_a_deletion(shell, kener):
    kener.monitors.create(name="Shop", kind="manual")
    question = "Delete shop, and all that was seen? [y/N]: "
    code, shown = shell.asked("monitors", "rm", "shop", prompt=question, answer="n")
    assert (code, shown) == (1, f"{question}n\nAborted!\n")
    assert kener.monitors.get("shop")["slug"] == "shop"

    code, shown = shell.asked("monitors", "rm", "shop", prompt=question, answer="y")
    assert (code, shown) == (0, f"{question}y\nDeleted: shop.\n")
    assert kener.monitors.list().all() == []


def test_a_terminal_shows_what_is_down_in_red(shell, kener):
    kener.monitors.create(name="Shop", kind="manual")
    kener.monitors.set_status("shop", status="down")

    code, shown = shell.asked("status", prompt="Shop")
    assert code == 1
    assert "\x1b[31mdown\x1b[0m  Shop" in shown


def test_a_list_can_be_narrowed(shell, kener):
    for name, tags in {"A": ["x"], "B": ["x", "y"], "C": []}.items():
        kener.monitors.create(name=name, kind="manual", tags=tags)
    kener.monitors.pause("a")

    def slugs(*words):
        return [each["slug"] for each in json.loads(shell.good("--json", "monitors", "ls", *words))]

    assert slugs("--tag", "x") == ["a", "b"]
    assert slugs("--tag", "x", "--tag", "y") == ["b"]
    assert slugs("--paused") == ["a"]
    assert slugs("--running", "-q", "c") == ["c"]
    assert slugs("--status", "down") == []


def test_monitors_are_checked_paused_and_resumed(shell, kener):
    for name in "AB":
        kener.monitors.create(name=name, kind="manual")

    assert shell.good("monitors", "pause", "a", "b") == "Paused: a, b.\n"
    assert [each["paused"] for each in kener.monitors.list()] == [True, True]
    assert shell.good("monitors", "pause", "b") == "So already: b.\n"
    told = json.loads(shell.good("monitors", "resume", "a", "--json"))
    assert [each["slug"] for each in told["changed"]] == ["a"]
    assert shell.good("monitors", "check", "a") == "On its way: a.\n"


def test_what_cannot_be_done_to_one_is_done_to_the_others(shell, kener):
    kener.monitors.create(name="A", kind="manual")
    done = shell("monitors", "pause", "nothing", "a")

    assert (done.returncode, done.stdout) == (4, "Paused: a.\n")
    assert done.stderr == "kener: There is no monitor 'nothing'.\n"


def test_status_says_how_all_is_and_ends_accordingly(shell, kener):
    kener.monitors.create(name="Shop", kind="manual")
    kener.monitors.set_status("shop", status="up")
    assert shell.good("status") == "Everything is working.\nup  Shop\n"

    kener.monitors.set_status("shop", status="down")
    kener.incidents.create(title="Dark", message="It is \u202ered.\nVery.", impact="minor")
    done = shell("status")
    assert (done.returncode, done.stderr) == (1, "")
    assert "down  Shop\n" in done.stdout
    assert "Dark (investigating, minor)\n" in done.stdout
    assert "  It is \ufffdred.\n  Very.\n" in done.stdout
    done = shell("status", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == kener.status() | {"at": json.loads(done.stdout)["at"]}


def test_a_slow_service_is_not_down(shell, kener):
    kener.monitors.create(name="Shop", kind="manual")
    kener.monitors.set_status("shop", status="degraded")

    assert "degraded  Shop" in shell.good("status")


def test_incidents_are_opened_updated_and_resolved(shell, kener):
    kener.monitors.create(name="Shop", kind="manual")
    words = ["incidents", "open", "Slow", "-m", "We look.", "--impact", "major"]
    made = json.loads(shell.good(*words, "--monitor", "shop=degraded", "--quiet", "--json"))
    name = made["id"]
    assert [each["impact"] for each in made["monitors"]] == ["degraded"]
    assert f"{name}  investigating  major  " in shell.good("incidents", "ls")

    told = shell.good("incidents", "update", name, "-m", "Found.", "--status", "identified")
    assert told == f"Said: {name} is identified.\n"
    assert shell.good("incidents", "update", name, "-m", "More.").endswith("is identified.\n")
    shown = shell.good("incidents", "show", name)
    assert shown.startswith("Slow (major)\n  Shop: degraded\n\n")
    assert shown.endswith("  investigating\n  We look.\n")
    shell.good("incidents", "resolve", name)
    assert shell.good("incidents", "ls") == ""
    assert len(json.loads(shell.good("incidents", "ls", "--all", "--json"))) == 1
    said = [each["message"] for each in kener.incidents.updates.list(name)]
    assert said == ["It is over.", "More.", "Found.", "We look."]


def test_what_is_refused_lists_every_bad_field(shell):
    done = shell("monitors", "add", "", "tcp", "host=x", "--interval", "1")

    assert (done.returncode, done.stdout) == (4, "")
    first, *fields = done.stderr.splitlines()
    assert first.startswith("kener: Please correct: ")
    assert {each.split(":")[0] for each in fields} == {"  name", "  settings.port", "  interval"}


def test_what_is_refused_is_json_for_programs(shell):
    done = shell("--json", "monitors", "show", "nothing")

    assert (done.returncode, done.stdout) == (4, "")
    assert json.loads(done.stderr)["error"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "words",
    [
        ["monitors", "add", "Shop", "teapot"],
        ["monitors", "add", "Shop", "tcp", "port"],
        ["monitors", "add", "Shop", "tcp", "port=many"],
        ["monitors", "rm", "shop"],
        ["incidents", "open", "X"],
        ["incidents", "open", "X", "-m", "Y", "--monitor", "shop=broken"],
        ["teapots"],
        ["--url", "ftp://x", "status"],
        ["--key", "two words", "status"],
        ["--profile", "nobody", "status"],
    ],
)
def test_a_wrong_command_ends_with_2(nobody, words):
    done = nobody(*words, KENER_URL="http://127.0.0.1:1", KENER_API_KEY="kener_x")

    assert (done.returncode, done.stdout) == (2, "")
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_kener_that_is_not_there_ends_with_3(nobody):
    done = nobody("--url", f"http://127.0.0.1:{a_free_port()}", "status")
    assert (done.returncode, done.stdout) == (3, "")
    assert "cannot be reached" in done.stderr

    for said in (answer(502, b"<h1>Bad gateway</h1>"), answer(200, b"<h1>Hello</h1>")):
        with a_moody_server(said) as server:
            assert nobody("--url", server.address, "status").returncode == 3


def test_without_a_kener_it_says_what_to_do(nobody):
    done = nobody("status")

    assert done.returncode == 2
    assert "Run `kener login`, give --url, or set KENER_URL." in done.stderr


def test_without_click_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "click", None)
    with pytest.raises(SystemExit) as end:
        main()

    assert end.value.code == 2
    assert capsys.readouterr().err == 'kener: this needs click: pip install "kener-python[cli]"\n'


def test_it_tells_its_version(nobody):
    assert nobody.good("--version") == "0.1.0\n"

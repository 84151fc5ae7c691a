"""Two numbers from Redis, over one connection."""

import socket
from contextlib import closing
from threading import Thread

import pytest
import redis
import servers

from kener.queue import client_for
from kener.web.lines import Line, _answers, command

TWO = b"return {tonumber(ARGV[1]), 7}"


def eval_of(number):
    return command(b"EVAL", TWO, b"0", b"%d" % number)


def nothing():
    return None


@pytest.fixture
def line(redis_url):
    with closing(Line(client_for(redis_url).connection_pool)) as line:
        yield line


def test_the_answer_and_what_was_done_meanwhile(line):
    assert line.ask(eval_of(5), lambda: "done") == ((5, 7), "done")
    assert line.ask(eval_of(-3), nothing) == ((-3, 7), None)


def test_what_redis_refuses_is_none_and_the_next_is_answered(line):
    assert line.ask(command(b"EVALSHA", b"0" * 40, b"0"), nothing) == (None, None)
    assert line.ask(eval_of(5), nothing) == ((5, 7), None)


def test_each_of_many_threads_gets_its_own(line):
    found = {}

    def ask(number):
        for turn in range(50):
            found[number, turn] = line.ask(eval_of(number), lambda: number)

    threads = [Thread(target=ask, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(found) == 300
    assert all(said == ((number, 7), number) for (number, _), said in found.items())


def test_a_line_that_was_cut_is_laid_again(line, redis_url):
    assert line.ask(eval_of(1), nothing)[0] == (1, 7)
    with redis.Redis.from_url(redis_url) as client:
        client.client_kill_filter(_type="normal", skipme=True)

    assert line.ask(eval_of(2), nothing)[0] == (2, 7)


@pytest.mark.parametrize("cut", range(1, 13))
def test_an_answer_may_come_in_pieces(cut):
    whole = b"*2\r\n:5\r\n:-7\r\n-ERR no\r\n"
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(whole[:cut])
        later = Thread(target=theirs.sendall, args=(whole[cut:],))
        later.start()
        assert _answers(ours, 2) == [(5, -7), None]
        later.join()


@pytest.mark.parametrize("said", [b"+OK\r\n", b"*3\r\n:1\r\n", b":1\r\n", b"HTTP/1.1 400\r\n"])
def test_anything_else_is_no_answer(said):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(said)
        with pytest.raises(redis.ConnectionError):
            _answers(ours, 1)


def test_a_server_that_is_gone_is_an_error_and_then_can_come_back(redis_url):
    with servers.a_redis() as url:
        line = Line(client_for(url).connection_pool)
        assert line.ask(eval_of(1), nothing)[0] == (1, 7)

    for _ in range(2):
        with pytest.raises((redis.RedisError, OSError)):
            line.ask(eval_of(1), nothing)
    line.close()


def test_silence_is_an_error_soon():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        line = Line(client_for(url).connection_pool)
        with closing(line), pytest.raises((redis.RedisError, OSError)):
            line.ask(eval_of(1), nothing)


def test_commands_are_counted_in_bytes():
    assert command(b"GET", "ü".encode()) == b"*2\r\n$3\r\nGET\r\n$2\r\n\xc3\xbc\r\n"

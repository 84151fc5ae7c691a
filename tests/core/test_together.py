"""Questions of many threads at once."""

from threading import Event, Thread

import pytest

from kener.core.together import Together


def test_each_gets_the_answer_to_its_own_question():
    double = Together(lambda numbers: [2 * each for each in numbers])

    assert [double(number) for number in range(5)] == [0, 2, 4, 6, 8]


def test_who_comes_while_one_is_asked_is_asked_for_together_and_afterwards():
    begun, go_on, batches = Event(), Event(), []

    def ask(numbers):
        batches.append(sorted(numbers))
        if len(batches) == 1:
            begun.set()
            go_on.wait(10)
        return [-each for each in numbers]

    together, found = Together(ask), {}

    def put(number):
        found[number] = together(number)

    first = Thread(target=put, args=(0,))
    first.start()
    assert begun.wait(10)
    others = [Thread(target=put, args=(number,)) for number in range(1, 6)]
    for each in others:
        each.start()
    while len(together._waiting) < 5:
        pass
    go_on.set()
    for each in [first, *others]:
        each.join()

    assert batches == [[0], [1, 2, 3, 4, 5]]
    assert found == {number: -number for number in range(6)}


def test_an_error_is_for_those_who_asked_and_for_nobody_else():
    def ask(numbers):
        return [1 // each for each in numbers]

    together = Together(ask)
    with pytest.raises(ZeroDivisionError):
        together(0)

    assert together(1) == 1


def test_of_too_few_answers_nobody_gets_one():
    together = Together(lambda numbers: [])

    with pytest.raises(ValueError, match="shorter"):
        together(1)

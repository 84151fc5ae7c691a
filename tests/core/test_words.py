"""One sentence for everything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kener.core.status import Status
from kener.core.words import headline

UP, DEGRADED, PARTIAL, DOWN = Status.UP, Status.DEGRADED, Status.PARTIAL, Status.DOWN
MAINTENANCE, UNKNOWN = Status.MAINTENANCE, Status.UNKNOWN


@pytest.mark.parametrize(
    ("displayed", "sentence"),
    [
        ([], "Nothing is watched yet."),
        ([("Shop", UNKNOWN)], "There is no data at the moment."),
        ([("Shop", UP), ("Mail", UP)], "Everything is working."),
        ([("Shop", UP), ("Mail", UNKNOWN)], "Everything that we have data for is working."),
        ([("Shop", DOWN), ("Mail", UP)], "Shop is down."),
        ([("Shop", DOWN)], "Shop is down."),
        ([("Shop", DOWN), ("Mail", DOWN), ("News", UP)], "Shop and Mail are down."),
        (
            [("Shop", DOWN), ("Mail", DOWN), ("News", DOWN), ("Blog", UP)],
            "Shop and 2 more are down.",
        ),
        ([("Shop", DOWN), ("Mail", DOWN)], "Everything is down."),
        ([("Shop", DEGRADED), ("Mail", PARTIAL)], "Mail is partly down."),
        ([("Shop", DEGRADED), ("Mail", MAINTENANCE)], "Shop is degraded."),
        ([("Shop", UP), ("Mail", MAINTENANCE)], "Mail is under maintenance."),
    ],
)
def test_the_sentence_speaks_of_the_worst_there_is(displayed, sentence):
    assert headline(displayed) == sentence


@given(st.lists(st.tuples(st.text(min_size=1, max_size=9), st.sampled_from(Status)), max_size=9))
def test_nothing_is_called_working_that_is_not(displayed):
    says_all_works = headline(displayed) == "Everything is working."

    assert says_all_works == (bool(displayed) and {status for _, status in displayed} == {UP})

"""Many cases of one test that begin from the same world, which is made once and not anew for each."""

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import Parameter, signature
from typing import Any

from django.db import transaction


def from_one_world(names: Sequence[str], cases: Sequence[Sequence[Any]], ids: Sequence[str]) -> Callable:
    """Like `pytest.mark.parametrize`, for a test that takes long to set up and short to run.

    Each case is told by its id and taken back before the next. What fixtures give must not be changed in memory.
    """

    def decorated(test: Callable) -> Callable:
        wanted = [each for each in signature(test).parameters if each not in names]

        @wraps(test)
        def run(subtests, **given: Any) -> None:
            fixtures = {name: given[name] for name in wanted}
            for case_id, case in zip(ids, cases, strict=True):
                with subtests.test(case_id), transaction.atomic():
                    test(**fixtures, **dict(zip(names, case, strict=True)))
                    transaction.set_rollback(True)

        taken = dict.fromkeys(["subtests", *wanted])
        run.__signature__ = signature(test).replace(
            parameters=[Parameter(name, Parameter.KEYWORD_ONLY) for name in taken]
        )
        return run

    return decorated

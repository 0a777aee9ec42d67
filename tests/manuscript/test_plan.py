"""What is remembered of composing a series, as JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.plan import parse_plan, print_plan
from partwork.model.newsletter import QuotationLimits
from partwork.model.plan import Ground, Plan
from partwork.model.series import Division

DIGESTS = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)
PLANS = st.builds(
    Plan,
    division=st.sampled_from(Division),
    writer=st.text(),
    grounds=st.dictionaries(
        DIGESTS, st.builds(Ground, st.lists(DIGESTS).map(tuple), DIGESTS), max_size=3
    ),
    passed_over=st.lists(DIGESTS).map(tuple),
    quoted=st.dictionaries(
        st.text(),
        st.builds(QuotationLimits, st.floats(0, 1), st.integers(0, 1000)),
        max_size=2,
    ),
)


@given(PLANS)
def test_a_printed_plan_reads_back_as_it_was(plan: Plan) -> None:
    assert parse_plan(print_plan(plan), "plan.json") == plan


def test_a_plan_of_before_rights_had_limits_is_read_too() -> None:
    text = '{"division": "theme", "writer": "", "parts": {}, "passed_over": []}'

    assert parse_plan(text, "plan.json") == Plan(Division.THEME)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "[" * 100_000,
        '{"division": "theme", "writer": "", "parts": {"a": 1}}',
        '{"division": "theme", "writer": "", "parts": {}, "passed_over": [], "quoted": {"a": 1}}',
    ],
)
def test_what_is_no_plan_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ManuscriptError, match=r"plan\.json: is no plan of a series; remove it"):
        parse_plan(text, "plan.json")

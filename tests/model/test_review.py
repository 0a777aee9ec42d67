"""Who has to say yes, and for how long that is good."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from partwork.model.issue import EDITOR, Approval
from partwork.model.review import folded, standing

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ROLES = ("editor", "medical", "legal")

people = st.sampled_from(["Ada", "ada", " ADA ", "Grace", "grace  hopper", "Grace Hopper"])
approvals = st.lists(
    st.builds(
        lambda name, role, days: Approval("hash", name, "cli", NOW - days * DAY, role=role),
        people,
        st.sampled_from([*ROLES, "of another day"]),
        st.integers(0, 50),
    ),
    max_size=6,
).map(lambda given: tuple(sorted(given, key=lambda yes: yes.approved_at)))
lasting = st.one_of(st.none(), st.integers(1, 60).map(lambda days: days * DAY))
wanted = st.lists(st.sampled_from(ROLES), min_size=1, unique=True).map(tuple)


def yes(name: str, role: str = EDITOR, days_ago: int = 0) -> Approval:
    return Approval("hash", name, "cli", NOW - days_ago * DAY, role=role)


@given(approvals, wanted, lasting)
def test_a_whole_approval_has_as_many_people_as_roles(given_yes, roles, lasts) -> None:
    state = standing(given_yes, roles, lasts, NOW)

    if state.approved_at:
        assert len({folded(one.reviewer) for one in given_yes}) >= len(roles)


@given(approvals, wanted, lasting)
def test_each_role_is_good_or_wanting_and_none_is_both(given_yes, roles, lasts) -> None:
    state = standing(given_yes, roles, lasts, NOW)

    assert set(state.wanting) <= set(roles)
    assert not set(state.missing) & set(state.ran_out)
    assert (state.approved_at is None) == bool(state.wanting)


@given(approvals, wanted, lasting)
def test_what_has_run_out_once_stays_so(given_yes, roles, lasts) -> None:
    earlier = standing(given_yes, roles, lasts, NOW)
    later = standing(given_yes, roles, lasts, NOW + 10 * DAY)

    assert set(earlier.ran_out) <= set(later.ran_out)
    assert earlier.missing == later.missing


def test_one_person_speaks_for_one_role_however_the_name_is_written() -> None:
    state = standing(
        (yes("Ada North", days_ago=1), yes(" ada  NORTH", "medical")), ROLES[:2], None, NOW
    )

    assert state.missing == ("medical",)


def test_it_counts_from_when_the_last_role_said_yes() -> None:
    given_yes = (yes("Ada", days_ago=5), yes("Grace", "medical", days_ago=2))

    assert standing(given_yes, ROLES[:2], None, NOW).approved_at == NOW - 2 * DAY


def test_a_yes_is_good_until_its_days_are_over_and_not_after() -> None:
    given_yes = (yes("Ada", days_ago=30),)

    assert standing(given_yes, (EDITOR,), 30 * DAY, NOW).ran_out == (EDITOR,)
    assert standing(given_yes, (EDITOR,), 31 * DAY, NOW).approved_at == NOW - 30 * DAY

"""The review flow, as far as it needs no server."""

from pathlib import Path


def test_the_flow_is_deployed_under_its_own_name(flow_file) -> None:
    assert flow_file("review").review.name == "review"
    config = Path(__file__).parents[2] / "prefect.yaml"
    assert "entrypoint: flows/review.py:review" in config.read_text()


def test_without_a_deployment_nobody_could_answer_and_it_says_so(flow_file) -> None:
    state = flow_file("review").review.fn(series="greetings", part=0)

    assert state.is_failed()
    assert "start the deployment review/review" in state.message

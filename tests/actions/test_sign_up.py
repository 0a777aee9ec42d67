"""What an operator chooses about sign-ups."""

from pathlib import Path

import pytest

from partwork.actions.sign_up import Visitor, evidence_of
from partwork.assembly import Press, assemble
from partwork.settings import Settings
from partwork.settings_faults import SettingsError
from partwork.store.service_messages import Caps
from partwork.store.suppression_log import LogAct, LogEntry, append
from partwork.subscribing.networks import Kept
from tests.conftest import NOW

VISITOR = Visitor("192.0.2.77", "Browser 1.0\r\n" + "x" * 1_000)


@pytest.mark.parametrize(
    ("how", "kept"),
    [(Kept.FULL, "192.0.2.77"), (Kept.TRUNCATED, "192.0.2.0/24"), (Kept.NONE, "")],
)
def test_as_much_of_the_network_is_recorded_as_the_setting_says(
    home: Path, how: Kept, kept: str
) -> None:
    with assemble(Settings(home=home, consent_network=how)) as press:
        evidence = evidence_of(press, VISITOR, "form")

    assert evidence.network == kept
    assert len(evidence.user_agent) == 200
    assert evidence.user_agent.isprintable()


def test_a_setting_that_is_none_is_refused(home: Path) -> None:
    with pytest.raises(SettingsError, match="PARTWORK_CONSENT_NETWORK"):
        Settings(home=home, consent_network="some of it")


def test_the_log_may_lie_on_another_disk(press: Press, tmp_path: Path) -> None:
    log = tmp_path / "another disk" / "log"
    append(log, [LogEntry(LogAct.SUPPRESSED, NOW, "a hash", reason="complaint")])

    with assemble(Settings(home=press.settings.home, suppression_log=log)) as elsewhere:
        assert elsewhere.suppression_log == log


def test_caps_are_the_settings(home: Path) -> None:
    chosen = {"mails_per_address": 1, "mails_per_network": 2, "mails_in_all": 4}
    with assemble(Settings(home=home, **chosen)) as press:
        assert press.caps == Caps(of_address=1, of_network=2, in_all=4)

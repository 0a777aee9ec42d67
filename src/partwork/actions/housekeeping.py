"""What is to be done again and again while the pages are served."""

from partwork.actions.answering import answer_requests
from partwork.actions.forgetting import forget_unconfirmed
from partwork.assembly import Clock, Press
from partwork.store.replaying import replay


def keep_house(press: Press, clock: Clock) -> None:
    """Applies what was logged without a database, mails what waits, forgets the unconfirmed.

    Raises LogUnusable, LibraryError, StoreError; nothing is lost then, and the next round does it.
    """
    replay(press.engine, press.suppression_log)
    answer_requests(press, clock)
    forget_unconfirmed(press, clock())

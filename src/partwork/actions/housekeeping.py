"""What is to be done again and again while the pages are served."""

from partwork.actions.forgetting import forget_unconfirmed
from partwork.assembly import Clock, Press
from partwork.store.replaying import replay
from partwork.store.sqlite_files import overwrite_deleted


def keep_house(press: Press, clock: Clock) -> None:
    """Applies what was logged without a database, and forgets the unconfirmed.

    What was deleted is overwritten in the files of the database too, unless another is at it.
    Raises LogUnusable, LibraryError, StoreError; nothing is lost then, and the next round does it.
    """
    replay(press.engine, press.suppression_log)
    forget_unconfirmed(press, clock())
    overwrite_deleted(press.engine)

"""An issue, by what people call it."""

from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.issue import Issue
from partwork.store.corrections import revision_of
from partwork.store.engine import read_only
from partwork.store.issues import find_issues, is_published


def issue_named(press: Press, name: str) -> Issue:
    """The one issue of that name, or whose name begins so. Raises LibraryError.

    Of several the one that is published is meant: `series-01` goes on to name what was mailed
    when the part has been rendered anew, and its revision once that has taken its place.
    """
    if not name:
        raise LibraryError("no issue was named; `partwork status` lists them")
    if name in press.library.series_slugs():  # a part of it would be taken for all
        raise LibraryError(f"{name} is a series; `partwork status {name}` lists its issues")
    with read_only(press.engine) as connection:
        # Our names are plain; a database may break on what no name has, such as half a letter.
        is_plain = name.isascii() and name.isprintable()
        found = find_issues(connection, name) if is_plain else ()
        mailed = [
            issue
            for issue in found
            if is_published(connection, issue.content_hash)
            and not (revision_of(connection, issue.content_hash) or issue.is_correction_mail)
        ]
    if not found:
        raise LibraryError(f"there is no issue {name!r}; `partwork status` lists them")
    if len(found) > 1 and len(mailed) != 1:
        some = ", ".join(issue.name for issue in found[:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        raise LibraryError(f"{name!r} could be {some}{more}; write more of its name")
    return mailed[0] if mailed and len(found) > 1 else found[0]

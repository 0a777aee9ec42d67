"""The root of every error that Partwork raises on purpose."""


class PartworkError(Exception):
    """Something a person can mend: the message says what happened, to what, and what to do.

    Doors print the message as one line and end with status 1; anything else that is raised is
    a defect of ours.
    """

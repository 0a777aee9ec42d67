"""What is wrong with a file that an editor wrote."""

from partwork.model.errors import PartworkError


class ManuscriptError(PartworkError):
    """A file that cannot be read as what it should be.

    `line` counts from 1 in `file`; 0 speaks of the whole file. `message` is all but the place.
    """

    def __init__(self, file: str, line: int, message: str) -> None:
        self.file, self.line, self.message = file, line, message
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}: {message}")


class FieldsError(ManuscriptError):
    """A settings file with wrong fields: all that is wrong with it, one sentence a field."""

    def __init__(self, file: str, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(file, 0, "; ".join(problems))

"""What can keep a page from being photographed."""

from partwork.model.errors import PartworkError


class NoPicture(PartworkError):
    """A browser that does not start, does not answer or does not show a page."""

    def __init__(self, browser: str, why: str) -> None:
        self.browser, self.why = browser, why
        super().__init__(f"{browser} takes no pictures: {why}; `{browser} --headless` shows more")

"""The web page of a mail with all parts of a week, which is no part itself."""

from datetime import UTC, datetime

from partwork.assembly import Press
from partwork.model.address import Mailbox
from partwork.model.issue import AudienceRule, Issue
from partwork.store.campaigns import make_campaign
from partwork.store.issues import save_issue

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def published(press: Press, newsletter: str, instalment: str, series: str, title: str) -> Issue:
    editor = Mailbox("", "editor@example.org")
    page = f"<!doctype html><title>{title}</title><h1>{title}</h1>"
    rule = AudienceRule(newsletter, series)
    issue = Issue(instalment, 10, title, title, "", editor, editor, title, title, page, rule)
    with press.engine.begin() as connection:
        save_issue(connection, issue, AT)
        make_campaign(connection, issue, AT, AT)
    return issue


def test_it_is_found_by_its_name_and_listed_nowhere(client, press: Press, newsletter: str) -> None:
    published(press, newsletter, "part0001", "soil", "A part")
    bundle = published(press, newsletter, "", "", "All of a week")

    page = client.get(f"/issues/{bundle.name}")

    assert bundle.name.startswith(f"{newsletter}-10-")
    assert page.status_code == 200
    assert "All of a week" in page.text
    for path in ("archive", "atom.xml", "feed.json"):
        listed = client.get(f"/newsletters/{newsletter}/{path}").text
        assert "A part" in listed
        assert "All of a week" not in listed
    assert bundle.name not in client.get("/sitemap.xml").text
    assert client.get("/parts/").status_code == 404

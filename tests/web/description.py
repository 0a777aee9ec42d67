"""What every route may be sent and may answer, as an OpenAPI description for schemathesis."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]

PAGE = "text/html; charset=utf-8"
WORDS = "text/plain; charset=utf-8"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
NO_FORM = (400, 403, 413, 415)  # what `form_of` says of bodies that are none
AS_IT_IS, LINKED = (200, 404), (200, 404, 410)

# By path: what GET may answer, and in which media types beside a page.
READ: Mapping[str, tuple[Sequence[int], Sequence[str]]] = {
    "/": ((200, 302, 404), ()),
    "/l/{token}": ((302, 404), ()),
    "/issues/{name}": (LINKED, ()),
    "/parts/{instalment}": (LINKED, ()),
    "/articles/{slug}/report": (LINKED, ()),
    "/drafts/{series}/{part}": (LINKED, ()),
    "/drafts/{series}/{part}/mail": (LINKED, ()),
    "/drafts/{series}/{part}/mail/{view}.png": (AS_IT_IS, ("image/png",)),
    "/read/{key}": (LINKED, ()),
    "/read/{key}/mail": (LINKED, ()),
    "/waiting/{key}": (LINKED, ()),
    "/media/{name}": (AS_IT_IS, ("image/png", "image/jpeg")),
    "/newsletters/{slug}": (AS_IT_IS, ()),
    "/newsletters/{slug}/archive": (AS_IT_IS, ()),
    "/newsletters/{slug}/atom.xml": (AS_IT_IS, ("application/atom+xml",)),
    "/newsletters/{slug}/feed.json": (AS_IT_IS, ("application/feed+json",)),
    "/series/{slug}": (AS_IT_IS, ()),
    "/sitemap.xml": ((200,), ("application/xml",)),
    "/robots.txt": ((200,), (WORDS,)),
    "/confirm/{token}": (LINKED, ()),
    "/u/{token}": (AS_IT_IS, ()),
    "/undo/{token}": (LINKED, ()),
    "/leave": ((200,), ()),
    "/preferences/{token}": (LINKED, ()),
    "/preferences/{token}/data.json": (LINKED, ("application/json",)),
    "/move/{token}": (LINKED, ()),
    "/stop/{issue}": (LINKED, ()),
    "/healthz": ((200,), ("application/json",)),
    "/readyz": ((200,), ("application/json",)),
    "/metrics": (AS_IT_IS, (WORDS,)),
}
_SENT_TO_US = {"type": "string"}
_ADDRESS = {"type": "string", "format": "email"}
# By path: what POST may answer, and the fields of its form.
WRITTEN: Mapping[str, tuple[Sequence[int], Schema]] = {
    "/newsletters/{slug}": (
        (200, 404, 422, 429, *NO_FORM),
        {"email": _ADDRESS, "form": _SENT_TO_US, "website": {"enum": ["", "spam"]}},
    ),
    "/confirm/{token}": (
        (200, 404, 410, 429, *NO_FORM),
        {"confirm": {"enum": ["yes"]}, "again": _SENT_TO_US},
    ),
    "/u/{token}": (
        (200, 404, 413),
        {
            "List-Unsubscribe": {"enum": ["One-Click"]},
            "leave": {"enum": ["newsletter", "series", "no series", "everything", "else"]},
        },
    ),
    "/undo/{token}": ((200, 404, 410, *NO_FORM), {"undo": _SENT_TO_US}),
    "/leave": ((200, 422, 429, *NO_FORM), {"email": _ADDRESS, "newsletter": _SENT_TO_US}),
    "/preferences/{token}": (
        (200, 404, 410, 422, 429, *NO_FORM),
        {
            "do": {"enum": ["save", "leave", "leave all", "move", "erase", "else"]},
            "newsletter": _SENT_TO_US,
            "email": _ADDRESS,
            "pause": {"enum": ["0", "2", "x", "-1", "9" * 30]},
            "sure": {"enum": ["yes", "no"]},
            "shown-soil": _SENT_TO_US,
            "series-soil": _SENT_TO_US,
            "shows-bundled": _SENT_TO_US,
            "bundled": _SENT_TO_US,
        },
    ),
    "/move/{token}": ((200, 404, 409, 410, *NO_FORM), {"move": _SENT_TO_US}),
    "/stop/{issue}": ((200, 404, 410, *NO_FORM), {"stop": _SENT_TO_US}),
}


def description(made: Schema, known: Mapping[str, Mapping[str, Sequence[str]]]) -> Schema:
    """What FastAPI makes of the routes, with what they may answer, and their forms.

    `known` are the only values to try, by path and parameter or field; of all others any string is
    tried. HEAD is left out: it is GET's own function.
    """
    described = copy.deepcopy(made)
    for path, operations in described["paths"].items():
        good = known.get(path, {})
        operations.pop("head", None)
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                if values := good.get(parameter["name"]):
                    parameter["schema"] = {"enum": list(values)}
            if method == "post":
                statuses, fields = WRITTEN[path]
                operation["requestBody"] = _form(fields, good)
                operation["responses"] = _answers(statuses, [WORDS])
            else:
                statuses, media = READ[path]
                operation["responses"] = _answers(statuses, media)
    return described


def _form(fields: Schema, good: Mapping[str, Sequence[str]]) -> Schema:
    with_values = {name: {"enum": list(good[name])} for name in fields if name in good}
    schema = {"type": "object", "properties": {**fields, **with_values}}
    return {"content": {kind: {"schema": schema} for kind in FORMS}}


def _answers(statuses: Sequence[int], media: Sequence[str]) -> Schema:
    content: Schema = {kind: {} for kind in (PAGE, *media)}
    with_content = {"description": "", "content": content}
    return {
        str(status): {"description": ""} if status == 302 else with_content for status in statuses
    }

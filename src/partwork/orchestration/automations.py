"""What Prefect's server does by itself for us: put in place by name, as often as one likes.

Plain data for its HTTP interface: the launcher does not import Prefect.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from partwork.orchestration.environment import POOL
from partwork.orchestration.event_names import INBOX_CHANGED

OURS = "Partwork: "
PEOPLE = ("editor", "operator")
TAGS = (*PEOPLE, "notice")  # one of them has each of our deployments
# Prefect takes a run for dead after three of the heartbeats that prefect.yaml asks of it.
SILENT_SECONDS = 90
BLOCK = "partwork-notify"
_RUN = {"prefect.resource.id": ["prefect.flow-run.*"]}

Automation = Mapping[str, Any]


class Server(Protocol):
    """Prefect's HTTP interface; paths are below /api. What it refuses is an exception."""

    def get(self, path: str) -> Any:
        """What a path answers."""

    def post(self, path: str, body: object) -> Any:
        """What a path answers to a body."""

    def put(self, path: str, body: object) -> Any:
        """The same for something that is there."""

    def patch(self, path: str, body: object) -> Any:
        """The same for a part of it."""

    def delete(self, path: str) -> None:
        """Deletes what the path names."""


def install(server: Server, notify_url: str = "") -> tuple[str, ...]:
    """Puts ours in place, and takes away those that are ours no more; the names of what is there.

    One that somebody switched off stays off; other people's are left alone. Without `notify_url`
    nobody is called. What would start a deployment that is not there is left out.
    """
    named = {"name": {"any_": ["ingest", "notice"]}}
    pool = {"name": {"any_": [POOL]}}
    started = {"flows": named, "deployments": named, "work_pools": pool}
    flows = {one["name"]: one["id"] for one in server.post("/deployments/filter", started)}
    wanted = list(_own(flows))
    if notify_url:
        wanted += _calling(_block(server, notify_url))
    there = {one["name"]: one for one in server.post("/automations/filter", {"limit": 200})}
    for automation in wanted:
        known = there.pop(automation["name"], None)
        if known:
            server.put(f"/automations/{known['id']}", {**automation, "enabled": known["enabled"]})
        else:
            server.post("/automations/", automation)
    for name, gone in there.items():
        if name.startswith(OURS):
            server.delete(f"/automations/{gone['id']}")
    return tuple(automation["name"] for automation in wanted)


def _own(flows: Mapping[str, str]) -> Iterator[Automation]:
    yield {
        "name": f"{OURS}runs that died are crashed",
        "description": "A run whose process is gone would be running for ever; what it left is "
        "finished by sweep.",
        "trigger": _absent(),
        "actions": [
            {
                "type": "change-flow-run-state",
                "state": "CRASHED",
                "message": f"Nothing was heard of this run for {SILENT_SECONDS} seconds.",
            }
        ],
    }
    if "notice" in flows:
        mail = {
            "type": "run-deployment",
            "source": "selected",
            "deployment_id": flows["notice"],
            # Said so, the id is written out; a template alone would be taken for JSON.
            "parameters": {"run": {"__prefect_kind": "jinja", "template": "{{ flow_run.id }}"}},
        }
        for what, trigger in _worth_a_word().items():
            yield {
                "name": f"{OURS}mail when {what}",
                "description": "To the editors of the newsletter that it is about, else of all.",
                "trigger": trigger,
                "actions": [mail],
            }
    if "ingest" in flows:
        yield {
            "name": f"{OURS}ingest what is put into the inbox",
            "description": "Whoever watches the folder tells of it; sweep does not need this.",
            "trigger": _present([INBOX_CHANGED]),
            "actions": [
                {
                    "type": "run-deployment",
                    "source": "selected",
                    "deployment_id": flows["ingest"],
                    "parameters": {},
                }
            ],
        }


def _calling(block: str) -> Iterator[Automation]:
    """What tells whoever listens at PARTWORK_NOTIFY_URL; the server does it, without a worker."""
    for what, trigger in _worth_a_word().items():
        yield {
            "name": f"{OURS}call when {what}",
            "description": "By a POST to what PARTWORK_NOTIFY_URL says, in JSON.",
            "trigger": trigger,
            "actions": [
                {"type": "call-webhook", "block_document_id": block, "payload": _payload(what)}
            ],
        }


def _payload(what: str) -> str:
    """A template of JSON, with the `text` that chats show.

    Names and states alone: what a run says is for those who may log in.
    """
    url = "flow_run | ui_url"
    return (
        f'{{"text": {{{{ ("Partwork: {what}: " ~ flow_run.name ~ " " ~ ({url} or ""))'
        f' | tojson }}}}, "run": {{{{ flow_run.name | tojson }}}},'
        f' "state": {{{{ flow_run.state.name | tojson }}}}, "url": {{{{ {url} | tojson }}}}}}'
    )


def _worth_a_word() -> Mapping[str, Automation]:
    """Of what people are told. A run of an editor's that fails is none of it: they see why."""
    of_review = {"prefect.resource.role": "flow", "prefect.resource.name": "review"}
    return {
        "a run fails": _seen(["Failed", "TimedOut"], _tagged(["operator"])),
        "a run dies": _seen(["Crashed"], _tagged(PEOPLE)),
        "a part waits for approval": _seen(["Suspended"], of_review),
    }


def _seen(states: list[str], related: Automation) -> Automation:
    events = [f"prefect.flow-run.{state}" for state in states]
    return _present(events, match=_RUN, related=related)


def _present(
    events: list[str], *, match: Automation | None = None, related: Automation | None = None
) -> Automation:
    return {
        "type": "event",
        "posture": "Reactive",
        "expect": events,
        "match": match or {},
        "match_related": related or {},
        "threshold": 1,
        "within": 0,
    }


def _absent() -> Automation:
    """Nothing more of a run after a heartbeat: no other, nor any change of its state.

    Not the states that there usually are: ours may have names of their own.
    """
    return {
        "type": "event",
        "posture": "Proactive",
        "after": ["prefect.flow-run.heartbeat"],
        "expect": ["prefect.flow-run.*"],
        "match": _RUN,
        "match_related": _tagged(TAGS),
        "for_each": ["prefect.resource.id"],
        "threshold": 1,
        "within": SILENT_SECONDS,
    }


def _tagged(tags: Sequence[str]) -> Automation:
    return {
        "prefect.resource.role": "tag",
        "prefect.resource.id": [f"prefect.tag.{tag}" for tag in tags],
    }


def _block(server: Server, url: str) -> str:
    """The id of the block that holds the address: Prefect keeps it encrypted and shows it to no
    one.
    """
    data = {"url": url, "method": "POST", "headers": {"Content-Type": "application/json"}}
    type_ = server.get("/block_types/slug/webhook")["id"]
    known = server.get("/block_types/slug/webhook/block_documents")
    for block in known:
        if block["name"] == BLOCK:
            server.patch(f"/block_documents/{block['id']}", {"data": data})
            return str(block["id"])
    of_type = {"block_schemas": {"block_type_id": {"any_": [type_]}}, "limit": 1}
    (schema,) = server.post("/block_schemas/filter", of_type)
    made = server.post(
        "/block_documents/",
        {"name": BLOCK, "data": data, "block_schema_id": schema["id"], "block_type_id": type_},
    )
    return str(made["id"])

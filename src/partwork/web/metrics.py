"""Figures for Prometheus: how requests went, who is subscribed, what waits."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from partwork.assembly import Press
from partwork.store.audience import count_subscriptions
from partwork.store.engine import read_only
from partwork.store.ledger import count_unaccepted
from partwork.store.records import waiting_since
from partwork.store.service_messages import count_waiting

# Seconds; the goal for leaving is 0.1 at the 99th percentile.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """One app's figures. Labels are routes and newsletters, never a token or an address."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "partwork_requests", "Answered", ["route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "partwork_request_seconds",
            "From a request to the end of its answer",
            ["route"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._subscriptions = Gauge(
            "partwork_subscriptions", "In each state", ["newsletter", "state"],
            registry=self._registry,
        )  # fmt: skip
        self._waiting = Gauge(
            "partwork_service_messages_waiting",
            "Asked for and not yet mailed",
            registry=self._registry,
        )
        self._deliveries = Gauge(
            "partwork_deliveries",
            "Not accepted, in each state, by the start of the issue's hash, which ends its name",
            ["issue", "state"],
            registry=self._registry,
        )
        self._queue_age = Gauge(
            "partwork_queue_age_seconds",
            "Since the oldest campaign was due that waits and that nothing stops; 0: none does",
            registry=self._registry,
        )

    def note(self, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is its method and template, such as `POST /u/{token}`."""
        self._requests.labels(route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def page(self) -> Response:
        """All figures, as Prometheus reads them. Raises StoreError."""
        with read_only(self._press.engine) as connection:
            counts = count_subscriptions(connection)
            self._waiting.set(count_waiting(connection))
            unaccepted = count_unaccepted(connection)
            since = waiting_since(connection)
        now = datetime.now(UTC)
        self._queue_age.set(max(0.0, (now - since).total_seconds()) if since else 0)
        self._deliveries.clear()
        for (content_hash, stands), number in unaccepted.items():
            self._deliveries.labels(content_hash[:8], stands.value).set(number)
        self._subscriptions.clear()
        for (newsletter, state), count in counts.items():
            self._subscriptions.labels(newsletter, state.value).set(count)
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

"""A language model, asked politely and no oftener than needed."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from partwork.language_model.cache import Cache
from partwork.language_model.endpoint import Busy, Endpoint, Reply, post
from partwork.language_model.errors import BudgetSpent, NoAnswer, Unusable
from partwork.language_model.spending import FREE, Prices, Spending, estimated

TRIES = 3
LONGEST_WAIT = timedelta(seconds=60)  # an editor waits for it; a guess


def _utc_now() -> datetime:
    return datetime.now(UTC)


class LanguageModel:
    """A model behind an OpenAI-compatible endpoint; one for each series, since it adds up costs.

    `patience` is for one request, from looking up the name to the last byte. `budget` is in the
    prices' currency, 0 sets no limit: a request under way is paid for, so the last may exceed it.
    Raises Unusable for a budget without prices and a model without a name.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        model: str,
        cache: Cache,
        *,
        patience: timedelta = timedelta(seconds=120),
        prices: Prices = FREE,
        budget: float = 0.0,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        if not model:
            raise Unusable(f"{endpoint.host} has many language models; say which one to ask")
        if budget and prices == FREE:
            raise Unusable("a budget for the language model needs prices; set them, or no budget")
        self._endpoint, self._model, self._cache = endpoint, model, cache
        self._patience, self._prices, self._budget = patience, prices, budget
        self._wait, self._clock = wait, clock
        self._spending = Spending()

    @property
    def spending(self) -> Spending:
        """What the answers so far came to."""
        return self._spending

    def ask(self, system: str, user: str) -> str:
        """The model's answer, from the cache where it was asked just this before.

        Sends model and messages alone: what else a model takes differs from one to the next.
        Raises NoAnswer, and BudgetSpent before a request that is not to be made.
        """
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        body = json.dumps({"model": self._model, "messages": messages}).encode()
        question = self._endpoint.url.encode() + b"\n" + body
        known = self._cache.answer(question)
        if known is not None:
            self._spending = replace(self._spending, remembered=self._spending.remembered + 1)
            return known
        if 0 < self._budget <= self._spending.cost:
            raise BudgetSpent(self._spending.cost, self._budget)
        reply = self._reply(body)
        usage = reply.usage or estimated(system + user, reply.text)
        self._spending = self._spending.plus(usage, self._prices.cost(usage))
        self._cache.keep(question, reply.text)
        return reply.text

    def _reply(self, body: bytes) -> Reply:
        """The reply to a request, asked again where the server is busy and that may pass soon."""
        for attempt in range(1, TRIES + 1):
            try:
                return post(self._endpoint, body, self._patience.total_seconds(), self._clock())
            except Busy as error:
                wait = 2.0**attempt if error.wait is None else error.wait
                if attempt == TRIES or wait > LONGEST_WAIT.total_seconds():
                    raise NoAnswer(f"{error.why}, tried {attempt} times") from None
                self._wait(wait)
        raise AssertionError("the last try returns or raises")

"""Everything on one machine, by one command: what `partwork up` runs."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from pydantic import SecretStr
from rich.console import Console

from partwork.actions.renew import renew
from partwork.assembly import assemble
from partwork.library import Library
from partwork.model.errors import PartworkError
from partwork.orchestration.automations import install
from partwork.orchestration.children import Child
from partwork.orchestration.environment import Place, prefect_state, web_address
from partwork.orchestration.holding import ToldToEnd, free_port, preferred_port
from partwork.orchestration.inbox_watch import InboxWatch, tell_inbox_changed
from partwork.orchestration.journal import Hearer, labelled
from partwork.orchestration.kept_settings import settings_before, values_of
from partwork.orchestration.launcher import PrefectDown, RunningPrefect, running_prefect
from partwork.orchestration.login import login_file
from partwork.orchestration.retiring import retire
from partwork.orchestration.secrets import named_blocks
from partwork.orchestration.supervising import Supervisor
from partwork.packaged import packaged_home
from partwork.settings import Settings
from partwork.settings_faults import PREFIX

DASHBOARD_PORT = 4200  # what Prefect's own documents say
WEB_PORT = 8000
WEB_LIMIT_SECONDS = 30
INBOX_SECONDS = 2.0  # between two looks; a file that has not changed in between is whole
SHOWN = frozenset({"up", "web", "worker"})


def run_up(asked: Mapping[str, int], console: Console, log_to: Console) -> int:
    """Runs server, worker and web pages for a home until it is told to end; what ends is restarted.

    `asked` are the settings that the command line has. Everything that is said goes to the home's
    log, and what goes on, line by line, to `log_to`; what people need to know to `console`. Raises
    PartworkError where it cannot begin.
    """
    named = named_blocks()
    settings = settings_before(asked, named)
    library = Library(settings.home, packaged_home())
    library.demand_home()
    if not named:
        _try_out(settings)  # what is wrong shows now, before anything runs
    log = settings.state / "logs" / "up.log"
    place = _place(settings)
    web_port = _port(settings.web_port, WEB_PORT, settings.web_host)
    web_url = web_address(settings.web_host, web_port)
    is_first = (
        not settings.dashboard_login.get_secret_value() and not login_file(settings.home).exists()
    )
    console.print(f"starting; the log is {log}")
    began = time.monotonic()
    running = _Running(settings, library, web_port, named)
    try:
        with running_prefect(
            settings.home,
            log=log,
            place=place,
            secrets=secrets_of(settings),
            also=_on_terminal(log_to),
            pages=web_url,
            beside=running.begin,
        ) as prefect:
            if named:
                running.learn(prefect, asked)
            running.go_on(prefect)
            _tell(console, prefect, web_url, library.newsletter_slugs())
            _tell_login(console, prefect, is_first=is_first)
            console.print(f"ready after {time.monotonic() - began:.0f} s; Ctrl-C ends all of it")
            watch = InboxWatch(library, lambda: _tell_of_inbox(prefect))
            running.supervisor.run(_looking(watch))
    except (KeyboardInterrupt, ToldToEnd):
        console.print("stopped")
    return 0


def _try_out(settings: Settings) -> None:
    """Raises PartworkError where the database or the keys will not do."""
    with assemble(settings):
        pass


def _looking(watch: InboxWatch) -> Callable[[float], None]:
    """Waits, and looks into the inbox now and then."""
    looked_at = time.monotonic()

    def wait(seconds: float) -> None:
        nonlocal looked_at
        time.sleep(seconds)
        if time.monotonic() - looked_at >= INBOX_SECONDS:
            watch.look()
            looked_at = time.monotonic()

    return wait


def _tell_of_inbox(prefect: RunningPrefect) -> None:
    """Where the server is just being started again, `sweep` finds the files later."""
    with suppress(PartworkError, OSError, HTTPException):
        tell_inbox_changed(prefect.api)


def _on_terminal(console: Console) -> Hearer:
    """Shows what people can use: not what Prefect says of itself when it starts or deploys."""

    def show(who: str, line: str) -> None:
        if who in SHOWN:
            console.print(labelled(who, line))

    return show


class _Running:
    """The four that run, started so that none waits for another longer than it must.

    `named` are the settings that Prefect keeps, by the names of its blocks.
    """

    def __init__(
        self, settings: Settings, library: Library, web_port: int, named: Mapping[str, str]
    ) -> None:
        self._settings, self._library, self._web_port = settings, library, web_port
        self._named = named
        self._kept: Mapping[str, str] = {}
        self.supervisor = Supervisor(lambda _what: None)

    def begin(self, prefect: RunningPrefect) -> None:
        """While the server starts: the home is made new, the web pages are there, flows are loaded.

        The pages wait for the server where it keeps some of their settings.
        """
        _renew(self._library, lambda what: prefect.journal.note("up", what))
        prefect.prepare()
        self.supervisor = Supervisor(lambda what: prefect.journal.note("up", what))
        self.supervisor.take("server", prefect.server, prefect.children[0])
        if not self._named:
            self._keep_web(prefect)

    def learn(self, prefect: RunningPrefect, asked: Mapping[str, int]) -> None:
        """Once the server answers: the settings that it keeps, then the web pages.

        Flows fetch theirs by themselves as they start. Raises PartworkError where one cannot be
        had, or they will not do.
        """
        self._kept = values_of(prefect.api, self._named)
        os.environ.update(self._kept)
        self._settings = Settings(**asked)
        prefect.journal.hide(secrets_of(self._settings))
        _try_out(self._settings)
        self._keep_web(prefect)

    def _keep_web(self, prefect: RunningPrefect) -> None:
        def web() -> Child:
            where = ("--host", self._settings.web_host, "--port", str(self._web_port))
            proxies = (f"--proxy={proxy}" for proxy in self._settings.trusted_proxies)
            return prefect.start("web", "partwork", "web", *where, *proxies, also=self._kept)

        self.supervisor.keep("web", web)

    def go_on(self, prefect: RunningPrefect) -> None:
        """Once the server answers: the worker, and meanwhile what it is to run."""
        prefect.make_pool()
        self.supervisor.keep("worker", prefect.worker)
        notify_url = self._settings.notify_url.get_secret_value()
        deploy_what_can_be(prefect, self.supervisor.told, notify_url)
        self.supervisor.keep("warm", prefect.warm)
        _await_web(self._settings.web_host, self._web_port, prefect.children[1])


def _renew(library: Library, told: Callable[[str], None]) -> None:
    """Where the home cannot be written what is there is deployed."""
    try:
        words = renew(library, datetime.now(UTC)).words
    except PartworkError as error:
        words = (f"flows, prefect.yaml and templates were not renewed: {error}",)
    for line in words:
        told(line)


def deploy_what_can_be(
    prefect: RunningPrefect, told: Callable[[str], None], notify_url: str = ""
) -> None:
    """Deploys all flows; if some are broken, the others, and tells what is wrong with those.

    What was deployed before stays as it was. `notify_url` is what automations call.
    """
    try:
        prefect.deploy(notify_url)
        return
    except PrefectDown as down:
        first_words = down.last_words
    good = prefect_state(prefect.home) / "sound.yaml"
    status, said = prefect.once("sound", "partwork.orchestration.sound", str(good))
    stays = "what was deployed before stays; mend it, then start `partwork up` again"
    if status != 0:
        told(f"nothing was deployed: {said or first_words}; {stays}")
        return
    again = ("--no-prompt", "deploy", "--all", "--prefect-file", str(good))
    status, more = prefect.once("deploy", "prefect", *again)
    if status != 0:
        told(f"not everything was deployed: {more or first_words}; {stays}")
    else:
        told(f"deployed without {said or first_words}; {stays}")
    install(prefect.api, notify_url)
    retire(prefect.api, prefect.home)


def _await_web(host: str, port: int, web: Child) -> None:
    """Waits until the pages answer; a supervisor sees to them if they do not."""
    address = urlsplit(web_address(host, port)).hostname or host
    deadline = time.monotonic() + WEB_LIMIT_SECONDS
    while time.monotonic() < deadline and web.ended(within=0.05) is None:
        connection = HTTPConnection(address, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except (OSError, HTTPException):
            continue
        finally:
            connection.close()


def _tell(
    console: Console, prefect: RunningPrefect, web_url: str, newsletters: tuple[str, ...]
) -> None:
    page = f"{web_url}/newsletters/{newsletters[0]}" if newsletters else f"{web_url}/leave"
    console.print(f"dashboard      {prefect.dashboard}   runs, forms and reports")
    console.print(f"web pages      {page}   what readers see")
    console.print(f"is all well    {web_url}/readyz   for your monitoring; figures are at /metrics")


def _tell_login(console: Console, prefect: RunningPrefect, *, is_first: bool) -> None:
    """The login itself once, and to a person alone: what is no terminal may be a log."""
    file = login_file(prefect.home)
    if is_first and console.is_terminal:
        console.print(f"log in with    {prefect.place.login}   all of it; kept in {file}")
    else:
        where = file if file.exists() else f"{PREFIX}DASHBOARD_LOGIN"
        console.print(f"log in with    what {where} has, all of it")


def _place(settings: Settings) -> Place:
    return Place(
        _port(settings.dashboard_port, DASHBOARD_PORT, settings.dashboard_host),
        settings.dashboard_login.get_secret_value(),
        settings.dashboard_host,
        settings.dashboard_url,
    )


def _port(asked: int, usual: int, host: str) -> int:
    return free_port(asked, host) if asked else preferred_port(usual, host)


def secrets_of(settings: Settings) -> Iterator[str]:
    """All that the settings keep secret, whole and in its parts."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            for part in (value.get_secret_value(), *value.get_secret_value().split(",")):
                yield part.strip()
                if password := urlsplit(part).password:
                    yield password

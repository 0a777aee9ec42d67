"""Commands for operators: a home, the demo, the web pages, a look at what is wrong."""

import os
import re
import shlex
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from partwork.cli.terminal import (
    DONE,
    REFUSED,
    RUNNING,
    AsJson,
    Flag,
    WrongUse,
    app,
    ask,
    counted,
    err,
    out,
    press_of_home,
    print_json,
    typed_address,
    utc_now,
)

if TYPE_CHECKING:
    from partwork.actions.finding import Finding
    from partwork.assembly import Press

LOOKS_EVERY_SECONDS = 2  # for what comes back: a mailbox is asked each time


@app.command(group=RUNNING, sort_key=2)
def init(
    folder: Path = Path(),
    *,
    name: str = "",
    sender: str = "",
    address: str = "",
    imprint: str = "",
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative="")] = False,
) -> int:
    """Write a home: the folder that a newsletter lives in.

    Example: partwork init my-letter --yes

    Parameters
    ----------
    folder
        Where; the working directory where none is named. What is there already stays.
    name
        The newsletter's name. Asked for where it is missing, like the next three.
    sender
        The address it is sent from, e.g. `The Quiet Hour <hello@example.org>`.
    address
        The postal address at the foot of each mail.
    imprint
        Web address of your imprint or contact page.
    yes
        Ask nothing: demo values for what is missing, which `partwork doctor` lists.
    """
    from partwork.actions.init import init_home, wishes_from

    wishes = wishes_from(name, sender, address, imprint, None if yes else ask)
    made = init_home(folder, wishes)
    if not made:
        out.print(f"{folder.absolute()}: everything was there already")
        return DONE
    out.print(f"{folder.absolute()}: {counted(len(made), 'file')} written")
    settings = f"content/newsletters/{wishes.slug}.toml"
    if wishes.demo and settings in made:
        out.print(f"The newsletter is marked demo = true until {settings} is filled in")
    there = folder.absolute() == Path.cwd()
    first = "" if there else f"cd {shlex.quote(str(folder))}, then "
    out.print(f"Next: {first}partwork ingest FILE …")
    return DONE


@app.command(group=RUNNING, sort_key=1)
def demo(*, stay: Flag = False) -> int:
    """Run the whole path on the sample articles, offline, and say where to look.

    Example: partwork demo --stay

    Parameters
    ----------
    stay
        Keep the dashboard and the web pages open afterwards, until Ctrl-C.
    """
    from partwork.orchestration.demo import run_demo
    from partwork.settings_faults import PREFIX

    home = Path(os.environ.get(f"{PREFIX}HOME") or Path.cwd()).expanduser().absolute()
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]  # a setting of the user's, even a wrong one, is not the demo's
    return run_demo(home, out, stay=stay)


@app.command(group=RUNNING, sort_key=4)
def up(*, port: int = 0, web_port: int = 0) -> int:
    """Run it all on this machine until Ctrl-C: dashboard, schedules, worker and web pages.

    What ends is started again. Everything that is said goes to .partwork/logs/up.log too.

    Example: partwork up

    Parameters
    ----------
    port
        The dashboard's port; PARTWORK_DASHBOARD_PORT, else 4200 or any free one.
    web_port
        The web pages' port; PARTWORK_WEB_PORT, else 8000 or any free one.
    """
    from partwork.orchestration.up import run_up

    asked = {"dashboard_port": port, "web_port": web_port}
    return run_up({name: number for name, number in asked.items() if number}, out, err)


@app.command(group=RUNNING, sort_key=5)
def web(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    proxy: Annotated[tuple[str, ...], Parameter(negative="")] = (),
) -> int:
    """Serve the pages: signing up, leaving, the archive, and editors' reports by signed link.

    Example: partwork web --port 8000 --proxy 127.0.0.1

    Parameters
    ----------
    host
        Address to listen on; loopback unless a proxy on another machine needs more.
    port
        Port to listen on.
    proxy
        Address or network of a reverse proxy in front, whose word on visitors' addresses and
        https is taken. May be repeated; without it nobody's is.
    """
    from partwork.web.app import create_app
    from partwork.web.serve import serve

    def told(address: str) -> None:
        err.print(f"Serving {address} until Ctrl-C")

    with press_of_home() as press:
        serve(create_app(press), host, port, told, proxies=proxy)
    return DONE


@app.command(group=RUNNING, sort_key=3)
def doctor(
    address: str = "", *, feedback: Flag = False, wait: str = "5m", as_json: AsJson = False
) -> int:
    """Look at the installation and say what is wrong and what to do.

    With --feedback: send by each relay a mail that must bounce, and where the service has an
    address for it one that must be complained about, and wait for what comes back. It counts
    against no reader.

    Example: partwork doctor --feedback

    Parameters
    ----------
    address
        Where the mail that must bounce goes; the mail service's own address for that where it has
        one, else one at the sender's domain that nobody has.
    feedback
        Try whether bounces and complaints come back.
    wait
        How long to wait for them, such as 90s, 5m or 1h.
    as_json
        Print the findings as JSON.
    """
    from partwork.actions.authentication import authentication
    from partwork.actions.doctor import doctor as look
    from partwork.actions.listening import listening

    if address and not feedback:
        raise WrongUse("an address is for --feedback: partwork doctor --feedback ADDRESS")
    patience = _duration(wait)
    with press_of_home() as press:
        if feedback:
            findings = _try(press, address and typed_address(address), patience)
        else:
            now = utc_now()
            findings = (*look(press), *authentication(press, now), *listening(press, now))
    if as_json:
        print_json(findings)
    for finding in () if as_json else findings:
        mark = "ok  " if finding.well else "MEND"
        out.print(f"{mark}  {finding.subject}: {finding.words}")
    return DONE if all(finding.well for finding in findings) else REFUSED


def _try(press: "Press", address: str, wait: timedelta) -> "tuple[Finding, ...]":
    """A line on stderr for each thing that is done, since it may take minutes."""
    import time

    from partwork.actions.trying import Patience, try_feedback

    patience = Patience(wait, lambda: time.sleep(LOOKS_EVERY_SECONDS))
    return try_feedback(press, address, clock=utc_now, patience=patience, tell=err.print)


def _duration(words: str) -> timedelta:
    """The time that is written 90s, 5m or 1h. Raises WrongUse."""
    found = re.fullmatch(r"([0-9]{1,5})(s|m|h)", words)
    if not found:
        raise WrongUse(f"--wait is a time such as 90s, 5m or 1h, and not {words!r}")
    number = int(found[1])
    match found[2]:
        case "s":
            return timedelta(seconds=number)
        case "m":
            return timedelta(minutes=number)
    return timedelta(hours=number)

"""The command that puts Prefect's automations in place."""

import os

from partwork.cli.terminal import DONE, RUNNING, app, out, press_of_home
from partwork.model.errors import PartworkError


@app.command(group=RUNNING, sort_key=9)
def automations() -> int:
    """Put in place what Prefect's server does by itself: crash dead runs, tell people, ingest.

    Deployments that prefect.yaml had once and has no more are taken away, with their schedules.
    For a server of your own, after each `prefect deploy --all`; `partwork up` and `partwork demo`
    do it themselves. Run again it changes what changed; one that you switched off in the dashboard
    stays off. PREFECT_API_URL names the server, PARTWORK_NOTIFY_URL whom it calls.

    Example: partwork automations
    """
    from partwork.orchestration.automations import install
    from partwork.orchestration.retiring import retire

    with press_of_home() as press:
        if not os.environ.get("PREFECT_API_URL"):  # else Prefect would be imported to say so
            raise PartworkError(
                "PREFECT_API_URL names no server; set it, e.g. to http://127.0.0.1:4200/api"
            )
        from partwork.orchestration.remote import remote_server

        with remote_server() as server:
            names = install(server, press.settings.notify_url.get_secret_value())
            gone = retire(server, press.settings.home)
    for name in names:
        out.print(name)
    for name in gone:
        out.print(f"taken away, for prefect.yaml has it no more: the deployment {name}")
    return DONE

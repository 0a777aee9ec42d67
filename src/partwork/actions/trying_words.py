"""What a trial found, in words, and where to look if nothing came back."""

from datetime import timedelta

from partwork.delivering.bounces import TOKEN
from partwork.model.delivery import Reply
from partwork.model.feedback import FeedbackKind
from partwork.settings import Settings
from partwork.store.trials import Answer, Trial

NO_COMPLAINT = (
    "cannot be tried with this relay: no address of it complains, and a report that we wrote and "
    "mailed to ourselves would be forged evidence, and prove nothing"
)

NOTHING_LISTENS = "nothing listens: set PARTWORK_BOUNCE_MAILBOX, or connect the service's webhooks"


def came_back_words(trial: Trial, answer: Answer) -> str:
    """How long it took, which way it came, and how surely it is the trial's."""
    seconds = max(0, round((answer.at - trial.sent_at).total_seconds()))
    way = "mailbox" if answer.source.value == "mailbox" else f"webhook of {answer.source}"
    return f"came back after {seconds} s by {way}, known by {answer.certainty}"


def refused_words(reply: Reply) -> str:
    """What a refusal on the spot says, and how to try what comes later."""
    return (
        f"was refused at once, {reply.code} {reply.text}: such bounces stand in the reply, and are "
        "recorded. To try those that come later, name an address whose mail is taken and then "
        "returned: `partwork doctor --feedback ADDRESS`"
    )


def in_minutes(wait: timedelta) -> str:
    """A time in whole minutes, or else in seconds."""
    seconds = int(wait.total_seconds())
    return f"{seconds} s" if seconds % 60 or not seconds else f"{seconds // 60} min"


def silent_words(settings: Settings, service: str, kind: FeedbackKind, mailbox: str) -> str:
    """The likely causes, the likeliest first; `mailbox` is why that cannot be read, "": it can."""
    causes = [mailbox] if mailbox else []
    if service:
        causes += _of_service(settings, service, kind)
    if settings.mailbox is None and not settings.webhooks:
        causes.append(NOTHING_LISTENS)
    if settings.mailbox is not None:
        causes += _of_mailbox(settings)
    if kind is FeedbackKind.BOUNCE and not service:
        causes.append(
            "the sender's domain takes mail for any address, or its server still tries: name "
            "another, `partwork doctor --feedback ADDRESS`"
        )
    causes.append("it takes longer: `partwork doctor` tells when it has come")
    return "; or ".join(causes[:3])


def _of_service(settings: Settings, service: str, kind: FeedbackKind) -> list[str]:
    if service not in settings.webhooks:
        return [] if settings.mailbox is not None else [f"no webhooks of {service} are connected"]
    page = f"{settings.public_url}/hooks/{service}"
    return [
        f"{service} does not post {kind}s to {page}: look at what is chosen there",
        f"`partwork web` is not reached or refuses: its log has POST /hooks/{service}",
    ]


def _of_mailbox(settings: Settings) -> list[str]:
    if not settings.bounce_address:
        return ["PARTWORK_BOUNCE_ADDRESS is not set, so that bounces go to the newsletter's sender"]
    address = settings.bounce_address.replace(TOKEN, "try")
    return [f"mail to {address} does not get into {settings.mailbox}: send one there and look"]

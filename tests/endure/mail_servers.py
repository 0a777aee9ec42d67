"""A Postfix and a Dovecot of one's own on loopback: nothing of the system's is touched.

Both come from Debian's packages `postfix` and `dovecot-imapd`; Postfix wants to be started by root.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from pwd import getpwnam

from tests.conftest import free_port, wait_until

PROGRAMS = ("postfix", "postconf", "postalias", "sendmail", "dovecot")
USERS = ("postfix", "dovecot", "dovenull", "nobody")
OWNER = "nobody"  # of the mailbox, in place of a user such as `letters`
PASSWORD = 'p"4\\ss word'
SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
LINGERING = """\
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
delay_warning_time = 3s
maximal_queue_lifetime = 7s
bounce_queue_lifetime = 7s
"""
IMAP = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
first_valid_uid = 1
ssl = required
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}
}}
mail_location = maildir:{maildir}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""


def missing() -> str:
    """Why there can be no such servers here; empty where there can."""
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
    lacking = [program for program in PROGRAMS if shutil.which(program, path=path) is None]
    if lacking:
        return f"there is no {' and no '.join(lacking)}: install postfix and dovecot-imapd"
    os.environ["PATH"] = path
    for user in USERS:
        try:
            getpwnam(user)
        except KeyError:
            return f"there is no user {user}: install postfix and dovecot-imapd"
    return "" if os.geteuid() == 0 else "Postfix is started by root alone"


@dataclass(frozen=True)
class Postfix:
    """One that runs, and what it has in its queue."""

    folder: Path
    port: int

    def waiting(self) -> list[str]:
        """The queue ids of the mails that it has not done with."""
        queues = ("maildrop", "incoming", "active", "deferred")
        files = (file for queue in queues for file in (self.folder / "queue" / queue).rglob("*"))
        return sorted(file.name for file in files if "." not in file.name and len(file.name) > 1)

    def wait_until_done(self) -> None:
        """Until each mail has arrived or was given up, and what that brought about, too."""
        quiet_since = time.monotonic()

        def is_quiet() -> bool:
            nonlocal quiet_since
            if self.waiting():
                quiet_since = time.monotonic()
            # Between two queues a mail is in neither, for an instant.
            return time.monotonic() - quiet_since > 1

        wait_until(is_quiet, within_seconds=120)

    def submit(self, recipient: str, message: bytes) -> None:
        """Hands it over as programs on the same machine do, by Postfix's own sendmail."""
        where = os.environ | {"MAIL_CONFIG": str(self.folder)}
        subprocess.run(["sendmail", recipient], input=message, env=where, check=True)

    def recipients(self) -> list[str]:
        """To whom the mails go that somebody has come to hand over, in their order."""
        log = (self.folder / "postfix.log").read_text()
        taken = re.findall(r"smtpd\[\d+\]: (\w+): client=", log)
        addressed = dict(re.findall(r": (\w+): to=<([^>]*)>", log))
        return [addressed[mail] for mail in taken]


@contextmanager
def postfix(
    folder: Path, maildir: Path, transports: Mapping[str, str], aliases: Mapping[str, str]
) -> Iterator[Postfix]:
    """A Postfix for news.example.org, set up as docs/operations.md has it.

    `transports` says by which transport each other domain is reached, `aliases` who is whom at
    news.example.org. Mail is tried again each second, and given up after seven.
    """
    port = free_port()
    for name in ("queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix", "postfix")
    (folder / "master.cf").write_text(SERVICES.format(port=port))
    (folder / "main.cf").write_text(
        "compatibility_level = 3.6\n"
        f"queue_directory = {folder}/queue\n"
        f"data_directory = {folder}/data\n"
        "mail_owner = postfix\n"
        f"maillog_file = {folder}/postfix.log\n"
        f"maillog_file_prefixes = {folder}\n"
        "inet_interfaces = loopback-only\n"
        "inet_protocols = ipv4\n"
        "mynetworks = 127.0.0.0/8\n"
        "smtp_dns_support_level = disabled\n"
        "message_size_limit = 60000000\n"
        "mailbox_size_limit = 0\n"
        "myhostname = mx.news.example.org\n"
        f"transport_maps = texthash:{folder}/transports\n"
        f"alias_maps = hash:{folder}/aliases\n"
        f"forward_path = {folder}/forward.$user\n"
        f"{LINGERING}"
    )
    # What docs/operations.md tells an operator to do.
    _run("postconf", "-c", folder, "-e", "recipient_delimiter = +")
    _run("postconf", "-c", folder, "-e", "mydestination = $myhostname, localhost, news.example.org")
    (folder / "aliases").write_text("".join(f"{a}: {to}\n" for a, to in aliases.items()))
    _run("postalias", "-c", folder, f"hash:{folder}/aliases")
    (folder / f"forward.{OWNER}").write_text(f"{maildir}/\n")
    shutil.chown(folder / f"forward.{OWNER}", OWNER)

    (folder / "transports").write_text("".join(f"{d} {by}\n" for d, by in transports.items()))
    running = subprocess.Popen(
        ["postfix", "-c", str(folder), "start-fg"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _is_open(port, running), within_seconds=30)
        yield Postfix(folder, port)
    finally:
        with suppress(subprocess.CalledProcessError):
            _run("postfix", "-c", folder, "stop")
        _end(running)


@contextmanager
def dovecot(folder: Path, maildir: Path) -> Iterator[str]:
    """A Dovecot that serves the Maildir by IMAP over TLS; the URL of its folder.

    `folder` has certificate.pem and key.pem.
    """
    port, owner = free_port(), getpwnam(OWNER)
    (folder / "users").write_text(f"bounces@news.example.org:{PASSWORD}\n")
    file = folder / "dovecot.conf"
    how = {"folder": folder, "maildir": maildir, "port": port}
    file.write_text(IMAP.format(owner=owner.pw_uid, group=owner.pw_gid, **how))
    running = subprocess.Popen(["dovecot", "-c", str(file), "-F"])
    try:
        wait_until(lambda: _is_open(port, running), within_seconds=30)
        login = "bounces%40news.example.org:p%224%5Css%20word"
        yield f"imaps://{login}@127.0.0.1:{port}/INBOX"
    finally:
        running.terminate()
        _end(running)


def _run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True)


def _is_open(port: int, running: "subprocess.Popen[bytes]") -> bool:
    assert running.poll() is None, f"{running.args!r} has ended with {running.returncode}"
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _end(running: "subprocess.Popen[bytes]") -> None:
    try:
        running.wait(20)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()

"""Real mail, chat, file and shell servers as small private processes on high ports of
loopback. Debian packages: dovecot-imapd, dovecot-pop3d, prosody, vsftpd, openssh-server."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from servers import a_free_port, a_short_folder, wait_until


def program(name: str) -> str:
    """The program's path. Without it the test is skipped; in CI that is a failure."""
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"needs {name}")
    return found


@contextmanager
def running(command: list[str], folder: Path, *ports: int) -> Iterator[None]:
    """The command, until all ports are listened on; ended with all its children."""
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        for port in ports:
            wait_until(lambda port=port: _listens(port, process, folder), 20)
        yield
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def _listens(port: int, process: subprocess.Popen, folder: Path) -> bool:
    assert process.poll() is None, (folder / "log").read_text()
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


class Pem:
    """A certificate with its chain and its key, as files that only we may read."""

    def __init__(self, folder: Path, issued) -> None:
        self.folder = folder
        self.certificate, self.key = folder / "server.crt", folder / "server.key"
        self.certificate.write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
        self.key.write_bytes(issued.private_key_pem.bytes())
        self.key.chmod(0o600)


DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {stranger}
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <{pem.certificate}
ssl_key = <{pem.key}
ssl_dh =
mail_location = maildir:{folder}/mail
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = nopassword=y
}}
"""


@contextmanager
def a_dovecot(pem: Pem) -> Iterator[dict[str, int]]:
    """The ports of `imap` and `pop3`, both with STARTTLS."""
    binary = program("dovecot")
    ports = {"imap": a_free_port(), "pop3": a_free_port()}
    with a_short_folder("kener-mail-") as folder:
        config = folder / "dovecot.conf"
        user, group = (
            subprocess.check_output(["id", f], text=True).strip() for f in ("-un", "-gn")
        )
        # It refuses to meet strangers as root, and they must reach its sockets.
        stranger = "dovenull" if user == "root" else user
        folder.chmod(0o755)
        names = {"user": user, "group": group, "stranger": stranger}
        config.write_text(DOVECOT.format(folder=folder, pem=pem, **names, **ports))
        with running([binary, "-F", "-c", str(config)], folder, *ports.values()):
            yield ports


PROSODY = """
run_as_root = true
daemonize = false
data_path = "{folder}"
pidfile = "{folder}/prosody.pid"
certificates = "{folder}"
modules_enabled = {{ "tls", "saslauth" }}
modules_disabled = {{ "s2s", "posix" }}
c2s_ports = {{ {port} }}
interfaces = {{ "127.0.0.1" }}
log = {{ info = "*console" }}
VirtualHost "{name}"
    ssl = {{ key = "{pem.key}", certificate = "{pem.certificate}" }}
"""


@contextmanager
def a_prosody(pem: Pem, name: str) -> Iterator[int]:
    """The port of an XMPP server for one domain."""
    binary = program("prosody")
    port = a_free_port()
    with a_short_folder("kener-chat-") as folder:
        config = folder / "prosody.cfg.lua"
        config.write_text(PROSODY.format(folder=folder, port=port, pem=pem, name=name))
        with running([binary, "--config", str(config)], folder, port):
            yield port


VSFTPD = """
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
run_as_launching_user=YES
anonymous_enable=YES
local_enable=NO
secure_chroot_dir={folder}
ssl_enable=YES
ssl_tlsv1=YES
allow_anon_ssl=YES
rsa_cert_file={pem.certificate}
rsa_private_key_file={pem.key}
ssl_ciphers=HIGH
"""


@contextmanager
def a_vsftpd(pem: Pem) -> Iterator[int]:
    """The port of an FTP server that takes AUTH TLS."""
    binary = program("vsftpd")
    port = a_free_port()
    with a_short_folder("kener-ftp-") as folder:
        config = folder / "vsftpd.conf"
        config.write_text(VSFTPD.format(folder=folder, port=port, pem=pem))
        config.chmod(0o600)
        with running([binary, str(config)], folder, port):
            yield port


EXECUTED = "ForceCommand touch {folder}/executed"
SSHD = """
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
HostCertificate {folder}/host-cert.pub
PidFile none
AuthorizedKeysFile {folder}/authorized
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
{more}
MaxStartups 100
"""


@contextmanager
def an_sshd(
    host_key: bytes, certificate: bytes, authorized: bytes, more: str = EXECUTED
) -> Iterator[tuple[int, Path]]:
    """The port of OpenSSH's server, where who runs the tests gets in with a key, and the folder
    where `executed` appears once something was. Its host key has a certificate as well."""
    binary = program("sshd")
    port = a_free_port()
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # as its start script does
    with a_short_folder("kener-ssh-") as folder:
        (folder / "host").write_bytes(host_key)
        (folder / "host").chmod(0o600)
        (folder / "host-cert.pub").write_bytes(certificate)
        (folder / "authorized").write_bytes(authorized)
        (folder / "config").write_text(
            SSHD.format(folder=folder, port=port, more=more.format(folder=folder))
        )
        with running([binary, "-D", "-e", "-f", str(folder / "config")], folder, port):
            yield port, folder

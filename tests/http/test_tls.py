"""TLS in the process: versions, the certificate taken over anew, keys and secrets that are in no log; who may say whom it stands for."""
import datetime
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import unittest
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service import PROGRAM, Service, ServiceTest, until


def make_pair(folder, serial, name="pair", days=30, since=60):
    """A certificate for this machine and its key, signed by itself: paths of both."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(serial)
                   .not_valid_before(now - datetime.timedelta(days=since)).not_valid_after(now + datetime.timedelta(days=days))
                   .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False).sign(key, hashes.SHA256()))
    cert_file, key_file = folder / f"{name}.crt", folder / f"{name}.key"
    cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.touch(0o600)
    key_file.chmod(0o600)
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return cert_file, key_file


def context(least=None, most=None):
    found = ssl.create_default_context()
    found.check_hostname, found.verify_mode = False, ssl.CERT_NONE
    found.set_ciphers("ALL:@SECLEVEL=0")
    if least:
        found.minimum_version = least
    if most:
        found.maximum_version = most
    return found


def all_of(plain):
    """What comes until the other side closes, in whatever way."""
    got = b""
    try:
        while piece := plain.recv(4096):
            got += piece
    except ConnectionError:
        pass
    return got


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.remove)
        cls.cert, cls.key = make_pair(cls.service.folder, 1001)
        cls.service.options = ("--tls-cert", cls.cert, "--tls-key", cls.key)
        cls.service.start()

    def connect(self, **versions):
        plain = socket.create_connection(("127.0.0.1", self.service.port), timeout=20)
        self.addCleanup(plain.close)
        secured = context(**versions).wrap_socket(plain)
        self.addCleanup(secured.close)
        return secured

    def client(self):
        client = http.client.HTTPSConnection("127.0.0.1", self.service.port, context=context(), timeout=20)
        self.addCleanup(client.close)
        return client

    def serial(self):
        return x509.load_der_x509_certificate(self.connect().getpeercert(True)).serial_number

    def test_versions(self):
        for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
            secured = self.connect(least=version, most=version)
            self.assertEqual(secured.version(), name)
            self.assertRegex(secured.cipher()[0], "GCM|CHACHA20")
        with warnings.catch_warnings(), self.assertRaises((ssl.SSLError, ConnectionError)):
            warnings.simplefilter("ignore", DeprecationWarning)
            self.connect(least=ssl.TLSVersion.TLSv1, most=ssl.TLSVersion.TLSv1_1)

    def test_ciphers_without_forward_secrecy_or_authentication_are_refused(self):
        for ciphers in ("AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"):
            old = context(most=ssl.TLSVersion.TLSv1_2)
            old.set_ciphers(ciphers + ":@SECLEVEL=0")
            with socket.create_connection(("127.0.0.1", self.service.port), timeout=20) as plain:
                with self.assertRaises((ssl.SSLError, ConnectionError)):
                    old.wrap_socket(plain)

    def test_chat_pages_and_one_connection_for_several(self):
        client = self.client()
        for _ in range(3):
            client.request("POST", "/v1/chat", b'{"message": "non trovo la ricevuta"}', {"Content-Type": "application/json"})
            reply = client.getresponse()
            self.assertEqual(reply.status, 200, reply.read())
            reply.read()
        client.request("GET", "/")
        reply = client.getresponse()
        self.assertEqual((reply.status, reply.getheader("Strict-Transport-Security")), (200, "max-age=31536000"))
        self.assertIn(b"<html", reply.read())

    def test_metrics_tell_when_it_ends(self):
        client = self.client()
        client.request("GET", "/metrics")
        ends = re.search(r"(?m)^sportello_tls_certificate_ends_seconds (\d+)$", client.getresponse().read().decode())
        self.assertAlmostEqual(int(ends.group(1)), time.time() + 30 * 86400, delta=600)

    def test_plain_http_gets_nothing(self):
        with socket.create_connection(("127.0.0.1", self.service.port), timeout=20) as plain:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertNotIn(b"alive", all_of(plain))

    def test_who_does_not_speak_tls_is_left_in_time(self):
        """Rubbish in place of a greeting closes that connection, and no other."""
        with socket.create_connection(("127.0.0.1", self.service.port), timeout=20) as plain:
            plain.sendall(b"\x16\x03\x01\xff\xff" + b"\0" * 2000)
            self.assertNotIn(b"HTTP", all_of(plain))
        self.assertTrue(self.serial())

    def test_certificate_is_taken_over_and_a_bad_one_is_not(self):
        staying = self.client()
        staying.request("GET", "/healthz")
        self.assertEqual(staying.getresponse().read()[:9], b'{"status"')
        cert, key = make_pair(self.service.folder, 2002, "next")
        os.replace(key, self.key)
        os.replace(cert, self.cert)
        self.service.process.send_signal(signal.SIGHUP)
        self.assertIsNotNone(until(lambda: self.serial() == 2002, 10))
        staying.request("GET", "/healthz")  # goes on with the old one
        self.assertEqual(staying.getresponse().status, 200)
        self.cert.write_text("-----BEGIN CERTIFICATE-----\nrotto\n-----END CERTIFICATE-----\n", encoding="ascii")
        self.service.process.send_signal(signal.SIGHUP)
        self.assertIsNotNone(until(lambda: str(self.cert) in self.service.stderr(), 10))
        self.assertEqual(self.serial(), 2002)

    def test_key_is_in_no_log(self):
        secret = "".join(line for line in self.key.read_text(encoding="ascii").splitlines() if "-" not in line)
        for text in (self.service.stderr(), self.service.log.read_text(encoding="utf-8")):
            self.assertNotIn(secret[:24], text)
            self.assertNotIn("PRIVATE KEY", text)


class Start(unittest.TestCase):
    """What is wrong with certificate or key is told at the start, and by doctor."""

    def setUp(self):
        self.service = Service()
        self.addCleanup(shutil.rmtree, self.service.folder, ignore_errors=True)
        self.cert, self.key = make_pair(self.service.folder, 1)

    def refused(self, *options, says):
        done = subprocess.run([PROGRAM, *self.service.arguments("127.0.0.1:0"), *options], capture_output=True, text=True, timeout=60)
        self.assertIn(done.returncode, (2, 3), done.stderr)
        self.assertIn(says, done.stderr)
        self.assertNotIn("listening", done.stdout)

    def doctor(self, cert, key):
        return self.service.command("doctor", "--kb", self.service.kb, "--data", self.service.data, "--encoder", "none", "--listen", "0.0.0.0:443",
                                    "--tls-cert", cert, "--tls-key", key).stdout

    def test_half_of_it(self):
        self.refused("--tls-cert", self.cert, says="give both")
        self.refused("--tls-key", self.key, says="give both")

    def test_not_there_or_nothing_of_the_kind(self):
        self.refused("--tls-cert", "/nirgends.crt", "--tls-key", self.key, says="/nirgends.crt")
        self.refused("--tls-cert", self.key, "--tls-key", self.key, says=str(self.key))

    def test_key_of_another_certificate(self):
        _, other = make_pair(self.service.folder, 2, "other")
        self.refused("--tls-cert", self.cert, "--tls-key", other, says="is not that of the certificate")
        self.assertRegex(self.doctor(self.cert, other), r"(?m)^error +certificate: .*other\.key")

    def test_key_that_everybody_may_read(self):
        self.key.chmod(0o644)
        self.refused("--tls-cert", self.cert, "--tls-key", self.key, says="chmod 600")

    def test_doctor_sees_when_it_ends(self):
        said = self.doctor(self.cert, self.key)
        self.assertRegex(said, r"(?m)^ok +certificate: ")
        self.assertRegex(said, r"(?m)^ok +address: 0\.0\.0\.0:443")
        for days, state in ((10, "warning"), (-1, "error")):
            cert, key = make_pair(self.service.folder, 3, "short", days)
            self.assertRegex(self.doctor(cert, key), rf"(?m)^{state} +certificate: .*short\.crt")

        cert, key = make_pair(self.service.folder, 4, "early", since=-2)
        self.assertRegex(self.doctor(cert, key), r"(?m)^error +certificate: .*early\.crt: is not valid yet")

    def test_who_serves_sees_that_it_is_not_valid(self):
        """Browsers refuse it; the service would not know."""
        for name, says, more in (("ended", "the certificate ended on", {"days": -1}), ("early", "the certificate is not valid before", {"since": -2})):
            service = Service()
            self.addCleanup(service.remove)
            cert, key = make_pair(service.folder, 5)
            service.options = ("--tls-cert", cert, "--tls-key", key)
            service.start()
            self.assertNotIn("the certificate", service.stderr())
            made = make_pair(service.folder, 6, name, **more)
            os.replace(made[1], key)
            os.replace(made[0], cert)
            service.process.send_signal(signal.SIGHUP)
            self.assertIsNotNone(until(lambda: says in service.stderr(), 10))
            self.assertIn(f"{cert}: {says}", service.stderr())

    def test_proxies_that_are_none(self):
        self.refused("--trusted-proxy", "example.org", says="is no address")
        self.refused("--trusted-proxy", "10.0.0.0/8,10.0.0.0/99", says="10.0.0.0/99")
        for everybody in ("0.0.0.0/0", "10.0.0.0/8,::/0"):
            self.refused("--trusted-proxy", everybody, says="is everybody")


class Loopback(unittest.TestCase):
    def test_nobody_else_is_listened_to_unless_told(self):
        """Without --listen it is on 127.0.0.1 alone: looked up in the kernel's table, as a test has no second machine."""
        service = Service()
        self.addCleanup(shutil.rmtree, service.folder, ignore_errors=True)
        arguments = service.arguments("")
        at = arguments.index("--listen")
        process = subprocess.Popen([PROGRAM, *arguments[:at], *arguments[at + 2:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline()
            if not line:  # something else is on 8080 here: it says where it wanted to be
                self.assertIn("another program listens on 127.0.0.1:8080", process.stderr.read())
                return
            self.assertEqual(line.strip(), "listening on http://127.0.0.1:8080")
        finally:
            process.terminate()
            process.communicate(timeout=30)


class Secrets(ServiceTest):
    """Tokens, conversations' and tickets' secrets, and what people write: in no line of log or stderr."""

    @classmethod
    def prepare(cls):
        cls.agent = cls.service.token()

    def test_grep(self):
        client, agent = self.client, self.other(self.agent)
        secrets = ["spt_" + "a" * 40, "MRTMTT91D08F205J", "ada.lovelace@example.com", "supercalifragili"]
        chat = client.post("/v1/chat", {"message": f"{secrets[3]} {secrets[1]} {secrets[2]} non trovo la ricevuta"}).json
        client.get("/v1/tickets", Authorization="Bearer " + secrets[0])
        client.get(f"/v1/search?q={secrets[3]}&lang=it", Cookie="sportello_session=" + secrets[0], X_Forwarded_For="203.0.113.77",
                   User_Agent=secrets[3])
        client.get(f"/{secrets[3]}/{secrets[1]}")
        client.request(secrets[3].upper(), "/v1/chat")
        agent.get("/v1/tickets")
        client.post(f"/v1/chat/{chat['conversation']}/feedback", {"solved": False, "comment": secrets[3]})
        lines = self.service.log_lines()
        self.assertGreaterEqual(len(lines), 7)
        said = self.service.log.read_text(encoding="utf-8").lower() + self.service.stderr().lower()
        for secret in [*secrets, self.agent, chat["conversation"], "203.0.113.77", "127.0.0.1:"]:
            self.assertNotIn(secret.lower(), said)
        for line in lines:
            self.assertTrue(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", line["time"]), line)
            if "route" in line:
                self.assertRegex(line["id"], r"^[0-9a-f]{16}$")


if __name__ == "__main__":
    unittest.main()

"""Certificates for the TLS listeners, made by the openssl command when a test starts.

    certificates.make(folder)    ca.pem, and NAME.pem (certificate and key) for each of NAMES
"""
import os
import subprocess

HOST = "subjectAltName=IP:127.0.0.1,DNS:localhost"
# name: subjectAltName, from, to (as openssl ca takes them; None: from now on, for two days)
SIGNED = {
    "good": (HOST, None, None),
    "expired": (HOST, "20200101000000Z", "20200201000000Z"),
    "not_yet": (HOST, "20980101000000Z", "20990101000000Z"),
    "wrong_host": ("subjectAltName=DNS:elsewhere.example", None, None),
}
NAMES = (*SIGNED, "self_signed")

CONFIG = """
[ca]
default_ca = this
[this]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
default_days = 2
policy = any
unique_subject = no
[any]
commonName = supplied
"""


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"openssl {' '.join(arguments)}: {done.stderr.strip()}")


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def sign(folder, name, host, start, end):
    def at(suffix):
        return os.path.join(folder, name + suffix)
    write(at(".ext"), host + "\n")
    openssl("req", "-new", "-key", os.path.join(folder, "key"), "-subj", "/CN=chaos", "-out", at(".csr"))
    dates = ["-startdate", start, "-enddate", end] if start else []
    openssl("ca", "-batch", "-notext", "-config", os.path.join(folder, "ca.conf"),
            "-cert", os.path.join(folder, "ca.pem"), "-keyfile", os.path.join(folder, "ca.key"),
            "-extfile", at(".ext"), "-in", at(".csr"), "-out", at(".crt"), *dates)


def make(folder):
    """Fill `folder`, an absolute path. Returns the path of the authority's certificate."""
    def at(name):
        return os.path.join(folder, name)
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    write(at("ca.conf"), CONFIG.format(folder=folder))
    write(at("index"), "")
    write(at("serial"), "01\n")
    openssl("req", "-x509", *curve, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-days", "2",
            "-subj", "/CN=chaos authority")
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", at("key"))
    openssl("req", "-x509", "-key", at("key"), "-out", at("self_signed.crt"), "-days", "2",
            "-subj", "/CN=chaos", "-addext", HOST)
    for name, (host, start, end) in SIGNED.items():
        sign(folder, name, host, start, end)
    with open(at("key"), encoding="utf-8") as f:
        key = f.read()
    for name in NAMES:
        with open(at(name + ".crt"), encoding="utf-8") as f:
            write(at(name + ".pem"), f.read() + key)
    return at("ca.pem")

"""A certificate authority for one run of the checks, made with the openssl command."""

import os
import subprocess


def _openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"`openssl {' '.join(arguments)}` failed: {done.stderr[-600:]}")


class Authority:
    """An authority in a folder: `certificate` is its PEM file, `issue` makes server certificates for names."""

    def __init__(self, folder):
        self.folder = folder
        self.certificate = os.path.join(folder, "ca.pem")
        self._key = os.path.join(folder, "ca.key")
        _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self._key)
        _openssl(
            *("req", "-x509", "-new", "-key", self._key, "-sha256", "-days", "2", "-out", self.certificate),
            *("-subj", "/CN=Whimbrel checks"),
            *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
        )

    def issue(self, name):
        """Makes a certificate for one host name and returns the paths of certificate and key."""
        base = os.path.join(self.folder, name)
        key, request, certificate, extensions = base + ".key", base + ".csr", base + ".pem", base + ".ext"
        _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        _openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        with open(extensions, "w", encoding="ascii") as file:
            file.write(f"subjectAltName=DNS:{name}\nbasicConstraints=critical,CA:FALSE\n")
            file.write("keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n")
        _openssl(
            *("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial"),
            *("-sha256", "-days", "2", "-extfile", extensions, "-out", certificate),
        )
        return certificate, key

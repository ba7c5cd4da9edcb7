#!/usr/bin/env python3
"""Verify a hand-over bag. Needs Python 3.8 or later and nothing else: no network, no installed package.

    python3 verify_bag.py                 the bag this file lies in
    python3 verify_bag.py BAG             a bag: folder or ZIP file
    python3 verify_bag.py BAG --key HEX   and signed by this key, as told to you in another way
    ... --lang en                         in English (French unless asked)

Vérifie un dossier de remise. Python 3.8 ou plus récent suffit : ni réseau, ni paquet installé.

It checks, after RFC 8493 (BagIt): the declaration; every file of the manifests is there and has its SHA-256; no file is there
that no manifest names; the sum of octets; the same for the files at the top; the Ed25519 signature (RFC 8032) over the tag
manifest; and that the items named in case.json are in the bag with the digest they were sealed with.
Exit code: 0 whole, 1 not whole (each fault on a line), 2 wrong use.
"""

import argparse
import hashlib
import json
import os
import re
import sys
import zipfile

WORDS = {
    "no_bag": ("{0} n’est pas un dossier BagIt : bagit.txt manque.", "{0} is no BagIt bag: bagit.txt is missing."),
    "declaration": ("bagit.txt ne se lit pas.", "bagit.txt cannot be read."),
    "no_manifest": ("Il manque {0}.", "{0} is missing."),
    "line": ("{0}, ligne {1} : illisible.", "{0}, line {1}: cannot be read."),
    "twice": ("{0} nomme deux fois {1}.", "{0} names {1} twice."),
    "missing": ("Fichier manquant : {0}", "Missing file: {0}"),
    "changed": ("Fichier modifié : {0}", "Changed file: {0}"),
    "unknown": ("Fichier que personne n’a déclaré : {0}", "File that nobody declared: {0}"),
    "outside": ("Chemin hors du dossier : {0}", "Path outside the bag: {0}"),
    "link": ("Lien au lieu d’un fichier : {0}", "A link instead of a file: {0}"),
    "fetch": ("fetch.txt renvoie ailleurs : un dossier de remise est complet.",
              "fetch.txt points elsewhere: a hand-over bag is complete."),
    "oxum": ("bag-info.txt annonce {0}, le contenu est {1}.", "bag-info.txt states {0}, the content is {1}."),
    "unsigned": ("Le dossier n’est pas signé.", "The bag is not signed."),
    "signature": ("La signature n’est pas celle du contenu.", "The signature is not that of the content."),
    "key": ("Signé par une autre clé : {0}", "Signed by another key: {0}"),
    "case": ("case.json nomme {0}, qui n’est pas dans le dossier avec cette empreinte.",
             "case.json names {0}, which is not in the bag with that digest."),
    "whole": ("ENTIER : {0} fichiers, {1} octets. Empreinte du dossier : {2}",
              "WHOLE: {0} files, {1} octets. Digest of the bag: {2}"),
    "signed": ("Signé par la clé {0} (vérifiez-la par une autre voie).",
               "Signed by the key {0} (check it by another way)."),
    "broken": ("PAS ENTIER : {0} défaut(s).", "NOT WHOLE: {0} fault(s)."),
}  # fmt: skip
ALGORITHMS = ("sha256", "sha512")


class Folder:
    """A bag as a folder."""

    def __init__(self, top):
        self.top = os.path.abspath(top)
        self.links = []

    def names(self):
        found = []
        for base, folders, files in os.walk(self.top):
            for name in folders + files:
                path = os.path.join(base, name)
                inside = os.path.relpath(path, self.top).replace(os.sep, "/")
                if os.path.islink(path):
                    self.links.append(inside)
                elif name in files:
                    found.append(inside)
        return found

    def open(self, name):
        return open(os.path.join(self.top, *name.split("/")), "rb")


class Zip:
    """A bag as a ZIP file with one folder at its top."""

    def __init__(self, path):
        self.archive = zipfile.ZipFile(path)
        self.links = []
        tops = {name.split("/", 1)[0] for name in self.archive.namelist()}
        self.top = tops.pop() + "/" if len(tops) == 1 else ""

    def names(self):
        found = []
        for entry in self.archive.infolist():
            if entry.is_dir() or not entry.filename.startswith(self.top):
                continue
            name = entry.filename[len(self.top) :]
            if (entry.external_attr >> 16) & 0o170000 == 0o120000:
                self.links.append(name)
            else:
                found.append(name)
        return found

    def open(self, name):
        return self.archive.open(self.top + name)


def digest(file, algorithm):
    total, octets = hashlib.new(algorithm), 0
    while True:
        chunk = file.read(1024 * 1024)
        if not chunk:
            return total.hexdigest(), octets
        total.update(chunk)
        octets += len(chunk)


def decode(path):
    return re.sub("%(0[AaDd]|25)", lambda found: chr(int(found.group(1), 16)), path)


def outside(path):
    return path.startswith(("/", "~")) or "\\" in path or ".." in path.split("/")


class Verifier:
    """Reads one bag and gathers its faults, in the order in which they are found."""

    def __init__(self, bag, key=""):
        self.bag, self.key, self.faults, self.signer = bag, key.lower(), [], ""
        self.files = self.octets = 0
        self.digest = ""

    def fault(self, code, *facts):
        self.faults.append((code, facts))

    def run(self):
        names = set(self.bag.names())
        for name in self.bag.links:
            self.fault("link", name)
        if "bagit.txt" not in names:
            self.fault("no_bag", "")
            return self
        with self.bag.open("bagit.txt") as file:
            if not re.match(rb"BagIt-Version: (0\.9[67]|1\.0)\r?\n", file.read(200)):
                self.fault("declaration")
        if "fetch.txt" in names:
            self.fault("fetch")
        manifests = [a for a in ALGORITHMS if "manifest-%s.txt" % a in names]
        if not manifests:
            self.fault("no_manifest", "manifest-sha256.txt")
        payload = {name for name in names if name.startswith("data/")}
        sums = {}
        for algorithm in manifests:
            sums = self.compare("manifest-%s.txt" % algorithm, algorithm, names)
            for name in sorted(payload - set(sums)):
                self.fault("unknown", name)
        self.count(sums, names)
        self.tags(names)
        self.sign(names)
        self.case(sums, names)
        return self

    def read(self, manifest):
        sums = {}
        with self.bag.open(manifest) as file:
            text = file.read().decode("utf-8", "replace")
        for number, line in enumerate(text.split("\n"), 1):
            line = line.rstrip("\r")
            if not line.strip():
                continue
            parts = re.fullmatch(r"([0-9A-Fa-f]{64,128})[ \t]+\*?(?:\./)?(.+)", line)
            if not parts:
                self.fault("line", manifest, number)
                continue
            name = decode(parts.group(2))
            if outside(name):
                self.fault("outside", name)
            elif name in sums:
                self.fault("twice", manifest, name)
            else:
                sums[name] = parts.group(1).lower()
        return sums

    def compare(self, manifest, algorithm, names):
        sums = self.read(manifest)
        for name in sorted(sums):
            if name not in names:
                self.fault("missing", name)
                continue
            try:
                with self.bag.open(name) as file:
                    found, octets = digest(file, algorithm)
            except (OSError, zipfile.BadZipFile):
                found, octets = "", 0
            if found != sums[name]:
                self.fault("changed", name)
            if name.startswith("data/"):
                self.files += 1
                self.octets += octets
        return sums

    def count(self, sums, names):
        if "bag-info.txt" not in names:
            return
        with self.bag.open("bag-info.txt") as file:
            stated = re.search(
                r"(?mi)^Payload-Oxum:\s*(\d+\.\d+)\s*$", file.read().decode("utf-8", "replace")
            )
        found = "%d.%d" % (self.octets, len(sums))
        if stated and stated.group(1) != found:
            self.fault("oxum", stated.group(1), found)

    def tags(self, names):
        if "tagmanifest-sha256.txt" not in names:
            self.fault("no_manifest", "tagmanifest-sha256.txt")
            return
        with self.bag.open("tagmanifest-sha256.txt") as file:
            self.digest = digest(file, "sha256")[0]
        before = self.files, self.octets
        sums = self.compare("tagmanifest-sha256.txt", "sha256", names)
        self.files, self.octets = before
        known = set(sums) | {"tagmanifest-sha256.txt", "signature.txt"}
        for name in sorted(name for name in names if not name.startswith("data/") and name not in known):
            self.fault("unknown", name)

    def sign(self, names):
        if "signature.txt" not in names:
            if self.key:
                self.fault("unsigned")
            return
        with self.bag.open("signature.txt") as file:
            text = file.read().decode("ascii", "replace")
        fields = dict(re.findall(r"(?m)^(\w+): ([0-9a-f]+)\s*$", text))
        with self.bag.open("tagmanifest-sha256.txt") as file:
            signed = file.read()
        key = fields.get("key", "")
        if not ed25519(bytes.fromhex(key), signed, bytes.fromhex(fields.get("signature", ""))):
            self.fault("signature")
        elif self.key and self.key != key:
            self.fault("key", key)
        else:
            self.signer = key

    def case(self, sums, names):
        if "data/case.json" not in names:
            return
        try:
            with self.bag.open("data/case.json") as file:
                items = json.loads(file.read().decode("utf-8")).get("items", [])
        except ValueError:
            self.fault("changed", "data/case.json")
            return
        for item in items:
            path = item.get("path")
            if path and sums.get(path) != item.get("sha256"):
                self.fault("case", item.get("code", path))


# Ed25519 verification, from RFC 8032, section 5.1: about a tenth of a second, with no library.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def point_add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    z = 2 * a[3] * b[3] * D % P
    w = 2 * a[2] * b[2] % P
    e, f, g, h = y - x, w - z, w + z, y + x
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = point_add(total, point)
        point = point_add(point, point)
        number >>= 1
    return total


def point_from(data):
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def ed25519(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    base = point_from((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    public, commitment = point_from(key), point_from(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = point_times(scalar, base), point_add(commitment, point_times(challenge, public))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


def open_bag(path):
    return Zip(path) if os.path.isfile(path) else Folder(path)


def main(argv=None):
    parser = argparse.ArgumentParser(description="Verify a hand-over bag (BagIt, RFC 8493).")
    parser.add_argument("bag", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--key", default="", help="the public key, in hexadecimal, as told by the sender")
    parser.add_argument("--lang", choices=("fr", "en"), default="fr")
    options = parser.parse_args(argv)
    spoken = ("fr", "en").index(options.lang)

    def say(code, *facts):
        print(WORDS[code][spoken].format(*facts))

    try:
        verifier = Verifier(open_bag(options.bag), options.key).run()
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        print(error, file=sys.stderr)
        return 1
    for code, facts in verifier.faults:
        say(code, *(facts if code != "no_bag" else (options.bag,)))
    if verifier.faults:
        say("broken", len(verifier.faults))
        return 1
    say("whole", verifier.files, verifier.octets, verifier.digest)
    if verifier.signer:
        say("signed", verifier.signer)
    return 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())

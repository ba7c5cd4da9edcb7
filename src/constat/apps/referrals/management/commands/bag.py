"""`constat bag CODE --by NAME --out PATH`: write an approved hand-over bag from the command line."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from constat.apps.access.errors import AccessError
from constat.apps.access.queries import person_named
from constat.apps.evidence.errors import EvidenceError
from constat.apps.referrals import actions
from constat.apps.referrals.errors import ReferralError
from constat.apps.referrals.signing import public_key


class Command(BaseCommand):
    help = "Write a bag that was approved: as a folder, or as one ZIP when PATH ends in .zip. The act is in the log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the referral, for instance X-2026-000012")
        parser.add_argument(
            "--by", required=True, metavar="NAME", help="who writes it: the name for signing in"
        )
        parser.add_argument(
            "--out", required=True, type=Path, metavar="PATH", help="a folder or .zip that does not exist yet"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, code: str, by: str, out: Path, **options: Any) -> None:
        if out.exists():
            raise CommandError(f"{out} exists already. Nothing is overwritten: name another place.")
        if (person := person_named(by)) is None:
            raise CommandError(f"Nobody signs in as {by!r}.")
        try:
            writing = actions.write_bag(by=person, at=timezone.now(), referral=code)
            if out.suffix.lower() == ".zip":
                with out.open("xb") as file:
                    made = writing.into_file(file)
            else:
                made = writing.into_folder(out)
        except (ReferralError, AccessError, EvidenceError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror or error}") from error
        found = {
            "referral": code,
            "files": made.files,
            "octets": made.octets,
            "digest": made.digest,
            "key": public_key(),
        }
        self.stdout.write(
            json.dumps(found) if options["json"] else
            f"{made.files} files, {made.octets} octets in {out}\nDigest of the bag: {made.digest}\n"
            f"Key that signed it (tell it by another way): {found['key']}"
        )  # fmt: skip

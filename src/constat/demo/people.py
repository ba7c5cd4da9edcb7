"""The invented people of the demo mission, with their posts; and a sheet with their sign-ins.

Passwords are drawn for each node and written to demo-signins.txt in the node's folder, readable by its owner alone: a demo
left running on a network must not be open to whoever read the manual.
"""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from constat.apps.access import actions as access
from constat.apps.access.actions.gate import SYSTEM
from constat.apps.access.models import Person

SHEET = "demo-signins.txt"


@dataclass(frozen=True)
class Part:
    """One person of the cast: what they are for, in a sentence a newcomer can try out."""

    username: str
    name: str
    role: str
    section: str
    office: str
    compartments: tuple[str, ...]
    does: str
    language: str = "fr"


OFFICES = {
    "siege": "Quartier général",
    "nord": "Bureau du Nord",
    "fleuve": "Bureau du Fleuve",
    "est": "Bureau de l’Est",
}

CAST = (
    Part(
        "amina",
        "Amina Toléra",
        "intake_officer",
        "field_office",
        "nord",
        (),
        "note les appels du bureau du Nord",
    ),
    Part(
        "idris",
        "Idris Valomé",
        "intake_officer",
        "field_office",
        "fleuve",
        (),
        "note les appels du bureau du Fleuve",
    ),
    Part(
        "salma",
        "سلمى وردان",
        "intake_officer",
        "field_office",
        "est",
        (),
        "تسجل المكالمات في مكتب الشرق",
        "ar",
    ),
    Part(
        "bruno",
        "Bruno Kestévin",
        "triage_officer",
        "civilian_harm_cell",
        "siege",
        (),
        "trie les signalements",
    ),
    Part(
        "chen",
        "Chen Oradéli",
        "analyst",
        "civilian_harm_cell",
        "siege",
        (),
        "construit et cote les incidents",
    ),
    Part("dara", "Dara Finhova", "cell_chief", "civilian_harm_cell", "siege", (), "dirige la cellule"),
    Part(
        "hawa",
        "Hawa Ménilou",
        "child_adviser",
        "child_protection",
        "siege",
        ("child",),
        "compartiment Enfants",
    ),
    Part(
        "ines",
        "Inès Corbaléa",
        "crsv_adviser",
        "women_protection",
        "siege",
        ("crsv",),
        "compartiment Violences sexuelles",
    ),
    Part(
        "kadi",
        "Kadi Rambuso",
        "approver",
        "chief_of_staff",
        "siege",
        ("child", "crsv"),
        "signe les décisions",
    ),
    Part(
        "jonas",
        "Jonas Wendrick",
        "military_operations",
        "force_operations",
        "siege",
        (),
        "sees the pattern, not the people",
        "en",
    ),
    Part(
        "oumar",
        "Oumar Dissavé",
        "investigator",
        "human_rights",
        "siege",
        (),
        "mène les enquêtes ordonnées",
    ),
    Part("pia", "Pia Lorvène", "legal_adviser", "legal", "siege", (), "autorise ce qui peut être dit"),
    Part(
        "rokia",
        "Rokia Tamélou",
        "amends_officer",
        "claims",
        "siege",
        (),
        "propose les réparations, informe les familles",
    ),
    Part(
        "sira",
        "Sira Kolvanté",
        "certifying_officer",
        "mission_support",
        "siege",
        (),
        "certifie les réparations",
    ),
    Part(
        "tidiane",
        "Tidiane Besserou",
        "paying_agent",
        "mission_support",
        "siege",
        (),
        "remet ce qui est certifié",
    ),
    Part(
        "umar",
        "Umar Falquiné",
        "conduct_officer",
        "conduct_discipline",
        "siege",
        ("conduct",),
        "dossiers de conduite, à part",
    ),
    Part(
        "viviane",
        "Viviane Orsat",
        "complaint_reviewer",
        "legal",
        "siege",
        (),
        "répond aux recours",
    ),
    Part(
        "wassa",
        "Wassa Mérindol",
        "protection_focal_point",
        "human_rights",
        "siege",
        (),
        "évalue le risque, peut arrêter",
    ),
    Part("leila", "Leïla Zarténo", "leadership", "hom", "siege", (), "page du commandement"),
    Part(
        "esi",
        "Esi Nakomba",
        "public_information",
        "public_information",
        "siege",
        (),
        "voit ce qui est publiable",
    ),
    Part(
        "marta",
        "Marta Delgrino",
        "system_administrator",
        "mission_support",
        "siege",
        (),
        "gère les comptes, ne lit rien",
    ),
    Part("lamine", "Lamine Odarra", "auditor", "mission_support", "siege", (), "vérifie le journal"),
    Part("farid", "Farid Nolambé", "", "", "", (), "n’a aucun poste : ne voit rien"),
)


def settle(*, since: datetime) -> tuple[dict[str, Person], dict[str, str]]:
    """The people and their posts as they were at the start of the mission. Returns people and passwords by user name."""
    offices = {
        code: access.create_office(code=code, name=name, by=SYSTEM, at=since)
        for code, name in OFFICES.items()
    }
    people: dict[str, Person] = {}
    passwords: dict[str, str] = {}
    for part in CAST:
        person = access.create_person(
            username=part.username, display_name=part.name, language=part.language, by=SYSTEM, at=since
        )
        people[part.username] = person
        passwords[part.username] = _password()
        # A person of the demo cannot choose a password; a real one always does (access.start_password).
        person.set_password(passwords[part.username])
        person.save(update_fields=["password"])
        if part.role:
            access.appoint(
                person=person,
                role=part.role,
                section=part.section,
                office=offices[part.office],
                by=SYSTEM,
                at=since,
            )
        for compartment in part.compartments:
            access.admit_to_compartment(
                person=person,
                compartment=compartment,
                reason="Conseillère de la mission",
                by=SYSTEM,
                at=since,
            )
    return people, passwords


def _password() -> str:
    """Four groups of letters without look-alikes: 78 bits, typed from a sheet without mistakes."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def write_sheet(folder: Path, passwords: dict[str, str]) -> Path:
    width = max(len(part.role) for part in CAST)
    lines = ["Personnes de la démonstration (tout est inventé) :", ""]
    lines += [
        f"  {part.username:<8} {passwords[part.username]}  {part.role or '-':<{width}}  {part.does}"
        for part in CAST
    ]
    path = folder / SHEET
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n\n")
    return path

"""Invented items for invented incidents: drawn pictures, made-up documents, an object in a safe, interviews, a redacted copy.

Everything is drawn from the seed and the incident's code: the same node comes out the same, byte for byte.
"""

import io
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

import pypdf
from PIL import ExifTags, Image, ImageDraw
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from constat.apps.access.models import Person
from constat.apps.evidence import actions
from constat.apps.evidence.redraw.shapes import Box

Step = Callable[[datetime], object]
SKY, SAND, WALL = (186, 206, 221), (214, 190, 148), (172, 126, 84)
NOTE = (
    "Relevé fait à pied avec le chef de quartier {name}.\n"
    "Deux cratères devant la boulangerie, un troisième derrière l'école.\n"
    "Contact : {phone}\n"
    "Personnage, numéro et lieux sont inventés pour l'exercice.\n"
)
NAMES = ("Personne Exemple-Un", "Personne Exemple-Deux", "Personne Exemple-Trois")
SUMMARIES = (
    "A entendu un moteur, puis deux explosions à quelques minutes. A vu trois personnes à terre devant la boulangerie.",
    "Était au puits. A vu un véhicule quitter le marché vers l'est, sans pouvoir dire à qui il était.",
    "N'a rien vu, mais a soigné deux blessés le soir même et peut montrer le registre.",
)


def picture(seed: str, *, taken: datetime) -> bytes:
    """A drawn market with a figure in the middle, as JPEG, with the data a camera would leave."""
    rng = random.Random(f"picture {seed}")
    drawn = Image.new("RGB", (1200, 800), SKY)
    draw = ImageDraw.Draw(drawn)
    draw.rectangle((0, 430, 1200, 800), fill=SAND)
    for _house in range(rng.randint(4, 7)):
        left, high = rng.randint(0, 1050), rng.randint(90, 220)
        draw.rectangle(
            (left, 430 - high, left + rng.randint(90, 190), 470), fill=WALL, outline=(90, 64, 40), width=3
        )
    for _crater in range(rng.randint(1, 3)):
        x, y = rng.randint(120, 1000), rng.randint(560, 720)
        draw.ellipse((x, y, x + 130, y + 50), fill=(120, 98, 70), outline=(70, 56, 40), width=4)
    draw.ellipse((560, 360, 640, 440), fill=(96, 62, 44))  # a face: what a redaction blacks out
    draw.rectangle((545, 440, 655, 640), fill=(46, 84, 120))
    draw.text((20, 770), "IMAGE INVENTEE POUR L'EXERCICE", fill=(60, 60, 60))
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Exemple", "Appareil inventé"
    exif[ExifTags.Base.DateTime] = taken.strftime("%Y:%m:%d %H:%M:%S")
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "N", 2: (16.0, rng.randint(0, 59), 0.0), 3: "W", 4: (0.0, rng.randint(0, 59), 0.0)}
    )
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


def document(seed: str) -> bytes:
    """A one-page PDF with text, a name in it, and metadata."""
    rng = random.Random(f"document {seed}")
    lines = [
        "PROCES-VERBAL DE VISITE (inventé)", f"Dossier : {seed}", f"Présent : {rng.choice(NAMES)}",
        f"Douilles relevées : {rng.randint(4, 40)}", f"Distance à l'école : {rng.randint(40, 300)} m",
        "Aucune installation militaire visible.", "Document inventé pour l'exercice.",
    ]  # fmt: skip
    shown = "".join(
        f"BT /F 14 Tf 60 {760 - 34 * number} Td ({_escaped(line)}) Tj ET\n"
        for number, line in enumerate(lines)
    )
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(595, 842)
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"), NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
    })  # fmt: skip
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
    )
    content = DecodedStreamObject()
    content.set_data(shown.encode("cp1252"))
    page[NameObject("/Contents")] = writer._add_object(content)
    writer.add_metadata({"/Author": "Auteur inventé", "/Title": seed})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def note(seed: str) -> bytes:
    rng = random.Random(f"note {seed}")
    return f"{seed}\n{NOTE.format(name=rng.choice(NAMES), phone=f'00 00 {rng.randint(10, 99)} {rng.randint(10, 99)}')}".encode()


def journal(
    *, seed: int, incidents: Sequence[tuple[str, datetime]], keeper: Person, second: Person, interviewer: Person | None = None
) -> Iterator[tuple[datetime, Step]]:  # fmt: skip
    """(moment, step) for each incident (code, moment it was opened). keeper deposits and redacts (their role opens the media
    of every case, or the cases are theirs); second looks through; interviewer records interviews where one is given."""
    for code, opened in incidents:
        rng = random.Random(f"evidence {seed} {code}")
        yield (
            opened + timedelta(hours=3),
            partial(file_picture, incident=code, by=keeper, second=second, seed=seed),
        )
        yield opened + timedelta(hours=5), partial(file_papers, incident=code, by=keeper, seed=seed)
        if interviewer is not None:
            for number in range(rng.randint(1, 3)):
                yield (
                    opened + timedelta(hours=8 + number),
                    partial(talk, incident=code, by=interviewer, seed=seed, number=number),
                )


def file_picture(at: datetime, *, incident: str, by: Person, second: Person, seed: int) -> tuple[str, str]:
    """A photograph with its face blacked out in a copy that a second person looked through. (original, copy)."""
    taken = at - timedelta(hours=2)
    original = actions.deposit(
        by=by, at=at, file=io.BytesIO(picture(f"{seed} {incident}", taken=taken)), subject=("incident", incident),
        title="Photographie du marché, vue du sud", filename="IMG_0042.JPG", acquisition="collected_on_site",
        captured_at=taken, captured_by="Équipe de terrain (inventée)", device="Téléphone de service",
        place_text="Marché", received_from="Bureau de terrain", description="Une personne est reconnaissable au centre.",
    )  # fmt: skip
    actions.consent(by=by, at=at, record=original, purpose="hold", method="spoken", language="fr")
    actions.consent(by=by, at=at, record=original, purpose="share_inside", method="spoken", language="fr")
    copy = actions.redact(by=by, at=at + timedelta(minutes=20), item=original, reason="Pour les lecteurs du dossier",
                          boxes=[Box(1, 440, 420, 560, 820)])  # fmt: skip
    actions.second_look(by=second, at=at + timedelta(minutes=50), item=copy)
    return original, copy


def file_papers(at: datetime, *, incident: str, by: Person, seed: int) -> list[str]:
    """A record of the mission, a note with a name in it, and a fragment in a safe. Their codes."""
    subject = ("incident", incident)
    paper = actions.deposit(
        by=by, at=at, file=io.BytesIO(document(f"{seed} {incident}")), subject=subject, title="Procès-verbal de la visite du lieu",
        filename="pv-visite.pdf", acquisition="made_by_mission", consent_basis="mission_record",
    )  # fmt: skip
    words = actions.deposit(
        by=by, at=at + timedelta(minutes=5), file=io.BytesIO(note(f"{seed} {incident}")), subject=subject,
        title="Note de relevé, prise à pied", filename="releve.txt", acquisition="collected_on_site",
    )  # fmt: skip
    thing = actions.deposit(
        by=by, at=at + timedelta(minutes=9), file=None, subject=subject, title="Fragment de métal, six centimètres",
        acquisition="collected_on_site", consent_basis="object", place_class="field_office", location="Armoire 2", seal="S-0118",
    )  # fmt: skip
    actions.hand_over(by=by, at=at + timedelta(days=1), item=thing, kind="handed_over", reason="Rangement au quartier général",
                      from_party="Bureau de terrain", to_party="Cellule", place_class="safe", location="Coffre 1", seal="S-0118")  # fmt: skip
    return [paper, words, thing]


def talk(at: datetime, *, incident: str, by: Person, seed: int, number: int) -> str:
    """A protected interview with an invented person. Its code."""
    rng = random.Random(f"talk {seed} {incident} {number}")
    yes = [actions.Yes("hold"), actions.Yes("analysis")] + (
        [actions.Yes("court", "icc_otp")] if rng.random() < 0.4 else []
    )
    return actions.interview(
        by=by, at=at, subject=("incident", incident), form="individual", held_at=at - timedelta(hours=2),
        language=rng.choice(("fr", "fr", "ar")), setting=rng.choice(("home", "neutral_place", "health_facility")),
        conditions=rng.sample(("in_private", "interpreter", "companion", "same_sex"), 2), interpreter=rng.random() < 0.5,
        source_type=rng.choice(("victim", "witness", "medical")), sex=rng.choice(("woman", "man")),
        age_band=rng.choice(("18_59", "60_plus")), risk_before="low", risk_after="medium", summary=SUMMARIES[number % 3],
        identity={"name": NAMES[number % 3], "contact": "Par le centre de santé, le matin (inventé)"}, consents=yes,
    )  # fmt: skip


__all__ = ["document", "file_papers", "file_picture", "journal", "note", "picture", "talk"]

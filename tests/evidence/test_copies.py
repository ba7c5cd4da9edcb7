"""Copies are new files. What was blacked out, and what nobody saw, cannot be brought back from them."""

import io

import pypdf
import pypdfium2
import pytest
from PIL import ExifTags, Image

from constat.apps.evidence import actions, store
from constat.apps.evidence.errors import CannotCopy, Incomplete, NotAllowed
from constat.apps.evidence.models import Item
from constat.apps.evidence.redraw.shapes import Box
from constat.rules.separation import SamePerson
from tests.cast import NOW
from tests.evidence import files
from tests.evidence.files import CANARY, holds
from tests.evidence.items import case, deposit

pytestmark = pytest.mark.django_db
FACE = Box(1, 350, 300, 650, 700)


def plain(item: Item) -> bytes:
    with store.open_bytes(item) as file:
        return file.read()


def redacted(by, item: Item, **what) -> tuple[Item, bytes]:
    copy = Item.objects.get(
        code=actions.redact(by=by, at=NOW, item=item.code, reason="Pour la famille", **what)
    )
    return copy, plain(copy)


def test_the_files_of_these_tests_do_hold_what_must_not_get_out():
    for made in (files.jpeg(), files.png(), files.tiff(), files.pdf()):
        assert holds(made, CANARY)
    picture = Image.open(io.BytesIO(files.jpeg()))
    assert picture.getexif().get_ifd(ExifTags.IFD.IFD1) and picture.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert files.jpeg().count(b"\xff\xd8\xff") == 2, "a thumbnail"
    document = pypdf.PdfReader(io.BytesIO(files.pdf()))
    assert document.pages[0].extract_text().count(CANARY) == 3
    assert document.attachments and files.pdf().count(b"%%EOF") == 2


def test_a_picture_is_black_under_the_box_and_bare_of_everything_else(chen):
    original = files.jpeg()
    item = deposit(chen, case(chen), original, filename="visage.jpg")
    copy, data = redacted(chen, item, boxes=[FACE])
    assert (copy.kind, copy.parent, copy.media_type) == ("redacted", item, "image/jpeg")
    assert not holds(data, CANARY)
    assert data.count(b"\xff\xd8\xff") == 1, "no thumbnail"
    picture = Image.open(io.BytesIO(data))
    assert not picture.getexif() and set(picture.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
    }
    assert picture.size == (400, 300)
    for x in range(145, 255):
        for y in range(95, 205):
            red, green, blue = picture.getpixel((x, y))
            assert max(red, green, blue) < 16, (x, y)
    assert min(picture.getpixel((20, 20))) > 240, "the rest is to be seen"
    assert plain(item) == original and Item.objects.get(pk=item.pk).sha256 == item.sha256
    assert set(copy.made_with["left_behind"]) >= {"exif", "gps", "thumbnail", "metadata", "comment"}


def test_what_lies_under_transparency_is_not_brought_to_light(chen):
    item = deposit(chen, case(chen), files.png(), filename="carte.png")
    copy = Item.objects.get(code=actions.copy(by=chen, at=NOW, item=item.code, reason="Copie de travail"))
    data = plain(copy)
    assert copy.kind == "working" and not holds(data, CANARY)
    assert Image.open(io.BytesIO(data)).getpixel((100, 100)) == (255, 255, 255)


def test_a_turned_photograph_is_blacked_out_where_it_is_seen(chen):
    upright = Image.new("RGB", (200, 100), "white")
    upright.paste((255, 0, 0), (0, 0, 100, 100))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # seen turned by 90 degrees: the red half is above
    out = io.BytesIO()
    upright.save(out, "JPEG", exif=exif, quality=95)
    item = deposit(chen, case(chen), out.getvalue(), filename="a.jpg")
    _copy, data = redacted(chen, item, boxes=[Box(1, 0, 0, 1000, 500)])
    picture = Image.open(io.BytesIO(data))
    assert picture.size == (100, 200)
    assert max(picture.getpixel((50, 20))) < 16 and min(picture.getpixel((50, 180))) > 240


def test_every_frame_of_a_picture_becomes_a_page(chen):
    item = deposit(chen, case(chen), files.tiff(), filename="scan.tif")
    copy, data = redacted(chen, item, boxes=[Box(2, 0, 0, 1000, 1000)])
    assert copy.media_type == "application/pdf" and not holds(data, CANARY)
    document = pypdfium2.PdfDocument(data)
    assert len(document) == 2
    assert document[0].render(scale=1).to_pil().getpixel((20, 20)) == (255, 255, 255)
    assert max(document[1].render(scale=1).to_pil().getpixel((20, 20))) < 16
    document.close()


def test_a_pdf_becomes_pictures_without_text_attachment_metadata_or_earlier_revision(chen):
    original = files.pdf()
    item = deposit(chen, case(chen), original, filename="audition.pdf")
    copy, data = redacted(chen, item, boxes=[Box(1, 0, 100, 1000, 220), Box(2, 0, 0, 1000, 1000)])
    document = pypdf.PdfReader(io.BytesIO(data))
    assert len(document.pages) == 2
    assert [page.extract_text().strip() for page in document.pages] == ["", ""]
    assert not document.attachments and not document.metadata and document.xmp_metadata is None
    assert "/Names" not in document.trailer["/Root"] and "/ID" not in document.trailer
    assert data.count(b"%%EOF") == 1 and data.count(b"startxref") == 1
    assert not holds(data, CANARY)
    assert {len(page["/Resources"]["/XObject"]) for page in document.pages} == {1}
    drawn = pypdfium2.PdfDocument(data)
    first = drawn[0].render(scale=1).to_pil()
    assert first.size == (595, 842)
    band = first.crop((0, 90, 595, 180)).convert("L")
    assert band.getextrema()[1] < 16, "black from edge to edge"
    assert drawn[1].render(scale=1).to_pil().convert("L").getextrema()[1] < 16
    drawn.close()
    assert plain(item) == original
    assert set(copy.made_with["left_behind"]) == {"metadata", "text_layer", "attachments", "revisions"}


def test_white_text_does_not_come_to_light_in_a_working_copy(chen):
    item = deposit(chen, case(chen), files.pdf(1), filename="a.pdf")
    data = plain(Item.objects.get(code=actions.copy(by=chen, at=NOW, item=item.code, reason="Lecture")))
    assert pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text().strip() == "" and not holds(data, CANARY)


def test_two_copies_of_the_same_places_are_the_same_bytes(chen):
    item = deposit(chen, case(chen), files.pdf(), filename="a.pdf")
    first, second = (redacted(chen, item, boxes=[FACE])[0] for _turn in range(2))
    assert first.sha256 == second.sha256 and first.blob != second.blob, (
        "nothing in it tells when or by whom it was made"
    )


def test_phrases_and_lines_are_taken_out_of_a_text(chen):
    words = (
        "Entretien avec Fatoumata Sangaré.\nFATOUMATA  SANGARE a vu le véhicule.\nNuméro : 76 00 00 00\n"
        "Fatoumata\nSangaré est partie.\u200b\u2062\x00Fin.\n"
    )
    item = deposit(chen, case(chen), words.encode().replace(b"\x00", b""), filename="note.txt")
    copy, data = redacted(chen, item, phrases=["fatoumata sangare"], lines=[3])
    text = data.decode()
    assert "atoumata" not in text.casefold() and "sangar" not in text.casefold() and "76" not in text
    assert text.split("\n")[:3] == ["Entretien avec █████.", "█████ a vu le véhicule.", "█████"]
    assert "\u200b" not in text and "\u2062" not in text, "unseen characters can carry words"
    assert copy.made_with["phrases"] == 1 and "fatou" not in str(copy.made_with).casefold()
    assert copy.made_with["left_behind"] == ["unseen_characters"]


def test_a_gap_does_not_tell_how_long_the_name_was(chen):
    incident = case(chen)
    long = deposit(chen, incident, b"Vu par Abdoulaye Maiga hier\n")
    short = deposit(chen, incident, b"Vu par Bo Ba hier\n")
    assert redacted(chen, long, phrases=["abdoulaye maiga"])[1] == redacted(chen, short, phrases=["bo ba"])[1]


@pytest.mark.parametrize(("data", "name"), [
    (b"PK\x03\x04" + b"\x00" * 60, "tableau.xlsx"), (b"%PDF-1.4\nnothing", "a.pdf"), (b"\xff\xd8\xff\xe0broken", "a.jpg"),
])  # fmt: skip
def test_what_cannot_be_drawn_is_refused_with_what_to_do(chen, data, name):
    item = deposit(chen, case(chen), data, filename=name)
    before = len(list(store.files()))
    with pytest.raises(CannotCopy):
        redacted(chen, item, boxes=[FACE])
    assert len(list(store.files())) == before and Item.objects.count() == 1


def test_a_bomb_of_pixels_is_refused(chen):
    out = io.BytesIO()
    Image.new("1", (12000, 12000)).save(out, "PNG")
    item = deposit(chen, case(chen), out.getvalue(), filename="a.png")
    with pytest.raises(CannotCopy):
        redacted(chen, item, boxes=[FACE])


@pytest.mark.parametrize(
    "box", [Box(1, 500, 0, 500, 10), Box(1, 0, 0, 1001, 10), Box(0, 0, 0, 10, 10), Box(9, 0, 0, 10, 10)]
)
def test_a_box_that_is_none_and_no_box_at_all_are_refused(chen, box):
    item = deposit(chen, case(chen), files.jpeg(), filename="a.jpg")
    for boxes in ([], [box]):
        with pytest.raises(Incomplete):
            redacted(chen, item, boxes=boxes)


def test_the_second_look_is_somebody_elses(chen, dara, one_event):
    item = deposit(chen, case(chen), files.jpeg(), filename="a.jpg")
    copy, _data = redacted(chen, item, boxes=[FACE])
    with pytest.raises(SamePerson):
        actions.second_look(by=chen, at=NOW, item=copy.code)
    with one_event("evidence.second_look"):
        actions.second_look(by=dara, at=NOW, item=copy.code)
    assert [event.kind for event in copy.custody.all()] == ["received", "second_look"]
    assert [event.kind for event in item.custody.all()] == ["received", "copied"]


def test_whoever_may_not_see_the_media_makes_no_copy(chen, dara, bruno):
    item = deposit(dara, case(dara, builder=bruno), files.jpeg(), filename="a.jpg")
    # Chen reads the entry, as every analyst; the picture is for whoever works on the case.
    with pytest.raises(NotAllowed):
        redacted(chen, item, boxes=[FACE])

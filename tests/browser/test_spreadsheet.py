"""A list with faults comes in: every bad row with its number and its reason, the good ones once and only once."""

import csv
import io
import re
import secrets

from tests.browser.hands import download, said

HEADER = [
    "Référence",
    "Date",
    "Lieu",
    "Ce que dit le chef",
    "Tués",
    "Tués min",
    "Tués max",
    "Blessés",
    "Enlevés",
    "Disparus",
    "Total",
    "Type",
]
GOOD = [
    [
        "F-1",
        "2026-10-04",
        "Marché central",
        "Une bombe artisanale a explosé.",
        "2",
        "",
        "",
        "3",
        "",
        "",
        "5",
        "",
    ],
    ["F-2", "05/10/2026", "Puits nord", "Des hommes ont pris le bétail.", "", "", "", "1", "", "", "", ""],
]
BAD = {
    4: [
        "F-3",
        "2026-10-06",
        "Camp",
        "=1+1",
        "512",
        "512",
        "512",
        "167",
        "107",
        "55",
        "812",
        "",
    ],  # the parts give 841
    5: ["F-4", "31/02/2026", "Camp", "Une attaque à l’aube.", "1", "", "", "", "", "", "", ""],
    6: ["F-5", "2026-10-07", "Camp", "Une autre attaque.", "1", "", "", "", "", "", "", "explosion de joie"],
    7: ["F-6", "2026-10-08", "Camp", "Encore une attaque.", "5", "9", "3", "", "", "", "", ""],
}


def rows(page):
    """row number -> the reasons on the page."""
    found: dict[int, str] = {}
    for line in page.locator("table.data tbody tr").all():
        number = int(re.sub(r"\D", "", line.locator("th").inner_text()))
        found[number] = found.get(number, "") + " " + line.inner_text()
    return found


def tiles(page):
    return [int(re.sub(r"\D", "", text) or 0) for text in page.locator(".tiles .tile").all_inner_texts()]


def columns(page):
    """heading of the file -> id of the list in which its meaning is chosen."""
    return {one.inner_text(): one.get_attribute("for") for one in page.locator("main table th label").all()}


def bring(person, path):
    """From the file to the trial."""
    page = person.open("/imports/")
    page.set_input_files("input[type=file]", str(path))
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/imports/[0-9a-f]{64}/$"))
    return page


def test_a_list_with_faults(visitor, tmp_path):
    source = f"chef-{secrets.token_hex(3)}"
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADER, *GOOD, *BAD.values()])
    path = tmp_path / "chef.csv"
    path.write_bytes(text.getvalue().encode("utf-8"))

    chen = visitor().sign_in("chen")
    page = bring(chen, path)
    # What was recognised is shown with the first cells; a heading of their own is given its meaning by hand.
    labels = {
        label.inner_text(): label.get_attribute("for") for label in page.locator("main table th label").all()
    }
    assert list(labels) == HEADER
    assert page.input_value(f"#{labels['Tués']}") == "killed"
    assert page.input_value(f"#{labels['Ce que dit le chef']}") in {"", "keep"}
    assert "bombe artisanale" in page.inner_text("main table")
    page.select_option(f"#{labels['Ce que dit le chef']}", "words")
    # Row F-1 of one chief is not row F-1 of another: keys need to know whose they are.
    page.fill("input[name=source]", source)
    chen.shot("import-columns")
    page.click("main form .btn-primary")
    page.wait_for_url("**/check/")

    assert tiles(page) == [6, 2, 0, 0, 4]
    refused = rows(page)
    assert set(refused) == set(BAD)
    assert "812" in refused[4] and "841" in refused[4]
    assert "31/02/2026" in refused[5]
    assert "explosion de joie" in refused[6]
    assert "9" in refused[7] and "3" in refused[7]
    chen.shot("import-trial")
    # A trial writes nothing.
    trial = page.url
    assert "chef.csv" not in chen.open("/reports/imports/").inner_text("main").splitlines()[:3]
    before = page.locator("main tbody tr").count()
    page.goto(trial)
    page.click("main form button.btn-primary")
    page.wait_for_url(re.compile(r"/reports/imports/\d+/"))
    batch = page.url
    assert tiles(page) == [6, 2, 0, 0, 4]
    assert set(rows(page)) == set(BAD)
    chen.shot("import-batch")

    # The refused rows come back as a file that a spreadsheet may open.
    lines = list(csv.reader(io.StringIO(download(page, "a[href$='rows.csv']").decode("utf-8-sig"))))
    assert {line[0] for line in lines[1:]} == {str(number) for number in BAD}
    cells = [cell for line in lines for cell in line]
    assert any("1+1" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert download(page, "a[href$='rows.xlsx']").startswith(b"PK")

    # Once more: nothing is added.
    page = bring(chen, path)
    page.select_option(f"#{columns(page)['Ce que dit le chef']}", "words")
    page.fill("input[name=source]", source)
    page.click("main form .btn-primary")
    page.wait_for_url("**/check/")
    again = tiles(page)
    assert again[1] == 0 and again[2] == 2 and again[4] == 4, again
    assert chen.open("/reports/imports/").locator("tbody tr").count() == before + 1
    page.goto(batch)
    assert said("fr", "Rows that need somebody") in page.inner_text("main")


def test_what_is_no_table_is_refused_with_a_sentence(visitor, tmp_path):
    path = tmp_path / "photo.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    chen = visitor().sign_in("chen")
    page = chen.open("/imports/")
    page.set_input_files("input[type=file]", str(path))
    page.click("main form .btn-primary")
    page.wait_for_selector(".error-summary")
    assert len(page.inner_text(".error-summary")) > 30
    chen.forgive(422)

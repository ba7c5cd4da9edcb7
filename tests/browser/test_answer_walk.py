"""One allegation, from a telephone call to a notified family, a certified and paid settlement, a bag opened by the standard
tool, a lesson and a public statement: every step by the person whose step it is, at the pages, with the mouse.
"""

import datetime as dt
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile

import bagit

from tests.browser.conftest import PHONE
from tests.browser.hands import Call, a_place, build, download, overflow, record, triage

PERSON = "Aïssata Exemplaire"


def do(person, path, *, tick=(), **values):
    """Fill the form of an act and send it; a refusal fails with its own words. Returns the page it leads to."""
    page = person.open(path)
    assert page.locator("main form").count(), f"{path}: {page.title()}"
    for name in tick:
        page.locator(f"main [name={name}]").first.check()
    for name, value in values.items():
        box = page.locator(f"main [name={name}]")
        assert box.count(), f"{path} asks for no {name}"
        kind = box.first.evaluate("one => one.tagName + ' ' + one.type")
        if kind.startswith("SELECT"):
            box.first.select_option(value)
        elif kind.endswith("radio"):
            page.check(f"main [name={name}][value='{value}']")
        else:
            box.first.fill(value)
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_load_state()
    assert not page.locator(".error-summary").count(), f"{path}: {page.inner_text('.error-summary')}"
    return page


def code(page, series):
    found = re.search(rf"{series}-\d{{4}}-\d{{6}}", page.url + " " + page.inner_text("main"))
    assert found, page.inner_text("main")
    return found.group()


def today(name):
    now = dt.date.today()  # noqa: DTZ011
    return {f"{name}_day": str(now.day), f"{name}_month": str(now.month), f"{name}_year": str(now.year)}


def test_one_allegation_to_its_answer(visitor, tmp_path):
    def come(*names):
        return [visitor().sign_in(name) for name in names]

    amina, bruno, chen, kadi = come("amina", "bruno", "chen", "kadi")

    # A call; triage; an incident; the person harmed, whose name goes to the vault.
    told = record(amina, Call("Une patrouille a tiré sur une charrette, une femme est morte.", a_place(chen), "2", "10", "2026",
                              killed=("1", "1", "1")))  # fmt: skip
    triage(bruno, told.code)
    incident = build(chen, told.code)
    do(
        chen,
        f"/incidents/{incident}/describe/",
        involvement="alleged",
        reason="Le témoin a vu les véhicules.",
    )
    do(
        chen,
        f"/incidents/{incident}/person/",
        harms="death",
        sex="woman",
        age_band="18_59",
        status="civilian",
        name=PERSON,
    )

    inquiry = decided(chen, kadi, incident)
    rokia, sira, tidiane = come("rokia", "sira", "tidiane")
    paid(rokia, sira, tidiane, inquiry)
    told_and_closed(rokia, chen, kadi, inquiry, incident)
    dara, wassa, pia = come("dara", "wassa", "pia")
    referred(dara, wassa, pia, incident, tmp_path)
    public = said_in_public(chen, pia, incident)
    for language, words in (("fr", "regrettons"), ("en", "regret"), ("ar", "نأسف")):
        reader = visitor(size=PHONE, script=False, language=language)
        text = reader.open(f"/publication/public/{language}/{public}/").inner_text("main")
        assert words in text
        assert PERSON not in text
        assert overflow(reader.page) == 0
        reader.shot(f"statement-{language}")
    dara.open(f"/incidents/{incident}/")
    dara.shot("answered-incident")


def decided(chen, kadi, incident):
    """Review with the logs searched, findings, and a decision signed by somebody who worked on nothing of it."""
    inquiry = code(do(chen, f"/inquiries/open/{incident}/", reason="Notre force est mise en cause."), "Q")
    at = f"/inquiries/{inquiry}"
    do(chen, f"{at}/search/", radius_km="25", conclusion="Aucun mouvement consigné ; un journal manque.")
    do(chen, f"{at}/open_assessment/", reason="À établir.")
    do(chen, f"{at}/assess/", findings="Des tirs ont touché une femme.", contrary_evidence="Aucun récit contraire trouvé.",
       deaths_min="1", deaths_best="1", deaths_max="1", injured_min="0", involvement="assessed_likely",
       proof_standard="reasonable_grounds", criminality="none", recommendation="complete", proposed_outcome="credible")  # fmt: skip
    do(chen, f"{at}/submit_to_decision/", reason="Complet.")
    answer = chen.page.goto(f"{chen.node.url}{at}/decide/")
    chen.forgive(404)
    assert answer.status == 404, "whoever assessed is offered no signature"
    do(kadi, f"{at}/decide/", properly_conducted="yes", consistent="yes", criteria_met="yes", outcome="credible",
       proof_standard="reasonable_grounds", remarks="Lu en entier.", password=kadi.node.people["kadi"])  # fmt: skip
    return inquiry


def paid(rokia, sira, tidiane, inquiry):
    """The case waits by itself; three people propose, certify and hand over; the family says yes."""
    assert inquiry in rokia.open("/amends/").inner_text("main")
    rokia.open(f"/amends/case/{inquiry}/").locator("a[href*='/propose/']").first.click()
    rokia.page.wait_for_url("**/propose/**")
    form = rokia.page.url.removeprefix(rokia.node.url)
    offer = code(do(rokia, form, measure="condolence_payment", band="death", quantity="1", currency="XOF",
                    payee_rule="widow_or_widower", payee_basis="La famille l’a désigné.", kinship_0="husband", share_0="1",
                    name_0="Époux Exemplaire", reason="Décès reconnu."), "A")  # fmt: skip
    do(sira, f"/amends/offers/{offer}/certify/", fund="AMENDS-2025", reason="Dossier et barème vus.")
    for verb in ("put_to_family", "accept_offer"):
        do(rokia, f"/amends/offers/{offer}/{verb}/", method="place_of_choice", with_whom="husband", language="fr",
           reason="Entretien tenu.", **today("on"))  # fmt: skip
    receipt = hashlib.sha256(b"paper").hexdigest()
    do(tidiane, f"/amends/offers/{offer}/deliver/", tick=["read_aloud"], place="health_centre", armed="no",
       witness="chosen_by_family", language="fr", mark="thumb_mark", receipt=receipt, reason="Remis.", **today("on"))  # fmt: skip


def told_and_closed(rokia, chen, kadi, inquiry, incident):
    """Nothing closes before the family was told with proof: one writes, another clears the text, the first carries it."""
    case = f"/answers/act/case/{inquiry}"
    page = rokia.open(f"{case}/add/")
    who = page.locator("select[name=who] option").first.get_attribute("value")
    do(rokia, f"{case}/add/", who=who, kind="household", spoken_language="fr", text_language="fr", name="Époux Exemplaire",
       from_hour="0", until_hour="24")  # fmt: skip
    assert not kadi.open(f"/answers/cases/{inquiry}/").locator(f"a[href='{case}/close/']").count()
    do(rokia, f"{case}/judge_risk/1/", risk="go", reason="Aucune menace connue.")
    notice = code(do(rokia, f"{case}/draft/1/"), "N")
    do(chen, f"/answers/act/notice/{notice}/clear/", reason="Lu à voix haute.")
    do(rokia, f"/answers/act/notice/{notice}/tell/", channel="in_person", spoken_language="fr", proof="thumb_mark",
       witness="relative", reason="A compris.")  # fmt: skip
    rokia.open(f"/answers/notices/{notice}/")
    rokia.shot("notice")
    lesson = f"{case}/lesson/{incident}/"
    owner = chen.open(lesson).locator("select[name=owner] option").nth(1).get_attribute("value")
    do(chen, lesson, text="Revoir les règles de tir au passage des charrettes.", owner=owner, due_on_day="20", due_on_month="12",
       due_on_year=str(dt.date.today().year + 1))  # fmt: skip  # noqa: DTZ011
    do(kadi, f"{case}/close/", closure_reason="established", explanation="Établi, réparé, dit.")
    assert "Clos" in kadi.open(f"/incidents/{incident}/").inner_text(".marks")


def referred(dara, wassa, pia, incident, folder):
    """Prepared, risk judged, approved and carried by different people; opened by the standard tool and by the one file inside."""
    do(dara, f"/referrals/new/{incident}/", authority="national_prosecutor", recipient="Parquet", asked="Enquêter.",
       legal_basis="mandate", basis_reference="Mandat, paragraphe 9", summary="Une femme est morte.")  # fmt: skip
    referral = code(dara.open(f"/referrals/?incident={incident}"), "X")
    do(wassa, f"/referrals/{referral}/judge_risk/", risk="low")
    do(dara, f"/referrals/{referral}/submit_for_review/", reason="Prêt.")
    do(pia, f"/referrals/{referral}/approve/", reason="Vu.")
    dara.open(f"/referrals/{referral}/")
    with zipfile.ZipFile(
        io.BytesIO(download(dara.page, f"form[action='/referrals/{referral}/bag/'] button"))
    ) as archive:
        archive.extractall(folder)
    do(
        dara,
        f"/referrals/{referral}/hand_over/",
        received_by="Greffe",
        receipt="214",
        reason="En main propre.",
    )

    top = folder / referral
    assert bagit.Bag(str(top)).validate()
    assert json.loads((top / "data/case.json").read_text("utf-8"))["decision"]["outcome"] == "credible"
    assert PERSON.encode() not in b"".join(one.read_bytes() for one in top.rglob("*") if one.is_file())
    found = subprocess.run([sys.executable, "-I", "-S", str(top / "verify_bag.py")], capture_output=True, text=True, check=False,
                           env={"PYTHONUTF8": "1"})  # fmt: skip
    assert found.returncode == 0, found.stdout


def said_in_public(chen, pia, incident):
    """Fact by fact, each cleared by somebody else; composed by one, made public by another."""
    facts = f"/publication/about/{incident}"
    for kind in ("found_credible", "help_offered"):
        do(chen, f"{facts}/fact/?kind={kind}")
    for fact in sorted(set(re.findall(r"F-\d{4}-\d{6}", pia.open(f"{facts}/").inner_text("main")))):
        do(pia, f"/publication/fact/{fact}/clear/")
    page = chen.open(f"{facts}/statement/")
    for box in page.locator("input[name=facts]").all():
        box.check()
    page.select_option("select[name=statement]", "decision")
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_url("**/publication/P-*/")
    public = code(page, "P")
    do(chen, f"/publication/{public}/submit_for_review/", reason="Relu.")
    do(pia, f"/publication/{public}/publish/", reason="Conforme.")
    return public

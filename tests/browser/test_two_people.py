"""Nothing ends on one word, on the screen: what the demo left for a second person is found, read and confirmed; by a phone, in
Arabic, without JavaScript too."""

from tests.browser.conftest import PHONE
from tests.browser.hands import overflow


def confirm(person, link, reason):
    """Follow the link, look at the page, write the reason, send."""
    link.click()
    page = person.page
    page.wait_for_url("**/confirm_*/")
    assert overflow(page) == 0
    page.locator("main textarea[name=reason]").fill(reason)
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_load_state()
    assert not page.locator(".error-summary").count()
    return page


def test_a_harm_said_to_be_settled_elsewhere_waits_for_the_legal_adviser(visitor):
    rokia = visitor().sign_in("rokia")
    queue = rokia.open("/amends/")
    assert "une seule personne" in queue.inner_text("main")
    rokia.shot("elsewhere-queue")
    pia = visitor().sign_in("pia")
    assert pia.open("/").locator("a[href='/amends/']").count()
    pia.open("/amends/").locator("main .row-link").first.click()
    pia.page.wait_for_url("**/amends/offers/**")
    offer = pia.page.url
    assert "Une personne dit qu’un autre payeur" in pia.page.inner_text("main")
    pia.shot("elsewhere-offer")
    link = pia.page.locator("main a[href$='/confirm_settled/']")
    page = confirm(pia, link, "Lettre et liste vues.")
    assert "Confirmé par" in page.inner_text("main")
    assert rokia.page.goto(f"{offer}confirm_settled/").status == 404, "not one's own word"
    rokia.forgive(404)


def test_somebody_said_to_be_out_of_reach_is_confirmed_on_a_phone_in_arabic_without_script(visitor):
    chen, dara = visitor().sign_in("chen"), visitor(size=PHONE, script=False, language="ar").sign_in("dara")
    page = dara.open("/answers/")
    links = page.locator("main a[href$='/confirm_unreached/']")
    assert links.count() == 1
    assert overflow(page) == 0
    dara.shot("unreached-list-ar")
    assert not chen.open("/answers/").locator("main a[href$='/confirm_unreached/']").count()
    page = confirm(dara, links.first, "الخروجان مدونان في السجل.")
    assert not page.locator("main a[href$='/confirm_unreached/']").count()

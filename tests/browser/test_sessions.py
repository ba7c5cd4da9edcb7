"""A disabled account is out at the next click, in every browser it was open in."""


def test_disabling_an_account_throws_the_person_out(visitor):
    idris, phone = visitor().sign_in("idris"), visitor().sign_in("idris")
    assert idris.open("/reports/record/").locator("textarea[name=words]").count() == 1

    marta = visitor().sign_in("marta")
    page = marta.open("/people/")
    page.click("main a:has-text('Idris')")
    page.locator(
        "form[action$='/disable/'] textarea, form[action$='/disable/'] input[name=reason]"
    ).first.fill("Téléphone perdu.")
    page.click("form[action$='/disable/'] button")
    page.wait_for_selector("form[action$='/enable/']")
    try:
        for one in (idris, phone):
            shown = one.open("/reports/record/")
            assert shown.locator("textarea[name=words]").count() == 0
            assert "/connexion" in shown.url
        # And the door stays shut.
        shown = idris.open("/connexion/")
        shown.fill("input[name=login]", "idris")
        shown.fill("input[name=password]", idris.node.people["idris"])
        shown.click("main button[type=submit] >> nth=0")
        shown.wait_for_selector(".error-summary")
        assert "/connexion" in shown.url
        idris.forgive(400, 401, 422)
    finally:
        page.locator(
            "form[action$='/enable/'] textarea, form[action$='/enable/'] input[name=reason]"
        ).first.fill("Téléphone retrouvé.")
        page.click("form[action$='/enable/'] button")
        page.wait_for_selector("form[action$='/disable/']")
    assert visitor().sign_in("idris").page.locator("nav.mainnav").count() == 1

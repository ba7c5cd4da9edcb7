"""Amends as rules: exact money, bands, whom it goes to, one harm once, the books as arithmetic, amounts compared."""

from datetime import date
from decimal import Decimal as D
from fractions import Fraction as F

import pytest

from constat.rules import amends, ledger, money
from constat.rules.amends import Adjustment, Band, InKind, Payee
from constat.rules.comparability import Amount, NothingToCompare, compare
from constat.rules.ledger import Balances, Move
from constat.rules.money import Money, Rate
from constat.rules.permissions import Permission
from constat.rules.visibility import Facts, Level, Viewer
from constat.rules.vocabulary import UnknownTerm, vocabulary

pytestmark = pytest.mark.onedb
DAY = date(2026, 3, 2)


def usd(text):
    return Money(D(text), "USD")


DEATH = Band("death", usd("2000"), usd("2250"), usd("2500"))


# --- money


@pytest.mark.parametrize("value", [2.5, "2.5", 2, D("NaN"), D("Infinity"), D("0.001")])
def test_an_amount_is_exact_or_refused(value):
    with pytest.raises(money.NotExact):
        Money(value, "USD")


def test_a_currency_has_its_own_smallest_unit():
    assert Money(D("1.500"), "IQD").amount == D("1.5")
    with pytest.raises(money.NotExact) as refusal:
        Money(D("0.5"), "XOF")
    assert "XOF" in refusal.value.say("ar")
    with pytest.raises(UnknownTerm):
        Money(D(1), "ZZZ")


def test_one_amount_is_one_value_however_written():
    assert usd("2.5") == usd("2.50") and str(usd("2.5")) == "2.50 USD" and str(usd("-0")) == "0.00 USD"
    assert usd("1") < usd("2") <= usd("2") and -usd("2") + usd("3") - usd("1") == money.zero("USD")
    for act in (lambda: usd("1") + Money(D(1), "XOF"), lambda: usd("1") < Money(D(1), "XOF")):
        with pytest.raises(money.MixedCurrencies):
            act()


def test_halves_are_rounded_away_from_zero():
    assert money.rounded(D("0.005"), "USD") == usd("0.01") and money.rounded(D("-0.005"), "USD") == usd(
        "-0.01"
    )
    assert money.rounded(F(1, 3), "XOF").amount == 0 and money.times(usd("320.55"), D("3")) == usd("961.65")


def test_a_rate_has_a_day_and_is_not_too_old():
    rate = Rate("USD", "XOF", D("600.5"), DAY)
    assert money.convert(usd("10"), "XOF", rate, DAY) == Money(D(6005), "XOF")
    assert money.convert(Money(D(6005), "XOF"), "USD", rate, DAY) == usd("10")
    assert money.convert(usd("1"), "USD", None, DAY) == usd("1")
    for wrong in (None, Rate("USD", "EUR", D(1), DAY)):
        with pytest.raises(money.RateUnfit):
            money.convert(usd("1"), "XOF", wrong, DAY)
    for day in (date(2026, 3, 1), date(2026, 4, 3)):
        with pytest.raises(money.RateUnfit):
            money.convert(usd("1"), "XOF", rate, day)
    assert money.convert(usd("1"), "XOF", rate, date(2026, 4, 2)).amount == 601
    for value in (D(0), D(-1), D("NaN"), 600.5):
        with pytest.raises(money.RateUnfit):
            Rate("USD", "XOF", value, DAY)


def test_parts_of_heirs_sum_to_the_whole_to_the_last_unit():
    parts = money.divided(Money(D(1000), "XOF"), [F(1, 3)] * 3)
    assert [one.amount for one in parts] == [334, 333, 333]
    assert [one.amount for one in money.divided(usd("10"), [F(1, 8), F(7, 8)])] == [D("1.25"), D("8.75")]


def test_golden_mean_of_1580_payments():
    """Domain 3.1 and 5.2: just under 4.9 million dollars over 1,580 payments, a mean of about 3,100."""
    assert money.mean(D("4900000"), 1580) == D("3101.27")
    assert money.mean(D("4900000"), 1580, step=D(100)) == 3100


@pytest.mark.parametrize(
    ("total", "n", "expected"),
    [("120000", 35, "3428.57"), ("271000", 332, "816.27"), ("199000", 440, "452.27"), ("2253", 7, "321.86")],
)
def test_golden_other_payments_of_the_record(total, n, expected):
    """Property claims 2006-2008 in pounds; seven cows for 2,253 dollars."""
    assert money.mean(D(total), n) == D(expected)


# --- the life of an offer


def test_each_verb_is_one_permission_and_three_steps_are_three():
    for verb in {step.verb for step in amends.OFFER.transitions}:
        assert len({step.permission for step in amends.OFFER.transitions if step.verb == verb}) == 1, verb
    by = {step.verb: step.permission for step in amends.OFFER.transitions}
    assert (by["certify"], by["deliver"], by["uphold"]) == (
        Permission.RESPONSES_CERTIFY, Permission.RESPONSES_PAY, Permission.RESPONSES_REVIEW,
    )  # fmt: skip


def test_states_that_hold_a_harm_and_states_that_end_an_offer():
    states = set(vocabulary("offer_state"))
    assert states == amends.LIVE | amends.SETTLED and {"delivered"} == amends.LIVE & amends.SETTLED
    assert amends.OFFER.final == amends.SETTLED
    contacts = [step for step in amends.OFFER.transitions if "contact" in step.needs]
    assert {step.target for step in contacts} >= {"accepted", "declined", "deferred", "appealed", "offered"}
    into_declined = [
        step for step in amends.OFFER.transitions if step.target == "declined" and step.verb != "uphold"
    ]
    assert all("contact" in step.needs for step in into_declined)


def test_what_another_payer_settled_is_confirmed_by_a_second_person():
    assert amends.SAID in amends.LIVE and amends.SAID not in amends.SETTLED
    steps = [one for one in amends.OFFER.transitions if one.source == amends.SAID]
    assert {(one.verb, one.target) for one in steps} == {
        ("confirm_settled", "delivered"), ("send_back_claim", "cancelled"), ("withdraw", "cancelled")}  # fmt: skip
    assert [one.source for one in amends.OFFER.transitions if one.target == amends.SAID] == []


def test_one_harm_under_several_names():
    assert amends.harm_root("injury_serious") == "injury" == amends.harm_root("injury")
    assert (
        amends.settled_harm("missing_disappeared", "death")
        == "death"
        == amends.settled_harm("child_killing_maiming", "death")
    )
    assert amends.settled_harm("child_killing_maiming", "injury_serious") == "injury"
    assert amends.settled_harm("livestock", "animal") == "livestock" == amends.settled_harm("livestock", "")
    assert amends.event_of("death", "I-1") == "" and amends.event_of("injury", "I-1") == "I-1"
    assert amends.slot("condolence_payment") == amends.slot("livestock_crop_in_kind") == "settlement"
    assert amends.slot("psychosocial") == "psychosocial"
    amends.check_unsettled([])
    with pytest.raises(amends.SettledAlready, match="A-1, A-2"):
        amends.check_unsettled(["A-2", "A-1"])


def test_a_line_is_settled_in_parts_and_never_beyond():
    amends.check_quantity(D(3), D(7), {"A-1": D(4)})
    for wanted, earlier in ((D(4), {"A-1": D(4)}), (D(0), {}), (D(8), {})):
        with pytest.raises(amends.MoreThanHarmed):
            amends.check_quantity(wanted, D(7), earlier)


def test_survivors_first():
    assert amends.is_survivor("crsv", "injury") and amends.is_survivor("general", "sexual_violence")
    assert not amends.is_survivor("child", "death")
    never = {"dialogue_mediation", "community_project", "acknowledgement_public", "commemoration"}
    assert not never & set(amends.measures(True)) and never <= set(amends.measures(False))
    assert (
        amends.check_measure("psychosocial", True) == "in_kind"
        and amends.check_measure("commemoration", False) == "words"
    )
    for measure, survivor, error in (
        ("commemoration", True, amends.NotForSurvivors),
        ("none_possible", False, amends.NotAMeasure),
    ):
        with pytest.raises(error):
            amends.check_measure(measure, survivor)
    amends.check_contact("commander_visit", False)
    amends.check_contact("through_adviser", True)
    with pytest.raises(amends.NotForSurvivors):
        amends.check_contact("commander_visit", True)
    amends.check_handover(False)
    with pytest.raises(amends.UnsafeHandover):
        amends.check_handover(True)


COWS = InKind("animals", D(4), "market_price")


@pytest.mark.parametrize(
    ("kind", "given", "value", "holds"),
    [
        ("money", None, "5", True),
        ("money", None, "0", False),
        ("in_kind", COWS, "1280", True),
        ("in_kind", COWS, "0", False),
        ("in_kind", InKind("days", D(3), "own_means"), "0", True),
        ("in_kind", InKind("days", D(3), "own_means"), "5", False),
        ("in_kind", InKind("days", D(0), "own_means"), "0", False),
        ("in_kind", None, "5", False),
        ("words", None, "0", True),
        ("words", None, "5", False),
    ],
)
def test_what_is_given_says_how_much_of_what(kind, given, value, holds):
    if holds:
        amends.check_in_kind(kind, given, usd(value))
    else:
        with pytest.raises(amends.NotAMeasure):
            amends.check_in_kind(kind, given, usd(value))


# --- bands


def test_a_band_is_least_usual_most():
    assert [one.amount for one in DEATH.of(D(2))] == [4000, 4500, 5000]
    for low, usual, high in (("0", "1", "2"), ("2", "1", "3"), ("1", "3", "2")):
        with pytest.raises(amends.OutsideBand):
            Band("death", usd(low), usd(usual), usd(high))


def test_the_bands_of_a_harm_worst_first():
    assert amends.bands_for("injury") == ("injury_permanent", "injury_serious", "injury_minor")
    assert amends.bands_for("livestock") == ("animal",) and amends.bands_for("reprisal") == ()
    # A child killed has the band of the dead, whatever branch the code is on; a finer code takes that of its branch.
    assert "death" in amends.bands_for("child_killing_maiming") and amends.bands_for("detention_lawful") == (
        "liberty",
    )


@pytest.mark.parametrize(
    ("amount", "where"), [("1999.99", "below"), ("2000", "within"), ("2500", "within"), ("2500.01", "above")]
)
def test_where_an_amount_lies(amount, where):
    assert amends.position(usd(amount), DEATH, D(1)) == where
    assert amends.check_band(usd(amount), DEATH, D(1), "costs_proved", "Bills") == where


def test_outside_the_band_is_said_in_code_and_words():
    assert amends.check_band(usd("9"), None, D(1), "no_band", "By quotation") == "no_band"
    for band, reason, words in (
        (DEATH, "", "x"),
        (DEATH, "costs_proved", " "),
        (DEATH, "no_band", "x"),
        (None, "", ""),
    ):
        with pytest.raises(amends.OutsideBand):
            amends.check_band(usd("9"), band, D(1), reason, words)


def test_adjustments_are_coded_once_and_in_their_direction():
    up, down = Adjustment("dependants", usd("100")), Adjustment("partial_loss", usd("-40"))
    assert amends.adjusted(usd("2250"), [up, down]) == usd("2310")
    for wrong in ([up, up], [Adjustment("partial_loss", usd("40"))], [Adjustment("dependants", usd("0"))]):
        with pytest.raises(amends.OutsideBand):
            amends.adjusted(usd("2250"), wrong)


def test_whom_it_goes_to_is_a_choice_with_its_basis():
    amends.check_payees("heirs", "The family said so", [Payee("daughter", F(1, 3)), Payee("mother", F(2, 3))])
    for rule, basis, payees in (
        ("heirs", "x", []), ("heirs", "x", [Payee("son", F(1, 2))]), ("heirs", "x", [Payee("son", F(3, 2)), Payee("wife", F(-1, 2))]),
        ("person_harmed", "x", [Payee("self", F(1, 2)), Payee("son", F(1, 2))]), ("heirs", " ", [Payee("son", F(1))]),
    ):  # fmt: skip
        with pytest.raises(amends.WrongPayee):
            amends.check_payees(rule, basis, payees)
    with pytest.raises(UnknownTerm):
        amends.check_payees("heirs", "x", [Payee("male_head", F(1))])


# --- the books


def test_the_books_of_a_line():
    steps = [ledger.move("funding", D(100)), ledger.move("commitment", D(60)), ledger.move("disbursement", D(50)),
             ledger.move("release", D(10)), ledger.move("return", D(50)), ledger.move("closing", D(100))]  # fmt: skip
    held = ledger.total(steps[:3])
    assert (held.funded, held.promised, held.disbursed, held.available, held.committed) == (
        100,
        60,
        50,
        40,
        10,
    )
    assert held.source == -100 and sum(ledger.sums(steps[:3]).values()) == 0
    assert ledger.total(steps) == Balances()


def test_nothing_is_taken_that_is_not_there():
    held = ledger.total([ledger.move("funding", D(100)), ledger.move("commitment", D(60))])
    for kind, amount in (
        ("commitment", "41"),
        ("disbursement", "61"),
        ("release", "61"),
        ("return", "1"),
        ("closing", "41"),
    ):
        with pytest.raises(ledger.NotEnoughFunds):
            held.after(ledger.move(kind, D(amount)))
    offer = Balances().of_offer(ledger.move("commitment", D(60)))
    assert (offer.committed, offer.available) == (60, 0)
    with pytest.raises(ledger.NotEnoughFunds):
        offer.of_offer(ledger.move("disbursement", D(61)))


def test_an_entry_is_undone_once_by_one_that_names_it():
    done = Move("available", "committed", D(5))
    assert ledger.undo("commitment", done, False) == Move("committed", "available", D(5))
    for kind, already in (("commitment", True), ("reversal", False)):
        with pytest.raises(ledger.NotReversible):
            ledger.undo(kind, done, already)
    with pytest.raises(ledger.NotReversible):
        ledger.move("reversal", D(5))
    for amount in (D(0), D(-5)):
        with pytest.raises(ledger.AmountNotPositive):
            ledger.move("funding", amount)


# --- amounts compared


def test_three_deaths_and_the_outliers_are_named():
    """Row D2 of the capability table, with the band of the year and without any."""
    values = {"A-1": "2414", "A-2": "11000", "A-3": "15000"}
    found = compare(Amount(code, D(v), amends.position(usd(v), DEATH, D(1))) for code, v in values.items())
    assert (found.n, found.median, found.lowest, found.highest, found.ratio) == (
        3,
        11000,
        2414,
        15000,
        D("6.2"),
    )
    assert {one.amount.offer: one.reasons for one in found.outliers} == {
        "A-1": ("factor", "ends"), "A-2": ("band",), "A-3": ("band", "ends"),
    }  # fmt: skip
    bare = compare(Amount(code, D(v)) for code, v in values.items())
    assert {one.amount.offer for one in bare.outliers} == {"A-1", "A-3"}


def test_alike_amounts_name_nobody_and_one_far_off_is_found():
    same = compare(Amount(f"A-{n}", D("2250")) for n in range(9))
    assert same.outliers == () and same.mad == 0 and same.median == 2250
    spread = [Amount(f"A-{n}", D(2200 + 10 * n)) for n in range(10)]
    found = compare([*spread, Amount("A-far", D(2600))])
    assert [(one.amount.offer, one.reasons) for one in found.outliers] == [("A-far", ("spread",))]
    assert compare(spread).median == D("2245") and compare(spread).outliers == ()
    # In a large class the ends of the band are not named for the sake of somebody far above it.
    assert {one.amount.offer for one in compare([*spread, Amount("A-far", D(9000))]).outliers} == {"A-far"}


def test_one_amount_two_amounts_none():
    assert compare([Amount("A-1", D(5))]).outliers == ()
    two = compare([Amount("A-1", D(5)), Amount("A-2", D(11))])
    assert {one.amount.offer: one.reasons for one in two.outliers} == {"A-1": ("ends",), "A-2": ("ends",)}
    assert compare([Amount("A-1", D(0)), Amount("A-2", D(0))]).ratio is None
    with pytest.raises(NothingToCompare):
        compare([])


# --- the amends file of a case above the reader's level


def _reader(*roles, inside=()):
    return Viewer(key="7", roles=frozenset(roles), compartments=frozenset(inside))


@pytest.mark.parametrize(
    ("roles", "inside", "level", "compartment", "admitted", "expected"),
    [
        (("certifying_officer",), (), 2, "general", (), amends.WHOLE),
        (("certifying_officer",), (), 3, "general", (), amends.NOTHING),
        (("certifying_officer",), (), 3, "general", ("8",), amends.NOTHING),
        (("certifying_officer",), (), 3, "general", ("7",), amends.FILE),
        (("paying_agent",), (), 3, "general", ("7",), amends.FILE),
        (("complaint_reviewer",), (), 3, "general", ("7",), amends.FILE),
        (("legal_adviser",), (), 3, "general", ("7",), amends.FILE),
        (("paying_agent",), ("crsv",), 3, "crsv", (), amends.FILE),
        (("paying_agent",), ("child",), 3, "crsv", (), amends.NOTHING),
        (("paying_agent",), (), 3, "crsv", ("7",), amends.NOTHING),  # a name opens no compartment
        (("amends_officer",), (), 3, "general", ("7",), amends.NOTHING),  # no step on the money
        (("amends_officer",), ("crsv",), 3, "crsv", (), amends.NOTHING),
        (("military_operations",), (), 2, "general", ("7",), amends.NOTHING),  # no leave to read amends
        (("cell_chief",), (), 3, "general", (), amends.WHOLE),
        ((), ("crsv",), 3, "crsv", ("7",), amends.NOTHING),
    ],
)
def test_who_reads_the_whole_offer_its_file_or_nothing(roles, inside, level, compartment, admitted, expected):
    facts = Facts(kind="incident", sensitivity=Level(level), compartment=compartment)
    assert amends.reads(_reader(*roles, inside=inside), facts, admitted) == expected

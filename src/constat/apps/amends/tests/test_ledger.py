"""The books: only added to, balanced, found out when changed; reversals name what they undo."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction

from constat.apps.amends import actions
from constat.apps.amends.errors import FundClosed, Incomplete, NotAllowed
from constat.apps.amends.models import BandVersion, Entry, FundLine
from constat.apps.amends.tests import cases
from constat.apps.amends.verify import faults
from constat.rules.ledger import AmountNotPositive, Move, NotEnoughFunds, NotReversible, sums
from tests.cast import NOW


def moves(fund="AMENDS-1"):
    return [
        Move(e.source, e.target, e.amount) for e in Entry.objects.filter(fund__code=fund).order_by("number")
    ]


def test_every_account_together_is_zero_and_the_line_agrees(cast):
    cases.fund(cast.dara)
    cases.band(cast.dara)
    cases.delivered(cast, cases.credible(cast.chen))
    held = sums(moves())
    assert sum(held.values()) == 0
    assert held == {"source": D(-10000), "available": D(7750), "committed": D(0), "disbursed": D(2250)}
    assert list(faults()) == []


def test_a_posted_entry_can_be_neither_changed_nor_removed_nor_replaced(cast):
    cases.fund(cast.dara)
    entry = Entry.objects.get()
    for act in (
        lambda: Entry.objects.update(amount=D(1)),
        lambda: Entry.objects.all().delete(),
        lambda: entry.save(),
        lambda: BandVersion.objects.all().delete() if BandVersion.objects.exists() else entry.delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            fund=entry.fund, number=7, kind="funding", source="source", target="available", amount=D(1), currency="USD",
            reason="x", by=cast.dara, at=NOW, previous=entry.hash, hash="f" * 64,
        )  # fmt: skip
    assert list(faults()) == []


def test_the_database_itself_refuses_a_promise_without_money(cast):
    cases.fund(cast.dara)
    for change in ({"promised": D(10001)}, {"disbursed": D(1)}, {"funded": D(-1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FundLine.objects.update(**change)


def test_a_changed_row_is_found_even_without_the_triggers(cast, guards_lifted):
    cases.fund(cast.dara)
    cases.band(cast.dara)
    cases.delivered(cast, cases.credible(cast.chen))
    with guards_lifted():
        Entry.objects.filter(number=2).update(amount=D(2251))
        assert next(one.record for one in faults()) == "AMENDS-1/2"
        Entry.objects.filter(number=2).update(amount=D(2250))
        assert list(faults()) == []
        FundLine.objects.update(funded=D(10001))
        assert "sums" in next(faults()).what
        FundLine.objects.update(funded=D(10000))
        # Somebody changes the first entry and recomputes the chain: the log still knows better.
        from constat.apps.amends.actions import _ledger

        first = Entry.objects.select_related("fund").get(number=1)
        first.reason = "Another letter"
        Entry.objects.filter(pk=first.pk).update(reason=first.reason, hash=_ledger.digest(first))
        assert "the log does not tell" in next(faults()).what
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM amends_entry WHERE number = 3")
        assert any("AMENDS-1" in one.record for one in faults())


def test_verify_names_the_entry(cast, guards_lifted, capsys, monkeypatch, tmp_path):
    from django.core.management import CommandError, call_command

    from constat.apps.evidence import store

    # Sealed files of other tests lie in the folder all of them share.
    monkeypatch.setattr(store, "folder", lambda: tmp_path)
    cases.fund(cast.dara)
    call_command("verify")
    with guards_lifted():
        Entry.objects.update(amount=D(1))
        with pytest.raises(CommandError, match="AMENDS-1/1"):
            call_command("verify")


def test_money_that_did_not_arrive_is_reversed_unless_it_is_promised(cast):
    cases.fund(cast.dara, amount="1000")
    actions.top_up(by=cast.dara, at=NOW, fund="AMENDS-1", amount=D("2000"), basis="Transfer 7")
    entry = actions.reverse_funding(by=cast.dara, at=NOW, fund="AMENDS-1", number=2, reason="Never came")
    assert entry.reverses.number == 2 and cases.sums() == (1000, 0, 0)
    for number in (2, 3):
        with pytest.raises(NotReversible):
            actions.reverse_funding(by=cast.dara, at=NOW, fund="AMENDS-1", number=number, reason="Again")
    actions.top_up(by=cast.dara, at=NOW, fund="AMENDS-1", amount=D("2000"), basis="Transfer 8")
    cases.band(cast.dara)
    cases.certified(cast, cases.credible(cast.chen))
    with pytest.raises(NotEnoughFunds):
        actions.reverse_funding(by=cast.dara, at=NOW, fund="AMENDS-1", number=4, reason="Never came")


def test_a_line_is_closed_only_when_nothing_is_promised_from_it(cast):
    cases.fund(cast.dara)
    cases.band(cast.dara)
    case = cases.credible(cast.chen)
    code = cases.accepted(cast, case)
    with pytest.raises(FundClosed, match="2250"):
        actions.close_fund(by=cast.dara, at=NOW, fund="AMENDS-1", reason="Mandate ends")
    actions.deliver(by=cast.payer, at=NOW, offer=code, reason="Done", handover=cases.handover())
    actions.close_fund(by=cast.dara, at=NOW, fund="AMENDS-1", reason="Mandate ends")
    assert cases.sums() == (2250, 2250, 2250) and list(faults()) == []
    with pytest.raises(FundClosed):
        actions.top_up(by=cast.dara, at=NOW, fund="AMENDS-1", amount=D(1), basis="x")


def test_only_finance_and_command_set_funds_and_bands(cast):
    for person in (cast.amends, cast.certifier, cast.payer, cast.chen, cast.farid):
        with pytest.raises(NotAllowed):
            cases.fund(person)
        with pytest.raises(NotAllowed):
            cases.band(person)
    cases.fund(cast.approver)
    for amount in ("0", "-5"):
        with pytest.raises(AmountNotPositive):
            actions.top_up(by=cast.approver, at=NOW, fund="AMENDS-1", amount=D(amount), basis="x")
    with pytest.raises(Incomplete):
        actions.top_up(by=cast.approver, at=NOW, fund="AMENDS-1", amount=D(5), basis=" ")
    with pytest.raises(Incomplete):
        cases.fund(cast.approver)


def test_a_band_is_revised_by_a_later_version_and_older_offers_keep_theirs(cast):
    from datetime import timedelta

    from constat.apps.amends.models import Offer

    cases.fund(cast.dara)
    cases.band(cast.dara)
    case = cases.credible(cast.chen)
    code = cases.propose(cast.amends, case)
    with pytest.raises(Incomplete):
        cases.band(cast.dara, low="3000", usual="3100", high="3200")
    cases.band(cast.dara, low="3000", usual="3100", high="3200", valid_from=cases.DAY + timedelta(days=1))
    assert Offer.objects.get(code=code).band_version.base == 2250
    other = cases.credible(cast.chen)
    later = cases.propose(cast.amends, other, at=NOW + timedelta(days=2))
    assert Offer.objects.get(code=later).amount == 3100

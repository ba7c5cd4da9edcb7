"""Invariants 6 and 15, against people who may do anything in any order: the books balance, nothing is promised without
money, nothing posted changes, one harm has one settlement, and the three steps are three people.

Every person here holds every post of amends, so that only the rules stand between them. Refusals are part of life; the
machine counts what was done, and the test fails if the sequences never came as far as a hand-over.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from constat.apps.access.models import Post
from constat.apps.amends import actions, verify
from constat.apps.amends.actions import Terms, _ledger
from constat.apps.amends.errors import AmendsError
from constat.apps.amends.models import Delivery, Entry, FundLine, Offer
from constat.apps.amends.queries.pages import PROMISED
from constat.apps.amends.tests import cases
from constat.rules.amends import LIVE
from constat.rules.ledger import Move, sums
from constat.rules.speech import RuleError
from tests.cast import NOW, SINCE, make_person, make_persona
from tests.properties.effort import THOROUGH, examples

pytestmark = pytest.mark.django_db
POSTS = ("amends_officer", "certifying_officer", "paying_agent", "complaint_reviewer", "approver")
FUNDS = ("AMENDS-1", "AMENDS-2")
AMOUNTS = st.sampled_from([D("0"), D("0.01"), D("900"), D("2250"), D("2500"), D("4500.50"), D("-5")])
WHO, WHICH = st.integers(0, 3), st.integers(0, 6)
VERBS = ("put_to_family", "accept_offer", "decline_offer", "defer_offer", "appeal")
REASON = "It is so"


class World:
    """Made once; each sequence starts from here."""

    def __init__(self) -> None:
        chen, dara = make_persona("chen"), make_persona("dara")
        self.people = [make_person(f"person{n}", role=POSTS[0], section="claims") for n in range(4)]
        for person in self.people:
            for post in POSTS[1:]:
                Post.objects.create(person=person, role=post, section="claims", starts_at=SINCE)
        cases.band(dara)
        cases.fund(dara, FUNDS[0], "5000")
        cases.fund(dara, FUNDS[1], "100")
        self.case = cases.credible(chen, persons=[("death",), ("death",), ("death", "injury_serious")])
        self.persons = cases.persons_of(self.case)


class Books(RuleBasedStateMachine):
    world: World
    done: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.clock = NOW
        self.seen: dict[tuple[str, int], str] = {}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    def act(self, name, run, /, **given) -> bool:
        self.clock += timedelta(minutes=1)
        try:
            with transaction.atomic():
                run(at=self.clock, **given)
        except (AmendsError, RuleError):
            self.done["refused"] += 1
            return False
        self.done[name] += 1
        return True

    def offer(self, which) -> str:
        codes = list(Offer.objects.order_by("-pk").values_list("code", flat=True)[:7])
        return codes[which % len(codes)] if codes else "A-2026-999999"

    def by(self, who):
        return self.world.people[who]

    @rule(who=WHO, person=st.integers(0, 2), amount=AMOUNTS, explained=st.booleans())
    def propose(self, who, person, amount, explained):
        terms = Terms(measure="condolence_payment", band="death", base=amount)
        if explained:
            terms = replace(terms, deviation="costs_proved", deviation_words="Bills")
        self.act("propose", lambda at: cases.propose(self.by(who), self.world.case, person=self.world.persons[person],
                                                     terms=terms, at=at))  # fmt: skip

    @rule(who=WHO, which=WHICH, fund=st.sampled_from(FUNDS))
    def certify(self, who, which, fund):
        self.act(
            "certify", actions.certify, by=self.by(who), offer=self.offer(which), fund=fund, reason=REASON
        )

    @rule(who=WHO, which=WHICH, verb=st.sampled_from(VERBS), spoken=st.booleans())
    def answer(self, who, which, verb, spoken):
        contact = cases.contact() if spoken else None
        done = self.act(
            verb,
            actions.answer,
            by=self.by(who),
            offer=self.offer(which),
            verb=verb,
            contact=contact,
            reason=REASON,
        )
        assert spoken or not done, "an answer without a contact"

    @rule(who=WHO, which=WHICH)
    def deliver(self, who, which):
        self.act(
            "deliver",
            actions.deliver,
            by=self.by(who),
            offer=self.offer(which),
            reason=REASON,
            handover=cases.handover(),
        )

    @rule(who=WHO, which=WHICH)
    def take_back(self, who, which):
        self.act("take_back", actions.take_back, by=self.by(who), offer=self.offer(which), reason=REASON,
                 receipt_sha256=cases.RECEIPT)  # fmt: skip

    @rule(who=WHO, which=WHICH)
    def reverse_delivery(self, who, which):
        self.act(
            "reverse_delivery",
            actions.reverse_delivery,
            by=self.by(who),
            offer=self.offer(which),
            reason=REASON,
        )

    @rule(who=WHO, which=WHICH, verb=st.sampled_from(("withdraw", "refuse_to_certify", "cancel")))
    def give_up(self, who, which, verb):
        self.act(verb, actions.give_up, by=self.by(who), offer=self.offer(which), verb=verb, reason=REASON)

    @rule(who=WHO, which=WHICH, verb=st.sampled_from(("uphold", "grant_appeal")))
    def review(self, who, which, verb):
        self.act(
            verb, actions.review_appeal, by=self.by(who), offer=self.offer(which), verb=verb, reason=REASON
        )

    @rule(who=WHO, fund=st.sampled_from(FUNDS), amount=AMOUNTS)
    def top_up(self, who, fund, amount):
        self.act("top_up", actions.top_up, by=self.by(who), fund=fund, amount=amount, basis=REASON)

    @rule(who=WHO, fund=st.sampled_from(FUNDS), number=st.integers(1, 9))
    def reverse_funding(self, who, fund, number):
        self.act(
            "reverse_funding",
            actions.reverse_funding,
            by=self.by(who),
            fund=fund,
            number=number,
            reason=REASON,
        )

    @rule(who=WHO, fund=st.just(FUNDS[1]))
    def close_fund(self, who, fund):
        self.act("close_fund", actions.close_fund, by=self.by(who), fund=fund, reason=REASON)

    @rule(first=WHO, person=st.integers(0, 2), further=st.integers(0, 3))
    def walk(self, first, person, further):
        """The ordinary way, by three people one after the other, so that sequences come far."""
        one, two, three = (self.by((first + n) % 4) for n in range(3))
        if not self.act(
            "propose",
            lambda at: cases.propose(one, self.world.case, person=self.world.persons[person], at=at),
        ):
            return
        code = self.offer(0)
        if not self.act("certify", actions.certify, by=two, offer=code, fund=FUNDS[0], reason=REASON):
            return
        for verb in ("put_to_family", "accept_offer")[:further]:
            self.act(
                verb, actions.answer, by=one, offer=code, verb=verb, contact=cases.contact(), reason=REASON
            )
        if further == 3:
            self.act(
                "deliver", actions.deliver, by=three, offer=code, reason=REASON, handover=cases.handover()
            )

    @rule(number=st.integers(1, 12), kind=st.sampled_from(("update", "delete", "fund")))
    def tamper(self, number, kind):
        """Somebody with SQL in hand: the database itself refuses."""
        rows = Entry.objects.filter(number=number)
        if kind != "fund" and not rows.exists():
            return
        ways = {
            "update": lambda: rows.update(amount=D(1)),
            "delete": rows.delete,
            "fund": lambda: FundLine.objects.update(promised=D(10**9)),
        }
        with pytest.raises(IntegrityError), transaction.atomic():
            ways[kind]()
        self.done["tampering refused"] += 1

    @invariant()
    def the_books_hold(self):
        assert list(verify.faults()) == []
        for fund in FundLine.objects.all():
            rows = Entry.objects.filter(fund=fund).order_by("number")
            held = sums(Move(row.source, row.target, row.amount) for row in rows)
            assert sum(held.values()) == 0
            assert all(value >= 0 for account, value in held.items() if account != "source")
            assert 0 <= fund.disbursed <= fund.promised <= fund.funded == -held["source"]
            assert (fund.disbursed, fund.promised) == (
                held["disbursed"],
                held["committed"] + held["disbursed"],
            )

    @invariant()
    def nothing_posted_changes(self):
        now = {(row.fund.code, row.number): row.hash for row in Entry.objects.select_related("fund")}
        assert self.seen.items() <= now.items()
        self.seen = now

    @invariant()
    def each_offer_has_its_money_where_its_state_says(self):
        for offer in Offer.objects.all():
            held = _ledger.of_offer(offer)
            due = offer.fund_amount or D(0)
            # An appeal against an offer that was declined has no money: it was set free when they declined.
            promised = offer.state in PROMISED and offer.previous_state != "declined"
            assert held.committed == (due if promised else 0), offer.state
            assert held.disbursed == (due if offer.state == "delivered" else 0), offer.state

    @invariant()
    def three_steps_are_three_people(self):
        for row in Delivery.objects.select_related("offer"):
            assert len({row.offer.proposed_by_id, row.offer.certified_by_id, row.paid_by_id}) == 3

    @invariant()
    def one_harm_has_one_settlement(self):
        live = Offer.objects.filter(state__in=LIVE, slot="settlement").values_list("subject", "settles")
        assert max(Counter(live).values(), default=0) <= 1


def test_no_sequence_breaks_the_books():
    Books.world, Books.done = World(), Counter()
    run_state_machine_as_test(
        Books, settings=settings(max_examples=examples(30), stateful_step_count=40 if THOROUGH else 25, deadline=None,
                                 derandomize=not THOROUGH)
    )  # fmt: skip
    for reached in ("propose", "certify", "accept_offer", "deliver", "refused", "tampering refused"):
        assert Books.done[reached], f"no sequence came as far as: {reached} ({Books.done})"

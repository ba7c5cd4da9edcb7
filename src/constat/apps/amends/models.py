"""Columns and constraints of amends. Amounts are exact (fields.AmountField); entries and bands are only ever added to (guards)."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from constat.apps.access.models import Grant, Person
from constat.apps.amends.fields import AmountField
from constat.apps.inquiries.models import Inquiry
from constat.rules.amends import LIVE

ZERO = Decimal(0)


class FundLine(models.Model):
    """Money given for amends. The three sums follow from the entries; they stand here so that the database refuses a promise
    without money, and so that one locked row queues everybody who spends from the line. `constat verify` adds them up anew."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)  # vocabulary "currency"
    basis = models.TextField()  # the document that gives the money
    funded = AmountField(default=ZERO)  # received and not given back
    promised = AmountField(default=ZERO)  # committed and not released, handed over or not
    disbursed = AmountField(default=ZERO)
    entries = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64)  # hash of the last entry
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Invariant 15: sum(disbursed) <= committed <= funded.
            models.CheckConstraint(
                name="fund_disbursed_promised_funded",
                condition=Q(disbursed__gte=0, promised__gte=F("disbursed"), funded__gte=F("promised")),
            ),
            models.CheckConstraint(
                name="fund_closed_whole",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
            # A closed line keeps nothing: what was promised is handed over, the rest is back with the giver.
            models.CheckConstraint(
                name="fund_closed_empty",
                condition=Q(closed_at__isnull=True) | Q(funded=F("disbursed"), promised=F("disbursed")),
            ),
            models.CheckConstraint(name="fund_has_basis", condition=~Q(basis="")),
        ]

    def __str__(self) -> str:
        return self.code


class ExchangeRate(models.Model):
    """One `base` was worth `value` of `quote` on that day, says that source. Written once."""

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    value = models.CharField(max_length=30)  # a decimal, as text: exact on both databases
    on = models.DateField()
    source = models.CharField(max_length=200)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="exchange_rate_once", fields=["base", "quote", "on"]),
            models.CheckConstraint(
                name="exchange_rate_whole", condition=~Q(base=F("quote")) & ~Q(source="") & ~Q(value="")
            ),
        ]


class BandVersion(models.Model):
    """What a harm is answered with from that day on, per unit of the band: the same in every region, for every unit.
    Never changed: a revision is a further version."""

    band = models.CharField(max_length=40)  # vocabulary "band"
    currency = models.CharField(max_length=3)
    minimum = AmountField()
    base = AmountField()
    maximum = AmountField()
    valid_from = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="band_version_once", fields=["band", "valid_from"]),
            models.CheckConstraint(
                name="band_version_ordered",
                condition=Q(minimum__gt=0, base__gte=F("minimum"), maximum__gte=F("base")),
            ),
            models.CheckConstraint(name="band_version_reason", condition=~Q(reason="")),
        ]


class Offer(models.Model):
    """One measure for one harm of one person (or of a line of harm). Read by whoever may read the incident and amends.
    What it offers is never changed after the proposal: it falls, and another one is proposed."""

    code = models.CharField(max_length=20, unique=True)  # A-2026-000042
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="offers")
    state = models.CharField(max_length=20, default="proposed")  # constat.rules.amends.OFFER
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    # Whose harm: the key of a person harmed. None: the figures of that harm (seven animals), settled in parts.
    # No foreign key: incidents rewrite their lines as a whole, and an offer must neither stop that nor be lost by it.
    person = models.UUIDField(null=True)
    harm = models.CharField(max_length=40)
    quantity = AmountField(default=Decimal(1))  # of the unit of the band: persons, animals, hectares

    # One harm, one settlement: these four together stand once among the live offers, whoever pays.
    subject = models.CharField(
        max_length=40, blank=True
    )  # key of the person; "" for a line, whose parts are counted
    settles = models.CharField(max_length=40)  # rules.amends.settled_harm
    event = models.CharField(max_length=20, blank=True)  # rules.amends.event_of
    slot = models.CharField(max_length=40)  # rules.amends.slot

    measure = models.CharField(max_length=40)  # vocabulary "response_type"
    legal_nature = models.CharField(max_length=40, default="ex_gratia")
    payer = models.CharField(max_length=40, blank=True)  # vocabulary "other_payer": it is not ours
    survivor = models.BooleanField(default=False)

    band = models.CharField(max_length=40, blank=True)
    band_version = models.ForeignKey(BandVersion, on_delete=models.PROTECT, null=True, related_name="offers")
    position = models.CharField(max_length=10, default="no_band")  # within, below, above, no_band
    base_amount = AmountField(default=ZERO)
    adjustments = models.JSONField(default=list)  # [code, signed amount as text]
    amount = AmountField(default=ZERO)  # base and adjustments; what is given in kind, by its value
    currency = models.CharField(max_length=3)
    comparable = AmountField(default=ZERO)  # per unit of the band, in its currency
    comparable_currency = models.CharField(max_length=3)
    deviation = models.CharField(max_length=40, blank=True)  # vocabulary "deviation"
    deviation_words = models.TextField(blank=True)

    in_kind_unit = models.CharField(max_length=20, blank=True)
    in_kind_quantity = AmountField(null=True)
    valuation = models.CharField(max_length=40, blank=True)

    beneficiary = models.UUIDField(null=True)  # vault key of the first payee; the others stand in Payee
    payee_rule = models.CharField(max_length=40)
    payee_basis = models.TextField()

    fund = models.ForeignKey(FundLine, on_delete=models.PROTECT, null=True, related_name="offers")
    fund_amount = AmountField(null=True)  # in the currency of the fund line
    rate = models.CharField(max_length=30, blank=True)
    rate_on = models.DateField(null=True)

    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    # The second person: who certified it, or confirmed that another payer settled it.
    certified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    certified_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    previous_state = models.CharField(max_length=20, blank=True)  # where an appeal came from

    class Meta:
        constraints = [
            # Of two proposals for one harm at the same moment, one stands.
            models.UniqueConstraint(
                name="offer_one_harm_once",
                fields=["subject", "settles", "event", "slot"],
                condition=Q(state__in=sorted(LIVE)) & ~Q(subject=""),
            ),
            models.CheckConstraint(
                name="offer_whose_harm",
                condition=(Q(person__isnull=False) & ~Q(subject="")) | Q(person__isnull=True, subject=""),
            ),
            models.CheckConstraint(
                name="offer_certified_whole",
                condition=Q(certified_by__isnull=True, certified_at__isnull=True, fund__isnull=True)
                | Q(certified_by__isnull=False, certified_at__isnull=False, fund__isnull=False)
                | Q(certified_by__isnull=False, certified_at__isnull=False, amount=0)
                | (Q(certified_by__isnull=False, certified_at__isnull=False) & ~Q(payer="")),
            ),
            # What another payer settled counts as settled on the word of two.
            models.CheckConstraint(
                name="offer_elsewhere_second_person",
                condition=Q(payer="")
                | Q(state__in=["said_settled", "cancelled"])
                | Q(certified_by__isnull=False),
            ),
            models.CheckConstraint(
                name="offer_said_has_payer", condition=~Q(state="said_settled") | ~Q(payer="")
            ),
            models.CheckConstraint(
                name="offer_two_persons",
                condition=Q(certified_by__isnull=True) | ~Q(certified_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="offer_other_payer",
                condition=(Q(legal_nature="third_party_payer") & ~Q(payer=""))
                | (~Q(legal_nature="third_party_payer") & Q(payer="")),
            ),
            models.CheckConstraint(name="offer_quantities", condition=Q(quantity__gt=0) & Q(amount__gte=0)),
            models.CheckConstraint(
                name="offer_outside_band_said",
                condition=Q(position="within")
                | (~Q(deviation="") & ~Q(deviation_words=""))
                | Q(amount=0)
                | ~Q(payer=""),
            ),
            models.CheckConstraint(name="offer_payee_basis", condition=~Q(payee_basis="") | ~Q(payer="")),
        ]
        indexes = [
            models.Index(name="offer_queue", fields=["state", "updated_at", "id"]),
            models.Index(name="offer_newest", fields=["-proposed_at", "-id"]),
            models.Index(name="offer_class", fields=["band", "comparable_currency", "proposed_at"]),
        ]

    def __str__(self) -> str:
        return self.code


class Payee(models.Model):
    """Somebody who receives a part. The name, the relation in words and the contact are in the vault under `key`."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="payees")
    key = models.UUIDField()
    kinship = models.CharField(max_length=40)
    share_of = models.PositiveIntegerField()  # 1 of 3 heirs: share_of 1, share_in 3
    share_in = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payee_share", condition=Q(share_of__gt=0, share_in__gte=F("share_of"))
            )
        ]


class Contact(models.Model):
    """Somebody of the cell spoke with the family about the offer. Without one there is no answer of theirs."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="contacts")
    verb = models.CharField(max_length=40)  # what it led to: put_to_family, accept_offer ...
    on = models.DateField()
    method = models.CharField(max_length=40)  # vocabulary "contact_method"
    language = models.CharField(max_length=10)  # vocabulary "language"
    with_whom = models.CharField(max_length=40)  # vocabulary "kinship"
    spoke = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    at = models.DateTimeField()


class Delivery(models.Model):
    """What was handed over, when, in what kind of place, before whom. Never the exact place, never a photograph."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="deliveries")
    on = models.DateField()
    place = models.CharField(max_length=40)  # vocabulary "delivery_place"
    witness = models.CharField(max_length=40)  # vocabulary "witness"
    colleague = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    mark = models.CharField(max_length=40)  # vocabulary "receipt_mark"
    receipt_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    read_aloud = models.BooleanField()
    paid_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # returned, or reversed because it never happened
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_how = models.CharField(max_length=40, blank=True)  # verb: take_back, reverse_delivery

    class Meta:
        constraints = [
            # Of two payments of one offer at the same moment, one is made.
            models.UniqueConstraint(
                name="delivery_one_stands", fields=["offer"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="delivery_receipt", condition=~Q(receipt_sha256="")),
            models.CheckConstraint(
                name="delivery_witness_not_payer",
                condition=Q(colleague__isnull=True) | ~Q(colleague=F("paid_by")),
            ),
        ]


class OfferStep(models.Model):
    """A step in the life of an offer with its reason in words. The log has the step; the words stay behind the door."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=40)
    source = models.CharField(max_length=20, blank=True)
    target = models.CharField(max_length=20)
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="offer_step_reason", condition=~Q(reason=""))]


class NoOffer(models.Model):
    """Why nothing is offered for this harm now. It leaves the queue, stays on the page, and ends when somebody ends it."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="no_offers")
    person = models.UUIDField(null=True)  # as in Offer
    harm = models.CharField(max_length=40)
    reason = models.CharField(max_length=40)  # vocabulary "no_offer_reason"
    words = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="no_offer_words", condition=~Q(words="")),
            models.CheckConstraint(
                name="no_offer_ended_whole",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]


class Admission(Grant):
    """Leave to see the amends file of one case whose level is above one's own: to certify, pay, confirm or hear an appeal,
    and to see nothing else of the case. To one person by name, with a reason and an end."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="admissions")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="admission_by_name",
                condition=Q(person__isnull=False, section="", ends_at__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(name="admission_by_another", condition=~Q(person=F("granted_by"))),
        ]


class Entry(models.Model):
    """One entry of a fund line: an amount out of one account into another. Written once; each holds the hash of the last.

    Both sides stand in one row, so no entry can be out of balance. A wrong one is undone by another that names it.
    """

    fund = models.ForeignKey(FundLine, on_delete=models.PROTECT, related_name="journal")
    number = models.PositiveIntegerField()  # 1, 2, 3 ... within the fund line
    kind = models.CharField(max_length=20)  # vocabulary "ledger_entry"
    source = models.CharField(max_length=20)  # vocabulary "ledger_account": out of
    target = models.CharField(max_length=20)  # into
    amount = AmountField()
    currency = models.CharField(max_length=3)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="entries")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    reason = models.CharField(max_length=200)  # a document or a code; never a name
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="entry_number_once", fields=["fund", "number"]),
            models.CheckConstraint(
                name="entry_moves_something", condition=Q(amount__gt=0) & ~Q(source=F("target"))
            ),
            models.CheckConstraint(
                name="entry_reversal_names",
                condition=(Q(kind="reversal") & Q(reverses__isnull=False))
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
            ),
            models.CheckConstraint(name="entry_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(name="entry_of_offer", fields=["offer", "id"])]

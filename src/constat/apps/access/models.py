"""Columns and constraints of access. What may be read by whom is decided in constat.rules.visibility, not here."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q


class PersonManager(BaseUserManager["Person"]):
    """Finds people by name. Makes none: that is constat.apps.access.actions.create_person."""


class Person(AbstractBaseUser):
    """Somebody who may sign in. Named as colleagues know them; nothing about their private life is kept."""

    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=120)
    language = models.CharField(max_length=3, default="fr")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []  # type: ignore[misc]
    objects = PersonManager()

    class Meta:
        constraints = [
            # "Disabled" and "when" come together or not at all: an account that is off has a date.
            models.CheckConstraint(
                name="person_disabled_with_date",
                condition=Q(is_active=True, disabled_at__isnull=True)
                | Q(is_active=False, disabled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name


class Office(models.Model):
    """A place where the mission works: headquarters, a sector, a field office. Field staff see their own office's cases."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    area_code = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A person holds a role in a section, from a day, until a day. Rights come from posts, never from the account."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=40)  # a role of constat.rules.roles
    section = models.CharField(max_length=40)  # vocabulary "section"
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True)
    # Unit.code of the register, as text because the register comes later. Where somebody serves in a unit of the force,
    # they neither decide on nor investigate what that unit, or one above or below it, may have done.
    unit = models.CharField(max_length=60, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    appointed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="post_ends_after_start",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
            ),
        ]


class CompartmentMember(models.Model):
    """Admission to a compartment (children, sexual violence, conduct). Personal, with a reason, with an end."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="compartments")
    compartment = models.CharField(max_length=20)  # vocabulary "compartment", never "general"
    reason = models.TextField()
    admitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="compartment_not_general", condition=~Q(compartment="general")),
            models.CheckConstraint(name="compartment_reason_given", condition=~Q(reason="")),
            models.UniqueConstraint(
                name="compartment_member_once",
                fields=["person", "compartment"],
                condition=Q(ends_at__isnull=True),
            ),
        ]


class SignIn(models.Model):
    """One session of one person. Neither address nor browser is kept: they tell where colleagues are."""

    session_key = models.CharField(max_length=40, unique=True)  # of django_session, removed together with it
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_ins")
    started_at = models.DateTimeField()  # eight hours later it ends, whatever happens
    seen_at = models.DateTimeField()  # to the minute; fifteen minutes later it ends


class Activation(models.Model):
    """Leave to set a password once, with a code that is stored nowhere: `lookup` is its hash."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="activation")
    lookup = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()


class Controlled(models.Model):
    """What decides who may read a record. Mixed into reports and incidents, so that one condition serves both.

    The same five columns are the Facts of constat.rules.visibility; constat.apps.access.visibility writes the rule a
    second time as a database condition, and a property test holds the two equal.
    """

    sensitivity = models.PositiveSmallIntegerField(
        default=2
    )  # 0..3, vocabulary "sensitivity"; closed by default
    compartment = models.CharField(max_length=20, default="general")
    office = models.CharField(max_length=40, blank=True)  # Office.code; text, so that lists need no join
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    assigned_to = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


class Grant(models.Model):
    """Leave to read one record, given to a person or to a section, with a reason and usually an end."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    section = models.CharField(max_length=40, blank=True)
    reason = models.TextField()
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Identity(models.Model):
    """The vault: a name, a telephone, a safe way to make contact. Encrypted; apart from every case.

    A case holds `key` and nothing else. Sealed with AES-256-GCM; the row's key, kind and key id are authenticated with
    it, so a ciphertext moved to another row does not open.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=20)  # reporter, person_harmed, source
    compartment = models.CharField(max_length=20, default="general")
    key_id = models.CharField(max_length=16)
    nonce = models.BinaryField(max_length=12)
    sealed = models.BinaryField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")


class Counter(models.Model):
    """Running numbers for public codes (I-2026-00042). One row per series; taken under a lock."""

    series = models.CharField(max_length=20, primary_key=True)
    value = models.PositiveIntegerField(default=0)


class LogHead(models.Model):
    """Size and hash of the log: one row. Locking it puts concurrent writers in a queue."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(name="log_head_single", condition=Q(id=1))]


class Event(models.Model):
    """One act. Written by constat.apps.access.log and by nothing else; triggers refuse change and removal.

    Who and what are kept as text: the log outlives the records. `details` may one day be erased by law; the chain is
    made of `commitment`, a salted hash of the details, and stays verifiable without them.
    """

    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=140)  # "12 Amina Diallo", "public", "system"
    verb = models.CharField(max_length=60)  # reports.receive, incidents.merge ...
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=60)
    purpose = models.TextField(blank=True)
    details = models.TextField(blank=True)  # canonical JSON
    salt = models.CharField(max_length=32)
    commitment = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            # "What happened to this record", newest first: the timeline of an incident page.
            models.Index(name="event_object", fields=["object_type", "object_key", "-seq"]),
        ]

"""Fetchers of access."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from constat.apps.access.models import CompartmentMember, Person, Post
from constat.rules.visibility import Viewer


def viewer_of(person: Person, *, at: datetime | None = None) -> Viewer:
    """Who this person is to the rules, at a moment (now, unless said): posts and admissions in force. Two queries."""
    at = at or timezone.now()
    in_force = Q(starts_at__lte=at) & (Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    posts = list(Post.objects.filter(in_force, person=person).select_related("office"))
    admitted = CompartmentMember.objects.filter(in_force, person=person).values_list("compartment", flat=True)
    return Viewer(
        key=str(person.pk),
        roles=frozenset(post.role for post in posts),
        sections=frozenset(post.section for post in posts),
        offices=frozenset(post.office.code for post in posts if post.office),
        compartments=frozenset(admitted),
        active=person.is_active,
    )

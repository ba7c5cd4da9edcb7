"""What the pages of evidence show, put together for one viewer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from constat.apps.evidence import engine, queries, subjects, words
from constat.apps.evidence.models import REDACTED, Consent, CustodyEvent, Interview, Item, ItemLink
from constat.apps.evidence.queries import ItemLine, Subject, language, line
from constat.apps.evidence.verbs import INTERVIEW_ACTS, ITEM_ACTS
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.documents import isolate
from constat.ui.shapes import Moment, Pager

PAGE = 25


@dataclass(frozen=True)
class Row:
    """An item in a list, with where it leads."""

    item: ItemLine
    subject_url: str
    checked_twice: bool


@dataclass(frozen=True)
class ListPage:
    rows: list[Row]
    pager: Pager


def listing(viewer: Viewer, *, at: datetime, kind: str = "", words_of: str = "", cursor: str = "",
            link: Callable[[str], str]) -> ListPage:  # fmt: skip
    """Newest first. words_of: the code of an item or of a case, or a part of a title."""
    rows = queries.readable_items(viewer, at=at).select_related("parent")
    if kind in vocabulary("evidence_kind"):
        rows = rows.filter(kind=kind)
    if wanted := words_of.strip():
        code = wanted.upper()
        rows = rows.filter(
            Q(code=code) | queries.of_subjects([subjects.of_code(code)]) | Q(title__icontains=wanted)
        )
    if cursor.isdecimal() and len(cursor) < 15:
        rows = rows.filter(pk__lt=int(cursor))
    found = list(rows.only(*queries.LISTED).order_by("-id")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    pager = Pager(
        newer=link("") if cursor else "", older=link(str(found[-1].pk)) if more else "", shown=len(found)
    )
    return ListPage(_rows(found), pager)


def _rows(found: list[Item]) -> list[Row]:
    looked = set(
        CustodyEvent.objects.filter(item__in=found, kind="second_look").values_list("item_id", flat=True)
    )
    return [
        Row(line(item), subjects.page_of((item.subject_type, item.subject_key)), item.pk in looked)
        for item in found
    ]


@dataclass(frozen=True)
class CasePage:
    """Everything held about one record that this viewer may read, and how much they may not."""

    subject: Subject
    subject_url: str
    label: str
    rows: list[Row]
    interviews: list[Interview]
    may_interview: bool
    may_deposit: bool


def case(viewer: Viewer, subject: Subject, *, at: datetime) -> CasePage | None:
    """None: no such record for this viewer."""
    if subjects.find(viewer, subject, at=at) is None:
        return None
    rows = (
        queries.readable_items(viewer, at=at).filter(queries.of_subjects([subject])).select_related("parent")
    )
    return CasePage(
        subject=subject, subject_url=subjects.page_of(subject), label=str(subjects.doors()[subject[0]].label),
        rows=_rows(list(rows.only(*queries.LISTED).order_by("id"))),
        interviews=queries.interviews_of(viewer, subjects=[subject], at=at),
        may_interview=Permission.EVIDENCE_INTERVIEW in viewer.permissions,
        may_deposit=Permission.EVIDENCE_DEPOSIT in viewer.permissions,
    )  # fmt: skip


@dataclass(frozen=True)
class ConsentLine:
    pk: int
    purpose: str
    recipient: str
    method: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class ActLink:
    label: str
    url: str


@dataclass(frozen=True)
class ItemPage:
    item: ItemLine
    record: Item
    subject_url: str
    may_open: bool
    details: dict[str, str]  # unsealed; empty for those who may not open the item
    custody: list[Moment]
    place: str  # where it is kept now
    location: str
    copies: list[ItemLine]
    links: list[tuple[str, str]]
    consents: list[ConsentLine]
    asked: bool  # is anybody's consent needed?
    said_no: list[str]  # purposes nobody agreed to
    boxes: int
    left_behind: list[str]
    checked_twice: bool
    has_pages: bool
    pages: range
    acts: list[ActLink]
    may_consent: bool
    may_redact: bool


LEFT = {
    "exif": gettext_lazy("data of the camera"), "gps": gettext_lazy("position of the camera"), "thumbnail": gettext_lazy("a small picture of the original"),
    "metadata": gettext_lazy("metadata"), "comment": gettext_lazy("comments"), "profile": gettext_lazy("a colour profile"), "text_layer": gettext_lazy("text that can be copied"),
    "attachments": gettext_lazy("attached files"), "revisions": gettext_lazy("earlier versions"), "unseen_characters": gettext_lazy("characters nobody sees"),
}  # fmt: skip


def page(viewer: Viewer, code: str, *, at: datetime) -> ItemPage:
    """Raises ItemNotFound."""
    item = queries.get(viewer, code, at=at)
    opened = not item.physical and queries.may_open(viewer, item, at=at)
    events = list(CustodyEvent.objects.filter(item=item).select_related("by").order_by("number"))
    root = queries.root_of(item)
    consents = consent_lines(root.consents.order_by("pk"))
    standing = {one.purpose for one in consents if one.withdrawn_at is None}
    asked = root.consent_basis in {"person", "family_word"}
    copies = queries.readable_items(viewer, at=at).filter(parent=item).select_related("parent").order_by("id")
    return ItemPage(
        item=line(item), record=item, subject_url=subjects.page_of((item.subject_type, item.subject_key)), may_open=opened,
        details=words.unseal(bytes(item.sealed), place=f"item {item.code}") if opened or _received(viewer, item) else {},
        custody=[_moment(one) for one in events], place=events[-1].place_class if events else "unknown",
        location=next((one.location for one in reversed(events) if one.location), ""), copies=[line(one) for one in copies],
        links=_links(viewer, item, at), consents=consents, asked=asked,
        said_no=[one.code for one in vocabulary("consent_purpose").active() if asked and one.code not in standing],
        boxes=len(item.made_with.get("boxes", ())) + item.made_with.get("phrases", 0) + len(item.made_with.get("lines", ())),
        left_behind=[str(LEFT[one]) for one in item.made_with.get("left_behind", ()) if one in LEFT],
        checked_twice=any(one.kind == "second_look" for one in events), has_pages=engine.has_pages(item),
        pages=range(1, min(item.made_with.get("pages", 0), 30) + 1), acts=_acts(viewer, item, opened, events),
        may_consent=Permission.EVIDENCE_INTERVIEW in viewer.permissions,
        may_redact=opened and Permission.EVIDENCE_REDACT in viewer.permissions and engine.can_copy(item),
    )  # fmt: skip


def _received(viewer: Viewer, item: Item) -> bool:
    return str(item.received_by_id) == viewer.key


def _links(viewer: Viewer, item: Item, at: datetime) -> list[tuple[str, str]]:
    rows = ItemLink.objects.filter(item=item).order_by("pk").values_list("subject_type", "subject_key")
    return [
        (code, subjects.page_of((kind, code)))
        for kind, code in rows
        if subjects.find(viewer, (kind, code), at=at)
    ]


def consent_lines(rows: Any) -> list[ConsentLine]:
    def one(row: Consent) -> ConsentLine:
        return ConsentLine(
            row.pk, row.purpose, _recipient(row.recipient), row.method, row.given_at, row.withdrawn_at
        )

    return [one(row) for row in rows]


def _recipient(text: str) -> str:
    known = vocabulary("referral_authority")
    return known.label(text, language()) if text in known else text


def _moment(event: CustodyEvent) -> Moment:
    label = vocabulary("custody_event").label(event.kind, language())
    giver, taker = isolate(event.from_party), isolate(event.to_party)
    way = (
        _("from %(giver)s to %(taker)s") % {"giver": giver, "taker": taker}
        if giver and taker
        else giver or taker
    )
    where = vocabulary("evidence_place").label(event.place_class, language())
    extra = [way] if way else []
    extra += [where] if event.place_class not in {"unknown", "sealed_store"} else []
    extra += [_("seal %(number)s") % {"number": event.seal}] if event.seal else []
    extra += [_("file compared with its seal")] if event.digest_checked else []
    return Moment(
        at=event.at, title=f"{event.number}. {label}" + "".join(f" · {one}" for one in extra),
        by=event.by.display_name if event.by else "", words=event.reason,
        kind="decision" if event.kind in {"received", "handed_over"} else "event",
    )  # fmt: skip


def _acts(viewer: Viewer, item: Item, opened: bool, events: list[CustodyEvent]) -> list[ActLink]:
    fitting = {
        "hold": not item.legal_hold, "lift_hold": item.legal_hold, "withdraw": False, "consent": False,
        "copy": opened and engine.can_copy(item) and item.kind == "original",
        "second_look": item.kind == REDACTED and not _received(viewer, item)
        and all(one.kind != "second_look" for one in events),
    }  # fmt: skip
    return [
        ActLink(str(act.label), reverse("evidence:act", args=[item.code, verb]))
        for verb, act in ITEM_ACTS.items()
        if act.permission in viewer.permissions and fitting.get(verb, True)
    ]


@dataclass(frozen=True)
class InterviewPage:
    interview: Interview
    subject_url: str
    consents: list[ConsentLine]
    said_no: list[str]
    risks: list[tuple[str, datetime, str]]
    acts: list[ActLink]
    may_reveal: bool


def interview(viewer: Viewer, code: str, *, at: datetime) -> InterviewPage:
    """The conditions. The words are unsealed by actions.read only. Raises ItemNotFound."""
    found = queries.get_interview(viewer, code, at=at)
    consents = consent_lines(found.consents.order_by("pk"))
    standing = {one.purpose for one in consents if one.withdrawn_at is None}
    return InterviewPage(
        interview=found, subject_url=subjects.page_of((found.subject_type, found.subject_key)), consents=consents,
        said_no=[one.code for one in vocabulary("consent_purpose").active() if one.code not in standing],
        risks=[(one.level, one.at, one.by.display_name) for one in found.risks.select_related("by").order_by("pk")],
        acts=[ActLink(str(act.label), reverse("evidence:interview-act", args=[code, verb]))
              for verb, act in INTERVIEW_ACTS.items()
              if act.permission in viewer.permissions and verb != "withdraw"],
        may_reveal=found.identity_key is not None and Permission.IDENTITIES_REVEAL in viewer.permissions,
    )  # fmt: skip


def looked_at(viewer: Viewer, code: str, *, at: datetime) -> Item:
    """The item, for the pages on which its media are shown. Raises ItemNotFound."""
    return queries.get(viewer, code, at=at)

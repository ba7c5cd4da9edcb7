"""The page of the method annex: read on the screen, taken as PDF or Word; for the cell, or for whoever is outside."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from constat.apps.inquiries import annex as method
from constat.apps.inquiries.errors import InquiryNotFound
from constat.ui.documents import MEDIA_TYPES, RENDERERS, html_body
from constat.ui.gate import gate
from constat.ui.shapes import Crumb, NavItem


@gate("inquiries.read")
@require_safe
def annex(request: HttpRequest, code: str) -> HttpResponse:
    """?for=public holds back small counts; ?as=pdf or docx gives a file."""
    public, form = request.GET.get("for") == "public", request.GET.get("as", "")
    try:
        found = method.annex(request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
    except InquiryNotFound as error:
        raise Http404 from error
    document = method.document(found, public=public)
    if form:
        if form not in RENDERERS:
            raise Http404
        answer = HttpResponse(RENDERERS[form](document), content_type=MEDIA_TYPES[form])
        answer["Content-Disposition"] = (
            f'attachment; filename="{code}-annex{"-public" if public else ""}.{form}"'
        )
        return answer
    here = reverse("inquiries:annex", args=[code])
    context = {
        "code": code, "public": public, "document": document,
        # Escaped where it was made (constat.ui.documents.html): plain strings in, no markup of anybody's.
        "body": mark_safe(html_body(document)),  # noqa: S308
        "here": here, "tabs": [NavItem(_("For the cell"), here, not public),
                               NavItem(_("For the outside"), f"{here}?for=public", public)],
        "crumbs": [Crumb(_("Inquiries"), reverse("inquiries:list")), Crumb(code, reverse("inquiries:page", args=[code])),
                   Crumb(_("Method annex"), "")],
    }  # fmt: skip
    return render(request, "inquiries/annex.html", context)

"""The acts on the page of a publication: the address of each, its form, what it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from constat.apps.publication import actions, forms
from constat.rules.permissions import Permission
from constat.ui.forms import Mannered


@dataclass(frozen=True)
class Act:
    """`permissions`: any of them opens the form; the action asks for the right one."""

    label: Any
    done: Any
    form: type[Mannered]
    run: Callable[..., Any]
    permissions: frozenset[Permission]
    help: Any = ""
    grave: bool = False


_DRAFT, _RELEASE = frozenset({Permission.PUBLICATION_DRAFT}), frozenset({Permission.PUBLICATION_RELEASE})

ACTS: dict[str, Act] = {
    "submit_for_review": Act(_("Submit"), _("Frozen, in three languages. Another person releases it."), forms.Reason,
                             actions.submit_for_review, _DRAFT, _("Its figures and files are kept as they are now.")),
    "send_back": Act(_("Send back"), _("It is a draft again."), forms.Reason, actions.send_back, _RELEASE),
    "publish": Act(_("Make public"), _("It is public."), forms.Reason, actions.publish, _RELEASE,
                   _("Everybody will read it. If it changes published numbers, each change is listed in the corrections with the"
                     " reason you write here."), grave=True),
    "stop": Act(_("Stop"), _("Stopped."), forms.Reason, actions.stop, frozenset({Permission.PUBLICATION_STOP}),
                _("Say who would be in danger, without naming anybody."), grave=True),
    "withdraw": Act(_("Withdraw"), _("Withdrawn."), forms.Withdraw, actions.withdraw, _DRAFT | _RELEASE,
                    _("Its text leaves the public page; that it was there stays listed."), grave=True),
}  # fmt: skip

"""Who may have a publication composed: a viewer who may draft, or the node itself from the command line."""

from django.utils.translation import gettext as _

from constat.apps.publication.composed import NotAllowed
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer


class _Node:
    """Whoever runs `constat publish` holds the database already."""


NODE = _Node()


def admitted(viewer: Viewer | _Node | None) -> None:
    if isinstance(viewer, _Node):
        return
    if viewer is None or not viewer.may(Permission.PUBLICATION_DRAFT):
        raise NotAllowed(_("Ask somebody who may draft publications; your role does not."))

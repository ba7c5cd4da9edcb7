"""`constat bag`: a folder or a ZIP, never over something that is there, always in somebody's name."""

import json
from io import StringIO

import bagit
import pytest
from django.core.management import CommandError, call_command

from constat.apps.access.models import Event
from constat.apps.referrals.tests.cases import approved, case, item


def bag(*words):
    out = StringIO()
    call_command("bag", *words, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def ready(cast):
    incident = case(cast.dara)
    return approved(cast, cast.dara, incident, item(cast.dara, incident, 10, consent="national_prosecutor"))


def test_a_folder_and_a_zip_are_the_same_bag(ready, tmp_path):
    folder = bag(ready, "--by", "dara", "--out", str(tmp_path / "bag"))
    archive = bag(ready, "--by", "dara", "--out", str(tmp_path / "bag.zip"))

    assert bagit.Bag(str(tmp_path / "bag")).validate()
    assert folder["digest"] == archive["digest"]
    assert Event.objects.filter(verb="referrals.write_bag").count() == 2


@pytest.mark.parametrize("words", [["--by", "nobody"], ["--by", "chen"]])
def test_refused_with_a_sentence(ready, tmp_path, words):
    with pytest.raises(CommandError):
        bag(ready, *words, "--out", str(tmp_path / "bag"))
    assert not (tmp_path / "bag").exists()


def test_nothing_is_overwritten(ready, tmp_path):
    with pytest.raises(CommandError, match="exists already"):
        bag(ready, "--by", "dara", "--out", str(tmp_path))

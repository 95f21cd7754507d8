"""The key can be changed while the console runs; nothing is lost, and the ledger still verifies."""

from io import StringIO
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from piggyadmin import sealing
from piggyadmin.bulk.models import BulkPiece, BulkRun
from piggyadmin.factors import authenticators
from piggyadmin.ledger import retention, verification
from piggyadmin.ledger.models import EntryState, Snapshot, SnapshotName
from piggyadmin.notes.models import Note
from piggyadmin.request_log.models import LoggedCall
from piggyadmin.request_log.retention import calls_about
from piggyadmin.status import resealing, startup, tasks
from piggyadmin.status.models import KeyInUse
from piggyadmin.tasks.models import Run
from piggyadmin.webhooks import signing
from piggyadmin.webhooks.models import SigningSecret
from tests.ledger.making import make_entry, somebody
from tests.test_sealed_fields import kept, note, put

pytestmark = pytest.mark.django_db
UUID = "01234567-89ab-cdef-0123-456789abcdef"
TYPED = {"email": "Mira@example.test"}


@pytest.fixture
def everything():
    """Keep something of every kind: a note, what was typed, a name, a file, a call, secrets."""
    note()
    entry = make_entry(EntryState.DONE, slug="create-contact", data=TYPED)
    snapshot = entry.snapshots.get()
    SnapshotName.objects.create(snapshot=snapshot, name="mira@example.test")
    run = BulkRun.objects.create(
        person=somebody(), person_name="S", language="en", action="x", digest="d", kind="csv"
    )
    for number in range(2 * resealing.BATCH_OF_PIECES + 1):
        BulkPiece.objects.create(run=run, number=number, content=b"email\nmira@example.test")
    LoggedCall.objects.create(path="contacts", request_body=UUID, seconds=1, attempt=1)
    signing.keep_secret(SigningSecret.Owner.ACCOUNT, "the account's", somebody())
    secret = authenticators.new_secret()
    authenticators.add_app(somebody(), secret, 1)
    return entry


def change_key(settings):
    """Set a new key, and keep the old one."""
    settings.DATA_KEY = f"a key of {uuid4()}"


def is_all_there() -> bool:
    """Tell whether everything reads as it was written."""
    codes = authenticators.of_person(somebody()).get(type=authenticators.CODES)
    return (
        Note.objects.get().text == "Mira is allergic to nuts"
        and Snapshot.objects.get().data == TYPED
        and SnapshotName.objects.get().name == "mira@example.test"
        and {each.content for each in BulkPiece.objects.all()} == {b"email\nmira@example.test"}
        and calls_about(UUID).get().request_body == UUID
        and signing.secret_of(SigningSecret.Owner.ACCOUNT) == "the account's"
        and len(authenticators.unused_codes(codes)) == 10
    )


def sealed_columns():
    """Give everything that is kept sealed, as the database has it."""
    for table in resealing.sealed_tables():
        for field in table.sealed:
            for value in kept(table.model._meta.db_table, field.column):
                if value:
                    yield value if isinstance(value, str) else value.decode("latin-1")


def test_all_is_sealed_anew_and_the_old_key_is_not_needed(everything, settings):
    change_key(settings)
    assert is_all_there()
    out = StringIO()
    call_command("reseal", stdout=out, stderr=StringIO())
    assert "Nothing needs an older key any more." in out.getvalue()
    assert all(each.startswith((sealing.current_prefix(), "[]", "{}")) for each in sealed_columns())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", []
    assert is_all_there()
    assert list(verification.verify()) == []
    assert resealing.left_to_seal() == 0
    assert resealing.is_all_sealed()


def test_what_was_written_in_clear_is_sealed(everything):
    put("notes_note", "text", "in clear")
    put("actions_snapshot", "data", '{"email": "Mira@example.test"}')
    put("actions_snapshot", "typed_email", None)
    put("actions_snapshotname", "name", "mira@example.test")
    put("actions_snapshotname", "name_index", None)
    put("requests_call", "named", None)
    put("bulk_bulkpiece", "content", b"in clear")
    assert list(verification.verify()) == []
    assert calls_about(UUID).exists()
    call_command("reseal", stdout=StringIO(), stderr=StringIO())
    assert not any("clear" in each or "ira" in each for each in sealed_columns())
    assert kept("requests_call", "named") == [UUID]
    assert None not in kept("actions_snapshot", "typed_email")
    assert {each.content for each in BulkPiece.objects.all()} == {b"in clear"}
    assert list(verification.verify()) == []


@pytest.mark.parametrize("is_resealed", [True, False])
@pytest.mark.parametrize("has_index", [True, False])
def test_what_was_typed_is_found_by_its_address(everything, settings, is_resealed, has_index):
    if not has_index:
        put("actions_snapshot", "typed_email", None)
    change_key(settings)
    if is_resealed:
        resealing.reseal()
    deletion = make_entry(EntryState.DONE, slug="delete-contact", data={}, contact="c1")
    assert retention.forget_contact(deletion, "c1", email="nobody@example.test") == 0
    assert retention.forget_contact(deletion, "c1", email="mira@example.test") == 1
    assert list(verification.verify()) == []


def test_whoever_is_killed_goes_on(everything, settings):
    change_key(settings)

    class Killed(Exception):  # noqa: N818
        pass

    def kill(done, _everything):
        if done >= 3:
            raise Killed

    with pytest.raises(Killed):
        resealing.reseal(kill)
    assert is_all_there()
    assert not resealing.is_all_sealed()
    left = resealing.left_to_seal()
    assert left > 0
    assert resealing.reseal() == (left, 0)
    assert resealing.reseal() == (0, 0)


def test_what_no_key_opens_is_said_and_left_as_it_is(everything, settings):
    before = kept("notes_note", "text")
    settings.SECRET_KEY = "another"
    with pytest.raises(CommandError, match="rows cannot be read"):
        call_command("reseal", stdout=StringIO(), stderr=StringIO())
    assert kept("notes_note", "text") == before
    assert not resealing.is_all_sealed()
    (fault,) = verification.verify()
    assert "or its key is not set any more" in fault


def test_the_console_does_not_start_without_its_key(everything, settings):
    startup.refuse_missing_keys()
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    with pytest.raises(ImproperlyConfigured, match="DATA_KEY_FALLBACKS"):
        startup.refuse_missing_keys()
    settings.SECRET_KEY_FALLBACKS = [old]
    startup.refuse_missing_keys()
    assert KeyInUse.objects.count() == 2
    assert not resealing.is_all_sealed()
    resealing.reseal()
    settings.SECRET_KEY_FALLBACKS = []
    startup.refuse_missing_keys()
    assert str(KeyInUse.objects.get()) == sealing.current_key()


def test_a_key_that_is_lost_can_be_given_up(everything, settings):
    startup.refuse_missing_keys()
    settings.SECRET_KEY = "another"
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("reseal", "--give-up-missing", stdout=out, stderr=StringIO())
    assert "1 keys given up" in out.getvalue()
    startup.refuse_missing_keys()


def test_going_back_to_an_older_key_seals_all_once_more(everything, settings):
    resealing.reseal()
    assert resealing.is_all_sealed()
    change_key(settings)
    resealing.note_key()
    settings.DATA_KEY_FALLBACKS, settings.DATA_KEY = [settings.DATA_KEY], settings.SECRET_KEY
    assert not resealing.is_all_sealed()


def test_codes_that_came_from_elsewhere_are_sealed_too(settings):
    codes = [sealing.seal(each, purpose="second-factors") for each in ("a", "b")]
    Authenticator.objects.create(
        user=somebody(), type=authenticators.CODES, data={"migrated_codes": codes}
    )
    change_key(settings)
    resealing.reseal()
    (row,) = Authenticator.objects.all()
    opened = [sealing.unseal(each, purpose="second-factors") for each in row.data["migrated_codes"]]
    assert opened == ["a", "b"]
    assert all(each.startswith(sealing.current_prefix()) for each in row.data["migrated_codes"])


def test_a_worker_does_it_by_itself_once(everything, settings):
    change_key(settings)
    tasks.seal_what_is_not()
    run = Run.objects.get(name="reseal")
    run.owner, run.state = "somebody", "running"
    run.save()
    tasks.seal_anew(run)
    assert run.progress == run.of > 0
    Run.objects.all().delete()
    tasks.seal_what_is_not()
    assert not Run.objects.exists()


def test_nothing_is_begun_where_nothing_is_left(db):
    assert not resealing.is_all_sealed()
    tasks.seal_what_is_not()
    assert resealing.is_all_sealed()
    assert not Run.objects.exists()


def test_everything_that_may_name_somebody_is_sealed():
    """A field of free text or JSON is sealed, or stands here with why not."""
    sealed = {(t.model, field.name) for t in resealing.sealed_tables() for field in t.sealed}
    open_fields = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("piggyadmin.") and ".sandbox." not in model.__module__
        for field in model._meta.concrete_fields
        if field.get_internal_type() in {"TextField", "JSONField", "BinaryField"}
        and (model, field.name) not in sealed
    }
    assert open_fields == IN_CLEAR


_MIRROR = (
    *("address", "birthdate", "email", "firstname", "identifier", "lastname", "normalised"),
    *("phonenumber", "search_text"),
)
IN_CLEAR = {
    # The chain proves it, and it is never changed: what is personal of it stands in snapshots.
    *("actions.Entry.comment", "actions.Entry.data", "actions.Entry.preview"),
    *("actions.Event.detail", "actions.Approval.subjects"),
    # People are found in it by parts of names, in any order: an index has to read it.
    *(f"duplicates.MirroredContact.{name}" for name in _MIRROR),
    # Figures, UUIDs and the console's own words.
    *("bulk.BulkRun.totals", "bulk.BulkRun.trouble", "bulk.RememberedColumns.names"),
    *("duplicates.Decision.evidence", "duplicates.FinderModel.parameters"),
    *("duplicates.MergeRun.report", "duplicates.MergeRun.surprise", "duplicates.Sweep.place"),
    *("duplicates.CertainRun.surprise", "duplicates.CertainPair.words"),
    *("duplicates.CertainRun.among", "duplicates.StandingApproval.ended_because"),
    "saved_views.ViewMail.trouble",
    *("voucher_mails.VoucherMailing.text", "voucher_mails.VoucherMailing.trouble"),
    "voucher_mails.VoucherMail.words",
    *("piggy.Circuit.state", "requests.LoggedCall.named", "tasks.Run.payload"),
}


def test_it_asks_for_each_row_once(settings, django_assert_max_num_queries):
    for number in range(50):
        LoggedCall.objects.create(path="contacts", request_body=str(number), seconds=1, attempt=1)
    change_key(settings)
    (table,) = (each for each in resealing.sealed_tables() if each.model is LoggedCall)
    with django_assert_max_num_queries(12):
        assert list(resealing._batches(table)) == [(50, 0)]

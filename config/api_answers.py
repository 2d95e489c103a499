"""What the endpoints about everything answer. For the schema."""

from rest_framework import serializers

from accounts.choices import Marking, Role, Scope
from ledger.kinds import kinds
from ledger.models import LedgerEntry


class TokenOfMine(serializers.Serializer):
    name = serializers.CharField()
    scope = serializers.ChoiceField(Scope.choices)


class MembershipDocument(serializers.Serializer):
    workspace_id = serializers.UUIDField()
    workspace = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    clearance = serializers.ChoiceField(Marking.choices)


class MeDocument(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    token = TokenOfMine(allow_null=True)
    memberships = MembershipDocument(many=True)


class Hit(serializers.Serializer):
    record_id = serializers.UUIDField()
    kind = serializers.ChoiceField(list(kinds()))
    anchor_id = serializers.UUIDField(help_text="The record that it is a part of, or itself.")
    title = serializers.CharField()
    marking = serializers.ChoiceField(Marking.choices)
    rank = serializers.FloatField()


class Hits(serializers.Serializer):
    results = Hit(many=True)


class EntryDocument(serializers.Serializer):
    """A version of a record. Hashes are in hex."""

    sequence = serializers.IntegerField()
    epoch = serializers.IntegerField()
    transaction = serializers.IntegerField()
    at = serializers.DateTimeField()
    user_id = serializers.UUIDField(allow_null=True)
    client_id = serializers.UUIDField(allow_null=True)
    step = serializers.CharField()
    reason = serializers.CharField()
    kind = serializers.ChoiceField(list(kinds()))
    object_id = serializers.UUIDField()
    version = serializers.IntegerField()
    operation = serializers.ChoiceField(LedgerEntry.Operation.choices)
    workspace_id = serializers.UUIDField()
    marking = serializers.ChoiceField(Marking.choices)
    document = serializers.DictField(allow_null=True, help_text="As GET answered; null when it is gone.")
    document_sha256 = serializers.CharField(allow_null=True)
    previous_hash = serializers.CharField(allow_null=True)
    entry_hash = serializers.CharField()


class Entries(serializers.Serializer):
    results = EntryDocument(many=True)

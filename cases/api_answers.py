"""What endpoints of cases answer that is no record's document. For the schema."""

from rest_framework import serializers
from rest_framework.serializers import CharField, IntegerField, ListField, UUIDField

from cases.choices import Consistency, HypothesisKind, Label
from cases.gate import Outcome
from cases.matrix import Variation
from cases.workflow import Status


class CheckDocument(serializers.Serializer):
    key = CharField()
    title = CharField()
    outcome = serializers.ChoiceField([each.value for each in Outcome])
    sentence = CharField()
    remedy = CharField(help_text="What to do about it; empty if nothing is missing.")
    link = CharField(help_text="Where to mend it.")


class GateDocument(serializers.Serializer):
    policy = CharField(help_text="The version of the policy that was asked.")
    passed = serializers.BooleanField()
    checks = CheckDocument(many=True)


class LabelledGateDocument(GateDocument):
    label = serializers.ChoiceField(Label.choices, help_text="What the judgement amounts to.")


# --- The matrix ------------------------------------------------------------------------------------


class MatrixHypothesis(serializers.Serializer):
    id = UUIDField()
    hypothesis_kind = serializers.ChoiceField(HypothesisKind.choices)
    name = CharField()
    description = CharField()


class SeenRowDocument(serializers.Serializer):
    """What all ratings of a row come to is told once one's own are whole."""

    item_id = UUIDField()
    title = CharField()
    grade = CharField()
    weight = CharField()
    is_discounted = serializers.BooleanField()
    is_added = serializers.BooleanField()
    is_whole = serializers.BooleanField()
    own = serializers.DictField(child=serializers.ChoiceField(Consistency.choices), help_text="By hypothesis.")
    others = serializers.DictField(child=serializers.DictField(), help_text="By hypothesis and evaluator.")
    disagreement = serializers.DictField(child=IntegerField(), required=False, help_text="Steps, by hypothesis.")
    diagnosticity = CharField(required=False)
    discriminates = serializers.BooleanField(required=False)


class Evaluator(serializers.Serializer):
    id = UUIDField()
    name = CharField()
    whole_rows = IntegerField()
    rows = IntegerField()


class Score(serializers.Serializer):
    hypothesis_id = UUIDField()
    score = CharField(help_text="Negative is against it.")


class FlipDocument(serializers.Serializer):
    change = serializers.ChoiceField([each.value for each in Variation])
    about_id = UUIDField(help_text="The item or source that is changed.")
    leaders = ListField(child=UUIDField())
    sentence = CharField()


class MatrixDocument(serializers.Serializer):
    """Without the scores and what follows, but with `withheld`, until one's own rows are whole."""

    incident_id = UUIDField()
    hypotheses = MatrixHypothesis(many=True)
    rows = SeenRowDocument(many=True)
    hidden_rows = IntegerField()
    evaluators = Evaluator(many=True)
    withheld = CharField(required=False)
    scores = Score(many=True, required=False)
    untested = ListField(child=UUIDField(), required=False)
    leaders = ListField(child=UUIDField(), required=False)
    sensitivity = FlipDocument(many=True, required=False)


# --- What falls ------------------------------------------------------------------------------------


class NamedAttribution(serializers.Serializer):
    attribution_id = UUIDField()
    statement = CharField()
    label = serializers.ChoiceField(Label.choices)
    status = serializers.ChoiceField(Status.choices)


class WithChecks(NamedAttribution):
    checks = CheckDocument(many=True)


class MarginDocument(serializers.Serializer):
    least = IntegerField(help_text="How many more origins could go.")
    is_exact = serializers.BooleanField()
    next = ListField(child=ListField(child=CharField()), help_text="Sets of origins that would make it fall.")


class WithMargin(NamedAttribution):
    margin = MarginDocument()


class ResponseInQuestion(serializers.Serializer):
    label = CharField()
    url = CharField()
    status = CharField()


class WhatFallsDocument(serializers.Serializer):
    items = ListField(child=UUIDField())
    sources = ListField(child=UUIDField())
    falls = WithChecks(many=True)
    holds = WithMargin(many=True)
    untold = WithChecks(many=True)
    touched = NamedAttribution(many=True)
    responses = ResponseInQuestion(many=True)
    is_withheld = serializers.BooleanField(help_text="Whether more rests on them than one may read.")
    next = serializers.URLField(allow_null=True)


# --- Proofs ----------------------------------------------------------------------------------------


class HashedEntry(serializers.Serializer):
    canonical = CharField()
    hash = CharField()


class Inclusion(serializers.Serializer):
    leaf_index = IntegerField()
    tree_size = IntegerField()
    path = ListField(child=CharField())


class SignedCheckpoint(serializers.Serializer):
    number = IntegerField()
    epoch = IntegerField()
    from_transaction = IntegerField()
    to_transaction = IntegerField()
    entries = IntegerField()
    root = CharField()
    previous_digest = CharField()
    at = serializers.DateTimeField()
    digest = CharField()
    signature = CharField()


class ProofDocument(serializers.Serializer):
    format = CharField()
    packet = CharField()
    seal = CharField()
    document = CharField()
    entry = HashedEntry()
    uncovered = CharField(help_text="Why there is no checkpoint yet; empty if there is.")
    inclusion = Inclusion(allow_null=True)
    checkpoint = SignedCheckpoint(allow_null=True)
    chain = SignedCheckpoint(many=True)
    public_key = CharField()

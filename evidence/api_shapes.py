"""What the endpoints of evidence take and tell."""

from rest_framework import serializers

from evidence.choices import AnchorState, Credibility, Harm, Nature, Question, Reliability
from evidence.drawing_lineage import Edge
from evidence.models import EvidenceItem, StoredFile
from ledger.api import StrictSerializer

START = serializers.IntegerField(required=False, min_value=0, help_text="Code points from the page's start.")


CONFIRMED = serializers.BooleanField(
    required=False,
    help_text="True says that somebody looked at words that read as an identifier of a person, or as a people accused.",
)


class RegradeSource(StrictSerializer):
    reliability = serializers.ChoiceField(choices=Reliability.choices)
    reason = serializers.CharField()


class RegradeItem(StrictSerializer):
    credibility = serializers.ChoiceField(choices=Credibility.choices)
    reason = serializers.CharField()


class GradeSaid(StrictSerializer):
    reliability = serializers.ChoiceField(choices=Reliability.choices)
    credibility = serializers.ChoiceField(choices=Credibility.choices)
    reason = serializers.CharField()


class GradedQuestion(serializers.Serializer):
    question = serializers.ChoiceField(choices=Question.choices)
    grade = serializers.CharField(help_text="Reliability and credibility that count, like B2; empty if not graded.")
    graders_differ = serializers.BooleanField(help_text="Two graded it blind and differ, and nobody has settled it.")
    awaits_second = serializers.BooleanField(help_text="A first blind grading was given, by you or another.")
    why_not = serializers.CharField(help_text="Why you may not give a blind grading; empty if you may.")


class Grades(serializers.Serializer):
    results = GradedQuestion(many=True)
    confirming_origins = serializers.IntegerField(help_text="Other origins that confirm it. Credibility 1 needs two.")
    is_unconfirmed = serializers.BooleanField(help_text="It stands at 1, and too few origins confirm it now.")


class Reanchor(StrictSerializer):
    anchor_state = serializers.ChoiceField(choices=AnchorState.choices)
    reason = serializers.CharField()


class Nothing(StrictSerializer):
    """A verb that is told nothing."""


class Supersede(StrictSerializer):
    successor_id = serializers.PrimaryKeyRelatedField(queryset=EvidenceItem.objects.all(), source="successor")
    reason = serializers.CharField()


class Text(StrictSerializer):
    text = serializers.CharField(trim_whitespace=False)


class FoundHarm(serializers.Serializer):
    where = serializers.CharField()
    page = serializers.IntegerField(allow_null=True)
    kind = serializers.ChoiceField(choices=Harm.choices)
    words = serializers.CharField(help_text="Masked where they identify a person.")
    start = serializers.IntegerField()
    end = serializers.IntegerField(help_text="Exclusive; both in code points of the text that `where` names.")
    sentence = serializers.CharField()


class Harms(serializers.Serializer):
    results = FoundHarm(many=True)
    is_whole = serializers.BooleanField(help_text="False if there was more text than is looked at.")
    next_page = serializers.IntegerField(allow_null=True)


class LineageNode(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["evidence_item", "source"])
    name = serializers.CharField()
    origin = serializers.IntegerField(allow_null=True, help_text="Of an item: those of one number are one origin.")


class LineageEdge(serializers.Serializer):
    kind = serializers.ChoiceField(choices=list(Edge))
    from_id = serializers.UUIDField()
    to_id = serializers.UUIDField()
    nature = serializers.ChoiceField(choices=Nature.choices, allow_blank=True, help_text="Of what repeats.")
    suggested = serializers.BooleanField(help_text="A near copy on which nobody has decided: it counts for nothing.")


class LineageDocument(serializers.Serializer):
    nodes = LineageNode(many=True)
    edges = LineageEdge(many=True)
    is_whole = serializers.BooleanField(help_text="False where more hangs on it than is told.")
    counted = serializers.IntegerField(help_text="Items among which origins were counted.")
    origins = serializers.IntegerField(help_text="Independent origins of these.")


class KeptFile(StrictSerializer):
    replaces_id = serializers.PrimaryKeyRelatedField(
        queryset=StoredFile.objects.all(),
        source="replaces",
        required=False,
        help_text="The file of this item of which it is a later version.",
    )


class FileToKeep(KeptFile):
    file = serializers.FileField()


class UploadToKeep(KeptFile):
    upload = serializers.UUIDField(help_text="An upload of yours that is whole; see `/uploads/`.")


class ConfirmCopy(StrictSerializer):
    repeating_id = serializers.PrimaryKeyRelatedField(
        queryset=EvidenceItem.objects.all(),
        source="repeating",
        required=False,
        help_text="The one that repeats the other; by default the one published later.",
    )
    nature = serializers.ChoiceField(choices=Nature.choices, default=Nature.REPEATS)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)

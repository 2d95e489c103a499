"""What every input of the API shares."""

from rest_framework import serializers
from rest_framework.exceptions import ValidationError as Malformed


class StrictSerializer(serializers.Serializer):
    """Refuses fields that it does not know."""

    def to_internal_value(self, data):
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise Malformed(dict.fromkeys(sorted(unknown), "There is no such field."))
        return super().to_internal_value(data)


class EmptySerializer(StrictSerializer):
    pass

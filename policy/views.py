from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from ledger.pages import RecordDetail, RecordPage
from policy.models import LegalProvision, PolicyResponse, SealedResponse


class ResponseDetail(RecordDetail):
    template_name = "policy/response.html"
    queryset = PolicyResponse.objects.select_related("workspace", "author", "owner", "approver")


class ProvisionDetail(RecordDetail):
    template_name = "policy/provision.html"
    queryset = LegalProvision.objects.select_related("workspace")


class SealedResponseDownload(RecordPage):
    """The sealed packet as canonical JSON, byte for byte what was hashed."""

    def get(self, request, pk, round):
        packet = get_object_or_404(SealedResponse.objects.all(), response=pk, round=round)
        answer = HttpResponse(packet.canonical.encode(), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="response-{pk}-{round}.json"'
        return answer

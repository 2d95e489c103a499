from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from ledger.filters import NotificationFilter
from ledger.models import Notification
from ledger.pages import PAGE, RecordPage


class NotificationList(RecordPage):
    """What I was told, unread first. Row security leaves out what I may not read now."""

    template_name = "ledger/notifications.html"

    def get_context_data(self, **kwargs):
        asked = self.request.GET
        start = int(asked["start"]) if asked.get("start", "").isdigit() else 0
        filterset = NotificationFilter(asked, queryset=Notification.objects.unread_first(), request=self.request)
        found = filterset.qs if filterset.is_valid() else Notification.objects.none()
        shown = found[start : start + PAGE + 1].shown()
        return super().get_context_data(
            filter=filterset,
            notifications=shown[:PAGE],
            next_start=start + PAGE if len(shown) > PAGE else None,
            previous_start=max(0, start - PAGE) if start else None,
            is_filtered=any(value for key, value in asked.items() if key != "start"),
            **kwargs,
        )


class Open(RecordPage):
    """Go to what I was told of, which marks it as read."""

    def get(self, request, pk):
        mine = Notification.objects.filter(pk=pk)
        shown = mine.shown()
        if not shown:
            raise Http404
        mine.mark_read()
        return redirect(shown[0].about.get_absolute_url())


class Read(RecordPage):
    """Mark one as read."""

    http_method_names = ("post",)

    def post(self, request, pk):
        get_object_or_404(Notification, pk=pk)
        Notification.objects.filter(pk=pk).mark_read()
        return redirect("notifications")


class ReadAll(RecordPage):
    """Mark all as read."""

    http_method_names = ("post",)

    def post(self, request):
        Notification.objects.mark_read()
        messages.success(request, "All marked as read.")
        return redirect("notifications")

from django.contrib import admin

from accounts.models import ApiToken, CalendarLink, Invitation, Membership, User, Workspace


@admin.register(Workspace)
class WorkspaceAdmin(admin.ModelAdmin):
    list_display = ("name", "slug", "created_at")


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Switch people on and off. Passwords are set by their owners; roles are given in the workspace."""

    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "is_superuser")


class ReadOnlyAdmin(admin.ModelAdmin):
    """Looking only. What is seen is what the signed-in person may read anyway."""

    actions = None

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def has_view_permission(self, request, obj=None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("user", "workspace", "role", "clearance", "ended_at")
    list_select_related = ("user", "workspace")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "workspace", "role", "expires_at", "accepted_at", "revoked_at")
    exclude = ("secret_sha256",)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ("name", "membership", "sort", "scope", "expires_at", "last_used_at", "revoked_at")
    exclude = ("secret_sha256", "previous_sha256")


@admin.register(CalendarLink)
class CalendarLinkAdmin(ReadOnlyAdmin):
    list_display = ("user", "created_at", "last_used_at", "revoked_at")
    exclude = ("secret_sha256", "content_sha256")

from django.urls import path

from accounts import views, views_tokens

urlpatterns = [
    path("workspaces/", views.workspaces, name="workspaces"),
    path("workspaces/<slug:slug>/", views.workspace, name="workspace"),
    path("workspaces/<slug:slug>/invite/", views.invite, name="invite"),
    path("members/<uuid:pk>/", views.member, name="member"),
    path("members/<uuid:pk>/end/", views.member_end, name="member_end"),
    path("invitations/<uuid:pk>/revoke/", views.invitation_revoke, name="invitation_revoke"),
    path("invitations/<str:secret>/", views.invitation, name="invitation"),
    path("profile/", views.profile, name="profile"),
    path("profile/calendar/", views.calendar_link, name="calendar_link"),
    path("profile/calendar/revoke/", views.calendar_link_revoke, name="calendar_link_revoke"),
    path("tokens/", views_tokens.tokens, name="tokens"),
    path("tokens/<uuid:pk>/rotate/", views_tokens.token_rotate, name="token_rotate"),
    path("tokens/<uuid:pk>/revoke/", views_tokens.token_revoke, name="token_revoke"),
    path("tokens/<uuid:pk>/limit/", views_tokens.token_limit, name="token_limit"),
]

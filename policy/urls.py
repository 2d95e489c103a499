from django.urls import path

from policy import views, views_timeline

urlpatterns = [
    path("responses/timeline/", views_timeline.ResponseTimeline.as_view(), name="response_timeline"),
    path("responses/<uuid:pk>/", views.ResponseDetail.as_view(), name="policy_response"),
    path("responses/<uuid:pk>/sealed/<int:round>/", views.SealedResponseDownload.as_view(), name="sealed_response"),
    path("law/<uuid:pk>/", views.ProvisionDetail.as_view(), name="legal_provision"),
]
